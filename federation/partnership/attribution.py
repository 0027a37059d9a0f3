"""Who brought a contract about: the attribution that the ledger shares by.

- It follows from the contract's first version alone, which quotes its enquiries; all who hold the
  contract compute the same, also the center, which reads no enquiry. An amendment cannot change it.
- Named are the region of each listing, the region that enquired, those who introduced, the
  technology managers and service organisations in their records' names, and always the center.
  No personal data: managers are pseudonyms.
- Each is named once in each role, in the order of roles, members, records and regions.
- Who holds the quoted enquiry compares the quote with it (`quoting`); the other side does so before
  it confirms.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from federation.partnership.contract import Contract
from federation.partnership.terms import Link, Terms
from federation.records.refs import member_of_record


class Share(IntEnum):
    """In which role somebody had a share in a contract, in the order of the list."""

    LISTING_REGION = 1
    ENQUIRING_REGION = 2
    INTRODUCING_REGION = 3
    TECHNOLOGY_MANAGER = 4
    SERVICE_ORGANISATION = 5
    CENTER = 6


class Attributed(NamedTuple):
    """One share: the member whose region it is, the record's name and the region code, or empty."""

    share: Share
    member: str
    record: str = ""
    region: str = ""


def attribution(contract: Contract) -> tuple[Attributed, ...]:
    """Return who brought a contract about; empty while its first version is void or not here."""
    terms = contract.versions[0].facts if contract.versions else None
    if not isinstance(terms, Terms):
        return ()
    found = {Attributed(Share.CENTER, terms.center)}
    for link in terms.links:
        found.update(_of_link(link))
    return tuple(sorted(found))


def _of_link(link: Link) -> Iterator[Attributed]:
    listing = link.listing
    yield Attributed(Share.LISTING_REGION, listing.member)
    yield Attributed(Share.ENQUIRING_REGION, link.submitted.member, "", link.from_region)
    records = [(listing.manager, listing.service_organisation)]
    for introducer in link.introducers:
        records.append((introducer.manager, introducer.organisation))
        name, collection = introducer.organisation, "organisations"
        if not name:
            name, collection = introducer.manager, "managers"
        if name:
            member = member_of_record(name, collection)
            yield Attributed(Share.INTRODUCING_REGION, member, "", introducer.region)
    for manager, organisation in records:
        if manager:
            member = member_of_record(manager, "managers")
            yield Attributed(Share.TECHNOLOGY_MANAGER, member, manager)
        if organisation:
            member = member_of_record(organisation, "organisations")
            yield Attributed(Share.SERVICE_ORGANISATION, member, organisation)
