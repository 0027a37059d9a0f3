"""Books that go on in the successor of the center's log: folded, told, compared and bundled."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, cast

import pytest

from federation.ledger import codec
from federation.ledger.bundle_verification import verify_bundle
from federation.ledger.documents import Income
from federation.log.batch import Absence
from federation.log.checkpoint import Checkpoint, sign_checkpoint
from federation.log.cosignature import make_cosignature
from federation.log.errors import Refused
from federation.log.merkle import CompactRange, leaf_hashes
from federation.log.note import add_signatures
from federation.records.refs import Ref, said_ref
from node.exporting.exports import LedgerExports
from node.services.access import Caller, Role
from node.services.catalogue.receipts import PublishableNote, Receipts
from node.services.document_names import AGREEMENTS, DocumentName
from node.services.ledger import outcomes, reading
from node.services.ledger.accounts import center_size
from node.services.ledger.shown import LedgerShown
from node.services.ledger.view import LedgerView
from node.services.sync.copies import Copies
from node.storage import citing, logs, mirrors, parts
from node.storage.database import Database
from node.storage.stored_tiles import StoredTiles
from tests.federation.ledger.paper import booked, income
from tests.node.rpc import ledger_desks
from tests.node.services.ledger.made_books import Books, peer_of
from tests.node.services.ledger.made_ledger import (
    BOTH,
    WITNESS,
    FixedRegistry,
    MadeLedger,
    confirm,
    fill,
    follow,
    grow,
    log_signer,
    origin,
)
from tests.node.storage.made_logs import MadeLog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from federation.trust.registry import Registry

CENTER: Final = origin("center")
SUCCESSOR: Final = f"{CENTER}.2"
CLERK: Final = Caller(frozenset({Role.CLERK}), "clerk")
VECTOR: Final = {"AH": 50_001, "JS": 30_000, "NETC": 20_000}


class Succeeded(MadeLedger):
    """Three incomes that the center's first log books, and a fourth that its second one does."""

    def play(self, *lies: codec.Outcome) -> Ref:
        """Return the agreement; `old` keeps the first log, and `first_size` its size.

        The second log decides what is in `lies` before the fourth income.
        """
        first = self.open()
        for number in range(3):
            self.book(first, number)
        event = self.write("anhui", income=income(first, instalment="9"))
        yes = tuple(self.accept(member, first, event) for member in BOTH)
        self.cover()
        self.succeed()
        self.decide(first, *lies, booked(event, yes, **VECTOR))
        return first

    def succeed(self) -> None:
        """Go on in the center's second log."""
        self.made["old"] = self.made["center"]
        self.made["center"] = MadeLog(SUCCESSOR)
        self.covered.clear()
        self.cover()  # a bookkeeper that starts with an empty log carries everything again

    @property
    def first_size(self) -> int:
        return len(self.made["old"].entries)

    def registry(self) -> Registry:
        return cast("Registry", _Succession(self.first_size))


class Outlasted(MadeLog):
    """The center's first log with an outcome beyond the size at which it was closed."""

    def __init__(self, paper: Succeeded, first: Ref) -> None:
        old = paper.made["old"]
        super().__init__(CENTER, [*old.entries], [*old.parts], [*old.publics])
        event = next(
            one for one in paper.logs["anhui"][::-1] if one and one.facts.__class__ is Income
        )
        said = codec.Outcome(
            kind=codec.OutcomeKind.OUTCOME_KIND_EXPIRED, proposal=said_ref(event.ref)
        )
        content = codec.serialise(
            codec.LedgerDocument(
                outcomes=codec.Outcomes(agreement=said_ref(first), outcomes=[said])
            )
        )
        self.document(77, ["anhui", "jiangsu"], content, None)


class _Succession(FixedRegistry):
    """A registry that has closed the center's first log."""

    def __init__(self, first_size: int) -> None:
        super().__init__()
        self._first_size = first_size

    def log(self, name: str) -> SimpleNamespace:
        closed = SimpleNamespace(size=self._first_size) if name == CENTER else None
        predecessor = CENTER if name == SUCCESSOR else None
        return SimpleNamespace(from_version=1, closed=closed, predecessor=predecessor)


class _OneWitness(type(ledger_desks.REGISTRY)):  # type: ignore[misc] # it is a class of its own
    """The registry of whoever proves receipts, that knows successors."""

    def origins(self) -> tuple[str, ...]:
        return (*super().origins(), SUCCESSOR)

    def member_of_origin(self, name: str) -> SimpleNamespace:
        member = name.rpartition("/")[2].partition(".")[0]
        return SimpleNamespace(name=member, joined_version=1)


@pytest.fixture
def paper() -> Succeeded:
    return Succeeded()


@pytest.fixture
def opened(new_url: Callable[[], str]) -> Iterator[Callable[[Succeeded], Database]]:
    """Give databases in which all origins are known, and nothing is stored yet."""
    databases: list[Database] = []

    def make(paper: Succeeded) -> Database:
        database = Database.open(new_url())
        databases.append(database)
        fill(database, paper)
        with database.write() as tx:
            mirrors.add(tx, SUCCESSOR, is_own=False)
        return database

    yield make
    for one in databases:
        one.close()


def store(database: Database, log: MadeLog, end: int | None = None) -> None:
    """Store a log and confirm it, by default all of it."""
    size = len(log.entries) if end is None else end
    grow(database, log, size)
    confirm(database, log.origin, size)


def store_all(database: Database, paper: Succeeded) -> None:
    for log in paper.made.values():
        store(database, log)


def last_of_first(paper: Succeeded) -> int:
    """Return where the last outcomes of the center's first log stand."""
    documents = (one for one in paper.logs["center"] if one is not None)
    return max(one.ref.leaf_index for one in documents if one.ref.origin == CENTER)


def booked_in(database: Database, first: Ref) -> list[int]:
    """Return the generations of the center's log in which something is booked."""
    with database.read() as tx:
        row = reading.agreement(tx, first)
        assert row is not None
        assert not outcomes.voids(tx, row)
        return [one.place.generation for one in reading.entries(tx, row, reading.EntryFilter())]


def bundle_of(database: Database, first: Ref) -> bytes:
    """Return the bundle that a node gives, with notes over what is confirmed."""

    def note_over(name: str, _leaf_index: int) -> PublishableNote:
        with database.read() as tx:
            row = mirrors.get(tx, name)
            compact_range = CompactRange()
            entries = logs.entries(tx, row.origin_id, 0, row.confirmed_size)
            compact_range.extend(leaf_hashes(entries))
        signed = sign_checkpoint(
            Checkpoint(name, row.confirmed_size, compact_range.root()), [log_signer(name)]
        )
        note = add_signatures(signed, [make_cosignature(signed, WITNESS, 9)])
        return PublishableNote(note, row.confirmed_size, is_confirmed=True)

    def tiles(name: str) -> StoredTiles:
        with database.read() as tx:
            return StoredTiles(database, mirrors.get(tx, name).origin_id)

    with database.read() as tx:
        row = reading.agreement(tx, first)
        assert row is not None
    receipts = Receipts(database, cast("Any", None), Copies(tiles), note_over)
    exports = LedgerExports(database, LedgerShown(database, "anhui"), receipts)
    name = str(DocumentName(row.author, AGREEMENTS, row.subject))
    return b"".join(exports.export(CLERK, name, "BUNDLE", "")[1])


def test_x4_a_bundle_of_books_that_go_on_in_a_successor_verifies(
    paper: Succeeded, opened: Callable[[Succeeded], Database]
) -> None:
    first = paper.play()
    database = opened(paper)
    store_all(database, paper)
    follow(LedgerView(database, paper.registry))
    assert booked_in(database, first) == [1, 1, 1, 2]
    verified = verify_bundle(bundle_of(database, first), cast("Registry", _OneWitness()))
    assert verified.differences == ()
    assert verified.is_confirmed
    assert (verified.claimed.center, verified.claimed.entry_count) == (SUCCESSOR, 4)


def test_what_is_beyond_the_size_at_which_a_log_was_closed_may_not_be_named(
    paper: Succeeded, opened: Callable[[Succeeded], Database]
) -> None:
    """It will never come: waited for, it would stop the agreement for ever."""
    first = paper.play(booked(Ref(CENTER, 10**6, bytes(32)), (), AH=1))
    database = opened(paper)
    store_all(database, paper)
    follow(LedgerView(database, paper.registry))
    with database.read() as tx:
        row = reading.agreement(tx, first)
        assert row is not None
        voids = outcomes.voids(tx, row)
        places = [one.place.generation for one in reading.entries(tx, row, reading.EntryFilter())]
    assert [one.void for one in voids] == ["NOT_COVERED"]
    assert places == [1, 1, 1, 2]


def test_nothing_of_a_successor_is_judged_before_all_of_the_log_that_it_succeeds(
    paper: Succeeded, opened: Callable[[Succeeded], Database]
) -> None:
    first = paper.play()
    database = opened(paper)
    view = LedgerView(database, paper.registry)
    short = paper.first_size - 2
    for name, log in paper.made.items():
        store(database, log, short if name == "old" else None)
    follow(view)
    assert set(booked_in(database, first)) == {1}, "what the first log decides last is not here"
    with database.read() as tx:
        row = reading.agreement(tx, first)
        assert row is not None
        assert center_size(tx, row) == short
    verified = verify_bundle(bundle_of(database, first), cast("Registry", _OneWitness()))
    assert verified.differences == ()
    assert verified.claimed.center == CENTER
    store(database, paper.made["old"])
    follow(view)
    assert booked_in(database, first) == [1, 1, 1, 2]


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_what_a_log_decides_beyond_the_size_at_which_it_was_closed_stops_nothing(
    paper: Succeeded, opened: Callable[[Succeeded], Database], is_confirmed: bool
) -> None:
    """Some member may have stored more of it than all who were asked."""
    first = paper.play()
    extra = Outlasted(paper, first)
    database = opened(paper)
    for name, log in paper.made.items():
        if name != "old":
            store(database, log)
    grow(database, extra, len(extra.entries))
    confirm(database, CENTER, len(extra.entries) if is_confirmed else paper.first_size)
    view = LedgerView(database, paper.registry)
    follow(view)
    assert booked_in(database, first) == [1, 1, 1, 2]
    with database.read() as tx:
        row = reading.agreement(tx, first)
        assert row is not None
        assert not outcomes.has_open_outcomes(tx, row)
        assert center_size(tx, row) == len(paper.made["center"].entries)


def test_q1_books_are_compared_in_a_successor_and_never_at_sizes_of_two_logs(
    paper: Succeeded, opened: Callable[[Succeeded], Database]
) -> None:
    first = paper.play()
    here, there, behind = (opened(paper) for _ in range(3))
    for database in (here, there):
        store_all(database, paper)
    for name, log in paper.made.items():
        store(behind, log, paper.first_size - 2 if name == "old" else None)
    for database in (here, there, behind):
        follow(LedgerView(database, paper.registry))
    books = Books("anhui", here)
    told = books.compare(first, peer_of(Books("jiangsu", there)))
    assert told.equal
    assert told.center_size == len(paper.made["center"].entries)
    with pytest.raises(Refused, match="WRONG_ORIGIN"):
        books.compare(first, peer_of(Books("jiangsu", behind)))


def test_a_log_that_is_closed_is_judged_no_further_than_it_is_confirmed_here(
    paper: Succeeded, opened: Callable[[Succeeded], Database]
) -> None:
    first = paper.play()
    database = opened(paper)
    for name, log in paper.made.items():
        grow(database, log, len(log.entries))
        confirm(database, log.origin, last_of_first(paper) if name == "old" else len(log.entries))
    view = LedgerView(database, paper.registry)
    follow(view)
    assert booked_in(database, first) == [1, 1]
    confirm(database, CENTER, paper.first_size)
    follow(view)
    assert booked_in(database, first) == [1, 1, 1, 2]


def test_what_comes_late_of_a_log_is_booked_though_its_successor_was_judged_at_lower_leaves(
    paper: Succeeded, opened: Callable[[Succeeded], Database]
) -> None:
    """The center may have hidden it; leaves of two logs are not compared."""
    first = paper.play()
    last = last_of_first(paper)
    database = opened(paper)
    for name, log in paper.made.items():
        hidden = {(last, 0): Absence.WITHHELD} if name == "old" else None
        grow(database, log, len(log.entries), hidden)
        confirm(database, log.origin, len(log.entries))
    view = LedgerView(database, paper.registry)
    follow(view)
    assert booked_in(database, first) == [1, 1, 2]
    with database.write() as tx:
        row = reading.agreement(tx, first)
        assert row is not None
        assert row.judged_leaf_index < last
        citing.cite(tx, CENTER, last)
        wire = paper.made["old"].parts[last][0]
        parts.arrive(tx, mirrors.get(tx, CENTER).origin_id, last, 0, wire, None)
    follow(view)
    assert booked_in(database, first) == [1, 1, 1, 2]


def test_logs_are_judged_by_their_generations_whichever_was_heard_of_first(
    paper: Succeeded, new_url: Callable[[], str]
) -> None:
    first = paper.play()
    with closing(Database.open(new_url())) as database:
        with database.write() as tx:
            mirrors.add(tx, SUCCESSOR, is_own=False)
        fill(database, paper)
        store_all(database, paper)
        follow(LedgerView(database, paper.registry))
        assert booked_in(database, first) == [1, 1, 1, 2]
