"""The listing that a new enquiry is about: its current version, and why it takes no enquiry.

- Withdrawn, erased, expired, not advertised, not open for enquiries, or of a member that has left:
  each is told. An etag that is not the current version's is STALE_ETAG; one of an entry that never
  counted is too.
- Nobody asks about a listing of its own organisation.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from google.protobuf.message import DecodeError

from federation.log.entry import Audience
from federation.log.errors import Refused
from federation.partnership.codec import ListingVersion
from federation.records.codec import ListingPublic, ListingTerms
from federation.records.days import day
from federation.records.facets import RecordState
from federation.records.refs import Ref, said_ref
from node.services.catalogue.organisation_keys import key_of
from node.services.catalogue.reading import not_found
from node.services.catalogue.records import LISTING, etag_of, parse_name
from node.services.log.contents import content_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from node.services.catalogue.reading import Catalogue
    from node.storage.catalogue import Record
    from node.storage.transaction import Transaction


class AskedListing(NamedTuple):
    """A version that takes enquiries, as SUBMITTED names it."""

    member: str
    version: ListingVersion


def find_open(
    tx: Transaction,
    reader: Catalogue,
    name: str,
    etag: str,
    *,
    asked_by: str,
    today: date,
    members: Collection[str],
) -> AskedListing:
    """Return a listing's current version, open for the organisation whose key is `asked_by`.

    Refuses INVALID_FIELD, RECORD_NOT_FOUND, RECORD_WITHDRAWN, STALE_ETAG, LISTING_NOT_OPEN,
    OWN_LISTING.
    """
    parsed = parse_name(name, LISTING, "listing")
    _, stored = reader.find(tx, parsed.member, parsed.subject)
    if stored is None or stored.kind != LISTING.number:
        raise not_found(name)
    if stored.state == RecordState.WITHDRAWN:
        raise Refused("RECORD_WITHDRAWN", f"{name} was withdrawn", name=name)
    if etag and etag != etag_of(stored.leaf_hash):
        raise Refused("STALE_ETAG", f"{name} has changed", name=name)
    if parsed.member not in members:
        raise _closed(name, f"{parsed.member} is no member any more")
    public, owner = _said(name, stored)
    _check_open(name, stored, public, today)
    if owner and owner == asked_by:
        raise Refused("OWN_LISTING", f"{name} belongs to the organisation that asks", name=name)
    version = ListingVersion(
        name=name,
        version=said_ref(Ref(stored.origin, stored.leaf_index, stored.leaf_hash)),
        revision=stored.revision,
        manager=public.manager,
        service_organisation=public.service_organisation,
    )
    return AskedListing(parsed.member, version)


def _said(name: str, stored: Record) -> tuple[ListingPublic, str]:
    """Return what a listing advertises, and its owner's key."""
    wire = stored.parts.get(Audience.PUBLIC)
    if stored.state == RecordState.HIDDEN or wire is None:
        raise _closed(name, "its public part is erased, void or not here yet")
    try:
        public = ListingPublic.FromString(content_of(wire))
    except DecodeError:
        raise _closed(name, "its public part is void") from None
    owner = key_of(public.owner)
    if not owner and Audience.MEMBERS in stored.parts:
        with suppress(DecodeError):
            terms = ListingTerms.FromString(content_of(stored.parts[Audience.MEMBERS]))
            owner = key_of(terms.demander)
    return public, owner


def _check_open(name: str, stored: Record, public: ListingPublic, today: date) -> None:
    if stored.state != RecordState.PUBLISHED:
        raise _closed(name, f"its state is {RecordState(stored.state).name}")
    until = day(public.valid_until)
    if until is not None and until < today:
        raise _closed(name, f"it was valid until {public.valid_until}")
    if not public.open_for_enquiry:
        raise _closed(name, "it is not open for enquiries")


def _closed(name: str, why: str) -> Refused:
    return Refused("LISTING_NOT_OPEN", f"{name}: {why}", name=name, why=why)
