"""The codec: any bytes are read or refused, and what the rules allow fits a part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.log.errors import Refused
from federation.partnership import codec, shapes
from federation.partnership.codec import (
    EnquiryStep,
    PartnershipContacts,
    PartnershipDocument,
    parse_contacts,
    parse_document,
    serialise,
    which_document,
    without_unknown,
)
from federation.partnership.documents import Unknown, Unreadable, read_document
from federation.partnership.steps import NoteKind, Step, StepKind
from federation.partnership.terms import Registration
from federation.partnership.validation import check_contacts, check_document
from federation.records.codec import MAX_CONTENT_BYTES
from federation.records.refs import Ref
from tests.federation.partnership.examples import TODAY, contacts, contract, ref, submission
from tests.federation.partnership.logs import SUBJECT, E, R, origin
from tests.federation.records.random_records import messages
from tests.federation.records.test_codec import _deepest, _most_bytes

_AT = Ref(origin(E), 4, bytes(32))
_NAMED = frozenset((R,))


def _documents(which: str, message: type[Any]) -> st.SearchStrategy[PartnershipDocument]:
    return messages(message).map(lambda said: PartnershipDocument(**{which: said}))


_DOCUMENTS = st.one_of(
    _documents("step", codec.EnquiryStep),
    _documents("note", codec.EnquiryNote),
    _documents("contract", codec.Contract),
    _documents("confirmation", codec.ContractConfirmation),
    _documents("registration", codec.ContractRegistration),
    _documents("cancellation", codec.ContractCancellation),
)


def test_no_content_nests_deeper_than_16() -> None:
    assert _deepest(PartnershipDocument.DESCRIPTOR) <= 6
    assert _deepest(PartnershipContacts.DESCRIPTOR) <= 3


@pytest.mark.parametrize("name", ["STEP", "NOTE", "CONTRACT", "REGISTRATION", "CONTACTS"])
def test_largest_content_that_the_rules_allow_fits_a_part(name: str) -> None:
    assert _most_bytes(getattr(shapes, name)) <= MAX_CONTENT_BYTES


@pytest.mark.parametrize("said", [submission(), contract()])
def test_content_gives_the_document_back(said: PartnershipDocument) -> None:
    assert parse_document(serialise(said)) == said
    assert serialise(parse_document(serialise(said))) == serialise(said)


def test_contacts_are_read_back() -> None:
    assert parse_contacts(serialise(contacts())) == contacts()


@pytest.mark.parametrize(
    ("sentence", "content"),
    [
        ("bytes that are no message", b"\xff"),
        ("text that is no UTF-8", b"\x0a\x03\x1a\x01\xff"),
        ("a content over the limit", bytes(MAX_CONTENT_BYTES + 1)),
    ],
)
def test_refused(sentence: str, content: bytes) -> None:
    with pytest.raises(Refused) as caught:
        parse_document(content)
    assert caught.value.reason == "MALFORMED_PART", sentence
    assert isinstance(read_document(_AT, SUBJECT, _NAMED, content).facts, Unreadable)


def _outcome(parse: Callable[[bytes], object], content: bytes) -> str:
    try:
        parse(content)
    except Refused as refused:
        return refused.reason
    return "READ"


@given(st.binary())
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for parse in (parse_document, parse_contacts):
        assert _outcome(parse, content) in {"READ", "MALFORMED_PART"}
    document = read_document(_AT, SUBJECT, _NAMED, content)
    assert document.content == content


@given(_DOCUMENTS)
def test_any_message_is_taken_in_and_checked_and_nothing_raises(said: PartnershipDocument) -> None:
    document = read_document(_AT, SUBJECT, _NAMED, serialise(said))
    assert document == read_document(_AT, SUBJECT, _NAMED, serialise(said))
    once = check_document(said, author=E, center="center", today=TODAY)
    again = check_document(once.record, author=E, center="center", today=TODAY)
    assert again.record == once.record
    for found in once.violations + once.warnings:
        assert found.field.partition(".")[0] in {"document", "contacts"}
        assert found.text_zh.startswith(found.field)
    if once.ok:
        facts = read_document(_AT, SUBJECT, _NAMED, serialise(once.record)).facts
        assert not isinstance(facts, Unreadable | Unknown), "what may be written can be read"


@given(messages(PartnershipContacts))
def test_any_contacts_are_checked_and_no_value_is_told(said: PartnershipContacts) -> None:
    checked = check_contacts(said, today=TODAY)
    assert all(not found.value for found in checked.violations + checked.warnings)


def test_document_of_a_newer_version_is_unknown_and_kept() -> None:
    newer = b"\x8a\x01\x02\x08\x01"  # field 17
    document = read_document(_AT, SUBJECT, _NAMED, newer)
    assert isinstance(document.facts, Unknown)
    assert document.content == newer
    assert which_document(parse_document(newer)) == ""


def test_field_of_a_newer_version_is_read_past_and_not_written() -> None:
    newer = serialise(submission()) + b"\x8a\x01\x02\x08\x01"
    read = parse_document(newer)
    assert isinstance(read_document(_AT, SUBJECT, _NAMED, newer).facts, Step)
    assert serialise(without_unknown(read)) == serialise(submission())


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("a step about no listing", EnquiryStep(kind="ENQUIRY_STEP_KIND_SUBMITTED")),
        (
            "a step that names half a document",
            EnquiryStep(
                kind="ENQUIRY_STEP_KIND_ACCEPTED",
                answers=codec.DocumentRef(origin=origin(R), leaf_index=1),
            ),
        ),
        (
            "CONTRACTED without a contract",
            EnquiryStep(kind="ENQUIRY_STEP_KIND_CONTRACTED", answers=ref()),
        ),
        (
            "a listing whose version is another member's",
            EnquiryStep(
                kind="ENQUIRY_STEP_KIND_SUBMITTED",
                submission=codec.EnquirySubmission(
                    listing=codec.ListingVersion(
                        name=submission().step.submission.listing.name, version=ref(E)
                    )
                ),
            ),
        ),
    ],
)
def test_step_that_cannot_be_judged_is_unreadable(sentence: str, said: EnquiryStep) -> None:
    content = serialise(PartnershipDocument(step=said))
    assert isinstance(read_document(_AT, SUBJECT, _NAMED, content).facts, Unreadable), sentence


def test_kinds_are_those_of_the_wire() -> None:
    for kinds, wire, prefix in (
        (StepKind, codec.EnquiryStepKind, "ENQUIRY_STEP_KIND_"),
        (NoteKind, codec.EnquiryNoteKind, "ENQUIRY_NOTE_KIND_"),
        (Registration, codec.RegistrationState, "REGISTRATION_STATE_"),
    ):
        told = {name.removeprefix(prefix): number for name, number in wire.items() if number}
        assert {kind.name: kind.value for kind in kinds if kind} == told
