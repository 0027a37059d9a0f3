"""A federation on paper whose logs are real bytes, so that a node's view can be held against it."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import select

from federation.ledger import codec
from federation.ledger.books import Books, Effect
from federation.ledger.closing import close
from federation.ledger.documents import Document, read_document
from federation.log.checkpoint import Checkpoint, sign_checkpoint
from federation.log.cosignature import make_cosignature
from federation.log.entry import KIND_CHECKPOINT, Entry, encode_entry
from federation.log.hashing import leaf_hash
from federation.log.keys import COSIGNATURE_V1, Signer, VerifierKey
from federation.log.merkle import CompactRange, leaf_hashes
from federation.log.note import add_signatures
from federation.records.refs import Ref, said_ref
from federation.trust.registry import Quorum, Registry, WitnessKey
from node.services.ledger import outcomes, reading
from node.services.ledger.reading import EntryFilter
from node.services.ledger.view import LedgerView
from node.storage import batches, ledger_tables, mirrors, views
from node.storage.database import Database
from node.storage.schema import metadata
from tests.federation.ledger.paper import (
    DOMAIN,
    MEMBERS,
    Paper,
    activated,
    agreement,
    booked,
    income,
)
from tests.node.storage.made_logs import TIME_MS, MadeLog, subject

if TYPE_CHECKING:
    from federation.log.batch import Absence
    from node.storage.ledger import AgreementRow
    from node.storage.transaction import Transaction

WITNESS: Final = Signer("anhui.ydx.example", b"w" * 32)
BOTH: Final = ("anhui", "jiangsu")
ACROSS_FEED: Final = frozenset({"arrived"})
"""Columns that say in which order this node took things in."""


def origin(member: str) -> str:
    return f"{DOMAIN}/{member}"


def log_signer(name: str) -> Signer:
    return Signer(name, b"l" * 32)


@dataclass
class FixedRegistry:
    """All that coverage and bundles ask of a registry."""

    version: int = 1

    def origins(self) -> tuple[str, ...]:
        return tuple(map(origin, MEMBERS))

    def log(self, _origin: str) -> SimpleNamespace:
        return SimpleNamespace(from_version=1, closed=None, predecessor=None)

    def log_keys_in(self, _version: int, name: str, _tree_size: int) -> tuple[VerifierKey, ...]:
        return (log_signer(name).verifier(),)

    def quorums(self, _origin: str) -> tuple[Quorum, ...]:
        return (Quorum(1, {"anhui": (WITNESS.verifier(COSIGNATURE_V1),)}, 1),)

    def member(self, _name: str) -> SimpleNamespace:
        return SimpleNamespace(witness_keys=(WitnessKey(WITNESS.verifier(COSIGNATURE_V1), 1),))

    def member_of_origin(self, _origin: str) -> SimpleNamespace:
        return SimpleNamespace(joined_version=1)


@dataclass
class MadeLedger(Paper):
    """Paper whose documents and checkpoints stand in logs of real bytes, at the same places."""

    made: dict[str, MadeLog] = field(
        default_factory=lambda: {member: MadeLog(origin(member)) for member in MEMBERS}
    )
    registry_version: int = 1

    def write_content(
        self,
        member: str,
        content: bytes,
        named: frozenset[str] | None = None,
        number: int = 0,
    ) -> Ref:
        """Append a document of any bytes; its subject is made of the number."""
        log = self.made[member]
        others = (frozenset(MEMBERS) if named is None else named) - {member}
        number = number or 1000 * MEMBERS.index(member) + len(log.entries)
        at = log.document(number, sorted(others), content, None)
        ref = Ref(log.origin, at, leaf_hash(log.entries[at]))
        self.logs[member].append(read_document(ref, others, content, subject(number)))
        return ref

    def cover(self, *members: str) -> None:
        """Let the center's log cover all that these members wrote, by default the others."""
        for member in members or BOTH:
            log = self.made[member]
            size, compact_range = len(log.entries), CompactRange()
            compact_range.extend(leaf_hashes(log.entries))
            if any(size <= covered for _, name, covered in self.covered if name == log.origin):
                continue
            head = Checkpoint(log.origin, size, compact_range.root())
            signed = sign_checkpoint(head, [log_signer(log.origin)])
            note = add_signatures(signed, [make_cosignature(signed, WITNESS, 9)])
            body = codec.checkpoint_body(note, self.registry_version)
            self.logs["center"].append(None)
            entry = Entry(kind=KIND_CHECKPOINT, recorded_at_ms=TIME_MS, body=body)
            at = self.made["center"].add(encode_entry(entry), [])
            self.covered.append((at, log.origin, size))

    def open(self, **changes: Any) -> Ref:
        """Write an agreement and activate it; return its first version."""
        first = self.write("anhui", agreement=agreement(**changes))
        accepted = [self.accept(member, first, first) for member in BOTH]
        self.cover()
        self.decide(first, activated(first, *accepted))
        return first

    def book(self, first: Ref, number: int, **said: Any) -> Ref:
        """Write an income of 100,001 fen, have it accepted and booked."""
        event = self.write("anhui", income=income(first, instalment=str(number), **said))
        yes = tuple(self.accept(member, first, event) for member in BOTH)
        self.cover()
        self.decide(first, booked(event, yes, AH=50_001, JS=30_000, NETC=20_000))
        return event

    def book_two(self, first: Ref) -> tuple[list[Ref], list[int]]:
        """Book two incomes of jiangsu's; return them, and where their outcomes stand."""
        events, places = [], []
        for number in ("8", "9"):
            events.append(self.write("jiangsu", income=income(first, instalment=number)))
            yes = tuple(self.accept(member, first, events[-1]) for member in BOTH)
            self.cover()
            outcome = booked(events[-1], yes, AH=50_001, JS=30_000, NETC=20_000)
            places.append(self.decide(first, outcome).leaf_index)
        return events, places

    def take_back(self, first: Ref, event: Ref, amount_fen: int = 10_000) -> Ref:
        """Take 10,000 fen of an income back."""
        said = codec.Reversal(
            agreement=said_ref(first),
            income=said_ref(event),
            amount_fen=amount_fen,
            reversal_date="2026-11-09",
            reason="退款",
        )
        back = self.write("jiangsu", reversal=said)
        yes = tuple(self.accept(member, first, back) for member in BOTH)
        self.cover()
        self.decide(first, booked(back, yes, AH=-5_000, JS=-3_000, NETC=-2_000))
        return back

    def close(self, first: Ref, period: str) -> None:
        """Close a period, with the right digest."""
        digest = close(self.fold(first)[0], period).digest()
        self.decide(
            first,
            codec.Outcome(
                kind=codec.OutcomeKind.OUTCOME_KIND_CLOSED,
                period=period,
                statement_digest=digest,
            ),
        )


def story() -> tuple[MadeLedger, list[Ref]]:
    """Return two agreements with all that can become of them."""
    paper = MadeLedger()
    one, other = paper.open(), paper.open(title="另一份协议\0")
    event = paper.book(one, 1)
    paper.book(other, 1, income_date="2026-12-24")
    paper.take_back(one, event)
    paper.decide(one, booked(event, (), AH=1))
    paper.decide(one, booked(event, (), AH=1), by="jiangsu")
    left_open = paper.write("jiangsu", income=income(one, instalment="开\0"))
    paper.write(
        "anhui",
        rejection=codec.Rejection(agreement=said_ref(one), proposal=said_ref(left_open)),
    )
    paper.close(one, "2026-11")
    paper.book(one, 2)
    paper.write("jiangsu", dispute=codec.Dispute(agreement=said_ref(one), income=said_ref(event)))
    return paper, [one, other]


def fill(database: Database, paper: MadeLedger) -> None:
    """Make the rows of the origins, so that they have the same numbers everywhere."""
    with database.write() as tx:
        for member in MEMBERS:
            mirrors.add(tx, origin(member), is_own=member == "anhui")
    assert paper.made


def grow(
    database: Database,
    log: MadeLog,
    end: int,
    absences: dict[tuple[int, int], Absence] | None = None,
) -> None:
    """Store more of a log."""
    with database.write() as tx:
        start = mirrors.get(tx, log.origin).verified_size
        if start < end:
            batches.apply(tx, log.batch(start, end, absences))


def confirm(database: Database, name: str, size: int) -> None:
    """Let a quorum confirm a log."""
    with database.write() as tx:
        mirrors.set_confirmed(tx, mirrors.get(tx, name).origin_id, size, b"note")


def store_all(database: Database, paper: MadeLedger) -> None:
    """Store all logs, confirmed."""
    fill(database, paper)
    for log in paper.made.values():
        grow(database, log, len(log.entries))
        confirm(database, log.origin, len(log.entries))


def view_of(database: Database, version: int = 1, **sizes: int) -> LedgerView:
    registry = cast("Registry", FixedRegistry(version))
    return LedgerView(database, lambda: registry, **sizes)


def follow(view: LedgerView) -> int:
    """Let a view take in everything; return in how many steps."""
    steps = 0
    while view.step():
        steps += 1
        assert steps < 10_000
    return steps


def tables(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of the ledger, without the order in which they came."""
    found = {}
    assert ledger_tables.ledger_document.name in metadata.tables
    with database.read() as tx:
        for name, table in metadata.tables.items():
            if name.startswith("ledger_"):
                columns = [one for one in table.columns if one.name not in ACROSS_FEED]
                rows = [tuple(row) for row in tx.execute(select(*columns))]
                found[name] = sorted(rows, key=repr)
    return found


def check_same_anew(database: Database, view: LedgerView) -> None:
    """Fold on, then all anew: the tables are the same."""
    follow(view)
    found = tables(database)
    with database.write() as tx:
        views.keep(tx, "ledger", 0, "another")
    follow(view_of(database))
    assert tables(database) == found


def check_equal(database: Database, paper: MadeLedger, first: Ref) -> None:
    """Hold the tables of an agreement against the pure fold."""
    books, effects = paper.fold(first)
    with database.read() as tx:
        row = reading.agreement(tx, first)
        assert row is not None
        shown = reading.books_of(tx, row)
        same(shown, books)
        for document in documents(paper):
            ruling = books.rulings.get(document.ref)
            assert shown.rulings.get(document.ref) == ruling
            if ruling is not None:
                assert reading.ruling(tx, document.ref) == ruling
        assert {key: shown.instalments[key] for key in books.instalments} == books.instalments
        check_journal(tx, row, effects)
        check_voids(tx, row, books, effects)
        closed = [(one.statement, one.place) for one in effects if one.statement is not None]
        assert reading.statements(tx, row) == closed


def check_voids(tx: Transaction, row: AgreementRow, books: Books, effects: list[Effect]) -> None:
    """Hold the void outcomes against it; on paper nothing is told behind a dispute."""
    told = [
        (one.place, one.kind, one.proposal, one.void, one.why)
        for one in outcomes.voids(tx, row)
        if not books.disputed or one.void != "NOT_THE_CENTER"
    ]
    assert sorted(told) == sorted(
        (one.place, one.kind, one.proposal, one.void, one.why) for one in effects if one.void
    )


def check_journal(tx: Transaction, row: AgreementRow, effects: list[Effect]) -> None:
    """Hold the journal, however it is paged, and the balances as of some days, against it."""
    journal = [one.entry for one in effects if one.entry is not None]
    paged = []
    after = None
    while more := reading.entries(tx, row, EntryFilter(), after, 2):
        paged += more
        after = more[-1].place
    assert paged == journal
    for day in ("", "2026-11-03", "2026-11-30", "2026-12-31"):
        for known in (None, *(one.place for one in journal)):
            expected: dict[Any, int] = {}
            for entry in journal:
                if (not day or entry.value_date <= day) and (known is None or entry.place < known):
                    for account, fen in entry.postings:
                        expected[account] = expected.get(account, 0) + fen
            assert reading.balances_as_of(tx, row, day, known) == expected
    for party in ("AH", "JS"):
        which = EntryFilter(party=party, until_month="2026-11")
        assert reading.entries(tx, row, which) == [
            one
            for one in journal
            if one.month <= "2026-11" and any(account.party == party for account, _ in one.postings)
        ]


def same(shown: Books, books: Books) -> None:
    """Compare the small states."""
    for name in ("agreement", "center", "members", "versions", "totals", "balances",
                 "closed_through", "last_statement", "disputed", "last"):  # fmt: skip
        assert getattr(shown, name) == getattr(books, name), name
    assert shown.open_months.keys() == books.open_months.keys()
    for month, posted in books.open_months.items():
        assert shown.open_months[month].entries.to_bytes() == posted.entries.to_bytes()
        assert shown.open_months[month].moved == posted.moved


def documents(paper: MadeLedger) -> list[Document]:
    return [one for log in paper.logs.values() for one in log if one is not None]
