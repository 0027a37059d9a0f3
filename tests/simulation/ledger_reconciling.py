"""Members compare their books over the network: equal ones are signed, others told item by item.

- Q1, P12: once all is settled every member's books equal every other's, which both sign in a line.
- Q2, Q3: where postings of some entries were tampered with, exactly these entries are told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update

from federation.ledger.equal_note import verify_equal
from federation.ledger.journal import Place
from federation.ledger.reconcile import Class
from federation.log.errors import Refused
from federation.log.note import parse_note
from node.storage.ledger_tables import ledger_posting
from tests.simulation.network import keys_of

if TYPE_CHECKING:
    from node.services.ledger.reading import AgreementRow
    from node.storage.transaction import Transaction
    from tests.simulation.ledger_world import LedgerWorld

_TAMPERED_MAX: Final = 3


def check_reconciled(world: LedgerWorld) -> int:
    """Have the members of every agreement compare their books; return how many pairs did."""
    compared = 0
    for row in _agreements(world):
        members = sorted(row.member_names)
        for name in members[1:]:
            compared += _check_equal(world, row, members[0], name)
    return compared


def check_tampered(world: LedgerWorld) -> int:
    """Tamper with one member's books of each sound agreement; return how many entries were told."""
    told = 0
    for row in _agreements(world):
        if row.disputed:
            continue  # the disputed outcome takes no part in the comparison
        liar, other = world.chance.sample(sorted(row.member_names), 2)
        told += _check_tampered(world, row, liar, other)
    return told


def _agreements(world: LedgerWorld) -> list[AgreementRow]:
    found = {row.ref: row for one in world.up() for row in world.books(one.name).agreements()}
    return [found[ref] for ref in sorted(found)]


def _check_equal(world: LedgerWorld, row: AgreementRow, one: str, other: str) -> bool:
    here = world.books(one)
    try:
        told = here.reconciling.reconcile(world.row(one, row.ref), other)
    except Refused as refusal:
        if refusal.reason != "BOOKS_WAIT":
            raise
        assert world.row(one, row.ref).waits or world.row(other, row.ref).waits
        return False
    assert told.equal, f"Q1: {one} and {other} differ: {told.differences}"
    text = parse_note(told.proof).text
    for name in (one, other):
        verify_equal(told.proof, text, keys_of(here.side)(name))
    return True


def _check_tampered(world: LedgerWorld, row: AgreementRow, liar: str, other: str) -> int:
    database = world[liar].side.database
    of = ledger_posting.c
    with database.write() as tx:
        position = world.row(liar, row.ref).position
        found = tx.execute(
            select(of.generation, of.leaf_index, of.number, of.ordinal, of.amount_fen).where(
                of.agreement == position
            )
        ).all()
        by_entry = {one[:3]: one for one in map(tuple, found)}
        count = min(_TAMPERED_MAX, len(by_entry))
        tampered = world.chance.sample(sorted(by_entry), count)
        for entry in tampered:
            _set(tx, position, by_entry[entry], 1)
    expected = {Place(*entry) for entry in tampered}
    for asking, asked in ((liar, other), (other, liar)):
        told = world.books(asking).reconciling.reconcile(world.row(asking, row.ref), asked)
        assert {one.place for one in told.differences} == expected, f"Q3: {told.differences}"
        assert {one.kind for one in told.differences} <= {Class.AMOUNT_DIFF}
        assert told.equal == (not expected)
    with database.write() as tx:
        for entry in tampered:
            _set(tx, position, by_entry[entry], 0)
    return len(tampered)


def _set(tx: Transaction, position: int, posting: tuple[int, ...], more_fen: int) -> None:
    generation, leaf_index, number, ordinal, amount_fen = posting
    of = ledger_posting.c
    where = (of.agreement == position, of.generation == generation, of.leaf_index == leaf_index)
    tx.execute(
        update(ledger_posting)
        .where(*where, of.number == number, of.ordinal == ordinal)
        .values(amount_fen=amount_fen + more_fen)
    )
