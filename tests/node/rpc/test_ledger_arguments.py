"""Whatever a caller sends, LedgerService answers it or names what is wrong, and writes nothing.

Each RPC is called at random from its descriptor, and with a sound request that has one field wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import pytest
from google.protobuf.message_factory import GetMessageClass
from hypothesis import HealthCheck, given, settings

from federation.ledger import codec
from federation.ledger.documents import Document
from federation.records.refs import read_ref
from node.rpc.error_table import MEANINGS
from node.rpc.exchange_client import CallFailedError
from node.rpc.ledger_arguments import entry_filter
from node.services.document_names import PROPOSALS, DocumentName
from node.services.errors import InvalidFields
from node.services.ledger import reading
from tests.federation.ledger import paper
from tests.node.rpc.ledger_desks import Desks, ledger_desks
from tests.node.rpc.random_requests import bent, fields_of, is_path
from tests.node.rpc.serving import LEDGER
from tests.node.services.ledger.ledger_world import income
from ydx.exchange.v1.ledger_books_pb2 import ListEntriesRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from node.rpc.client_errors import CallError

APPROVED: Final = frozenset({
    "AcceptProposals", "RejectProposal", "AcceptStatement", "SetAcceptancePolicy",
})  # fmt: skip
UNNAMED: Final = frozenset({"RECORD_NOT_FOUND", "BOOKS_WAIT", "ALREADY_DECIDED"})
"""Reasons that tell by themselves which field is wrong, or that none is."""
METHODS: Final = [one.name for one in LEDGER.methods]
PERIOD: Final = "2026-11"
DIGEST: Final = bytes(32)
REQUEST_ID: Final = "00000000-0000-4000-8000-000000000000"


class Served:
    """Three desks with an agreement that has seen everything, and what exists there."""

    def __init__(self, desks: Desks) -> None:
        self.desk = desks["anhui"]
        self.world = world = desks.world
        self.agreement = world.open(deductions=["增值税"])
        self.booked = world.book(self.agreement)
        self.open = [world.propose(self.agreement, number) for number in (2, 3)]
        self.digest = desks.close_period(self.agreement, PERIOD).digest
        self.center = desks["center"]
        self.acceptance = self._acceptance(world.propose(self.agreement, 4))
        world.send()
        page = self.desk.call("ListProposals", agreement=self.agreement, page_size=2)
        self.token = page.next_page_token
        self.refs = [one.ref for one in page.proposals]
        self.leaf_index = (
            self.desk.call("ListEntries", agreement=self.agreement).entries[0].leaf_index
        )
        self.known = self._known()
        self.sound = {**self._sound_writes(), **self._sound_reads()}

    def _acceptance(self, name: str) -> str:
        """Accept a proposal; return what the acceptance would be called, if it were one."""
        ref = read_ref(self.desk.call("AcceptProposals", "approver", names=[name]).ref)
        with self.desk.member.database.read() as tx:
            told = reading.document(tx, ref)
        assert isinstance(told, Document)
        return str(DocumentName("anhui", PROPOSALS, told.subject))

    def _known(self) -> dict[str, list[Any]]:
        names = [self.agreement, self.booked, *self.open, self.acceptance]
        terms = paper.agreement(title="随机协议")
        return {
            "name": names,
            "names": names,
            "agreement": names,
            "income": names,
            "Agreement": [terms],
            "AgreementParty": [*terms.parties],
            "Income": [income(9)],
            "DocumentRef": self.refs,
            "party": ["AH", "JS"],
            "payer": ["AH"],
            "payee": ["JS"],
            "period": [PERIOD, "2026-12"],
            "digest": [self.digest],
            "evidence_sha256": [DIGEST],
            "reason": ["数据有误"],
            "request_id": [REQUEST_ID],
            "page_token": [self.token],
            "peer": ["jiangsu"],
            "leaf_index": [self.leaf_index],
            "kind": ["INCOME"],
        }

    def _sound_writes(self) -> dict[str, dict[str, Any]]:
        """Return a request of each writing method, with every field that it can have."""
        rest = {"request_id": REQUEST_ID, "ack": 1}
        tried = {**rest, "validate_only": True}
        parties = [
            paper.party("AH", "anhui", 500_000, cap_fen=10**9, payee_account="对公账户摘要"),
            paper.party("JS", "jiangsu", 300_000, floor_fen=1),
            paper.party("NETC", "center", 200_000),
        ]
        terms = paper.agreement(
            parties=parties,
            deductions=["增值税"],
            tiers=[
                codec.AllocationTier(upto_fen=10**9, rate_ppm=900_000),
                codec.AllocationTier(rate_ppm=800_000),
            ],
            tier_scope=2,
            limit_scope=3,
            remainder_to="NETC",
            excess_to="JS",
            signers_required=2,
            countersign_ttl_s=86_400,
        )
        later = paper.agreement(effective_from="2027-06-01")
        deductions = [codec.Deduction(name="增值税", amount_fen=1)]
        said = income(5, evidence_sha256=DIGEST, deductions=deductions)
        shown = self.desk.call("GetAgreement", name=self.agreement).agreement
        said.version.CopyFrom(shown.first)
        return {
            "CreateAgreement": {"agreement": terms, **tried},
            "AmendAgreement": {"name": self.agreement, "agreement": later, **tried},
            "TerminateAgreement": {
                "name": self.agreement,
                "termination": {"effective_to": "2027-12-01", "reason": "合作结束"},
                **tried,
            },
            "ProposeIncome": {"agreement": self.agreement, "income": said, **tried},
            "BatchProposeIncomes": {
                "agreement": self.agreement,
                "incomes": [{"income": said}],
                **tried,
            },
            "ProposeReversal": {
                "income": self.booked,
                "reversal": {
                    "amount_fen": 100,
                    "reversal_date": "2026-12-01",
                    "reason": "退款",
                    "evidence_sha256": DIGEST,
                },
                **tried,
            },
            "ProposePayment": {
                "agreement": self.agreement,
                "payment": {
                    "payer": "AH",
                    "payee": "JS",
                    "amount_fen": 100,
                    "paid_on": "2026-12-01",
                    "evidence_sha256": DIGEST,
                },
                **tried,
            },
            "AcceptProposals": {"names": self.open[:1], **rest},
            "RejectProposal": {"name": self.open[1], "reason": "金额有误", **rest},
            "DisputeIncome": {
                "name": self.booked,
                "reason": "金额有误",
                "is_over": False,
                "request_id": REQUEST_ID,
            },
            "AcceptStatement": {
                "agreement": self.agreement,
                "period": PERIOD,
                "digest": self.digest,
                "request_id": REQUEST_ID,
            },
            "ClosePeriod": {
                "agreement": self.agreement, "period": "2026-12", "request_id": REQUEST_ID,
            },
        }  # fmt: skip

    def _sound_reads(self) -> dict[str, dict[str, Any]]:
        agreement = {"agreement": self.agreement}
        terms = paper.agreement(deductions=["增值税"])
        page = {"page_size": 2, "page_token": self.token}
        policy = {"incomes": True, "gross_max_fen": 100, "needs_evidence": True}
        return {
            "SetAcceptancePolicy": {"name": self.agreement, "policy": policy},
            "SimulateAllocation": {
                "agreement": terms,
                "incomes": [
                    {
                        "gross_fen": 100,
                        "deductions": [{"name": "增值税", "amount_fen": 1}],
                        "income_date": "2026-11-03",
                    }
                ],
            },
            "GetAgreement": {"name": self.agreement},
            "ListAgreements": {"state": 2, "page_size": 1},
            "GetProposal": {"name": self.booked},
            "ListProposals": {**agreement, **page},
            "ListEntries": {
                **agreement,
                "party": "JS",
                "kind": "INCOME",
                "from_date": "2026-11-01",
                "until_date": "2026-11-30",
                "page_size": 1,
            },
            "GetBalances": {**agreement, "value_date": "2026-11-30", "known_size": 9},
            "ListStatements": agreement,
            "GetNetting": {**agreement, "mode": 2},
            "GetAuditTrail": {**agreement, "leaf_index": self.leaf_index},
            "ExportBooks": {**agreement, "format": 3, "period": PERIOD},
            "ReconcileBooks": {**agreement, "peer": "jiangsu"},
        }

    def request(self, method: str) -> Any:
        """Return a sound request."""
        kind = GetMessageClass(LEDGER.methods_by_name[method].input_type)
        return kind(**self.sound[method])

    def error(self, method: str, fields: dict[str, Any]) -> CallError | None:
        """Call; return the error, if there is one. Then nothing may be written."""
        desk = self.center if method == "ClosePeriod" else self.desk
        who = "approver" if method in APPROVED else "clerk"
        size = desk.size()
        try:
            if method == "ExportBooks":
                desk.file(who, **fields)
            else:
                desk.call(method, who, **fields)
        except CallFailedError as failure:
            assert desk.size() == size, "a refused call has written"
            return failure.call
        if fields.get("validate_only"):
            assert desk.size() == size
        return None


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with ledger_desks(tmp_path_factory.mktemp("desks")) as desks:
        yield Served(desks)


def check_told(told: CallError, method: str) -> None:
    """Check that an error is typed, and that what it names are fields of the request."""
    assert told.reason in MEANINGS, told
    assert told.code not in {"INTERNAL", "UNKNOWN"}, told
    assert bool(told.violations) == (told.code == "INVALID_ARGUMENT"), told
    for one in told.violations:
        assert is_path(LEDGER.methods_by_name[method].input_type, one.field), told
    for one in told.broken_rules:
        assert one.text_en.startswith(one.field), told
        assert one.text_zh.startswith(one.field), told


@pytest.mark.parametrize("method", METHODS)
def test_a_field_that_is_wrong_is_named(served: Served, method: str) -> None:
    refused = set()
    for path, request in bent(served.request(method)):
        fields = {field.name: value for field, value in request.ListFields()}
        if path != "request_id" and "request_id" in fields:
            fields["request_id"] = str(uuid4())
        told = served.error(method, fields)
        if told is None:
            continue
        refused.add(path)
        check_told(told, method)
        if told.violations:
            named = [one.field for one in told.violations]
            assert any(is_about(one, path) for one in named) or path == "agreement", told
        else:
            assert told.reason in UNNAMED or told.metadata.get("field"), told
    assert refused


def is_about(named: str, bent_path: str) -> bool:
    """Say whether one field is the other, or in it."""
    return named.startswith(bent_path) or bent_path.startswith(named)


@pytest.mark.parametrize("method", METHODS)
def test_no_argument_is_an_internal_error(served: Served, method: str) -> None:
    @settings(
        max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(fields=fields_of(LEDGER.methods_by_name[method].input_type, served.known))
    def fuzz(fields: dict[str, Any]) -> None:
        told = served.error(method, fields)
        if told is not None:
            check_told(told, method)

    fuzz()


@pytest.mark.parametrize(
    ("method", "fields", "field"),
    [
        ("CreateAgreement", {}, "agreement"),
        ("AmendAgreement", {"agreement": {}}, "name"),
        ("TerminateAgreement", {}, "termination"),
        ("TerminateAgreement", {"termination": {}}, "name"),
        ("ProposeIncome", {}, "income"),
        ("ProposeReversal", {}, "reversal"),
        ("ProposePayment", {}, "payment"),
        ("AcceptProposals", {"names": ["nodes/anhui/contracts/" + "0" * 26]}, "names[0]"),
        ("SimulateAllocation", {"agreement": paper.agreement()}, "incomes"),
        (
            "SimulateAllocation",
            {"agreement": paper.agreement(effective_from="x"), "incomes": [{"gross_fen": 1}]},
            "agreement.effective_from",
        ),
        ("ExportBooks", {}, "format"),
        ("ListEntries", {"kind": "income"}, "kind"),
        ("ListEntries", {"party": "A" * 41}, "party"),
        ("ListEntries", {"from_date": "2026-12-01", "until_date": "2026-11-30"}, "from_date"),
    ],
)
def test_what_is_missing_is_named(
    served: Served, method: str, fields: dict[str, Any], field: str
) -> None:
    told = served.error(method, fields)
    assert told is not None
    assert [one.field for one in told.violations] == [field]


def test_what_is_no_proposal_is_none(served: Served) -> None:
    name = served.acceptance
    assert served.desk.refusal("GetProposal", name=name).reason == "RECORD_NOT_FOUND"
    told = served.desk.refusal("RejectProposal", "approver", name=name, reason="金额有误")
    assert [(one.field, one.rule) for one in told.violations] == [("name", "NOT_A_PROPOSAL")]
    told = served.desk.refusal("AcceptProposals", "approver", names=[name])
    assert [(one.field, one.rule) for one in told.violations] == [("names", "NOT_A_PROPOSAL")]
    assert served.desk.refusal("DisputeIncome", name=name, reason="x").reason == "INCOME_NOT_BOOKED"


def test_a_member_that_is_none_is_named_where_it_stands(served: Served) -> None:
    said = paper.agreement(signers=["anhui", "nobody"])
    said.parties[1].member = "nobody"
    told = served.desk.refusal("CreateAgreement", agreement=said)
    assert [one.field for one in told.violations] == [
        "agreement.parties[1].member", "agreement.signers[1]",
    ]  # fmt: skip


def test_simulated_amounts_are_those_that_books_can_hold(served: Served) -> None:
    said = paper.agreement(parties=[paper.party("AH", "anhui", 1_000_000)])
    most = [{"gross_fen": (1 << 60) - 1}, {"gross_fen": 1}, {"gross_fen": 2**62 - 1}] * 2
    told = served.desk.call("SimulateAllocation", agreement=said, incomes=most)
    assert [one.reason for one in told.allocations] == ["", *["AMOUNT_OUT_OF_RANGE"] * 5]
    assert [one.amount_fen for one in told.totals] == [(1 << 60) - 1]


def test_a_period_that_nobody_could_read_is_not_closed(served: Served) -> None:
    agreement = served.world.open(title="另一份协议")
    for period in ("1899-12", "0000-01", "9999-12", "2026-00", "１２-01"):
        told = served.center.refusal("ClosePeriod", agreement=agreement, period=period)
        assert told.reason in {"INVALID_FIELD", "PERIOD_NOT_OPEN"}, period


def test_an_amendment_tells_what_was_stored_otherwise(served: Served) -> None:
    said = paper.agreement(title="协议１２３", effective_from="2027-06-01")
    made = served.desk.call(
        "AmendAgreement", name=served.agreement, agreement=said, validate_only=True
    )
    assert [one.field for one in made.warnings] == ["agreement.title"]


def test_the_entries_of_one_day_are_asked_for_by_it_alone() -> None:
    day = "2026-11-03"
    which = entry_filter(ListEntriesRequest(from_date=day, until_date=day))
    assert (which.from_day, which.until_day) == (day, day)
    with pytest.raises(InvalidFields):
        entry_filter(ListEntriesRequest(from_date="2026-11-04", until_date=day))
