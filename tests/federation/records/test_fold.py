"""The rules that decide which entries advance a record."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.log.entry import ScannedEntry
from federation.records.fold import Standing, can_be_erased, fold, why_invalid

A, B = b"a" * 16, b"b" * 16


def entry(
    subject: bytes, revision: int, operation: int = 1, kind: int = 2, reason: str = ""
) -> ScannedEntry:
    return (reason, kind, operation, subject, revision, ((1, bytes(32)),))


def standing(kind: int, revision: int, *, is_withdrawn: bool = False) -> Standing:
    return Standing(kind, revision, is_withdrawn)


@pytest.mark.parametrize(
    ("before", "written", "reason"),
    [
        (None, (2, 1, 1), ""),
        (None, (2, 2, 1), "NOT_A_FIRST_ENTRY"),
        (None, (2, 1, 2), "NOT_A_FIRST_ENTRY"),
        (standing(2, 1), (2, 1, 2), ""),
        (standing(2, 1), (2, 2, 2), ""),
        (standing(2, 1), (2, 1, 1), "WRONG_REVISION"),
        (standing(2, 1), (2, 1, 3), "WRONG_REVISION"),
        (standing(2, 1), (3, 1, 2), "KIND_CHANGED"),
        (standing(2, 2, is_withdrawn=True), (2, 1, 3), "RECORD_WITHDRAWN"),
        (standing(2, 2, is_withdrawn=True), (3, 2, 1), "RECORD_WITHDRAWN"),
    ],
    ids=str,
)
def test_which_entry_advances(
    before: Standing | None, written: tuple[int, int, int], reason: str
) -> None:
    kind, operation, revision = written
    assert why_invalid(kind, operation, revision, before) == reason


def test_a_run_of_entries() -> None:
    folded = fold(
        10,
        [
            entry(A, 1),
            entry(B, 5),
            entry(A, 2),
            entry(A, 2),
            ("", 6, 0, b"", 0, ()),
            ("MALFORMED_ENTRY", 0, 0, b"", 0, ()),
            ("", 1, 0, b"", 0, ()),
            ("", 9, 0, b"", 0, ()),
        ],
        {B: standing(2, 4)},
    )
    assert folded.latest == {A: 2, B: 1}
    assert folded.passed == [0]
    assert folded.invalid == [
        (3, "WRONG_REVISION"),
        (5, "MALFORMED_ENTRY"),
        (6, "MISPLACED_GENESIS"),
    ]
    assert folded.erasing == [4]


def test_genesis_is_entry_0() -> None:
    assert fold(0, [("", 1, 0, b"", 0, ())], {}).invalid == []


@given(
    st.lists(
        st.tuples(
            st.sampled_from([A, B]),
            st.integers(1, 3),
            st.sampled_from([1, 1, 2]),
            st.integers(2, 3),
        )
    ),
    st.integers(0, 20),
)
def test_a_run_folds_as_its_two_halves(
    written: list[tuple[bytes, int, int, int]], cut: int
) -> None:
    run = [entry(*one) for one in written]
    whole = fold(0, run, {})
    first = fold(0, run[:cut], {})
    standings = {
        subject: Standing(run[at][1], run[at][4], run[at][2] == 2)
        for subject, at in first.latest.items()
    }
    second = fold(cut, run[cut:], standings)
    joined = first.latest | {subject: at + cut for subject, at in second.latest.items()}
    assert whole.latest == joined
    assert whole.invalid == first.invalid + [(at + cut, why) for at, why in second.invalid]


def test_what_can_be_erased() -> None:
    record = entry(A, 1)
    assert can_be_erased(record, 0)
    assert not can_be_erased(record, 1)
    sealed: ScannedEntry = ("", 5, 0, b"", 0, ((3, bytes(32)), (3, bytes(32))))
    assert not can_be_erased(sealed, 0)
    assert can_be_erased(sealed, 1)
    assert not can_be_erased(("MALFORMED_ENTRY", 0, 0, b"", 0, ()), 0)
