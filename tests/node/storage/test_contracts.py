"""The tables of contracts and the rows of reports, on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from federation.log.batch import Absence
from federation.records.facets import RECORDED_AT_MS_MAX
from node.storage import batches, contracts, mirrors, report_rows
from node.storage.contracts import ContractFilter, ContractRow, QuotedEnquiry
from node.storage.schema import catalogue
from tests.node.storage.made_logs import ORIGIN, TIME_MS, MadeLog
from tests.node.storage.test_batches import store

if TYPE_CHECKING:
    from node.storage.database import Database

ROW = ContractRow(
    position=1 << 40 | 3,
    subject=b"a" * 16,
    author="anhui",
    buyer="jiangsu",
    seller="anhui",
    center="center",
    buyer_region="320500",
    seller_region="340100",
    buyer_organisation="买方公司",
    seller_organisation="卖方研究所",
    seller_nature="021",
    type=4,
    signed_on="2027-01-10",
    contract_amount_fen=(1 << 63) - 1,
    technical_amount_fen=0,
    registration=2,
    register_number="2027340100000001",
    decided_on="2027-01-12",
    is_agreed=True,
    is_confirmed=False,
    is_cancelled=False,
    is_waiting=False,
)
OTHER = ROW._replace(position=2 << 40, subject=b"b" * 16, seller_region="", signed_on="")
QUOTED = QuotedEnquiry(b"e" * 16, "jiangsu", "anhui")


def test_the_rows_of_a_subject_are_replaced_whole(database: Database) -> None:
    with database.write() as tx:
        contracts.replace(tx, ROW.subject, [(ROW, [QUOTED, QUOTED])])
        contracts.replace(tx, OTHER.subject, [(OTHER, [])])
    with database.read() as tx:
        assert list(contracts.every(tx)) == [ROW, OTHER]
        assert contracts.enquiries(tx) == {ROW.position: [QUOTED, QUOTED]}
        assert not contracts.is_any_waiting(tx)
    with database.write() as tx:
        contracts.replace(tx, ROW.subject, [(ROW._replace(is_waiting=True), [QUOTED])])
    with database.read() as tx:
        assert contracts.enquiries(tx) == {ROW.position: [QUOTED]}
        assert contracts.is_any_waiting(tx)
    with database.write() as tx:
        contracts.replace(tx, ROW.subject, [])
    with database.read() as tx:
        assert list(contracts.every(tx)) == [OTHER]
        assert not contracts.enquiries(tx)
    with database.write() as tx:
        contracts.clear(tx)
    with database.read() as tx:
        assert not list(contracts.every(tx))


@pytest.mark.parametrize(
    ("which", "found"),
    [
        (ContractFilter(), [ROW, OTHER]),
        (ContractFilter(member="center", organisation="买方公司"), [ROW, OTHER]),
        (ContractFilter(party=("jiangsu", "买方公司"), organisation="卖方研究所"), [ROW, OTHER]),
        (ContractFilter(party=("anhui", "卖方研究所")), [ROW, OTHER]),
        (ContractFilter(party=("anhui", "买方公司")), []),
        (ContractFilter(seller_region="34"), [ROW]),
        (ContractFilter(seller_region="3_"), []),
        (ContractFilter(buyer_region="3205"), [ROW, OTHER]),
        (ContractFilter(types=[4], registrations=[2]), [ROW, OTHER]),
        (ContractFilter(types=[1]), []),
        (ContractFilter(register_number="2027340100000001"), [ROW, OTHER]),
        (ContractFilter(signed_from="2027-01-10"), [ROW]),
        (ContractFilter(signed_until="2027-01-10"), [ROW]),
        (ContractFilter(only_unconfirmed=True), [ROW, OTHER]),
        (ContractFilter(enquiry=QUOTED.subject), [ROW]),
    ],
)
def test_a_filter_finds_what_it_says(
    database: Database, which: ContractFilter, found: list[ContractRow]
) -> None:
    with database.write() as tx:
        contracts.replace(tx, ROW.subject, [(ROW, [QUOTED])])
        contracts.replace(tx, OTHER.subject, [(OTHER, [])])
    with database.read() as tx:
        assert contracts.page(tx, which, 0, 10) == found
        assert contracts.page(tx, which, 0, 1) == found[:1]
        assert contracts.page(tx, which, ROW.position, 10) == found[1:]


def test_listings_are_counted_by_origin_and_day_of_shanghai(database: Database) -> None:
    log = MadeLog()
    for number in range(4):
        log.put(number)
    log.withdraw(3, 2)
    store(database, log)
    with database.write() as tx:
        tx.execute(
            update(catalogue)
            .where(catalogue.c.position % 1024 == 0)
            .values(recorded_at_ms=RECORDED_AT_MS_MAX + 1)
        )
    with database.read() as tx:
        counted = sorted(report_rows.listed(tx))
    day_ms = 86_400_000
    start_ms = (TIME_MS + 28_800_000) // day_ms * day_ms - 28_800_000
    zero_ms = -28_800_000
    assert counted == [(ORIGIN, zero_ms, 1), (ORIGIN, start_ms, 2)]


def test_a_sealed_part_that_is_wanted_is_told(database: Database) -> None:
    log = MadeLog()
    log.document(1)
    with database.write() as tx:
        mirrors.add(tx, log.origin)
    with database.read() as tx:
        assert not report_rows.wants_sealed(tx)
        assert not report_rows.is_any_waiting(tx)
        assert not list(report_rows.enquiries(tx))
    with database.write() as tx:
        batches.apply(tx, log.batch(0, 1, {(0, 0): Absence.WANTED}))
    with database.read() as tx:
        assert report_rows.wants_sealed(tx)
