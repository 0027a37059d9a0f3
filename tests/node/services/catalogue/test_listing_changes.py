"""What leaves touch is read in few statements, whatever they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from federation.log.entry import KIND_LISTING
from node.services.catalogue.listing_changes import touches
from node.storage import arrivals, batches, mirrors
from tests.node.storage.made_logs import MadeLog, subject

if TYPE_CHECKING:
    import pytest

    from node.services.catalogue.listing_changes import Touch
    from node.storage.statement import Statement
    from node.storage.transaction import Row, Transaction
    from tests.node.services.own_node import OwnNode

STATEMENTS_MAX = 8


def touched(node: OwnNode, log: MadeLog) -> list[Touch]:
    with node.database.write() as tx:
        mirrors.add(tx, log.origin)
        batches.apply(tx, log.batch(0, len(log.entries)))
    with node.database.read() as tx:
        return list(touches(tx, arrivals.after(tx, 0, 10_000)))


def test_an_erasure_touches_the_listings_that_it_names_each_once(node: OwnNode) -> None:
    log = MadeLog()
    log.put(1)
    log.put(2, kind=KIND_LISTING + 1)
    log.put(1, 2)
    log.erase((0, 0), (2, 1), (0, 1), (1, 0), (3, 0), (4, 0), (2**64 - 1, 0))
    log.put(4)
    log.erase((0, 0), origin="ydx.example/anhui")
    log.put(5)
    assert [(one.leaf_index, one.subject, one.is_erasure) for one in touched(node, log)] == [
        (0, subject(1), False),
        (2, subject(1), False),
        (3, subject(1), True),
        (4, subject(4), False),
        (6, subject(5), False),
    ]


def test_erasures_are_read_together(node: OwnNode, monkeypatch: pytest.MonkeyPatch) -> None:
    log, statements = MadeLog(), list[object]()
    for number in range(600):
        log.put(number)
    for number in range(0, 600, 2):
        log.erase((number, 0), (number + 1, 1))
    with node.database.read() as tx:
        kind = type(tx)
    for name in ("one", "all"):
        run: Any = getattr(kind, name)

        def counted(tx: Transaction, statement: Statement, values: Row = (), run: Any = run) -> Any:
            statements.append(statement)
            return run(tx, statement, values)

        monkeypatch.setattr(kind, name, counted)
    with node.database.write() as tx:
        mirrors.add(tx, log.origin)
        batches.apply(tx, log.batch(0, len(log.entries)))
    statements.clear()
    with node.database.read() as tx:
        runs = arrivals.after(tx, 0, 2_000)
        statements.clear()
        found = list(touches(tx, runs))
    assert len(found) == 600 + 300 * 2
    assert len(statements) <= STATEMENTS_MAX
