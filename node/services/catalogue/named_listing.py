"""The listing that an enquiry names, as one version has it: found by its leaf, or not at all.

- Nothing is believed of what the enquiry says about it: the leaf must be an entry of that listing.
- Its owner stands in the PUBLIC part; the demander of an anonymous demand in the MEMBERS part.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from google.protobuf.message import DecodeError

from federation.log.entry import KIND_LISTING, Audience, scan_entries
from federation.log.hashing import leaf_hash
from federation.log.subject import parse_record_name
from federation.records.codec import ListingPublic, ListingTerms
from node.services.catalogue.organisation_keys import key_of
from node.services.log.contents import content_of
from node.storage import logs, mirrors, parts

if TYPE_CHECKING:
    from federation.partnership.steps import ListingFacts
    from node.storage.transaction import Transaction


class NamedListing(NamedTuple):
    """Whose a listing is, "" where the version has none: its owner's key, platform, and helpers."""

    owner: str
    source_platform: str
    revision: int
    manager: str
    service_organisation: str


def find(tx: Transaction, listing: ListingFacts) -> NamedListing | None:
    """Return whose a version is; None where it is not here, erased, void or no version of it."""
    version = listing.version
    row = mirrors.find(tx, version.origin)
    if row is None or not 0 <= version.leaf_index < row.visible_size:
        return None
    entry = logs.entry(tx, row.origin_id, version.leaf_index)
    if entry is None or leaf_hash(entry) != version.leaf_hash:
        return None
    _, kind, _, subject, revision, commitments = scan_entries([entry])[0]
    if kind != KIND_LISTING or subject != parse_record_name(listing.name).subject:
        return None
    wires = parts.of_entry(tx, row.origin_id, version.leaf_index)
    contents = {
        audience: content_of(wires[number])
        for number, (audience, _) in enumerate(commitments)
        if number in wires
    }
    try:
        public = ListingPublic.FromString(contents[Audience.PUBLIC])
    except (KeyError, DecodeError):
        return None
    owner = key_of(public.owner)
    if not owner:
        with suppress(DecodeError):
            owner = key_of(ListingTerms.FromString(contents.get(Audience.MEMBERS, b"")).demander)
    return NamedListing(
        owner,
        public.source_platform,
        revision,
        public.manager,
        public.service_organisation,
    )
