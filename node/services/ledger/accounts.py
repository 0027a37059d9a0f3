"""The books as a person reads them: journal, balances, statements, what would settle them.

- Entries come in the order of the center's outcomes, by a key, so a page never shifts.
- Balances are as of a day and of a size of the center's log: both axes, each by its own. Of its
  logs that is the one up to which the books are folded, as every answer says it.
- What is pending is told in a column of its own and never added to a balance.
- Of disputed books no balance is told (BOOKS_DISPUTED); the entries are shown as they were folded.
- A partner reads the postings of its own parties alone, and of what would settle what each of them
  pays or is paid in all, without the names of who is on the other side.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from federation.ledger.claims import claims_between
from federation.ledger.journal import Place
from federation.ledger.netting import bilateral, settle
from federation.ledger.preview import pending
from federation.ledger.statement import state_digest
from federation.log.errors import Refused
from federation.records.refs import origin_of
from node.services.arguments import invalid
from node.services.ledger import outcomes, reading
from node.services.ledger.books import look_up
from node.services.ledger.disputes import disputed_incomes
from node.services.ledger.journals import StoredJournal, folded_log, folded_size
from node.services.ledger.namesakes import name_of
from node.services.ledger.reading import EntryFilter
from node.services.ledger.shown import VOIDS_SHOWN_MAX
from node.storage import mirrors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from federation.ledger.books import Books
    from federation.ledger.journal import Account, JournalEntry
    from federation.ledger.netting import Payment
    from federation.ledger.statement import Statement
    from federation.records.refs import Ref
    from node.services.access import Caller
    from node.services.ledger.outcomes import VoidOutcome
    from node.services.ledger.reading import AgreementRow, ToldProposal
    from node.services.ledger.shown import LedgerShown, ShownAgreement
    from node.storage.database import Database
    from node.storage.transaction import Transaction

STATEMENTS_SHOWN_MAX: Final = 200
DISPUTED_SHOWN_MAX: Final = 200
_PENDING_MAX: Final = 100
"""The oldest open proposals, that are tried for what is pending: each costs as much as booking."""
_CARRIED_MAX: Final = 1000
_PAGE: Final = 1000
_LEAVES_MAX: Final = 1 << 40


@dataclass(frozen=True, slots=True)
class Balances:
    """Balances as of a day and a size."""

    fen: Mapping[Account, int]
    """By account that is not at 0, debits above 0; they sum to 0."""
    nets: Mapping[str, int]
    """Of every party that was posted to; they sum to 0."""
    pending: Mapping[str, int]
    """What the open proposals would add to the nets, one after the other."""


class Carried(NamedTuple):
    """A proposal that is open: a statement carries it to the next period."""

    ref: Ref
    name: str
    """"" where it means another document (`namesakes`)."""


@dataclass(frozen=True, slots=True)
class ShownStatement:
    """A statement, and who agrees to it."""

    statement: Statement
    """To a partner with its own lines only; the digest is that of the whole one."""
    digest: bytes
    accepted_by: tuple[str, ...]
    carried: tuple[Carried, ...]


@dataclass(frozen=True, slots=True)
class BooksState:
    """How far the books of an agreement are known here."""

    shown: ShownAgreement
    center_size: int
    digest: bytes
    voids: Sequence[VoidOutcome]
    disputed_incomes: Sequence[str] = ()


class LedgerAccounts:
    """Reads the books for callers. Safe for many threads."""

    def __init__(self, database: Database, shown: LedgerShown) -> None:
        self._database = database
        self._shown = shown

    def agreement(self, caller: Caller, name: str) -> BooksState:
        """Return an agreement with the digest of its books; refuses what `agreement` refuses."""
        with self._database.read() as tx:
            shown = self._shown.agreement_in(tx, caller, name)
            return self._state(tx, shown, with_digest=True, with_disputes=True)

    def entries(
        self, caller: Caller, name: str, which: EntryFilter, after: Place | None, limit: int
    ) -> tuple[BooksState, list[JournalEntry], Place | None]:
        """Return at most `limit` entries behind a place, and where the next page begins."""
        with self._database.read() as tx:
            shown = self._shown.agreement_in(tx, caller, name, "agreement")
            if shown.only is not None:
                which = replace(which, party=_own(shown.only, which.party))
            _check_party(shown.books, which.party)
            found = reading.entries(tx, shown.row, which, after, limit + 1)
            state = self._state(tx, shown)
        page = [_own_lines(one, shown.only) for one in found[:limit]]
        return state, page, page[-1].place if len(found) > limit else None

    def balances(
        self, caller: Caller, name: str, value_date: str, known_size: int
    ) -> tuple[BooksState, Balances]:
        """Return balances; refuses BOOKS_DISPUTED besides what `agreement` refuses."""
        with self._database.read() as tx:
            shown = self._shown.agreement_in(tx, caller, name, "agreement")
            _check_sound(shown.books)
            fen = self._as_of(tx, shown, value_date, known_size)
            waiting = {} if value_date or known_size else self._pending(tx, shown)
            state = self._state(tx, shown, with_disputes=True)
        nets: dict[str, int] = {}
        for account, balance in fen.items():
            nets[account.party] = nets.get(account.party, 0) - balance
        only = shown.only
        return state, Balances(
            {
                one: fen[one]
                for one in sorted(fen, key=str)
                if fen[one] and (only is None or one.party in only)
            },
            {one: nets[one] for one in sorted(nets) if only is None or one in only},
            {one: more for one, more in waiting.items() if only is None or one in only},
        )

    def statements(self, caller: Caller, name: str) -> tuple[BooksState, list[ShownStatement]]:
        """Return the statements of closed periods, newest first; none that is disputed."""
        with self._database.read() as tx:
            shown = self._shown.agreement_in(tx, caller, name, "agreement")
            carried = self._carried(tx, shown)
            disputed_at = shown.books.last if shown.books.disputed else None
            newest = reading.newest_statements(tx, shown.row, STATEMENTS_SHOWN_MAX + 1)
            closed = [one for one, place in newest if place != disputed_at]
            found = [
                _shown(tx, shown, one, carried if one is closed[0] else ())
                for one in closed[:STATEMENTS_SHOWN_MAX]
            ]
            return self._state(tx, shown), found

    def closing(self, shown: ShownAgreement, statement: Statement) -> ShownStatement:
        """Return a statement that was written just now, with what it carries."""
        with self._database.read() as tx:
            return _shown(tx, shown, statement, self._carried(tx, shown))

    def netting(
        self, caller: Caller, name: str, *, is_bilateral: bool
    ) -> tuple[BooksState, tuple[Payment, ...], Mapping[str, int]]:
        """Return payments that would settle all, and the positions that they settle."""
        with self._database.read() as tx:
            shown = self._shown.agreement_in(tx, caller, name, "agreement")
            _check_sound(shown.books)
            parties = {account.party for account in shown.books.balances}
            nets = {party: shown.books.net_fen(party) for party in sorted(parties)}
            owed = claims_between(shown.books.owed)
            payments = bilateral(owed) if is_bilateral else settle(nets)
            state = self._state(tx, shown)
        if shown.only is not None:
            payments = _own_payments(payments, shown.only)
            nets = {party: fen for party, fen in nets.items() if party in shown.only}
        return state, payments, nets

    def state(self, shown: ShownAgreement) -> BooksState:
        """Return how far the books of an agreement are known by now."""
        with self._database.read() as tx:
            return self._state(tx, shown)

    def _state(
        self,
        tx: Transaction,
        shown: ShownAgreement,
        *,
        with_digest: bool = False,
        with_disputes: bool = False,
    ) -> BooksState:
        """Return how far the books are known in the transaction that `shown` was read in.

        The digest costs the journal. A partner is told no void outcome and no dispute.
        """
        size = center_size(tx, shown.row)
        if shown.only is not None:
            return BooksState(shown, size, b"", ())
        digest, disputed = b"", list[str]()
        if with_digest:
            digest = _digest(tx, shown.row)
        if with_disputes:
            documents = self._shown.documents(tx)
            disputed = disputed_incomes(tx, shown.row, shown.books, documents)
        voids = outcomes.newest_voids(tx, shown.row, VOIDS_SHOWN_MAX)
        return BooksState(shown, size, digest, voids, disputed[:DISPUTED_SHOWN_MAX])

    def _as_of(
        self, tx: Transaction, shown: ShownAgreement, value_date: str, known_size: int
    ) -> Mapping[Account, int]:
        if not value_date and not known_size:
            return shown.books.balances
        before = None
        if known_size and (log := folded_log(tx, shown.row, mirrors.every(tx))):
            generation = origin_of(log.origin).generation
            before = Place(generation, min(known_size, _LEAVES_MAX), 0)
        return reading.balances_as_of(tx, shown.row, value_date, before)

    def _carried(self, tx: Transaction, shown: ShownAgreement) -> tuple[Carried, ...]:
        """Return what is open: that is of all parties, so a partner is not told."""
        open_now = self._open(tx, shown, _CARRIED_MAX) if shown.only is None else ()
        found = [one.told.document for one in open_now]
        member = self._shown.member
        return tuple(Carried(one.ref, name_of(tx, one, shown.row, member)) for one in found)

    def _open(self, tx: Transaction, shown: ShownAgreement, limit: int) -> list[ToldProposal]:
        documents = self._shown.documents(tx)
        return reading.proposals(tx, shown.row, open_only=True, limit=limit, documents=documents)

    def _pending(self, tx: Transaction, shown: ShownAgreement) -> dict[str, int]:
        """Return what the oldest open proposals would add to the nets, if booked in turn."""
        open_now = self._open(tx, shown, _PENDING_MAX)
        proposals = [one.told.document for one in open_now]
        look_up(shown.books, proposals)
        nets: dict[str, int] = {}
        for one in pending(shown.books, proposals):
            for party, fen in one.net_fen.items():
                nets[party] = nets.get(party, 0) + fen
        return nets


def _shown(
    tx: Transaction, shown: ShownAgreement, statement: Statement, carried: tuple[Carried, ...]
) -> ShownStatement:
    digest = statement.digest()
    agreed = agreed_by(tx, shown.row, digest)
    if shown.only is not None:
        lines = tuple(line for line in statement.lines if line.account.party in shown.only)
        statement = replace(statement, lines=lines)
    return ShownStatement(statement, digest, agreed, carried)


def agreed_by(tx: Transaction, row: AgreementRow, digest: bytes) -> tuple[str, ...]:
    """Return the members of an agreement that agree to a statement, and have told all of them."""
    members = row.member_names
    found = [one.document for one in reading.statement_acceptances(tx, row, digest)]
    told = {one.author for one in found if one.reaches(members)}
    return tuple(sorted(told & members))


def center_size(tx: Transaction, row: AgreementRow) -> int:
    """Return up to where the center's log is folded into these books: at most its confirmed size.

    A digest is of a size, so a view that lags must not speak of what it has not folded.
    """
    log = folded_log(tx, row, mirrors.every(tx))
    return folded_size(tx, row, log) if log else 0


def all_entries(tx: Transaction, row: AgreementRow) -> Iterator[JournalEntry]:
    """Yield the whole journal of an agreement."""
    after: Place | None = None
    while page := reading.entries(tx, row, EntryFilter(), after, _PAGE):
        yield from page
        after = page[-1].place


def _digest(tx: Transaction, row: AgreementRow) -> bytes:
    """Return the state digest of books at the size up to which they are folded here."""
    if folded_log(tx, row, mirrors.every(tx)) is None:
        return state_digest(row.ref, 0, ())
    return StoredJournal(tx, row).state_digest()


def _own(only: frozenset[str], asked: str) -> str:
    """Return the party whose entries a partner gets; who has several says which."""
    if asked and asked not in only:
        raise Refused("ROLE_MISSING", f"{asked} is not the caller's party", party=asked)
    if not asked and len(only) > 1:
        raise invalid("party", "REQUIRED")
    return asked or min(only)


def _check_party(books: Books, party: str) -> None:
    """Refuse a party that no version names: an empty journal would say that it never got a fen."""
    known = {one.party for active in books.versions for one in active.version.parties}
    if party and known and party not in known:
        what = f"{party} is no party of the agreement: {', '.join(sorted(known))}"
        raise Refused("PARTY_NOT_IN_AGREEMENT", what, field="party", party=party)


def _own_lines(entry: JournalEntry, only: frozenset[str] | None) -> JournalEntry:
    if only is None:
        return entry
    own = tuple(one for one in entry.postings if one.account.party in only)
    return entry._replace(postings=own)


def _own_payments(payments: Sequence[Payment], only: frozenset[str]) -> tuple[Payment, ...]:
    """Return one's own payments, those to or from parties that are not told added up."""
    summed: dict[tuple[str, str], Payment] = {}
    for one in payments:
        payer, payee = (name if name in only else "" for name in (one.payer, one.payee))
        if payer or payee:
            before_fen = summed[payer, payee].amount_fen if (payer, payee) in summed else 0
            amount_fen = before_fen + one.amount_fen
            summed[payer, payee] = replace(one, payer=payer, payee=payee, amount_fen=amount_fen)
    return tuple(summed.values())


def _check_sound(books: Books) -> None:
    if books.disputed:
        raise Refused("BOOKS_DISPUTED", "the books are disputed", why=books.disputed)
