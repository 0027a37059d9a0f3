"""When a document was written is told, and makes it no other document."""

from __future__ import annotations

from federation.partnership.codec import (
    EnquiryStep,
    EnquiryStepKind,
    PartnershipDocument,
    recorded_at_ms,
    serialise,
    set_recorded_at_ms,
    without_time,
)
from federation.partnership.documents import Document, read_document
from federation.partnership.writing import Place, check_step
from federation.records.refs import Ref, said_ref
from tests.federation.partnership.logs import ENQUIRY, SUBJECT, E, R, origin, submitted


def declined(answers: Ref, time_ms: int) -> PartnershipDocument:
    step = EnquiryStep(
        kind=EnquiryStepKind.ENQUIRY_STEP_KIND_DECLINED, answers=said_ref(answers), reason="无"
    )
    said = PartnershipDocument(step=step)
    set_recorded_at_ms(said, time_ms)
    return said


def written(said: PartnershipDocument, leaf_index: int) -> Document:
    ref = Ref(origin(R), leaf_index, bytes([leaf_index]) * 32)
    return read_document(ref, SUBJECT, frozenset((E,)), serialise(said))


def test_an_identical_repeat_at_another_time_is_still_a_repeat() -> None:
    asked = submitted()
    stands = written(declined(asked.ref, 1_800_000_000_000), 4)
    again = declined(asked.ref, 1_800_000_500_000)
    place = Place(origin(R), 9, frozenset((E,)))
    assert check_step(ENQUIRY, [asked, stands], again, place) == stands


def test_a_time_is_told_of_every_kind_of_document_and_taken_off_a_copy_only() -> None:
    for field in ("step", "note", "contract", "confirmation", "registration", "cancellation"):
        said = PartnershipDocument()
        getattr(said, field).SetInParent()
        assert recorded_at_ms(said) == 0
        set_recorded_at_ms(said, 7)
        assert recorded_at_ms(without_time(said)) == 0
        assert recorded_at_ms(said) == 7


def test_a_document_of_a_newer_version_tells_no_time() -> None:
    said = PartnershipDocument()
    set_recorded_at_ms(said, 7)
    assert said == PartnershipDocument()
    assert recorded_at_ms(said) == 0
