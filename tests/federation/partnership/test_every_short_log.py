"""Every pair of short logs there is, against the invariants: no luck, no seeds.

Each step names any document that was there before it, of either log, void or not. A pair of logs is
judged at every pair of sizes that a reader may have reached, and each with one more leaf.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from federation.partnership.documents import Document
from federation.partnership.enquiry import Enquiry, EnquiryId
from federation.partnership.fold import _Fold, fold_enquiry
from federation.partnership.steps import ENDING, Step, StepKind, may_answer
from federation.records.refs import Ref
from tests.federation.partnership.invariants import check_lasting, check_sound
from tests.federation.partnership.logs import ENQUIRY, E, R, step, submitted

_Logs = tuple[tuple[Document, ...], tuple[Document, ...]]
_Choices = Callable[[EnquiryId, str, Document], list[StepKind]]


def _kind(document: Document) -> int:
    assert isinstance(document.facts, Step)
    return document.facts.kind


def _allowed(enquiry: EnquiryId, member: str, answered: Document) -> list[StepKind]:
    """Return all that the table allows, DECLINED for every end of R that is like it."""
    kinds = set(may_answer(_kind(answered), enquiry.role(member)))
    if StepKind.DECLINED in kinds:
        kinds.discard(StepKind.EXPIRED)
    if StepKind.CANCELLED in kinds:
        kinds.discard(StepKind.EXPIRED)
    return sorted(kinds)


def _anything(enquiry: EnquiryId, member: str, answered: Document) -> list[StepKind]:
    """Return as above, and one that is not allowed: all such act alike."""
    allowed = _allowed(enquiry, member, answered)
    forbidden = next(
        kind for kind in StepKind if kind not in may_answer(_kind(answered), enquiry.role(member))
    )
    return [*allowed, forbidden]


def _pairs(choices: _Choices, most_each: int, most: int) -> Iterator[_Logs]:
    """Yield every pair of logs that can come about."""
    seen: set[frozenset[Ref]] = set()
    ripe: list[_Logs] = [((submitted(),), ())]
    while ripe:
        logs = ripe.pop()
        yield logs
        if len(logs[0]) + len(logs[1]) == most:
            continue
        for which, member in enumerate((E, R)):
            if len(logs[which]) == most_each:
                continue
            for answered in (*logs[0], *logs[1]):
                for kind in choices(ENQUIRY, member, answered):
                    added = step(member, len(logs[which]), kind, answered)
                    grown = (*logs[which], added)
                    pair = (grown, logs[1]) if which == 0 else (logs[0], grown)
                    name = frozenset(one.ref for log in pair for one in log)
                    if name not in seen:
                        seen.add(name)
                        ripe.append(pair)


class _Search:
    """Folds each pair of logs once, however many pairs begin with it."""

    def __init__(self) -> None:
        self.folded: dict[tuple[tuple[bytes, ...], ...], Enquiry] = {}

    def run(self, pairs: Iterator[_Logs]) -> int:
        """Check every pair of sizes of all pairs of logs; return how many folds that took."""
        for logs in pairs:
            self._check(logs)
        return len(self.folded)

    def _check(self, logs: _Logs) -> None:
        of_e, of_r = logs
        names = [[one.ref.leaf_hash for one in log] for log in logs]
        grid: dict[tuple[int, int], Enquiry] = {}
        for e in range(len(of_e) + 1):
            for r in range(len(of_r) + 1):
                name = (tuple(names[0][:e]), tuple(names[1][:r]))
                if name not in self.folded:
                    after = fold_enquiry(ENQUIRY, (*of_e[:e], *of_r[:r]))
                    check_sound(after)
                    for smaller in ((e - 1, r), (e, r - 1)):
                        if smaller in grid:
                            check_lasting(grid[smaller], after)
                    self.folded[name] = after
                grid[e, r] = self.folded[name]
        assert not grid[len(of_e), len(of_r)].waits_for


def test_allowed_steps_of_three_a_side() -> None:
    assert _Search().run(_pairs(_allowed, 3, 6)) > 2_000


def test_any_steps_of_five_in_all() -> None:
    assert _Search().run(_pairs(_anything, 3, 5)) > 6_000


def _no_end_wins(_: _Fold, said: Document) -> tuple[bool, bool, bool]:
    return _kind(said) == StepKind.CONTRACTED, False, said.author == E


def _no_contract_wins(_: _Fold, said: Document) -> tuple[bool, bool, bool]:
    return False, _kind(said) in ENDING, said.author == E


def _r_wins(_: _Fold, said: Document) -> tuple[bool, bool, bool]:
    return _kind(said) == StepKind.CONTRACTED, _kind(said) in ENDING, said.author == R


def _same_step_only(self: _Fold, said: Document) -> None:
    assert isinstance(said.facts, Step)
    answered = self._answered[said.author]
    if said.facts.answers in answered:
        self._late.add(said.ref)
    answered.add(said.facts.answers)
    self._children.setdefault(said.facts.answers, []).append(said)


def _no_waiting(self: _Fold, said: Document) -> None:
    _JUDGE_ORDER(self, said)
    self._uncertain.clear()


_JUDGE_ORDER = _Fold._judge_order


@pytest.mark.parametrize(
    ("method", "simpler", "undone"),
    [
        pytest.param("_rank", _no_end_wins, "opened again", id="no end wins"),
        pytest.param("_rank", _no_contract_wins, "contract was undone", id="no contract wins"),
        pytest.param("_rank", _r_wins, "contract was replaced", id="R wins"),
        pytest.param(
            "_judge_order",
            _same_step_only,
            "introduction was undone",
            id="only an answer to the same step forbids another",
        ),
        pytest.param(
            "_judge_order",
            _no_waiting,
            "opened again",
            id="a step does not wait for what lower ones name",
        ),
    ],
)
def test_search_finds_what_a_simpler_rule_would_undo(
    method: str,
    simpler: Callable[..., object],
    undone: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_Fold, method, simpler)
    with pytest.raises(AssertionError, match=undone):
        _Search().run(_pairs(_allowed, 3, 6))
