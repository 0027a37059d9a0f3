"""What the books of an agreement come to at a size of the center's log, in a few lines.

- Balances are summed from the journal's entries, not taken from the books: two sums in one file.
- Two summaries are equal where the books are: the state digest is over every posting.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from federation.ledger.statement import state_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from federation.ledger.books import Books
    from federation.ledger.journal import JournalEntry
    from federation.records.refs import Ref


class OutcomeName(NamedTuple):
    """Where an outcome stands: the center's log, leaf index, number in its entry."""

    origin: str
    leaf_index: int
    number: int

    def __str__(self) -> str:
        """Return how it is called: `<origin>#<leaf index>/<number>`."""
        return f"{self.origin}#{self.leaf_index}/{self.number}"


@dataclass(frozen=True, slots=True)
class Summary:
    """What the books come to."""

    agreement: Ref
    center: str
    """The origin of the center's log."""
    center_size: int
    """Its confirmed size."""
    entry_count: int
    state_digest: bytes
    closed: tuple[str, bytes] | None
    """The last period that was closed and the digest of its statement."""
    balances: tuple[tuple[str, int], ...]
    """(account, fen) by name, without those at 0; debits above 0."""
    voids: tuple[tuple[OutcomeName, str], ...]
    """(outcome, why) of each that changes nothing, in their order."""


def summarise(
    books: Books,
    entries: Iterable[JournalEntry],
    center: str,
    center_size: int,
    voids: Iterable[tuple[OutcomeName, str]] = (),
) -> Summary:
    """Return the summary of books at a size of the center's log; `entries` are read once."""
    balances: dict[str, int] = {}
    count = 0

    def counted() -> Iterator[JournalEntry]:
        nonlocal count
        for entry in entries:
            count += 1
            for account, fen in entry.postings:
                balances[str(account)] = balances.get(str(account), 0) + fen
            yield entry

    digest = state_digest(books.agreement, center_size, counted())
    last = books.last_statement
    return Summary(
        agreement=books.agreement,
        center=center,
        center_size=center_size,
        entry_count=count,
        state_digest=digest,
        closed=None if last is None else (last.period, last.digest()),
        balances=tuple(sorted((account, fen) for account, fen in balances.items() if fen)),
        voids=tuple(voids),
    )
