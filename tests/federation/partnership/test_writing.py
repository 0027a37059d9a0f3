"""What a member may write next, and what it has written already."""

from __future__ import annotations

import pytest

from federation.log.errors import Refused
from federation.partnership.codec import DocumentRef, PartnershipDocument
from federation.partnership.documents import Document
from federation.partnership.enquiry import EnquiryId
from federation.partnership.steps import NoteKind, StepKind
from federation.partnership.terms import Registration
from federation.partnership.writing import Place, check_contract_document, check_step
from federation.records.refs import read_ref, said_ref
from tests.federation.partnership.examples import (
    CENTER,
    CONTRACT_SUBJECT,
    Books,
    amendment,
    answer,
    cancellation,
    confirmation,
    contract,
    contract_books,
    introduced_books,
    note,
    ref,
    registration,
    submission,
)
from tests.federation.partnership.logs import SUBJECT, E, R, origin

_ENQUIRY = EnquiryId(SUBJECT, E, R)


def _write(books: Books, member: str, said: PartnershipDocument) -> Document | None:
    place = Place(origin(member), 50, frozenset((E, R)) - {member})
    return check_step(_ENQUIRY, books.of(SUBJECT), said, place)


def _write_contract(
    books: Books, member: str, said: PartnershipDocument, first: DocumentRef | None
) -> Document | None:
    place = Place(origin(member), 50, frozenset((E, R, CENTER)) - {member})
    named = read_ref(first) if first else None
    return check_contract_document(named, CONTRACT_SUBJECT, books.of(CONTRACT_SUBJECT), said, place)


def _refusal(books: Books, member: str, said: PartnershipDocument) -> Refused:
    with pytest.raises(Refused) as caught:
        _write(books, member, said)
    return caught.value


def _root(books: Books) -> DocumentRef:
    return said_ref(books.of(SUBJECT)[0].ref)


def test_first_step_may_be_written() -> None:
    assert _write(Books(), E, submission()) is None


def test_identical_repeat_is_already_done() -> None:
    """Of this came "cannot transition from DECLINED to DECLINED" elsewhere."""
    books = introduced_books()
    root, accepted, introduced = books.of(SUBJECT)
    assert _write(books, E, submission()) == root
    assert _write(books, R, answer(StepKind.ACCEPTED, said_ref(root.ref))) == accepted
    assert _write(books, E, answer(StepKind.INTRODUCED, said_ref(accepted.ref))) == introduced


def test_repeat_with_other_words_is_refused() -> None:
    books = introduced_books()
    said = answer(StepKind.ACCEPTED, _root(books))
    said.step.message = "再说一次"
    assert _refusal(books, R, said).reason == "STEP_NOT_ALLOWED"


def test_same_words_of_the_other_side_are_no_repeat() -> None:
    books = introduced_books()
    introduced = said_ref(books.of(SUBJECT)[-1].ref)
    said = answer(StepKind.NO_DEAL, introduced)
    books.append(R, said, named=frozenset((E,)))
    refusal = _refusal(books, E, said)
    assert refusal.reason == "STEP_NOT_ALLOWED"
    assert refusal.metadata["allowed"] == ""


def test_refusal_names_what_is_allowed_and_what_to_answer() -> None:
    books = Books()
    root = books.append(E, submission(), named=frozenset((R,)))
    refusal = _refusal(books, R, answer(StepKind.INTRODUCED, root))
    assert refusal.metadata == {
        "why": "NOT_ALLOWED_HERE",
        "allowed": "INFO_REQUESTED ACCEPTED DECLINED EXPIRED",
        "last": "ydx.example/jiangsu 0",
    }


def test_step_answers_the_last_one() -> None:
    """The fold would let CANCELLED of SUBMITTED win over an ACCEPTED that was not read."""
    books = Books()
    root = books.append(E, submission(), named=frozenset((R,)))
    books.append(R, answer(StepKind.ACCEPTED, root), named=frozenset((E,)))
    refusal = _refusal(books, E, answer(StepKind.CANCELLED, root))
    assert refusal.metadata["last"] == "ydx.example/anhui 0"
    assert refusal.metadata["allowed"] == "INTRODUCED CANCELLED EXPIRED"


def test_answer_to_what_is_missing_waits() -> None:
    books = introduced_books()
    books.documents = [books.documents[0], books.documents[2]]
    refusal = _refusal(books, E, answer(StepKind.CANCELLED, ref(R, 5)))
    assert refusal.reason == "DOCUMENT_MISSING"
    assert refusal.metadata == {"origin": "ydx.example/anhui", "leaf_index": "0"}
    assert _refusal(books, E, answer(StepKind.CANCELLED, _root(books))).reason == "DOCUMENT_MISSING"


def test_document_that_leaves_the_other_side_out_is_refused() -> None:
    place = Place(origin(E), 0, frozenset((CENTER,)))
    with pytest.raises(Refused) as caught:
        check_step(_ENQUIRY, (), submission(), place)
    assert caught.value.metadata["why"] == "NOT_ADDRESSED"


def test_notes_are_checked_and_known_again() -> None:
    books = introduced_books()
    introduced = said_ref(books.of(SUBJECT)[-1].ref)
    said = note(NoteKind.CONTACTS, introduced)
    assert _write(books, R, said) is None
    books.append(R, said, named=frozenset((E,)))
    assert _write(books, R, said) == books.of(SUBJECT)[-1]
    early = note(NoteKind.CONTACTS, _root(books))
    assert _refusal(books, R, early).metadata["why"] == "NOT_ALLOWED_HERE"


def test_contract_is_written_once() -> None:
    books, first = contract_books()
    said = PartnershipDocument.FromString(books.documents[-1].content)
    assert _write_contract(Books(), E, said, None) is None
    assert _write_contract(books, E, said, None) == books.documents[-1]
    assert _write_contract(books, R, confirmation(first), first) is None
    books.append(R, confirmation(first), CONTRACT_SUBJECT)
    assert _write_contract(books, R, confirmation(first), first) == books.documents[-1]


def test_refusal_of_a_decision_of_the_register_names_the_states_that_may_come_now() -> None:
    books, first = contract_books()
    with pytest.raises(Refused) as caught:
        _write_contract(books, R, registration(first, Registration.REGISTERED), first)
    assert caught.value.metadata["states"] == "ACCEPTED"
    assert caught.value.what.endswith("allowed now: accepted")
    books.append(R, registration(first, Registration.ACCEPTED), CONTRACT_SUBJECT)
    with pytest.raises(Refused, match="allowed now: registered, refused"):
        _write_contract(books, R, registration(first, Registration.REVOKED), first)


def test_refusal_of_a_contract_document_names_what_is_allowed() -> None:
    books, first = contract_books()
    for member, said, allowed in (
        (R, cancellation(first), "confirmation registration"),
        (E, registration(first, Registration.ACCEPTED), "contract cancellation"),
        (E, amendment(contract(), first), "contract cancellation"),
    ):
        with pytest.raises(Refused) as caught:
            _write_contract(books, member, said, first)
        assert caught.value.reason == "STEP_NOT_ALLOWED"
        assert caught.value.metadata["allowed"] == allowed
    with pytest.raises(Refused) as caught:
        _write_contract(books, R, confirmation(ref(E, 30)), first)
    assert caught.value.reason == "DOCUMENT_MISSING"


def test_to_a_cancelled_contract_only_the_end_of_a_registration_is_added() -> None:
    books, first = contract_books()
    books.append(E, cancellation(first), CONTRACT_SUBJECT)
    for said in (confirmation(first), registration(first, Registration.ACCEPTED)):
        with pytest.raises(Refused) as caught:
            _write_contract(books, R, said, first)
        assert caught.value.metadata["why"] == "CANCELLED"
        assert caught.value.metadata["allowed"] == ""
    books.append(R, registration(first, Registration.ACCEPTED), CONTRACT_SUBJECT)
    books.append(R, registration(first, Registration.REGISTERED), CONTRACT_SUBJECT)
    assert _write_contract(books, R, registration(first, Registration.REVOKED), first) is None


def test_the_cure_of_a_refusal_names_what_commands_take_and_no_empty_list() -> None:
    books, first = contract_books()
    for member, said, told in (
        (R, cancellation(first), ("确认 confirm、记录登记 register", "confirm, register")),
        (E, amendment(contract(), first), ("变更 amend、解除 cancel", "amend, cancel")),
        (R, registration(first, Registration.REGISTERED), ("受理 accepted", "accepted")),
    ):
        with pytest.raises(Refused) as caught:
            _write_contract(books, member, said, first)
        assert caught.value.cure is not None
        for text, words in zip(caught.value.cure, told, strict=True):
            assert text.endswith(words)
    books.append(E, cancellation(first), CONTRACT_SUBJECT)
    with pytest.raises(Refused) as caught:
        _write_contract(books, R, confirmation(first), first)
    assert caught.value.what.endswith("allowed: nothing")
    assert caught.value.cure is not None
    assert "已解除" in caught.value.cure[0]
