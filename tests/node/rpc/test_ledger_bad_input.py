"""Issue 5, point 16: each bad input has its own reason, is refused at the desk, and writes nothing.

What is refused here no center would book either: `federation/ledger/test_bad_input` tries the same
against the fold.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import pytest

from federation.ledger import codec
from federation.ledger.statement import state_digest
from node.services.ledger import reading
from node.services.ledger.accounts import all_entries
from tests.federation.ledger import paper
from tests.node.rpc.ledger_desks import Desks, ledger_desks
from tests.node.services.ledger.ledger_world import CLERK, income
from ydx.exchange.v1 import ledger_proposals_pb2 as proposals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from node.rpc.client_errors import CallError

TOO_MUCH: Final = 1 << 62
LEFT: Final = "zhejiang"
"""A member that has left the federation."""
ENDED: Final = "2026-11-20"
FIXED64: Final = 1
LENGTH_DELIMITED: Final = 2


class Served:
    """An agreement with an income, one taken back, an amendment; and another that has ended."""

    def __init__(self, desks: Desks) -> None:
        self.desks = desks
        self.desk = desks["anhui"]
        world = desks.world
        world["anhui"].party.left.append(LEFT)
        self.agreement = world.open(deductions=["增值税"])
        self.booked = world.book(self.agreement, 1)
        self.reversed = world.book(self.agreement, 2)
        back = {"reversal_date": "2026-11-09", "reason": "退款"}
        self._decide("ProposeReversal", income=self.reversed, reversal=back)
        self.ended = world.open(title="已终止的协议")
        ending = {"effective_to": ENDED, "reason": "合作结束"}
        self._decide("TerminateAgreement", name=self.ended, termination=ending)
        later = paper.agreement(effective_from="2027-01-01", deductions=["增值税"])
        self._decide("AmendAgreement", name=self.agreement, agreement=later)
        shown = self.desk.call("GetAgreement", name=self.agreement).agreement
        self.versions = [one.ref for one in shown.versions]
        self.other_version = self.desk.call("GetAgreement", name=self.ended).agreement.first
        waiting = paper.agreement(effective_from="2027-06-01", deductions=["增值税"])
        made = self.desk.call("AmendAgreement", name=self.agreement, agreement=waiting)
        self.waiting_version = made.proposal.ref
        world.send()

    def _decide(self, method: str, **fields: Any) -> None:
        made = self.desk.call(method, **fields)
        self.desks.world.send()
        self.desks.accept(made.proposal.name)

    def state(self) -> list[object]:
        """Return what every member has written, knows and shows of both agreements."""
        found: list[object] = []
        for member in self.desks.world.members.values():
            found.append((member.name, member.size()))
            for name in (self.agreement, self.ended):
                shown, listed, _ = member.shown.proposals(CLERK, name, 0, 200, open_only=False)
                found.append([(one.name, one.state) for one in listed])
                found.append(sorted((str(key), fen) for key, fen in shown.books.balances.items()))
                with member.database.read() as tx:
                    found.append(state_digest(shown.row.ref, 0, all_entries(tx, shown.row)))
            with member.database.read() as tx:
                found.append(len(reading.agreements(tx)))
        return found


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with ledger_desks(tmp_path_factory.mktemp("desks")) as desks:
        yield Served(desks)


def of_income(**said: Any) -> Callable[[Served], tuple[str, dict[str, Any]]]:
    """Return an income of the agreement, as a request."""
    number = said.pop("number", 9)
    return lambda s: (
        "ProposeIncome",
        {"agreement": s.agreement, "income": income(number, **said)},
    )


def of_version(which: Callable[[Served], codec.DocumentRef], **said: Any) -> Any:
    """Return an income that names a version."""

    def make(served: Served) -> tuple[str, dict[str, Any]]:
        made = income(9, **said)
        made.version.CopyFrom(which(served))
        return "ProposeIncome", {"agreement": served.agreement, "income": made}

    return make


def of_terms(**said: Any) -> Any:
    """Return a new agreement, as a request."""
    return lambda _served: ("CreateAgreement", {"agreement": paper.agreement(**said)})


def of_payment(**said: Any) -> Any:
    """Return a payment, as a request."""
    sound = {"payer": "AH", "payee": "JS", "amount_fen": 1, "paid_on": "2026-12-01",
             "evidence_sha256": bytes(32)}  # fmt: skip
    return lambda s: ("ProposePayment", {"agreement": s.agreement, "payment": sound | said})


def of_reversal(which: Callable[[Served], str], **said: Any) -> Any:
    """Return a reversal, as a request."""
    sound = {"reversal_date": "2026-12-01", "reason": "退款"}
    return lambda s: ("ProposeReversal", {"income": which(s), "reversal": sound | said})


def parties(*shares: int, **more: Any) -> list[codec.AgreementParty]:
    """Return parties with shares, of anhui and jiangsu in turn."""
    return [
        paper.party(f"P{at}", ("anhui", "jiangsu")[at % 2], ppm, **more)
        for at, ppm in enumerate(shares)
    ]


DEDUCTED: Final = [codec.Deduction(name="增值税", amount_fen=100_001)]
BAD: Final[dict[str, tuple[Any, str, str]]] = {
    "a base below zero": (
        of_income(gross_fen=-1),
        "INVALID_FIELD",
        "income.gross_fen NUMBER_RANGE",
    ),
    "a base of zero": (of_income(gross_fen=0), "INVALID_FIELD", "income.gross_fen REQUIRED"),
    "a base that deductions use up": (
        of_income(deductions=DEDUCTED),
        "DEDUCTIONS_EXCEED_GROSS",
        "income.deductions",
    ),
    "an amount of 2^62": (
        of_income(gross_fen=TOO_MUCH),
        "INVALID_FIELD",
        "income.gross_fen NUMBER_RANGE",
    ),
    "the largest amount that fits a field": (
        of_income(gross_fen=(1 << 63) - 1),
        "INVALID_FIELD",
        "income.gross_fen NUMBER_RANGE",
    ),
    "a deduction of 2^62": (
        of_income(deductions=[codec.Deduction(name="增值税", amount_fen=TOO_MUCH)]),
        "INVALID_FIELD",
        "income.deductions[0].amount_fen NUMBER_RANGE",
    ),
    "a payment of 2^62": (
        of_payment(amount_fen=TOO_MUCH),
        "INVALID_FIELD",
        "payment.amount_fen NUMBER_RANGE",
    ),
    "a refund of 2^62": (
        of_reversal(lambda s: s.booked, amount_fen=TOO_MUCH),
        "INVALID_FIELD",
        "reversal.amount_fen NUMBER_RANGE",
    ),
    "a cap of 2^62": (
        of_terms(
            parties=[*parties(500_000), paper.party("P1", "jiangsu", 500_000, cap_fen=TOO_MUCH)]
        ),
        "INVALID_FIELD",
        "agreement.parties[1].cap_fen NUMBER_RANGE",
    ),
    "shares that sum to less": (
        of_terms(parties=parties(500_000, 499_999)),
        "INVALID_FIELD",
        "agreement.parties SHARES_SUM",
    ),
    "shares that sum to more": (
        of_terms(parties=parties(500_000, 500_001)),
        "INVALID_FIELD",
        "agreement.parties SHARES_SUM",
    ),
    "a share above the whole": (
        of_terms(parties=parties(4_294_967_295, 1)),
        "INVALID_FIELD",
        "agreement.parties[0].share_ppm NUMBER_RANGE, agreement.parties SHARES_SUM",
    ),
    "a receiver that is no party": (
        of_income(received_by="XX"),
        "PARTY_NOT_IN_AGREEMENT",
        "income.received_by",
    ),
    "a payer that is no party": (of_payment(payer="XX"), "PARTY_NOT_IN_AGREEMENT", "payment.payer"),
    "a payee that is no party": (of_payment(payee="XX"), "PARTY_NOT_IN_AGREEMENT", "payment.payee"),
    "a day before the agreement": (
        of_income(income_date="2025-12-31"),
        "OUTSIDE_AGREEMENT",
        "income.income_date",
    ),
    "a day that has not come": (
        of_income(income_date="2028-01-01"),
        "INVALID_FIELD",
        "income.income_date DATE_IN_FUTURE",
    ),
    "a day that is none": (
        of_income(income_date="2026-02-30"),
        "INVALID_FIELD",
        "income.income_date DATE_FORM",
    ),
    "an instalment that is booked": (of_income(number=1), "INSTALMENT_BOOKED", "income.instalment"),
    "an instalment that is booked, with another amount": (
        of_income(number=1, gross_fen=7),
        "INSTALMENT_BOOKED",
        "income.instalment",
    ),
    "the version of another day": (
        of_version(lambda s: s.versions[1]),
        "OUTSIDE_AGREEMENT",
        "income.income_date",
    ),
    "a version that is not active yet": (
        of_version(lambda s: s.waiting_version),
        "AGREEMENT_NOT_ACTIVE",
        "income.version",
    ),
    "a version of another agreement": (
        of_version(lambda s: s.other_version),
        "AGREEMENT_NOT_ACTIVE",
        "income.version",
    ),
    "a version that is nowhere": (
        of_version(
            lambda _: codec.DocumentRef(
                origin="ydx.example/anhui", leaf_index=999, leaf_hash=bytes(32)
            )
        ),
        "AGREEMENT_NOT_ACTIVE",
        "income.version",
    ),
    "an agreement with a member that has left": (
        of_terms(parties=[paper.party("AH", "anhui", 500_000), paper.party("ZJ", LEFT, 500_000)]),
        "INVALID_FIELD",
        "agreement.parties[1].member MEMBER_LEFT",
    ),
    "an agreement with a signer that has left": (
        of_terms(signers=["anhui", LEFT]),
        "INVALID_FIELD",
        "agreement.signers[1] MEMBER_LEFT",
    ),
    "an agreement with nobody's member": (
        of_terms(signers=["anhui", "nobody"]),
        "INVALID_FIELD",
        "agreement.signers[1] MEMBER_UNKNOWN",
    ),
    "an event on an agreement that has ended": (
        lambda s: ("ProposeIncome", {"agreement": s.ended, "income": income(9, income_date=ENDED)}),
        "AGREEMENT_TERMINATED",
        "income.income_date",
    ),
    "an amendment of an agreement that has ended": (
        lambda s: (
            "AmendAgreement",
            {"name": s.ended, "agreement": paper.agreement(effective_from="2026-11-21")},
        ),
        "AGREEMENT_TERMINATED",
        "agreement",
    ),
    "a second reversal": (of_reversal(lambda s: s.reversed), "ALREADY_REVERSED", "income"),
    "a refund of what was taken back": (
        of_reversal(lambda s: s.reversed, amount_fen=1),
        "ALREADY_REVERSED",
        "income",
    ),
    "a refund above what is left": (
        of_reversal(lambda s: s.booked, amount_fen=100_002),
        "REFUND_EXCEEDS_OUTSTANDING",
        "reversal.amount_fen",
    ),
    "a refund below zero": (
        of_reversal(lambda s: s.booked, amount_fen=-1),
        "INVALID_FIELD",
        "reversal.amount_fen NUMBER_RANGE",
    ),
    "a settlement above the balance": (
        of_payment(amount_fen=30_001),
        "PAYMENT_EXCEEDS_BALANCE",
        "payment.amount_fen",
    ),
    "a settlement by who is owed": (
        of_payment(payer="JS", payee="NETC"),
        "PAYMENT_EXCEEDS_BALANCE",
        "payment.amount_fen",
    ),
    "a settlement of a day before the agreement": (
        of_payment(paid_on="1926-12-01"),
        "OUTSIDE_AGREEMENT",
        "payment.paid_on",
    ),
    "a settlement of nothing": (
        of_payment(amount_fen=0),
        "INVALID_FIELD",
        "payment.amount_fen REQUIRED",
    ),
}

OF_INCOMES: Final = (
    *("a base", "an amount", "the largest", "a deduction", "a receiver", "a day", "an instalment"),
    *("the version", "a version", "an event"),
)
INCOMES: Final = [name for name in BAD if name.startswith(OF_INCOMES)]


def told_of(refusal: CallError) -> tuple[str, str]:
    """Return the reason, and which field it is about by which rule."""
    fields = [f"{one.field} {one.rule}" for one in refusal.broken_rules]
    return refusal.reason, ", ".join(fields) or refusal.metadata.get("field", "")


@pytest.mark.parametrize("bad", BAD)
def test_each_bad_input_has_its_reason_and_nothing_is_written(served: Served, bad: str) -> None:
    make, reason, field = BAD[bad]
    method, fields = make(served)
    before = served.state()
    told = served.desk.refusal(method, **fields)
    assert told_of(told) == (reason, field)
    assert told.code in {"INVALID_ARGUMENT", "FAILED_PRECONDITION"}
    served.desks.world.settle()
    assert served.state() == before


@pytest.mark.parametrize("bad", INCOMES)
def test_one_bad_income_of_a_batch_refuses_all(served: Served, bad: str) -> None:
    """Of two incomes the first is sound: it is not written either."""
    make, reason, field = BAD[bad]
    _, fields = make(served)
    rows = [{"income": income(77)}, {"income": fields["income"]}]
    before = served.state()
    told = served.desk.refusal(
        "BatchProposeIncomes",
        agreement=fields["agreement"],
        incomes=rows,
        request_id=str(uuid4()),
    )
    assert told.reason == reason
    assert told_of(told)[1].removeprefix("incomes[1].").endswith(field)
    served.desks.world.settle()
    assert served.state() == before


@pytest.mark.parametrize("yuan", [1000.5, 100_001.0, float("nan"), float("inf"), -0.0])
def test_an_amount_that_is_a_float_is_no_amount(served: Served, yuan: float) -> None:
    """No client of ours can say one. On the wire it is another type: the field is not set then."""
    number = codec.Income.DESCRIPTOR.fields_by_name["gross_fen"].number
    said = income(9)
    said.ClearField("gross_fen")
    raw = said.SerializeToString() + bytes([number << 3 | FIXED64]) + struct.pack("<d", yuan)
    at = proposals.ProposeIncomeRequest.DESCRIPTOR.fields_by_name["income"].number
    request = proposals.ProposeIncomeRequest(agreement=served.agreement).SerializeToString()
    request += bytes([at << 3 | LENGTH_DELIMITED, len(raw) & 0x7F | 0x80, len(raw) >> 7]) + raw
    assert proposals.ProposeIncomeRequest.FromString(request).income.instalment == "9"
    before = served.state()
    told = served.desk.refusal_of_bytes("ProposeIncome", request)
    assert told_of(told) == ("INVALID_FIELD", "income.gross_fen REQUIRED")
    assert served.state() == before
