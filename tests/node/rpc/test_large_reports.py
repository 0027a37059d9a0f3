"""Reports and views of many and large listings: each fits into one answer, and says so if cut."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from node.rpc.contract_messages import organisation_view, report_response
from node.services.finding.searching import ShownHit
from node.services.partnership.reports import ROWS_MAX, ReportKind, ReportQuery
from tests.node.rpc.contract_serving import ContractExchange
from tests.node.services.partnership.contract_partners import small_partners
from tests.node.services.partnership.contract_texts import CLERK, SELLER
from ydx.exchange.v1 import listing_pb2

if TYPE_CHECKING:
    from pathlib import Path

MESSAGE_BYTES_MAX = 4 * 1024 * 1024


class Found:
    """A search that never ends: it gives one listing as often as it is asked for."""

    def __init__(self, title: str) -> None:
        listing = listing_pb2.Listing(name="nodes/anhui/listings/01arz3ndektsv4rrffq69g5fav")
        listing.info.member = "anhui"
        listing.public.title = listing.public.region = title
        listing.public.supply.convert_by = "2020-01-31"
        self._hit = ShownHit(listing, score=0.0, is_partial=False, highlights=())

    def search(self, _caller: object, _asked: object, _after: object, limit: int) -> Any:
        return SimpleNamespace(hits=[self._hit] * limit, origins=(), next_after=object(), total=900)


@pytest.mark.parametrize("kind", [ReportKind.OPEN_LICENCES, ReportKind.OVERDUE])
@pytest.mark.parametrize(("title", "least"), [("高" * 120, 3_000), ("长" * 80_000, 2_000)])
def test_a_list_of_large_listings_fits_into_one_answer(
    tmp_path: Path, kind: ReportKind, title: str, least: int
) -> None:
    with small_partners(tmp_path) as partners:
        exchange = ContractExchange(partners.parties[SELLER], tmp_path / "search")
        exchange.index()
        finder: Any = Found(title)
        report = replace(exchange.reports, finder=finder).make(CLERK, ReportQuery(kind=kind))
        assert least < len(report.rows) <= ROWS_MAX
        assert report.is_truncated
        assert report_response(report).ByteSize() < MESSAGE_BYTES_MAX


@pytest.mark.parametrize("title", ["高" * 6_000, "长" * 80_000])
def test_all_about_an_organisation_of_large_listings_fits_into_one_answer(
    tmp_path: Path, title: str
) -> None:
    with small_partners(tmp_path) as partners:
        exchange = ContractExchange(partners.parties[SELLER], tmp_path / "search")
        finder: Any = Found(title)
        views = replace(exchange.servicer.organisations, finder=finder)
        found = views.view(CLERK, "91110000600037341l", 200)
        assert found.supply
        assert found.demand
        assert found.has_more
        assert organisation_view(found).ByteSize() < MESSAGE_BYTES_MAX
