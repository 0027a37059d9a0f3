"""PartnershipService over real listeners of two nodes."""

from __future__ import annotations

import uuid
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from grpc_status import rpc_status

from federation.partnership.codec import parse_document
from federation.partnership.steps import StepKind
from federation.trust.proven_receipt import prove_receipts
from node.rpc.client_errors import read_error
from node.services.errors import InvalidFields
from node.services.partnership.enquiry_documents import EnquiryRules
from tests.node.rpc.partnership_serving import Client, partnership_listener
from tests.node.services.partnership.enquiring import MARKED_NAME, E, Enquiring, R, contacts
from tests.simulation.conftest import few, founded_few
from ydx.exchange.v1 import enquiry_messages_pb2 as pb
from ydx.exchange.v1 import enquiry_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulation.world import World

__all__ = ["few", "founded_few"]


class Both:
    """Two nodes with their clients."""

    def __init__(self, enquiring: Enquiring, clients: dict[str, Client]) -> None:
        self.enquiring = enquiring
        self.clients = clients
        self.listing = enquiring[R].publish().name
        enquiring.sync()

    def __getitem__(self, member: str) -> Client:
        return self.clients[member]

    def submit(self, **more: Any) -> Any:
        asked: dict[str, Any] = {
            "listing": self.listing,
            "message": "能否用于底盘？",
            "from_region": "320500",
            "proposed_modes": [1],
            "nda": True,
        }
        request = pb.SubmitEnquiryRequest(**(asked | more))
        return self[E].call("SubmitEnquiry", request, "asker")

    def step(self, member: str, name: str, kind: StepKind, who: str = "clerk", **more: Any) -> Any:
        request = pb.TakeEnquiryStepRequest(name=name, kind=int(kind), **more)  # type: ignore[arg-type] # its number
        done = self[member].call("TakeEnquiryStep", request, who)
        self.enquiring.sync()
        return done


@pytest.fixture
def both(few: World) -> Iterator[Both]:
    enquiring = Enquiring(few)
    with ExitStack() as stack:
        stack.callback(enquiring.close)
        clients = {}
        for member in (E, R, "center"):
            port = stack.enter_context(partnership_listener(enquiring[member]))
            clients[member] = Client(port)
            stack.enter_context(clients[member].channel)
        yield Both(enquiring, clients)


def failed(call: Any) -> Any:
    """Return what a call that fails tells."""
    with pytest.raises(grpc.RpcError) as caught:
        call()
    return caught.value


def test_a_story_from_the_question_to_contacts_and_its_proof(both: Both) -> None:
    submitted = both.submit()
    name = submitted.enquiry.name
    assert name.startswith("nodes/jiangsu/enquiries/")
    assert submitted.document.origin == "ydx.example/jiangsu"
    assert submitted.enquiry.provisional
    assert submitted.warnings[0].rule == "E_UNRESOLVED"
    both.enquiring.sync()
    accepted = both.step(R, name, StepKind.ACCEPTED, "owner")
    assert accepted.changed
    (next_steps,) = accepted.enquiry.next_steps
    assert next_steps.member == E
    assert [StepKind(one).name for one in next_steps.kinds] == [
        "INTRODUCED",
        "CANCELLED",
    ]
    assert [(one.kind, one.owed_by) for one in accepted.enquiry.deadlines] == [(1, E)]
    both.step(E, name, StepKind.INTRODUCED, "asker")
    for member, token in ((R, "owner"), (E, "asker")):
        given = pb.GiveContactsRequest(name=name, contacts=contacts())
        assert both[member].call("GiveContacts", given, token).changed
    both.enquiring.sync()
    request = pb.GetEnquiryRequest(name=name)
    answer = both[E].call("GetEnquiry", request, "asker")
    assert [one.member for one in answer.contacts] == [R, E]
    assert answer.contacts[0].contacts.persons[0].name == MARKED_NAME
    assert not both[R].call("GetEnquiry", request, "platform").contacts
    assert [one.valid for one in answer.documents] == [True] * 5
    assert all(one.confirmed for one in answer.documents[:3])
    assert answer.documents[0].content.HasField("step")
    assert {one.member for one in answer.origins} == {E, R}
    proof = both[R].call("GetEnquiryReceipt", pb.GetEnquiryReceiptRequest(name=name), "auditor")
    assert (proof.count, proof.notes_left_out) == (5, 0)
    registry = both.enquiring[R].side.trust.registry()
    proven = list(prove_receipts(registry, proof.receipts))
    said = [parse_document(one.opened[0].content) for one in proven]
    kinds = [StepKind(one.step.kind).name for one in said if one.HasField("step")]
    assert kinds == ["SUBMITTED", "ACCEPTED", "INTRODUCED"]
    assert all(set(one.opened) == {0} for one in proven), "contacts are never opened"
    assert MARKED_NAME.encode() not in proof.receipts


def test_a_request_id_acts_once_over_the_wire(both: Both) -> None:
    request_id = str(uuid.uuid4())
    first, again = (both.submit(request_id=request_id) for _ in range(2))
    assert first.enquiry.name == again.enquiry.name
    error = read_error(failed(lambda: both.submit(request_id=request_id, message="另一个")))
    assert error.reason == "REQUEST_ID_REUSED"
    checked = {"request_id": request_id, "validate_only": True}
    assert read_error(failed(lambda: both.submit(**checked, message="另一个"))) == error
    assert not both.submit(**checked).HasField("enquiry")


def test_a_flood_is_told_when_to_come_again_in_retry_info(both: Both) -> None:
    parts = both.enquiring[E].enquiries._parts
    object.__setattr__(parts, "rules", EnquiryRules(enquiries_a_day=2))
    for number in range(2):
        both.submit(message=f"第 {number} 问")
    error = failed(both.submit)
    assert error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    status = rpc_status.from_call(error)
    from google.rpc import error_details_pb2  # noqa: PLC0415 - used once

    retry = error_details_pb2.RetryInfo()
    assert any(detail.Unpack(retry) for detail in status.details)
    assert 0 < retry.retry_delay.seconds <= 86_400


def test_lists_page_and_filter(both: Both) -> None:
    names = {both.submit(message=f"第 {number} 问").enquiry.name for number in range(5)}
    both.enquiring.sync()
    seen: list[str] = []
    token = ""
    while True:
        request = pb.ListEnquiriesRequest(page_size=2, page_token=token)
        page = both[R].call("ListEnquiries", request)
        seen += [one.name for one in page.enquiries]
        token = page.next_page_token
        if not token:
            break
    assert (len(seen), set(seen)) == (5, names)
    for said, count in (
        ({"direction": 1}, 5),
        ({"direction": 2}, 0),
        ({"waiting_for_me": True, "open_only": True}, 5),
        ({"overdue": True}, 0),
        ({"due_before": "2099-01-01", "states": [1]}, 5),
        ({"organisation": "苏州 精工公司"}, 5),
        ({"listing": both.listing}, 5),
    ):
        request = pb.ListEnquiriesRequest(filter=pb.EnquiryFilter(**said))
        assert len(both[R].call("ListEnquiries", request).enquiries) == count, said
    first = both[R].call("ListEnquiries", pb.ListEnquiriesRequest(page_size=2))
    other = pb.ListEnquiriesRequest(
        filter=pb.EnquiryFilter(open_only=True), page_token=first.next_page_token
    )
    error = read_error(failed(lambda: both[R].call("ListEnquiries", other)))
    assert error.reason == "BAD_PAGE_TOKEN"


def test_question_8_my_listings_with_enquiries_past_their_deadline(both: Both) -> None:
    answered, waiting = (both.submit(message=said).enquiry.name for said in ("第一问", "第二问"))
    both.enquiring.sync()
    both.step(R, answered, StepKind.ACCEPTED)
    request = pb.ListEnquiriesRequest(
        filter=pb.EnquiryFilter(
            direction=pb.ENQUIRY_DIRECTION_INCOMING, overdue=True, waiting_for_me=True
        )
    )
    assert not both[R].call("ListEnquiries", request).enquiries
    both.enquiring.world.pass_time(8 * 86_400.0)
    (late,) = both[R].call("ListEnquiries", request).enquiries
    deadline = late.deadlines[0]
    assert (late.name, late.submission.listing.name) == (waiting, both.listing)
    assert (deadline.owed_by, deadline.overdue) == (R, True)
    both.step(R, waiting, StepKind.DECLINED, reason="无法满足")
    assert not both[R].call("ListEnquiries", request).enquiries


@pytest.mark.parametrize(
    ("said", "field", "rule"),
    [
        ({"states": [0]}, "filter.states[0]", "REQUIRED"),
        ({"states": [99]}, "filter.states[0]", "CHOICE_UNKNOWN"),
        ({"states": [1] * 51}, "filter.states", "TOO_MANY"),
        ({"direction": 9}, "filter.direction", "CHOICE_UNKNOWN"),
        ({"due_before": "2026-02-30"}, "filter.due_before", "DAY_FORM"),
        ({"listing": "x"}, "filter.listing", "RECORD_NAME_FORM"),
        ({"organisation": "名" * 201}, "filter.organisation", "TEXT_LENGTH"),
        ({"organisation": "a\0"}, "filter.organisation", "NUL_CHARACTER"),
    ],
)
def test_a_wrong_filter_is_named_with_its_rule(said: dict[str, Any], field: str, rule: str) -> None:
    from datetime import date  # noqa: PLC0415 - used once

    from node.rpc.enquiry_arguments import enquiry_filter  # noqa: PLC0415 - used once

    with pytest.raises(InvalidFields) as caught:
        enquiry_filter(pb.EnquiryFilter(**said), R, date(2026, 11, 28))
    assert (caught.value.violations[0].field, caught.value.violations[0].rule) == (field, rule)


def test_what_is_wrong_with_a_request_is_told_by_its_field(both: Both) -> None:
    name = both.submit().enquiry.name
    for request, method, field in (
        (pb.TakeEnquiryStepRequest(name=name), "TakeEnquiryStep", "kind"),
        (pb.TakeEnquiryStepRequest(name=name, kind=1), "TakeEnquiryStep", "kind"),  # type: ignore[arg-type]
        (pb.TakeEnquiryStepRequest(name="x", kind=4), "TakeEnquiryStep", "name"),  # type: ignore[arg-type]
        (pb.TakeEnquiryStepRequest(name=name, kind=9), "TakeEnquiryStep", "reason"),  # type: ignore[arg-type]
        (pb.AddEnquiryNoteRequest(name=name), "AddEnquiryNote", "kind"),
        (pb.AddEnquiryNoteRequest(name=name, kind=4), "AddEnquiryNote", "kind"),  # type: ignore[arg-type]
        (pb.SubmitEnquiryRequest(listing="x"), "SubmitEnquiry", "listing"),
        (pb.SubmitEnquiryRequest(listing=both.listing), "SubmitEnquiry", "from_region"),
        (
            pb.AddEnquiryNoteRequest(name=name, kind=1, about=enquiry_pb2.DocumentRef(origin="x")),  # type: ignore[arg-type]
            "AddEnquiryNote",
            "about.origin",
        ),
    ):
        token = "asker" if method == "SubmitEnquiry" else "clerk"
        error = read_error(failed(lambda m=method, r=request, t=token: both[E].call(m, r, t)))
        assert error.reason == "INVALID_FIELD", (method, error)
        assert error.violations[0].field == field
    unknown = pb.GetEnquiryRequest(name=name[:-1] + ("0" if name[-1] != "0" else "1"))
    error = read_error(failed(lambda: both[E].call("GetEnquiry", unknown)))
    assert error.reason == "RECORD_NOT_FOUND"


def test_withdrawal_over_the_wire_takes_contacts_from_both_answers(both: Both) -> None:
    name = both.submit().enquiry.name
    both.enquiring.sync()
    both.step(R, name, StepKind.ACCEPTED)
    both.step(E, name, StepKind.INTRODUCED)
    both[R].call("GiveContacts", pb.GiveContactsRequest(name=name, contacts=contacts()), "owner")
    both.enquiring.sync()
    request = pb.GetEnquiryRequest(name=name)
    assert both[E].call("GetEnquiry", request).contacts
    done = both[R].call("WithdrawConsent", pb.WithdrawConsentRequest(name=name), "owner")
    assert done.changed
    assert not both[R].call("GetEnquiry", request).contacts
    both.enquiring.sync()
    assert not both[E].call("GetEnquiry", request).contacts
    assert not both[E].call("GetEnquiry", request).enquiry.contacts_from
