"""What must hold of the ledger in the world: P1–P9, P12, and L1, L2, L5.

- The tables of every member are what the pure rules make of the bytes that it stores: outcomes are
  judged from scratch, with coverage judged from scratch (P2, P6, P7, and what is void).
- What is booked is held against the outcome's bytes once more, without the judge: acceptances by
  the required signers on exactly that document, covered below; the vector; the version's days.
- A journal only grows (L5, P9), and each member's is the beginning of any other's at every step.
- Once mended, all members of an agreement have equal books, digests and open proposals (P12), and
  one more round of the same messages changes nothing (P3).
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from federation.ledger.agreement import Version
from federation.ledger.books import Books, Effect
from federation.ledger.coverage import Coverage, Reach
from federation.ledger.documents import Acceptance, Document, Income, Outcome, Outcomes
from federation.ledger.journal import EntryKind, JournalEntry
from federation.ledger.judging import Waits, judge, open_books, versions_that_sign
from federation.ledger.statement import state_digest
from federation.log.entry import KIND_CHECKPOINT, parse_entry
from federation.log.errors import Refused
from node.services.ledger import outcomes, reading
from node.services.ledger.centers import end_of
from node.services.ledger.documents import Documents, HeldDocuments, read_run
from node.services.ledger.reading import EntryFilter
from node.storage import logs
from tests.node.services.ledger.made_ledger import same, tables
from tests.simulation.ledger_reconciling import check_reconciled, check_tampered

if TYPE_CHECKING:
    from federation.records.refs import Ref
    from node.services.ledger.reading import AgreementRow
    from node.storage.transaction import Transaction
    from tests.simulation.ledger_member import LedgerMember
    from tests.simulation.ledger_world import LedgerWorld

_ENTRIES_MAX = 10_000


class LedgerChecks:
    """Re-verifies the ledgers of a world."""

    def __init__(self, world: LedgerWorld) -> None:
        self.world = world
        self.journals: dict[Ref, list[JournalEntry]] = {}
        """Agreement → the longest journal that any member ever had."""
        self.booked = self.reconciled = self.tampered = 0
        self.voids: set[str] = set()

    def after_step(self) -> None:
        """Re-verify every member that is up."""
        for member in self.world.up():
            self.check(self.world.books(member.name))

    def check(self, member: LedgerMember) -> None:
        """Re-verify one member."""
        member.follow()
        with member.side.database.read() as tx:
            for row in reading.agreements(tx):
                try:
                    self._check_agreement(tx, row, member)
                except AssertionError as error:
                    raise AssertionError(self._says(f"{member.name}: {error}")) from error

    def is_settled(self) -> bool:
        """Tell whether all members of each agreement hold the same of it."""
        return all(len(set(held.values())) == 1 for held in self._held().values())

    def mended(self) -> None:
        """Check what holds once all is settled."""
        self.after_step()
        for first, held in self._held().items():
            assert len(set(held.values())) == 1, self._says(f"{first} differs: {held}")
        before = {one.name: tables(one.side.database) for one in self.world.up()}
        sizes = {one.name: one.own_size() for one in self.world.up()}
        self.world.meet_all()
        self.world.follow_all()
        for one in self.world.up():
            self.world.books(one.name).follow()
            assert tables(one.side.database) == before[one.name], self._says("P3")
            assert one.own_size() == sizes[one.name], self._says("P3")
        entries = [one for journal in self.journals.values() for one in journal]
        self.booked = len(entries)
        self.reconciled = check_reconciled(self.world)
        self.tampered = check_tampered(self.world)

    # --- one agreement --------------------------------------------------------------------------

    def _check_agreement(self, tx: Transaction, row: AgreementRow, member: LedgerMember) -> None:
        fold = Fold(tx, row, member)
        shown = reading.books_of(tx, row)
        same(shown, fold.books)
        for ref, ruling in fold.books.rulings.items():
            assert reading.ruling(tx, ref) == ruling
        assert row.waits == fold.waits, "P2: it waits for what is here, or does not"
        voids = {(one.place, one.void, one.why) for one in outcomes.voids(tx, row)}
        assert {one for one in voids if one[1] != "NOT_THE_CENTER"} == fold.voids
        self.voids |= {void for _, void, _ in voids}
        journal = reading.entries(tx, row, EntryFilter(), None, _ENTRIES_MAX)
        assert journal == [one.entry for one in fold.effects if one.entry is not None]
        self._check_prefix(row.ref, journal)
        self._check_sums(shown, journal)
        proposals = [one.proposal for one in journal]
        assert len(proposals) == len({*proposals}), "P2: it is booked twice"
        for entry in journal:
            fold.check_booked(entry)

    def _check_prefix(self, first: Ref, journal: list[JournalEntry]) -> None:
        longest = self.journals.setdefault(first, [])
        shared = min(len(longest), len(journal))
        assert longest[:shared] == journal[:shared], "L5, P6, P9: what was posted has changed"
        if len(journal) > len(longest):
            self.journals[first] = journal

    def _check_sums(self, shown: Books, journal: list[JournalEntry]) -> None:
        sums: dict[object, int] = {}
        for entry in journal:
            assert sum(one.amount_fen for one in entry.postings) == 0, "L1"
            for account, fen in entry.postings:
                sums[account] = sums.get(account, 0) + fen
        assert sum(shown.balances.values()) == 0, "L2"
        told = {account: fen for account, fen in shown.balances.items() if fen}
        assert told == {account: fen for account, fen in sums.items() if fen}, "L3"

    # --- all members ----------------------------------------------------------------------------

    def _held(self) -> dict[Ref, dict[str, str]]:
        """Return agreement → member → what it holds of it."""
        found: dict[Ref, dict[str, str]] = {}
        for one in self.world.up():
            member = self.world.books(one.name)
            member.follow()
            with member.side.database.read() as tx:
                for row in reading.agreements(tx):
                    found.setdefault(row.ref, {})[member.name] = self._held_of(tx, row)
        for first, held in found.items():
            with self.world[next(iter(held))].side.database.read() as tx:
                known = reading.agreement(tx, first)
            assert known is not None
            for name in known.member_names - held.keys():
                held[name] = "nothing"
        return found

    def _held_of(self, tx: Transaction, row: AgreementRow) -> str:
        journal = reading.entries(tx, row, EntryFilter(), None, _ENTRIES_MAX)
        books = reading.books_of(tx, row)
        balances = sorted((str(one), fen) for one, fen in books.balances.items() if fen)
        opened = [one.told.document.ref for one in reading.proposals(tx, row, open_only=True)]
        digest = state_digest(row.ref, 0, journal).hex()
        statement = books.last_statement.digest().hex() if books.last_statement else ""
        voids = sorted(
            str((one.place, one.void))
            for one in outcomes.voids(tx, row)
            if one.void != "NOT_ADDRESSED"  # who is left out cannot read it
        )
        rest = (row.waits, books.disputed, statement, str(books.last))
        return repr((digest, balances, sorted(map(str, opened)), voids, rest))

    def _says(self, what: str) -> str:
        steps = "\n  ".join(self.world.told[-30:])
        return f"seed {self.world.seed}: {what}\n  {steps}"


class Fold:
    """An agreement, judged from scratch over the bytes that a member stores."""

    def __init__(self, tx: Transaction, row: AgreementRow, member: LedgerMember) -> None:
        documents = Documents(tx)
        first = documents.get(row.ref)
        assert isinstance(first, Document)
        self.waits = False
        self._documents = documents
        self._coverage = Coverage()
        self._begin(first)
        mirror = documents.mirror(f"ydx.example/{row.center}")
        if mirror is None:
            return
        end = end_of(tx, mirror)
        registry = member.side.trust.registry()
        for leaf_index, raw in enumerate(logs.entries(tx, mirror.origin_id, 0, end)):
            entry = parse_entry(raw)
            if entry.kind == KIND_CHECKPOINT:
                with suppress(Refused):  # it is void; a version that is not here is past `end`
                    self._coverage.add(leaf_index, entry.body, registry)
        held = HeldDocuments(documents, Reach(self._coverage))
        found = sorted(read_run(tx, mirror, 0, end), key=lambda one: one.ref.leaf_index)
        found = [one for one in found if one.agreement == row.ref]
        ended = self._judge(found, held)
        if ended < len(found):  # of what waits within a document nothing is judged
            self._begin(first)
            self.waits = True
            self._judge(found[:ended], held)

    def _begin(self, first: Document) -> None:
        books = open_books(first)
        assert books is not None
        self.books = books
        self.effects: list[Effect] = []
        self._outcomes: dict[tuple[int, int], Outcome] = {}

    @property
    def voids(self) -> set[tuple[object, str, str]]:
        return {(one.place, one.void, one.why) for one in self.effects if one.void}

    def _judge(self, found: list[Document], held: HeldDocuments) -> int:
        """Judge; return at which document it waits, or how many there are."""
        for at, document in enumerate(found):
            if not isinstance(document.facts, Outcomes):
                continue
            for number, outcome in enumerate(document.facts.outcomes):
                try:
                    effect = judge(self.books, document, number, held)
                except Waits:
                    return at
                self._outcomes[document.ref.leaf_index, number] = outcome
                if not effect.void:
                    self.books.take(effect)
                self.effects.append(effect)
                if self.books.disputed:
                    return len(found)
        return len(found)

    def check_booked(self, entry: JournalEntry) -> None:
        """Hold what is booked against its outcome, without the judge: P1, P7, P8."""
        outcome = self._outcomes[entry.place.leaf_index, entry.place.number]
        proposal = self._documents.get(entry.proposal)
        assert isinstance(proposal, Document)
        assert outcome.proposal == proposal.ref
        authors = set()
        for ref in outcome.acceptances:
            said = self._documents.get(ref)
            assert isinstance(said, Document)
            assert isinstance(said.facts, Acceptance)
            assert proposal.ref in said.facts.proposals, "P1: it accepts another document"
            is_own = ref.member == self.books.center
            assert is_own or self._coverage.covers(
                ref.origin, ref.leaf_index, entry.place.leaf_index
            ), "P1: an acceptance is not covered"
            authors.add(said.author)
        versions = self._signing(proposal, entry)
        assert versions
        assert all(one.is_signed_by(authors) for one in versions), "P1: not all have accepted"
        if entry.kind is EntryKind.INCOME and not self.books.disputed:
            assert isinstance(proposal.facts, Income)
            active = self.books.version(proposal.facts.version)
            assert active is not None
            window = active.version
            day = proposal.facts.income_date
            assert window.effective_from <= day < window.effective_to, "P8"
            shares = {
                one.account.party: -one.amount_fen
                for one in entry.postings
                if one.account.kind != "CLEARING"
            }
            assert sum(shares.values()) == sum(fen for _, fen in outcome.vector), "P7"
            for party, fen in outcome.vector:
                booked = self.books.rulings[proposal.ref].booked
                assert booked is not None
                assert booked.shares[party] == fen, "P7: another vector is booked"

    def _signing(self, proposal: Document, entry: JournalEntry) -> list[Version]:
        """Return the versions that signed; a payment's is the one that was in force then."""
        if entry.kind is not EntryKind.PAYMENT:
            return versions_that_sign(self.books, proposal)
        return [one.version for one in self.books.versions if (one.since) < entry.place][-1:]
