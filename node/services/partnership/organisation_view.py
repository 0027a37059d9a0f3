"""All that concerns one organisation: its supply, demand, enquiries and contracts.

- An organisation is asked for by its credit code, or by its name where it has none
  (`organisation_keys`). Listings are found by the index, the rest in the partnership view.
- An answer is bounded: of supply and of demand at most LISTINGS_BYTES_MAX are told, one at least.
- Each caller finds what it may read: a partner only enquiries and contracts in which its own
  organisation is a side that this member stands for; a platform neither.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from federation.partnership.steps import StepKind
from federation.records.codec import ListingKind
from node.search.query import ListingFilter
from node.search.ranking import Sort
from node.services.catalogue.organisation_keys import digest_of, key_of_text
from node.services.finding.searching import SearchQuery
from node.services.partnership.contracts import reads_all
from node.services.partnership.enquiry_loading import EnquiryName
from node.storage import enquiries
from node.storage.contracts import ContractFilter
from node.storage.enquiries import EnquiryFilter, Seen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from node.services.access import Caller
    from node.services.finding.searching import Search, SearchPage
    from node.services.partnership.contracts import Contracts, ShownContract
    from node.services.sync.node_status import OriginFacts
    from node.storage.database import Database

LISTINGS_BYTES_MAX: Final = 640 * 1024


class OrganisationEnquiry(NamedTuple):
    """An enquiry in short; `asked` where the organisation made it."""

    name: str
    listing: str
    state: str
    asked: bool


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """What was found, of each at most the limit; listings newest first."""

    supply: Sequence[Any]
    demand: Sequence[Any]
    supply_total: int
    demand_total: int
    enquiries: Sequence[OrganisationEnquiry]
    contracts: Sequence[ShownContract]
    has_more: bool
    origins: Sequence[OriginFacts]


@dataclass(frozen=True, slots=True)
class OrganisationViews:
    """Finds all about an organisation. Safe for many threads."""

    database: Database
    member: str
    finder: Search
    contracts: Contracts

    def view(self, caller: Caller, key: str, limit: int) -> OrganisationView:
        """Return all about the organisation with this key; refuses INDEX_NOT_READY."""
        supply = self._listings(caller, key, ListingKind.LISTING_KIND_SUPPLY, limit)
        demand = self._listings(caller, key, ListingKind.LISTING_KIND_DEMAND, limit)
        asked = self._enquiries(caller, key, limit + 1)
        page = None
        if reads_all(caller) or caller.organisation:
            page = self.contracts.page(caller, ContractFilter(organisation=key), 0, limit)
        supplied, demanded = _as_many_as_fit(supply), _as_many_as_fit(demand)
        is_cut = len(supplied) + len(demanded) < len(supply.hits) + len(demand.hits)
        return OrganisationView(
            supplied,
            demanded,
            supply.total,
            demand.total,
            asked[:limit],
            page.contracts if page else (),
            is_cut or len(asked) > limit or (page is not None and page.next_after is not None),
            supply.origins,
        )

    def _listings(self, caller: Caller, key: str, kind: int, limit: int) -> SearchPage:
        which = ListingFilter(kind=kind, organisation=key)
        return self.finder.search(
            caller, SearchQuery(text="", which=which, sort=Sort.NEWEST), None, limit
        )

    def _enquiries(self, caller: Caller, key: str, limit: int) -> list[OrganisationEnquiry]:
        asked, was_asked = Seen(organisation=key), Seen(owner_digest=digest_of(key))
        if not reads_all(caller):
            if key != key_of_text(caller.organisation):
                return []
            asked = replace(asked, enquirer=self.member)
            was_asked = replace(was_asked, listing_member=self.member)
        seen = (asked, was_asked)
        with self.database.read() as tx:
            rows = enquiries.page(tx, EnquiryFilter(seen=seen), None, limit)
        return [
            OrganisationEnquiry(
                str(EnquiryName(row.enquirer, row.subject)),
                row.listing,
                StepKind(row.state).name if row.state else "",
                row.organisation == key,
            )
            for row in rows
        ]


def _as_many_as_fit(page: SearchPage) -> list[Any]:
    """Return the first listings of a page, as many as an answer takes."""
    found: list[Any] = []
    size_bytes = 0
    for hit in page.hits:
        size_bytes += hit.listing.ByteSize()
        if found and size_bytes > LISTINGS_BYTES_MAX:
            break
        found.append(hit.listing)
    return found
