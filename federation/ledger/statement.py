r"""The statement of a closed period, and the digests by which two books are compared.

- A period ends with its month and begins after the period that was closed before it. Its opening
  balances are the closing ones of that period (S4); what was booked since and counts in its months
  moves them. Nothing can be added to a closed period, so its digest never changes (L9).
- Statement digest = SHA-256("ydx/statement/v1\0" ‖ agreement ‖ period ‖ digest of the statement
  before it ‖ per month: month, entries u64be, root ‖ per account, by name: name, opening, debits,
  credits, closing as i64be), every piece u32be length ‖ bytes; "" before the first.
- State digest of an agreement = SHA-256("ydx/state/v1\0" ‖ agreement ‖ confirmed size of the
  center's log u64be ‖ per posting in the order of the outcomes: place of the outcome, account,
  amount i64be), in pieces likewise. Agreement stands for origin, leaf index u64be and leaf hash,
  place for generation u32be ‖ leaf index u64be ‖ number u32be.
- Digest of balances = SHA-256("ydx/balances/v1\0" ‖ agreement ‖ per account that is not at 0, by
  name: name, balance i64be), in pieces likewise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from federation.ledger.months import place_bytes, postings_bytes

if TYPE_CHECKING:
    from federation.ledger.journal import Account, JournalEntry
    from federation.records.refs import Ref

STATEMENT_DOMAIN: Final = b"ydx/statement/v1\0"
STATE_DOMAIN: Final = b"ydx/state/v1\0"
BALANCES_DOMAIN: Final = b"ydx/balances/v1\0"
_CHUNK: Final = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """One account in a period, in fen; debits above 0."""

    account: Account
    opening_fen: int
    debit_fen: int
    credit_fen: int

    @property
    def closing_fen(self) -> int:
        """Return the balance at the end."""
        return self.opening_fen + self.debit_fen - self.credit_fen


@dataclass(frozen=True, slots=True)
class Statement:
    """What a closed period came to. `lines` ascend by name; those at 0 all along are left out."""

    agreement: Ref
    period: str
    after: str
    """The period closed before it, "" if none was."""
    previous_digest: bytes
    months: tuple[tuple[str, int, bytes], ...]
    """(month, entries, root) of every month in which something was posted, ascending."""
    lines: tuple[Line, ...]

    def digest(self) -> bytes:
        """Return its digest, as above."""
        pieces = [
            STATEMENT_DOMAIN,
            *_of_ref(self.agreement),
            self.period.encode(),
            self.previous_digest,
        ]
        for month, count, root in self.months:
            pieces += (month.encode(), count.to_bytes(8), root)
        for line in self.lines:
            amounts = (line.opening_fen, line.debit_fen, line.credit_fen, line.closing_fen)
            pieces += (str(line.account).encode(), *map(_amount, amounts))
        return sha256(b"".join(map(_piece, pieces))).digest()

    def net_fen(self) -> Mapping[str, int]:
        """Return the net position of each party at the end, by party; they sum to 0."""
        nets: dict[str, int] = {}
        for line in self.lines:
            nets[line.account.party] = nets.get(line.account.party, 0) - line.closing_fen
        return dict(sorted(nets.items()))


def state_digest(agreement: Ref, center_size: int, entries: Iterable[JournalEntry]) -> bytes:
    """Return the state digest of an agreement; `entries` are read once, in their order."""
    posted = ((place_bytes(entry.place), postings_bytes(entry)) for entry in entries)
    return posted_digest(agreement, center_size, posted)


def posted_digest(
    agreement: Ref, center_size: int, posted: Iterable[tuple[bytes, Iterable[bytes]]]
) -> bytes:
    """Return the state digest by the pieces of entries, each its place and its postings."""
    head = (STATE_DOMAIN, *_of_ref(agreement), center_size.to_bytes(8))
    digest = sha256(b"".join(map(_piece, head)))
    pieces: list[bytes] = []
    for place, postings in posted:
        where = _piece(place)
        for posting in postings:
            pieces += (where, posting)
        if len(pieces) >= _CHUNK:
            digest.update(b"".join(pieces))
            pieces.clear()
    digest.update(b"".join(pieces))
    return digest.digest()


def balances_digest(agreement: Ref, balances: Mapping[Account, int] | Mapping[str, int]) -> bytes:
    """Return the digest of what every account, or its name, comes to, in fen."""
    pieces = [BALANCES_DOMAIN, *_of_ref(agreement)]
    for name, fen in sorted((str(account), fen) for account, fen in balances.items() if fen):
        pieces += (name.encode(), _amount(fen))
    return sha256(b"".join(map(_piece, pieces))).digest()


def _of_ref(ref: Ref) -> tuple[bytes, bytes, bytes]:
    return ref.origin.encode(), ref.leaf_index.to_bytes(8), ref.leaf_hash


def _amount(fen: int) -> bytes:
    return fen.to_bytes(8, signed=True)


def _piece(raw: bytes) -> bytes:
    return len(raw).to_bytes(4) + raw
