"""What a bundle proves to whoever trusts a registry: the books, folded anew from their documents.

1. Each receipt is held against its line of the list and proven under the registry
   (`proven_receipt`): keys, signatures, place in the log, opening of the part, quorum.
2. Documents are read from what was opened; each is of the agreement, or named by its outcomes. What
   an outcome names that is void without it need not be here, nor what a CLOSED names, which counts
   whatever that is; where something else stands at that place its receipt says so, opened or not.
   CHECKPOINT entries of the center's log become the
   coverage, by the rules of `coverage`: each log's by itself, and what the logs before it cover.
3. The outcomes are judged in the order of the center's log; shares, postings, statements and
   digests are computed here. Of the summary nothing is used but to be compared at the end.

All differences are told, each with what it is about. Where a document is missing, the books are
disputed, or more outcomes are void than a bundle may claim, the fold stops, and nothing is said of
balances.

Without differences a bundle proves that the center of the agreement decided each outcome in it, at
that place of its log; that the signers wrote the acceptances which the outcome names; that what it
posts follows from those documents by the agreement's formula; and that sums and digests are those
of exactly these outcomes. Whoever has the same state digest from elsewhere (another member's node
at the same size), or a statement digest that the parties accepted, has the same books.

It cannot prove that nothing was left out:

- Other entries of the center's log cannot be seen. Who makes a bundle with a summary to fit can
  leave out any outcome with what depends on it, above all the newest. The center's size is a claim,
  proven only to be no larger than a log that a quorum has cosigned; before the center has decided
  anything not even that, and the bundle is provisional. A later CLOSED in the bundle
  betrays what was left out of its period (its digest differs); for what is newer ask another
  member for its state digest at that size. What posts nothing (REFUSED, EXPIRED) is in no sum: it
  can be left out with the summary as it is.
- Without a CHECKPOINT entry, what rests on it is void here; one that is left out can let a later
  one count that does not. Void outcomes are told and compared with the summary.
- A part that is void in its log cannot be opened: an outcome that names it never verifies.
- Two roots of one log at one size are told. Of a fork at other sizes one side may be shown; then a
  quorum of witnesses has cosigned it.
- The registry may not be the newest: of keys that it does not end all signatures count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from federation.ledger.agreement import Version
from federation.ledger.bundle import VOIDS_MAX, parse_bundle
from federation.ledger.bundle_receipts import Difference, Kind, Leaf, Shelf, item_of, name_of
from federation.ledger.coverage import ClosedLog, Coverage, Reach
from federation.ledger.documents import Document, OutcomeKind, Outcomes
from federation.ledger.judging import Missing, Waits, judge, open_books
from federation.ledger.summary import OutcomeName, Summary, summarise
from federation.log.entry import KIND_CHECKPOINT, KIND_SEALED
from federation.log.errors import Refused
from federation.records.refs import Ref, origin_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from federation.ledger.books import Books, Effect
    from federation.ledger.journal import JournalEntry
    from federation.ledger.statement import Statement
    from federation.trust.registry import Registry


@dataclass(frozen=True, slots=True)
class VerifiedBooks:
    """The books that a bundle proves, if there is no difference."""

    claimed: Summary
    differences: tuple[Difference, ...]
    provisional: tuple[str, ...]
    """Entries whose checkpoint no quorum has cosigned; the center's log where no entry is here."""
    found: Summary | None = None
    """What the fold came to; None where it stopped."""
    books: Books | None = None
    """As far as the fold came; None without a sound first version."""
    version: Version | None = None
    """The version that is in force last, else the first; None without a sound first version."""
    document_count: int = 0
    outcome_count: int = 0
    entries: tuple[JournalEntry, ...] = ()
    statements: tuple[Statement, ...] = ()

    @property
    def is_proven(self) -> bool:
        """Say whether there is no difference."""
        return not self.differences

    @property
    def is_confirmed(self) -> bool:
        """Say whether, besides, a quorum vouches for every log that was looked at."""
        return self.is_proven and not self.provisional


@dataclass(frozen=True, slots=True)
class _Held:
    """What the judge may look at from one log of the center."""

    shelf: Shelf
    reach: Reach

    def document(self, ref: Ref) -> Document | Missing:
        return self.shelf.document(ref)

    def covers(self, ref: Ref, leaf_index: int) -> bool:
        return self.reach.covers(ref, leaf_index)


def verify_bundle(raw: bytes, registry: Registry) -> VerifiedBooks:
    """Return the books that a bundle proves, with every difference.

    Refuses MALFORMED_RECEIPT what is no bundle.
    """
    bundle = parse_bundle(raw)
    shelf = Shelf()
    shelf.prove(bundle, registry)
    claimed = bundle.summary
    first = shelf.document(claimed.agreement)
    books = open_books(first) if isinstance(first, Document) else None
    if books is None or not isinstance(first, Document) or not isinstance(first.facts, Version):
        shelf.tell_unopened()
        shelf.differs(item_of(claimed.agreement), Kind.NO_AGREEMENT)
        return VerifiedBooks(claimed, tuple(shelf.differences), tuple(shelf.provisional))
    return _Fold(shelf, books, first.facts, claimed).verified(registry)


class _Fold:
    """Folds the documents of one agreement and compares."""

    def __init__(self, shelf: Shelf, books: Books, first: Version, claimed: Summary) -> None:
        self._shelf = shelf
        self._books = books
        self._first = first
        self._claimed = claimed
        self._entries: list[JournalEntry] = []
        self._statements: list[Statement] = []
        self._voids: list[tuple[OutcomeName, str]] = []

    def verified(self, registry: Registry) -> VerifiedBooks:
        outcomes = sorted(self._outcomes(), key=lambda one: _in_order_of(one.ref))
        self._check_sizes()
        found = None
        if is_folded := self._fold(outcomes, self._reaches(registry)):
            claimed = self._claimed
            found = summarise(
                self._books, self._entries, claimed.center, claimed.center_size, self._voids
            )
            self._compare(found)
        self._compare_voids(is_folded=is_folded)
        self._check_belonging(outcomes)
        return VerifiedBooks(
            claimed=self._claimed,
            differences=tuple(self._shelf.differences),
            provisional=tuple(self._shelf.provisional),
            found=found,
            books=self._books,
            version=versions[-1].version if (versions := self._books.versions) else self._first,
            document_count=sum(one.document is not None for one in self._shelf.leaves.values()),
            outcome_count=sum(len(_facts(one).outcomes) for one in outcomes),
            entries=tuple(self._entries),
            statements=tuple(self._statements),
        )

    def _is_of_center(self, origin: str) -> bool:
        there, agreement = origin_of(origin), origin_of(self._books.agreement.origin)
        return (there.domain, there.member) == (agreement.domain, self._books.center)

    def _outcomes(self) -> Iterator[Document]:
        for leaf in self._shelf.leaves.values():
            document = leaf.document
            if (
                document is not None
                and isinstance(document.facts, Outcomes)
                and self._belongs(leaf)
            ):
                yield document

    def _check_belonging(self, outcomes: list[Document]) -> None:
        shelf, voids = self._shelf, dict(self._voids)
        needed: dict[Ref, OutcomeName] = {}
        named: set[Ref] = set()
        for document in outcomes:
            facts = _facts(document)
            for outcome, ref in _named(document):
                named.add(ref)
                is_close = facts.outcomes[outcome.number].kind == OutcomeKind.CLOSED
                if outcome not in voids and not is_close:
                    needed.setdefault(ref, outcome)
        for ref, outcome in needed.items():
            if shelf.document(ref) is Missing.NOT_YET:
                shelf.differs(item_of(ref), Kind.DOCUMENT_MISSING, outcome)
        places = {(ref.origin, ref.leaf_index) for ref in named}
        shelf.tell_unopened(
            {
                place
                for place in places & shelf.leaves.keys()
                if shelf.leaves[place].ref not in named
            }
        )
        for place, leaf in shelf.leaves.items():
            if place not in places and not self._belongs(leaf):
                shelf.differs(item_of(leaf.ref), Kind.NOT_OF_THESE_BOOKS)

    def _belongs(self, leaf: Leaf) -> bool:
        """Say whether what no outcome names may be here."""
        document = leaf.document
        if document is None:
            is_told = leaf.kind == KIND_SEALED  # as not opened
            return is_told or (leaf.kind == KIND_CHECKPOINT and self._is_of_center(leaf.ref.origin))
        if isinstance(document.facts, Outcomes) and not self._is_of_center(leaf.ref.origin):
            return False
        return document.agreement == self._books.agreement

    def _check_sizes(self) -> None:
        shelf, center, size = self._shelf, self._claimed.center, self._claimed.center_size
        proven = shelf.confirmed_sizes.get(center, 0)
        if not self._is_of_center(center):
            shelf.differs("center", Kind.SUMMARY, center, self._books.center)
        elif not any(origin == center for origin, _ in shelf.leaves):
            shelf.provisional.append(center)  # it has decided nothing that could prove its size
        elif size > proven:
            shelf.differs("center", Kind.BEYOND_SIZE, size, proven)
        for origin, leaf_index in shelf.leaves:
            is_beyond = origin == center and leaf_index >= size
            if is_beyond or self._is_successor(origin, center):
                shelf.differs(name_of(origin, leaf_index), Kind.BEYOND_SIZE, size)

    def _is_successor(self, origin: str, center: str) -> bool:
        is_later = origin_of(origin).generation > origin_of(center).generation
        return is_later and self._is_of_center(origin)

    def _coverage(self, registry: Registry) -> dict[int, Coverage]:
        """Return what the checkpoints in each log of the center cover, by generation."""
        found: dict[int, Coverage] = {}
        checkpoints = [
            leaf
            for leaf in self._shelf.leaves.values()
            if leaf.kind == KIND_CHECKPOINT and self._is_of_center(leaf.ref.origin)
        ]
        for leaf in sorted(checkpoints, key=lambda one: _in_order_of(one.ref)):
            coverage = found.setdefault(origin_of(leaf.ref.origin).generation, Coverage())
            try:
                coverage.add(leaf.ref.leaf_index, leaf.body, registry)
            except Refused as refusal:
                self._shelf.differs(item_of(leaf.ref), Kind.CHECKPOINT_VOID, "", refusal)
        return found

    def _reaches(self, registry: Registry) -> dict[str, Reach]:
        """Return what the outcomes in each log of the center may name, by origin."""
        coverage = self._coverage(registry)
        found: dict[str, Reach] = {}
        earlier: list[ClosedLog] = []
        logs = filter(self._is_of_center, registry.origins())  # also those that decide nothing
        for generation, origin in sorted((origin_of(one).generation, one) for one in logs):
            own = coverage.get(generation, Coverage())
            found[origin] = Reach(own, tuple(earlier))
            closed = registry.log(origin).closed
            earlier.append(ClosedLog(origin, closed.size if closed else 0, own))
        return found

    def _fold(self, outcomes: list[Document], reaches: dict[str, Reach]) -> bool:
        """Take all outcomes; False where the fold had to stop."""
        for document in outcomes:
            held = _Held(self._shelf, reaches[document.ref.origin])
            for number in range(len(_facts(document).outcomes)):
                name = OutcomeName(document.ref.origin, document.ref.leaf_index, number)
                try:
                    effect = judge(self._books, document, number, held)
                except Waits as waits:
                    missing = ", ".join(sorted(map(item_of, waits.refs)))
                    self._shelf.differs(name, Kind.FOLD_STOPPED, "", missing)
                    return False
                self._take(name, effect)
                if len(self._voids) > VOIDS_MAX:
                    self._shelf.differs(name, Kind.TOO_MANY_VOID, "", len(self._voids))
                    return False
                if effect.disputed:
                    self._shelf.differs(name, Kind.DISPUTED, "", effect.disputed)
                    return False
        return True

    def _compare(self, found: Summary) -> None:
        mine, yours = _by_line(found), _by_line(self._claimed)
        for line in yours | mine:
            if mine.get(line) != yours.get(line):
                one, other = yours.get(line, ""), mine.get(line, "")
                self._shelf.differs(line, Kind.SUMMARY, one, other)

    def _compare_voids(self, *, is_folded: bool) -> None:
        """Tell the void outcomes that are not claimed, and once all are judged the reverse."""
        mine, yours = dict(self._voids), dict(self._claimed.voids)
        for outcome in [*mine, *(one for one in yours if is_folded and one not in mine)]:
            one, other = yours.get(outcome, ""), mine.get(outcome, "")
            if one != other:
                self._shelf.differs(f"void {outcome}", Kind.SUMMARY, one, other)

    def _take(self, name: OutcomeName, effect: Effect) -> None:
        if effect.void:
            self._voids.append((name, effect.void))
            return
        self._books.take(effect)
        if effect.entry is not None:
            self._entries.append(effect.entry)
        if effect.statement is not None:
            self._statements.append(effect.statement)


def _by_line(summary: Summary) -> dict[str, str]:
    """Return what is compared line by line; voids are not: see `_compare_voids`."""
    closed = summary.closed
    return {
        "entries": str(summary.entry_count),
        "state": summary.state_digest.hex(),
        "closed": f"{closed[0]} {closed[1].hex()}" if closed else "",
        **{f"balance {account}": str(fen) for account, fen in summary.balances},
    }


def _in_order_of(ref: Ref) -> tuple[int, int]:
    """Return where an entry stands among those of all logs of one member."""
    return origin_of(ref.origin).generation, ref.leaf_index


def _facts(document: Document) -> Outcomes:
    assert isinstance(document.facts, Outcomes)  # noqa: S101 - tells the checker
    return document.facts


def _named(document: Document) -> Iterator[tuple[OutcomeName, Ref]]:
    """Yield every document that the outcomes of one name, with the outcome."""
    for number, outcome in enumerate(_facts(document).outcomes):
        name = OutcomeName(document.ref.origin, document.ref.leaf_index, number)
        for ref in (outcome.proposal, *outcome.acceptances, outcome.rejection):
            if ref is not None:
                yield name, ref
