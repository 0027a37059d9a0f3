"""The fold of a contract, rule by rule, and the same at all who are named in any order."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from federation.partnership.codec import DocumentRef, PartnershipDocument
from federation.partnership.contract import Contract, contracts_in, fold_contract
from federation.partnership.documents import Document, Void
from federation.partnership.terms import REGISTRATION_MOVES, Registration
from federation.records.refs import Ref, read_ref
from tests.federation.partnership.examples import (
    CENTER,
    CONTRACT_SUBJECT,
    REGISTER_NUMBER,
    Books,
    amendment,
    cancellation,
    confirmation,
    contract,
    contract_books,
    ref,
    registration,
)
from tests.federation.partnership.logs import E, R

_NAMED = frozenset((E, R, CENTER))


class _Case:
    """The books of a contract that E, the buyer's member, wrote; R is the seller's."""

    def __init__(self) -> None:
        self.books, self.first = contract_books()
        self.said = _content(self.books.documents[-1])

    def add(self, member: str, said: PartnershipDocument, named: frozenset[str] = _NAMED) -> Ref:
        return read_ref(self.books.append(member, said, CONTRACT_SUBJECT, named - {member}))

    def amend(self, previous: DocumentRef, author: str = E) -> DocumentRef:
        return self.books.append(author, amendment(self.said, previous), CONTRACT_SUBJECT)

    def documents(self) -> list[Document]:
        return self.books.of(CONTRACT_SUBJECT)

    def fold(self) -> Contract:
        return fold_contract(read_ref(self.first), self.documents())

    def void(self, ref_: Ref) -> Void | None:
        standing = self.fold().standing(ref_)
        assert standing is not None
        assert not standing.waits_for
        return standing.void


def _content(document: Document) -> PartnershipDocument:
    return PartnershipDocument.FromString(document.content)


def test_first_version_makes_a_contract() -> None:
    case = _Case()
    folded = case.fold()
    assert contracts_in(case.documents()) == (read_ref(case.first),)
    assert (folded.author, folded.registration) == (E, Registration.NOT_APPLIED)
    assert folded.terms is not None
    assert (folded.terms.buyer, folded.terms.seller, folded.terms.center) == (E, R, CENTER)
    assert folded.terms.contract_amount_fen == 50_000_000
    assert not folded.is_confirmed
    assert folded.may_write == {
        E: ("contract", "cancellation"),
        R: ("confirmation", "registration"),
    }


def test_other_side_confirms() -> None:
    case = _Case()
    case.add(R, confirmation(case.first))
    assert case.fold().is_confirmed
    again = case.add(R, confirmation(case.first))
    assert case.void(again) == Void.ALREADY_ANSWERED


def test_amendment_is_in_force_and_confirmed_anew() -> None:
    case = _Case()
    case.add(R, confirmation(case.first))
    second = case.amend(case.first)
    folded = case.fold()
    assert folded.current is not None
    assert folded.current.ref == read_ref(second)
    assert folded.confirmed == {read_ref(case.first)}
    assert not folded.is_confirmed
    case.add(R, confirmation(second))
    assert case.fold().is_confirmed


def test_only_the_version_in_force_is_amended() -> None:
    case = _Case()
    case.amend(case.first)
    fork = case.amend(case.first)
    assert case.void(read_ref(fork)) == Void.ALREADY_ANSWERED
    assert len(case.fold().versions) == 2


def test_cancellation_is_final() -> None:
    case = _Case()
    cancelled = case.add(E, cancellation(case.first))
    late = case.amend(case.first)
    again = case.add(E, cancellation(case.first))
    folded = case.fold()
    assert folded.cancellation is not None
    assert folded.cancellation.ref == cancelled
    assert case.void(read_ref(late)) == Void.ALREADY_ANSWERED
    assert case.void(again) == Void.ALREADY_ANSWERED
    assert "contract" not in folded.may_write.get(E, ())


@pytest.mark.parametrize(
    ("sentence", "member", "said"),
    [
        ("the other side does not amend", R, lambda first: amendment(contract(), first)),
        ("the other side does not cancel", R, cancellation),
        ("the author does not confirm", E, confirmation),
        (
            "the buyer's place does not register",
            E,
            lambda first: registration(first, Registration.ACCEPTED),
        ),
    ],
)
def test_who_may_not_say_it(sentence: str, member: str, said: object) -> None:
    case = _Case()
    assert callable(said)
    assert case.void(case.add(member, said(case.first))) == Void.NOT_ALLOWED_HERE, sentence


def test_third_member_says_nothing() -> None:
    case = _Case()
    for member in ("zhejiang", CENTER):
        said = case.add(member, confirmation(case.first), _NAMED | {"zhejiang"})
        assert case.void(said) == Void.NOT_A_PARTY


@pytest.mark.parametrize("left_out", sorted(_NAMED - {R}))
def test_document_that_leaves_somebody_out_is_void(left_out: str) -> None:
    case = _Case()
    said = case.add(R, confirmation(case.first), _NAMED - {left_out})
    assert case.void(said) == Void.NOT_ADDRESSED
    assert not case.fold().is_confirmed


def test_contract_that_does_not_name_the_center_is_void() -> None:
    books = Books()
    first = read_ref(books.append(E, contract(), CONTRACT_SUBJECT, frozenset((R,))))
    folded = fold_contract(first, books.documents)
    assert folded.versions == ()
    assert folded.standings[0].void == Void.NOT_ADDRESSED


@pytest.mark.parametrize(
    ("sentence", "spoil"),
    [
        ("the center", lambda said: setattr(said, "center", "zhejiang")),
        ("the seller's member", lambda said: setattr(said.seller, "member", "zhejiang")),
        ("the enquiries", lambda said: said.ClearField("enquiries")),
    ],
)
def test_amendment_does_not_change(sentence: str, spoil: object) -> None:
    case = _Case()
    changed = amendment(case.said, case.first)
    assert callable(spoil)
    spoil(changed.contract)
    ref_ = case.add(E, changed, _NAMED | {"zhejiang"})
    assert case.void(ref_) == Void.NOT_ALLOWED_HERE, sentence


@pytest.mark.parametrize("before", list(Registration))
@pytest.mark.parametrize("after", [state for state in Registration if state])
def test_registration_moves(before: Registration, after: Registration) -> None:
    ways = {
        Registration.NOT_APPLIED: [],
        Registration.ACCEPTED: [Registration.ACCEPTED],
        Registration.REGISTERED: [Registration.ACCEPTED, Registration.REGISTERED],
        Registration.REFUSED: [Registration.ACCEPTED, Registration.REFUSED],
        Registration.REVOKED: [
            Registration.ACCEPTED,
            Registration.REGISTERED,
            Registration.REVOKED,
        ],
    }
    case = _Case()
    for state in ways[before]:
        case.add(R, registration(case.first, state))
    assert case.fold().registration == before
    last = case.add(R, registration(case.first, after))
    allowed = after in REGISTRATION_MOVES[before]
    assert case.void(last) == (None if allowed else Void.NOT_ALLOWED_HERE)
    assert case.fold().registration == (after if allowed else before)


def test_registered_contract_has_its_number_and_version() -> None:
    case = _Case()
    second = case.amend(case.first)
    case.add(R, registration(second, Registration.ACCEPTED))
    case.add(R, registration(second, Registration.REGISTERED))
    folded = case.fold()
    assert folded.register_number == REGISTER_NUMBER
    assert folded.registered == read_ref(second)
    revoked = registration(second, Registration.REVOKED)
    revoked.registration.register_number = "9" * 5_000  # its form is judged nowhere
    case.add(R, revoked)
    assert case.fold().registration == Registration.REVOKED
    assert case.fold().register_number == REGISTER_NUMBER
    assert "registration" not in case.fold().may_write.get(R, ())


def test_what_is_no_version_is_neither_confirmed_nor_registered() -> None:
    case = _Case()
    confirmed = case.books.append(R, confirmation(case.first), CONTRACT_SUBJECT)
    for said in (
        registration(confirmed, Registration.ACCEPTED),
        confirmation(confirmed),
    ):
        assert case.void(case.add(R, said)) == Void.NO_SUCH_DOCUMENT
    assert case.void(case.add(E, cancellation(confirmed))) == Void.NO_SUCH_DOCUMENT


def test_registration_without_its_digits_is_unreadable() -> None:
    case = _Case()
    case.add(R, registration(case.first, Registration.ACCEPTED))
    said = case.add(R, registration(case.first, Registration.REGISTERED, "12"))
    assert case.void(said) == Void.UNREADABLE
    assert case.fold().registration == Registration.ACCEPTED


def test_one_member_on_both_sides_needs_no_confirmation() -> None:
    said = contract()
    said.contract.ClearField("enquiries")
    said.contract.seller.member = E
    books = Books()
    first = books.append(E, said, CONTRACT_SUBJECT, frozenset((CENTER,)))
    books.append(
        E, registration(first, Registration.ACCEPTED), CONTRACT_SUBJECT, frozenset((CENTER,))
    )
    folded = fold_contract(read_ref(first), books.documents)
    assert folded.is_confirmed
    assert folded.registration == Registration.ACCEPTED
    assert folded.may_write == {E: ("contract", "cancellation", "registration")}


def test_second_contract_under_one_subject_is_another_contract() -> None:
    case = _Case()
    other = read_ref(case.books.append(E, contract(), CONTRACT_SUBJECT))
    assert set(contracts_in(case.documents())) == {read_ref(case.first), other}
    assert case.void(other) == Void.OTHER_SUBJECT
    case.add(R, confirmation(case.first))
    assert not fold_contract(other, case.documents()).is_confirmed


def test_missing_documents_are_waited_for_visibly() -> None:
    case = _Case()
    second = read_ref(case.amend(case.first))
    third = read_ref(case.amend(_said(second)))
    case.add(R, registration(_said(third), Registration.ACCEPTED))
    case.add(R, registration(case.first, Registration.ACCEPTED))
    whole = case.documents()
    without = [one for one in whole if one.ref != second]
    folded = fold_contract(read_ref(case.first), without)
    assert folded.waits_for == (second,)
    assert folded.registration == Registration.NOT_APPLIED
    assert [len(one.waits_for) for one in folded.standings] == [1, 1, 0, 1]
    assert fold_contract(read_ref(case.first), whole[1:]).waits_for == (read_ref(case.first),)
    assert case.fold().registration == Registration.ACCEPTED
    assert case.fold().registered == third


def test_absent_version_is_not_waited_for() -> None:
    case = _Case()
    nothing = ref(E, 77)
    case.add(R, registration(nothing, Registration.ACCEPTED))
    case.add(R, registration(case.first, Registration.ACCEPTED))
    assert case.fold().waits_for == (read_ref(nothing),)
    folded = fold_contract(
        read_ref(case.first), case.documents(), absent=frozenset((read_ref(nothing),))
    )
    assert (folded.waits_for, folded.registration) == ((), Registration.ACCEPTED)


def _said(named: Ref) -> DocumentRef:
    return DocumentRef(origin=named.origin, leaf_index=named.leaf_index, leaf_hash=named.leaf_hash)


def _act(case: _Case, act: str, target: DocumentRef, place: int) -> PartnershipDocument:
    if act == "amend":
        return amendment(case.said, target)
    if act == "confirm":
        return confirmation(target)
    if act == "register":
        return registration(target, Registration(place % 4 + 1))
    return cancellation(target) if act == "cancel" else contract()


_ACTS = st.lists(
    st.tuples(
        st.sampled_from((E, R, "zhejiang")),
        st.sampled_from(("amend", "confirm", "register", "cancel", "contract")),
        st.integers(0, 1 << 10),
        st.sampled_from((_NAMED, _NAMED, _NAMED, frozenset((E, R)))),
    ),
    max_size=8,
)


@settings(deadline=None)
@given(_ACTS, st.randoms(use_true_random=False))
def test_any_acts_in_any_order_give_one_state_and_nothing_valid_falls(
    acts: list[tuple[str, str, int, frozenset[str]]], random: object
) -> None:
    case = _Case()
    for member, act, place, named in acts:
        targets = [_said(one.ref) for one in case.documents()] + [ref(E, 99)]
        said = _act(case, act, targets[place % len(targets)], place)
        before = case.fold()
        case.add(member, said, named)
        after = case.fold()
        for old in before.standings:
            new = after.standing(old.document.ref)
            assert new is not None
            assert new == old, "what stands is not undone, what is void stays void"
        assert after.versions[: len(before.versions)] == before.versions
        assert before.confirmed <= after.confirmed
        assert before.cancellation in {None, after.cancellation}
        versions = {one.ref for one in after.versions}
        assert after.confirmed <= versions
        assert after.registered in {None, *versions}
    shuffled = case.documents() * 2
    random.shuffle(shuffled)  # type: ignore[attr-defined] # Hypothesis's Random has no type
    assert fold_contract(read_ref(case.first), shuffled) == case.fold()
    _check_prefixes(case)


def _check_prefixes(case: _Case) -> None:
    """Whatever of each log is known below some place: what stands then, stands in the end."""
    whole = case.fold()
    logs = [
        [one for one in case.documents() if (one.author == E) == is_author]
        for is_author in (True, False)
    ]
    for of_e in range(len(logs[0]) + 1):
        for of_others in range(len(logs[1]) + 1):
            known = logs[0][:of_e] + logs[1][:of_others]
            for early in fold_contract(read_ref(case.first), known).standings:
                late = whole.standing(early.document.ref)
                assert early.waits_for or early == late
