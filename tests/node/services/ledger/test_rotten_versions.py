"""An agreement of which a stored version has rotted hides no other one from a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from federation.log.errors import YdxError
from federation.records.refs import said_ref
from node.services.access import Caller, Role
from node.services.document_names import AGREEMENTS, DocumentName
from node.services.ledger import reading
from node.services.ledger.shown import LedgerShown
from node.storage import mirrors
from node.storage.positions import part_id
from node.storage.schema import part
from tests.federation.ledger.paper import activated, agreement
from tests.node.services.ledger.made_ledger import BOTH, follow, store_all, story, view_of

if TYPE_CHECKING:
    from node.storage.database import Database


def test_the_others_are_listed_and_who_asks_for_it_by_name_is_told(database: Database) -> None:
    paper, (first, other) = story()
    said = agreement(
        agreement=said_ref(first), previous=said_ref(first), effective_from="2027-01-01"
    )
    later = paper.write("anhui", agreement=said)
    accepted = [paper.accept(member, first, later) for member in BOTH]
    paper.cover()
    paper.decide(first, activated(later, *accepted))
    store_all(database, paper)
    follow(view_of(database))
    with database.write() as tx:
        place = part_id(mirrors.get(tx, later.origin).origin_id, later.leaf_index, 0)
        rotten = paper.made["anhui"].parts[later.leaf_index][0][:-1] + b"x"
        tx.execute(update(part).where(part.c.id == place).values(content=rotten))
        row = reading.agreement(tx, first)
    assert row is not None
    clerk, shown = Caller(frozenset({Role.CLERK}), "clerk"), LedgerShown(database, "anhui")
    found, _ = shown.agreements(clerk, "", 0, 10)
    assert [one.row.ref for one in found] == [other]
    with pytest.raises(YdxError, match="COPY_DAMAGED"):
        shown.agreement(clerk, str(DocumentName(row.author, AGREEMENTS, row.subject)))
