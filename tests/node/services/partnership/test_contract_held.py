"""What a contract's next document has to meet: the version, the day, the number, and news."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from federation.log.errors import Refused
from federation.partnership.codec import ContractCancellation, ContractRegistration
from federation.partnership.terms import Registration
from node.services.errors import InvalidFields
from node.services.log.sequencer import Write
from tests.node.services.partnership.contract_partners import Partners, small_partners
from tests.node.services.partnership.contract_texts import (
    BUYER,
    SELLER,
    SIGNED_ON,
    amended,
    registration,
    terms,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from node.services.log.view import LogView
    from node.services.partnership.contract_writing import WrittenDocument

NUMBER: Final = "2027340100000001"
DAY_BEFORE: Final = "2027-01-09"


@pytest.fixture
def partners(tmp_path: Path) -> Iterator[Partners]:
    with small_partners(tmp_path) as given:
        yield given


def broken(call: Any) -> list[tuple[str, str]]:
    """Return (field, rule) of all that a call is refused for."""
    with pytest.raises(InvalidFields) as caught:
        call()
    return [(one.field, one.rule) for one in caught.value.violations]


def record(partners: Partners, name: str, state: Registration, **more: str) -> WrittenDocument:
    """Let the seller record a decision of the register."""
    seller = partners.parties[SELLER]
    return seller.writing.register(name, registration(state, **more), "", seller.options())


def test_the_days_of_a_registration_go_on_and_one_of_the_same_state_may_be_corrected(
    partners: Partners,
) -> None:
    """It was registered before it was accepted, and revoked before it was registered."""
    name, seller = partners.contract(), partners.parties[SELLER]

    def decide(state: Registration, day: str, **more: str) -> bool:
        said = registration(state, **more)
        said.decided_on = day
        return seller.writing.register(name, said, "", seller.options()).is_new

    assert decide(Registration.ACCEPTED, "2027-01-12")
    with pytest.raises(InvalidFields) as caught:
        decide(Registration.REGISTERED, "2027-01-11", register_number=NUMBER)
    (found,) = caught.value.violations
    assert (found.field, found.rule) == ("registration.decided_on", "BEFORE_LAST_DECISION")
    assert "2027-01-12" in found.text_zh
    assert "2027-01-12" in found.text_en
    assert decide(Registration.REGISTERED, "2027-01-14", register_number=NUMBER)
    early = partial(decide, Registration.REVOKED, "2027-01-13", reason="弄虚作假")
    assert broken(early) == [("registration.decided_on", "BEFORE_LAST_DECISION")]
    assert decide(Registration.REVOKED, "2027-01-14", reason="弄虚作假")


def test_a_version_that_was_confirmed_before_is_not_confirmed_again_once_another_is_in_force(
    partners: Partners,
) -> None:
    name = partners.contract()
    buyer, seller = partners.parties[BUYER], partners.parties[SELLER]
    first = buyer.show(name).etag
    request_id = str(uuid.uuid4())
    done = buyer.writing.confirm(name, first, buyer.options(request_id, b"x"))
    assert done.is_new
    assert not buyer.writing.confirm(name, first, buyer.options()).is_new, "it is still in force"
    partners.sync()
    seller.writing.amend(name, amended(150_000_000), "", seller.options())
    partners.sync()
    with pytest.raises(Refused, match="STALE_ETAG") as caught:
        buyer.writing.confirm(name, first, buyer.options())
    assert caught.value.metadata["now"] == buyer.show(name).etag
    again = buyer.writing.confirm(name, first, buyer.options(request_id, b"x"))
    assert again.name == name, "a retry of what was said in time"
    assert not buyer.show(name).contract.is_confirmed


def test_of_a_cancelled_contract_nothing_is_offered_but_the_end_of_its_registration(
    partners: Partners,
) -> None:
    buyer, seller = partners.parties[BUYER], partners.parties[SELLER]
    plain, begun = partners.contract(), partners.contract()
    record(partners, begun, Registration.ACCEPTED)
    for name in (plain, begun):
        gone = ContractCancellation(reason="双方协商", cancelled_on=SIGNED_ON)
        seller.writing.cancel(name, gone, "", seller.options())
    partners.sync()
    assert [tuple(one.show(plain).allowed) for one in (buyer, seller)] == [(), ()]
    assert tuple(seller.show(begun).allowed) == ("registration",)
    calls: tuple[Callable[[], object], ...] = (
        lambda: buyer.writing.confirm(plain, buyer.show(plain).etag, buyer.options()),
        lambda: record(partners, plain, Registration.ACCEPTED),
    )
    for call in calls:
        with pytest.raises(Refused, match="STEP_NOT_ALLOWED") as caught:
            call()
        assert (caught.value.metadata["why"], caught.value.metadata["allowed"]) == ("CANCELLED", "")
    assert record(partners, begun, Registration.REFUSED, reason="合同已解除").is_new


def test_nothing_is_decided_or_cancelled_before_the_signing(partners: Partners) -> None:
    name = partners.contract()
    seller = partners.parties[SELLER]
    early = ContractRegistration(
        state=Registration.ACCEPTED.value,  # type: ignore[arg-type] # its number
        decided_on=DAY_BEFORE,
    )
    gone = ContractCancellation(reason="双方协商", cancelled_on=DAY_BEFORE)
    before = seller.size()
    assert broken(lambda: seller.writing.register(name, early, "", seller.options())) == [
        ("registration.decided_on", "BEFORE_SIGNING")
    ]
    assert broken(lambda: seller.writing.cancel(name, gone, "", seller.options())) == [
        ("cancellation.cancelled_on", "BEFORE_SIGNING")
    ]
    assert seller.size() == before


@pytest.mark.parametrize("is_folded", [False, True])
def test_a_register_number_belongs_to_one_contract(partners: Partners, *, is_folded: bool) -> None:
    one, other = partners.contract(), partners.contract()
    for name in (one, other):
        record(partners, name, Registration.ACCEPTED)
    record(partners, one, Registration.REGISTERED, register_number=NUMBER)
    if is_folded:
        partners.sync()
    with pytest.raises(InvalidFields) as caught:
        record(partners, other, Registration.REGISTERED, register_number=NUMBER)
    (found,) = caught.value.violations
    assert (found.field, found.rule) == ("registration.register_number", "REGISTER_NUMBER_TAKEN")
    assert one in found.text_zh
    assert one in found.text_en
    assert not record(partners, one, Registration.REGISTERED, register_number=NUMBER).is_new
    record(partners, one, Registration.REVOKED, reason="登记有误")
    partners.sync()
    assert record(partners, other, Registration.REGISTERED, register_number=NUMBER).is_new


def test_a_register_number_is_taken_however_much_has_arrived_since_the_view_looked(
    partners: Partners, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.services.partnership.contract_held.LEAVES_A_STEP", 1)
    one, other, third = (partners.contract() for _ in range(3))
    for name in (one, other):
        record(partners, name, Registration.ACCEPTED)
    partners.sync()
    record(partners, third, Registration.ACCEPTED)
    record(partners, one, Registration.REGISTERED, register_number=NUMBER)
    call = lambda: record(partners, other, Registration.REGISTERED, register_number=NUMBER)  # noqa: E731
    assert broken(call) == [("registration.register_number", "REGISTER_NUMBER_TAKEN")]


def test_a_register_number_is_given_once_by_writes_that_come_together(partners: Partners) -> None:
    names = [partners.contract() for _ in range(2)]
    for name in names:
        record(partners, name, Registration.ACCEPTED)
    sequencer = partners.parties[SELLER].sequencer
    entered, leave = threading.Event(), threading.Event()

    def hold(_view: LogView) -> bytes:
        entered.set()
        leave.wait(30)
        return b""

    def register(name: str) -> str:
        try:
            record(partners, name, Registration.REGISTERED, register_number=NUMBER)
        except InvalidFields as error:
            return error.violations[0].rule
        return ""

    with ThreadPoolExecutor(3) as pool:
        pool.submit(sequencer.submit, Write(hold))
        entered.wait(30)
        told = [pool.submit(register, name) for name in names]
        while sequencer._queue.qsize() < len(names):
            threading.Event().wait(0.001)
        leave.set()
        assert sorted(one.result() for one in told) == ["", "REGISTER_NUMBER_TAKEN"]


def test_an_amendment_changes_something_beside_its_reason(partners: Partners) -> None:
    name = partners.contract()
    seller = partners.parties[SELLER]
    unchanged = terms(amendment_reason="更正")
    for options in (seller.options(), seller.options(validate_only=True)):
        call = lambda: seller.writing.amend(name, unchanged, "", options)  # noqa: B023, E731
        assert broken(call) == [("contract", "CONTRACT_UNCHANGED")]
    first = seller.show(name).etag
    assert seller.writing.amend(name, amended(150_000_000), first, seller.options()).is_new
    for etag in ("", first):
        assert not seller.writing.amend(name, amended(150_000_000), etag, seller.options()).is_new
    other_reason = amended(150_000_000, "再次更正")
    call = lambda: seller.writing.amend(name, other_reason, "", seller.options())  # noqa: E731
    assert broken(call) == [("contract", "CONTRACT_UNCHANGED")]
