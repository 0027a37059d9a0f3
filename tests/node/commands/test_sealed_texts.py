"""What a sealed document says, in words, and of which enquiry or contract it is."""

from __future__ import annotations

import pytest

from federation.log.subject import subject_text
from federation.partnership.codec import PartnershipDocument, serialise
from federation.partnership.steps import StepKind
from federation.partnership.terms import Registration
from node.commands.sealed_texts import document_name, document_says, document_time_ms
from tests.federation.partnership.examples import (
    REGISTER_NUMBER,
    amendment,
    answer,
    cancellation,
    confirmation,
    contract,
    ref,
    registration,
    submission,
)
from tests.federation.partnership.logs import SUBJECT, E, R

_ENQUIRY = f"nodes/{E}/enquiries/{subject_text(SUBJECT)}"
_CONTRACT = f"nodes/{E}/contracts/{subject_text(SUBJECT)}"


@pytest.mark.parametrize(
    ("said", "author", "name", "words"),
    [
        (submission(), E, _ENQUIRY, submission().step.submission.listing.name),
        (answer(StepKind.INFO_REQUESTED, ref(E)), R, "", "请说明工艺窗口。"),
        (answer(StepKind.DECLINED, ref(E), "条件不合"), R, "", "条件不合"),
        (contract(), E, _CONTRACT, contract().contract.project_name),
        (amendment(contract(), ref(E)), E, _CONTRACT, "成交额 "),
        (confirmation(ref(E)), R, _CONTRACT, ""),
        (registration(ref(E), Registration.REGISTERED), R, _CONTRACT, f"已登记 {REGISTER_NUMBER}"),
        (cancellation(ref(E)), E, _CONTRACT, cancellation(ref(E)).cancellation.reason),
    ],
)
def test_a_document_tells_its_name_and_its_words(
    said: PartnershipDocument, author: str, name: str, words: str
) -> None:
    content = serialise(said)
    assert document_name(content, author, SUBJECT) == name
    assert words in document_says(content)


def test_what_cannot_be_read_says_nothing() -> None:
    for content in (b"", b"step", b"\xff"):
        assert (document_says(content), document_time_ms(content)) == ("", 0)
        assert not document_name(content, E, SUBJECT)


def test_a_document_tells_when_it_was_written() -> None:
    said = submission()
    said.step.recorded_at_ms = 1_800_000_000_000
    assert document_time_ms(serialise(said)) == 1_800_000_000_000
