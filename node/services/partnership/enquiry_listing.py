"""The listings of a new enquiry: that which it is about, and the own one that is behind it.

- Withdrawn, erased, expired, not advertised, not open for enquiries, or of a member that has left:
  each is told. An etag that is not the current version's is STALE_ETAG; one of an entry that never
  counted is too.
- Nobody asks about a listing of its own organisation; who has asked before, and that is open still,
  is told: other words, or another day, make another enquiry.
- The listing behind an enquiry is of the member and of the organisation that ask, where both say
  which that is, and not withdrawn.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from google.protobuf.message import DecodeError

from federation.log.entry import Audience
from federation.log.errors import Refused
from federation.partnership.codec import ListingVersion
from federation.records.codec import ListingPublic, ListingTerms
from federation.records.days import day
from federation.records.facets import RecordState
from federation.records.findings import Finding
from federation.records.refs import Ref, said_ref
from node.services.arguments import invalid
from node.services.catalogue.organisation_keys import key_of, key_of_text
from node.services.catalogue.reading import not_found
from node.services.catalogue.records import LISTING, etag_of, parse_name
from node.services.log.contents import content_of
from node.services.partnership.enquiry_loading import EnquiryName
from node.storage import enquiries
from node.storage.enquiries import EnquiryFilter

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from federation.partnership.codec import EnquirySubmission
    from federation.records.codec import OrganisationRef
    from node.services.catalogue.reading import Catalogue
    from node.storage.catalogue import Record
    from node.storage.transaction import Transaction

_STATES: Final = {
    RecordState.ON_HOLD: "暂停",
    RecordState.MATCHED: "已对接",
    RecordState.CLOSED_DEAL: "已成交",
    RecordState.FLAGGED: "存疑",
}


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
        raise _closed(name, f"{parsed.member} 已退出联盟", f"{parsed.member} is no member any more")
    public = _advertised(name, stored)
    _check_open(name, stored, public, today)
    owner = key_of(_owner(public, stored))
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


def open_before(tx: Transaction, listing: str, asked_by: str, member: str) -> tuple[Finding, ...]:
    """Return that an organisation has asked about a listing before and that has not ended, if so.

    As far as the view has taken in what was submitted.
    """
    which = EnquiryFilter(enquirer=member, organisation=asked_by, listing=listing, open_only=True)
    found = enquiries.page(tx, which, None, 1)
    if not found:
        return ()
    name = str(EnquiryName(member, found[0].subject))
    return (
        Finding(
            "listing",
            "E_ENQUIRY_OPEN",
            listing,
            f"该机构对此信息已有未结束的意向 {name}；如属重复，请以 cancelled 撤回其一",
            f"the organisation has an open enquiry about this listing, {name}; if it is the same,"
            " take one back with cancelled",
        ),
    )


def check_own(tx: Transaction, reader: Catalogue, said: EnquirySubmission, member: str) -> None:
    """Refuse, as INVALID_FIELD, an own listing that is not the asking side's, or is no more."""
    name, field = said.own_listing, "own_listing"
    parsed = parse_name(name, LISTING, field)
    if parsed.member != member:
        raise invalid(field, "OWN_LISTING_MEMBER", name, member=member)
    _, stored = reader.find(tx, parsed.member, parsed.subject)
    if stored is None or stored.kind != LISTING.number:
        raise invalid(field, "OWN_LISTING_UNKNOWN", name)
    if stored.state == RecordState.WITHDRAWN:
        raise invalid(field, "OWN_LISTING_WITHDRAWN", name)
    public = ListingPublic()
    if stored.state != RecordState.HIDDEN:
        with suppress(DecodeError, KeyError):
            public = ListingPublic.FromString(content_of(stored.parts[Audience.PUBLIC]))
    if are_two(_owner(public, stored), said.from_organisation):
        raise invalid(field, "OWN_LISTING_OWNER", name)  # not whose: it may be anonymous


def are_two(one: OrganisationRef, other: OrganisationRef) -> bool:
    """Tell whether two are said to be different organisations: by codes, else by names."""
    for mine, theirs in ((one.uscc, other.uscc), (one.name, other.name)):
        if mine and theirs:
            return key_of_text(mine) != key_of_text(theirs)
    return False


def _advertised(name: str, stored: Record) -> ListingPublic:
    wire = stored.parts.get(Audience.PUBLIC)
    if stored.state == RecordState.HIDDEN or wire is None:
        raise _closed(
            name,
            "其公开部分已删除、作废或尚未到达",
            "its public part is erased, void or not here yet",
        )
    try:
        return ListingPublic.FromString(content_of(wire))
    except DecodeError:
        raise _closed(name, "其公开部分作废", "its public part is void") from None


def _owner(public: ListingPublic, stored: Record) -> OrganisationRef:
    """Return whose a listing is: its owner, else who demands."""
    if not key_of(public.owner) and Audience.MEMBERS in stored.parts:
        with suppress(DecodeError):
            terms = ListingTerms.FromString(content_of(stored.parts[Audience.MEMBERS]))
            return terms.demander
    return public.owner


def _check_open(name: str, stored: Record, public: ListingPublic, today: date) -> None:
    if stored.state != RecordState.PUBLISHED:
        state = RecordState(stored.state)
        raise _closed(
            name, f"其状态为{_STATES.get(state, state.name)}", f"its state is {state.name}"
        )
    until = day(public.valid_until)
    if until is not None and until < today:
        raise _closed(
            name, f"其有效期至 {public.valid_until}", f"it was valid until {public.valid_until}"
        )
    if not public.open_for_enquiry:
        raise _closed(name, "未开放合作意向", "it is not open for enquiries")


def _closed(name: str, why_zh: str, why: str) -> Refused:
    cure = (
        f"该信息现不接受合作意向：{why_zh}；请另选信息，或联系其来源地区",
        f"The listing takes no enquiries now: {why}; take another, or ask its region",
    )
    return Refused("LISTING_NOT_OPEN", f"{name}: {why}", cure=cure, name=name, why=why)
