"""What is asked of many rows at once is asked of each, however many they are."""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import pytest

from node.storage import ledger, ledger_lists
from node.storage.ledger import DocumentKind, DocumentRow

if TYPE_CHECKING:
    from node.storage.database import Database

COUNTS: Final = (0, 1, 2, 16, 17, 256, 257, 1025)
OF: Final = b"agreement"


def key(number: int) -> bytes:
    return sha256(b"%d" % number).digest()


@pytest.mark.parametrize("count", COUNTS)
def test_the_rows_of_each_value_are_found_in_their_order(database: Database, count: int) -> None:
    expected = {key(one): [10 + one, *[5_000 + one] * (one % 2)] for one in range(count)}
    rows = [(named, place) for named, places in expected.items() for place in reversed(places)]
    with database.write() as tx:
        ledger.add_documents(tx, [], [*rows, (key(-1), 1)])
    with database.read() as tx:
        assert ledger.naming(tx, expected) == expected
        assert ledger.naming(tx, [key(-2), *expected]) == {key(-2): [], **expected}


@pytest.mark.parametrize("count", COUNTS)
def test_the_rows_of_each_value_are_changed_and_no_other(database: Database, count: int) -> None:
    with database.write() as tx:
        ledger.add_documents(
            tx,
            [
                DocumentRow(one, one, OF, DocumentKind.INCOME, is_open=True)
                for one in range(1, count + 3)
            ],
            [],
        )
        ledger.close_documents(tx, range(1, count + 1))
        assert [one.position for one in ledger.proposals(tx, OF, 0, 9_999, only_open=True)] == [
            count + 1,
            count + 2,
        ]
        assert ledger_lists.count_open(tx, OF) == 2
        assert ledger.present(tx, range(count + 9)) == {*range(1, count + 3)}


def test_what_ran_in_a_transaction_that_failed_runs_again(database: Database) -> None:
    for _ in range(3):
        with suppress(ZeroDivisionError), database.write() as tx:
            ledger.add_documents(tx, [], [(key(1), 1)])
            assert ledger.naming(tx, [key(1)]) == {key(1): [1]}
            raise ZeroDivisionError
        with suppress(ZeroDivisionError), database.read() as tx:
            assert ledger.naming(tx, [key(1)]) == {key(1): []}
            raise ZeroDivisionError
