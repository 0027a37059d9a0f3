"""Enquiries under what nobody writes who means well, and steps that name the wrong contract."""

from __future__ import annotations

from typing import Any

import pytest

from federation.log.subject import subject_text
from federation.partnership.codec import PartnershipDocument, parse_document, serialise
from federation.partnership.steps import NoteKind, StepKind
from federation.records.refs import Ref, said_ref
from node.rpc.enquiry_messages import enquiry
from node.services.catalogue.records import LISTING
from node.services.log.drafts import SealedDocument
from node.storage.enquiries import EnquiryFilter
from tests.node.services.own_node import PLATFORM
from tests.node.services.partnership.contract_texts import terms
from tests.node.services.partnership.enquiring import CLERK, OPTIONS, E, Enquiring, R, reason

CENTER = "center"


def seal(enquiring: Enquiring, member: str, subject: bytes, said: Any, *named: str) -> Ref:
    """Write a document as it is, whatever the rules say."""
    parts = enquiring[member].enquiries._parts
    place = parts.sealing.seal(SealedDocument(subject, 9, named, serialise(said)))
    return Ref(parts.own_origin, place.leaf_index, place.leaf_hash)


def test_documents_that_name_what_never_was_make_no_list_too_large(enquiring: Enquiring) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    name = enquiring[E].submit(listing).name
    loaded = enquiring[E].get(name).shown.loaded
    origin_of_r = enquiring[R].enquiries._parts.own_origin
    said = PartnershipDocument()
    said.note.kind = NoteKind.NEGOTIATION.value  # type: ignore[assignment] # its number
    for number in range(120):
        said.note.about.CopyFrom(said_ref(Ref(origin_of_r, 2**62 + number, bytes(32))))
        seal(enquiring, E, loaded.id.subject, said, R)
    enquiring.sync()
    shown = enquiring[R].get(name).shown
    assert len(shown.waits_for) == 100
    assert enquiry(shown).ByteSize() <= shown.size_bytes, "pages count on it"
    assert len(enquiring[R].reading.page(CLERK, EnquiryFilter(), None, 50).enquiries) == 1


def test_a_submission_that_never_counted_has_no_proof(enquiring: Enquiring) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    name = enquiring[E].submit(listing).name
    first = enquiring[E].get(name).shown.loaded.first
    said = parse_document(first.content)
    said.step.message = "只给中心看"
    seal(enquiring, E, bytes(15) + b"1", said, CENTER)
    enquiring.sync()
    hidden = f"nodes/{E}/enquiries/" + "0" * 24 + "1h"
    reading = enquiring[CENTER].reading
    assert reading.get(CLERK, hidden).shown.loaded.folded.state is None
    assert reason(lambda: reading.receipt(CLERK, hidden)) == "DOCUMENT_MISSING"


def test_an_enquiry_ends_with_a_contract_that_came_of_it_and_with_no_other(
    enquiring: Enquiring,
) -> None:
    name = enquiring.introduced()
    said: Any = terms()
    said.center = CENTER
    other = seal(enquiring, E, bytes(15) + b"2", PartnershipDocument(contract=said), R, CENTER)

    def contracted(named: Ref) -> Any:
        return enquiring[E].step(name, StepKind.CONTRACTED, contract=said_ref(named))

    assert reason(lambda: contracted(other)) == "INVALID_FIELD"
    assert enquiring[E].state(name) == StepKind.INTRODUCED
    quoted = said.enquiries.add()
    loaded = enquiring[E].get(name).shown.loaded
    submitted = parse_document(loaded.first.content).step.submission
    quoted.enquiry = loaded.id.subject
    quoted.submitted.CopyFrom(said_ref(loaded.first.ref))
    quoted.introduced.CopyFrom(said_ref(loaded.folded.chain[-1].ref))
    quoted.listing.CopyFrom(submitted.listing)
    quoted.from_region = submitted.from_region
    mine = seal(enquiring, E, bytes(15) + b"3", PartnershipDocument(contract=said), R, CENTER)
    contracted(mine)
    assert enquiring[E].state(name) == StepKind.CONTRACTED


@pytest.mark.parametrize("leaf_index", [2**63 - 1, 2**63, 2**64 - 1])
def test_a_contract_at_a_place_that_no_log_has_is_not_here(
    enquiring: Enquiring, leaf_index: int
) -> None:
    name = enquiring.introduced()
    origin = enquiring[E].enquiries._parts.own_origin
    named = said_ref(Ref(origin, leaf_index, bytes(32)))
    asked = reason(lambda: enquiring[E].step(name, StepKind.CONTRACTED, contract=named))
    assert asked in {"DOCUMENT_MISSING", "INVALID_FIELD"}


def _manager(listing: Any) -> None:
    listing.manager = f"nodes/{E}/managers/{'0' * 26}"


def _organisation(listing: Any) -> None:
    listing.service_organisation = f"nodes/{E}/organisations/{'0' * 26}"


def _revision(listing: Any) -> None:
    listing.revision = 7


def _leaf(listing: Any) -> None:
    listing.version.leaf_hash = bytes(32)


@pytest.mark.parametrize("lie", [_manager, _organisation, _revision, _leaf])
def test_what_lies_about_the_listing_is_not_accepted_for_its_contract_would_share_by_it(
    enquiring: Enquiring, lie: Any
) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    first = enquiring[E].get(enquiring[E].submit(listing).name).shown.loaded.first
    said = parse_document(first.content)
    lie(said.step.submission.listing)
    seal(enquiring, E, bytes(15) + b"4", said, R)
    enquiring.sync()
    name = f"nodes/{E}/enquiries/{subject_text(bytes(15) + b'4')}"
    assert reason(lambda: enquiring[R].step(name, StepKind.ACCEPTED)) == "LISTING_NOT_OPEN"
    enquiring[R].step(name, StepKind.DECLINED)
    enquiring.sync()
    assert enquiring[E].state(name) == StepKind.DECLINED


def test_an_enquiry_about_a_version_that_was_revised_since_is_accepted_and_accepted_again(
    enquiring: Enquiring,
) -> None:
    node = enquiring[R]
    listing = node.publish().name
    enquiring.sync()
    name = enquiring[E].submit(listing).name

    def revise(record: Any) -> Any:
        record.public.summary += "已批量应用。"
        return record

    node.publishing.revise(PLATFORM, LISTING, listing, revise, OPTIONS)
    node.publishing.withdraw(PLATFORM, LISTING, listing, OPTIONS)
    enquiring.sync()
    accepted = node.step(name, StepKind.ACCEPTED)
    assert node.step(name, StepKind.ACCEPTED).document == accepted.document
