"""An agreement of which a stored version has rotted waits for it, and stands in no other's way."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from federation.log.errors import YdxError
from federation.records.refs import Ref, said_ref
from node.services.access import Caller, Role
from node.services.document_names import AGREEMENTS, DocumentName
from node.services.ledger import documents as documents_module
from node.services.ledger import reading
from node.services.ledger import view as view_module
from node.services.ledger.shown import LedgerShown
from node.storage import mirrors
from node.storage.positions import part_id
from node.storage.schema import entry_bundle, part
from tests.federation.ledger.paper import activated, agreement
from tests.node.services.ledger.made_ledger import (
    BOTH,
    MadeLedger,
    check_equal,
    confirm,
    fill,
    follow,
    grow,
    store_all,
    story,
    view_of,
)

if TYPE_CHECKING:
    from node.storage.database import Database


def amended() -> tuple[MadeLedger, list[Ref], Ref]:
    """Return two agreements, the first of them amended, and the amendment."""
    paper, (first, other) = story()
    said = agreement(
        agreement=said_ref(first), previous=said_ref(first), effective_from="2027-01-01"
    )
    later = paper.write("anhui", agreement=said)
    accepted = [paper.accept(member, first, later) for member in BOTH]
    paper.cover()
    paper.decide(first, activated(later, *accepted))
    return paper, [first, other], later


def store_part(database: Database, ref: Ref, content: bytes) -> None:
    """Put other bytes in the place of the part that a document stands in."""
    with database.write() as tx:
        place = part_id(mirrors.get(tx, ref.origin).origin_id, ref.leaf_index, 0)
        tx.execute(update(part).where(part.c.id == place).values(content=content))


def store_entry(database: Database, before: bytes, after: bytes) -> None:
    """Put other bytes in the place of those of an entry."""
    with database.write() as tx:
        for number, data in tx.execute(select(entry_bundle.c.id, entry_bundle.c.data)).fetchall():
            new = bytes(data).replace(before, after)
            tx.execute(update(entry_bundle).where(entry_bundle.c.id == number).values(data=new))


def test_the_others_are_listed_and_who_asks_for_it_by_name_is_told(database: Database) -> None:
    paper, (first, other), later = amended()
    store_all(database, paper)
    follow(view_of(database))
    store_part(database, later, paper.made["anhui"].parts[later.leaf_index][0][:-1] + b"x")
    with database.read() as tx:
        row = reading.agreement(tx, first)
    assert row is not None
    clerk, shown = Caller(frozenset({Role.CLERK}), "clerk"), LedgerShown(database, "anhui")
    found, _ = shown.agreements(clerk, "", 0, 10)
    assert [one.row.ref for one in found] == [other]
    with pytest.raises(YdxError, match="COPY_DAMAGED"):
        shown.agreement(clerk, str(DocumentName(row.author, AGREEMENTS, row.subject)))


@pytest.mark.parametrize("what", ["first", "amendment", "entry"])
def test_it_is_looked_at_without_a_write_or_a_warning_until_it_is_whole_again(
    database: Database, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    paper, (first, other), later = amended()
    decided = len(paper.made["center"].entries)
    paper.book(first, 7)
    fill(database, paper)
    for member, log in paper.made.items():
        grow(database, log, decided if member == "center" else len(log.entries))
        confirm(database, log.origin, len(log.entries))
    follow(view_of(database))
    rotten = first if what == "first" else later
    entry = paper.made["anhui"].entries[rotten.leaf_index]
    wire = paper.made["anhui"].parts[rotten.leaf_index][0]
    if what == "entry":
        store_entry(database, entry, entry[:-1] + bytes([entry[-1] ^ 1]))
    else:
        store_part(database, rotten, wire[:-1] + b"x")
    grow(database, paper.made["center"], len(paper.made["center"].entries))
    view = view_of(database)
    follow(view)
    with database.read() as tx:
        row = reading.agreement(tx, first)
        assert row is not None
        assert row.waits
        assert reading.awaited(tx, row) == [rotten]
    told: list[Any] = []
    silent = SimpleNamespace(warning=lambda *said, **_: told.append(said))
    with monkeypatch.context() as patched:
        patched.setattr(view_module, "_log", silent)
        patched.setattr(documents_module, "_log", silent)
        patched.setattr(view, "_writing", lambda: pytest.fail("it writes"))
        for _ in range(3):
            view.recheck()
            assert not view.step()
    assert told == []
    check_equal(database, paper, other)
    if what == "entry":
        store_entry(database, entry[:-1] + bytes([entry[-1] ^ 1]), entry)
    else:
        store_part(database, rotten, wire)
    view.recheck()
    follow(view)
    check_equal(database, paper, first)
