"""What LedgerService gives to be checked without it: bundles, digests and trails with receipts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from federation.ledger.bundle_verification import verify_bundle
from federation.ledger.terms import Party
from federation.log.errors import Refused
from federation.records.refs import Ref, read_ref
from federation.trust.proven_receipt import prove_receipts
from node.exporting import filling
from node.services.catalogue.records import LISTING
from node.services.ledger.trails import _clause
from tests.federation.ledger import paper
from tests.node.rpc import ledger_desks
from tests.node.rpc.ledger_desks import REGISTRY, Desks, note_over
from tests.node.services.ledger.ledger_world import MEMBERS, SIGNERS, income
from tests.node.services.own_node import PLATFORM, supply
from tests.node.services.partnership.contract_partners import Partners

if TYPE_CHECKING:
    from collections.abc import Iterator

    from node.services.catalogue.receipts import PublishableNote
    from tests.node.services.ledger.ledger_world import LedgerMember

BUNDLE: Final = 6
EVIDENCE: Final = bytes(range(32))
END: Final = ["income", "agreement", "contract", "enquiry", "introduction", "listing"]
"""How every trail of an income goes on; managers are named between."""
START: Final = ["posting", "outcome", "acceptance", "acceptance"]


class Served:
    """An agreement whose incomes come from a contract, an enquiry and a listing."""

    def __init__(self, desks: Desks) -> None:
        self.desks = desks
        world, self.desk = desks.world, desks["anhui"]
        anhui = world["anhui"].party
        made = anhui.publishing.publish(PLATFORM, LISTING, supply(), anhui.options()).record
        parties = {name: one.party for name, one in world.members.items()}
        self.partners = partners = Partners(parties, sync_world=world.send)
        partners.listing_hash = bytes.fromhex(made.info.etag.strip('"'))
        world.send()
        self.contract = partners.contract()
        self.agreement = world.open()
        self.first = self.income(1)
        self._book(
            "ProposeReversal",
            income=self.first,
            reversal={"reversal_date": "2026-12-04", "reason": "退款"},
        )
        corrects = self.desk.call("GetProposal", name=self.first).proposal.ref
        self.income(1, gross_fen=90_001, corrects=corrects, evidence_sha256=EVIDENCE)
        paid = {
            "payer": "AH",
            "payee": "JS",
            "amount_fen": 12_345,
            "paid_on": "2026-12-05",
            "evidence_sha256": EVIDENCE,
        }
        self._book("ProposePayment", agreement=self.agreement, payment=paid)
        statement = desks.close_period(self.agreement, "2026-12")
        self.desk.call(
            "AcceptStatement",
            "approver",
            agreement=self.agreement,
            period="2026-12",
            digest=statement.digest,
        )
        world.send()
        self.entries = self.desk.call("ListEntries", agreement=self.agreement).entries

    def income(self, number: int, **changes: Any) -> str:
        """Book an income of the contract; return its name."""
        said = income(number, **changes)
        return self._book(
            "ProposeIncome", agreement=self.agreement, contract=self.contract, income=said
        )

    def _book(self, method: str, **fields: Any) -> str:
        name = str(self.desk.call(method, **fields).proposal.name)
        self.desks.world.send()
        self.desks.accept(name)
        return name

    def trail(self, number: int, at: str = "anhui") -> Any:
        """Return the trail of the entry of that number."""
        entry = self.entries[number]
        return self.desks[at].call(
            "GetAuditTrail",
            agreement=self.agreement,
            leaf_index=entry.leaf_index,
            number=entry.number,
        )


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with ledger_desks.ledger_desks(tmp_path_factory.mktemp("desks")) as desks:
        yield Served(desks)


def what(trail: Any) -> list[str]:
    """Return the stations of a trail, without managers."""
    return [step.what for step in trail.steps if step.what != "manager"]


@pytest.mark.parametrize(
    ("number", "kind", "stations"),
    [
        (0, "INCOME", [*START, *END]),
        (1, "REVERSAL", [*START, "reversal", *END]),
        (2, "INCOME", [*START, "income", "corrected", *END[1:]]),
        (3, "PAYMENT", [*START, "payment", "agreement"]),
    ],
)
def test_a_fen_is_followed_back_with_a_receipt_of_each_station(
    served: Served, number: int, kind: str, stations: list[str]
) -> None:
    assert served.entries[number].kind == kind
    trail = served.trail(number)
    assert what(trail) == stations
    held = [step for step in trail.steps if step.HasField("ref")]
    assert all(step.held for step in held)
    assert "not held" not in " ".join(step.text_en for step in held)
    proven = prove_receipts(REGISTRY, trail.receipts)
    assert all(one.is_confirmed for one in proven)
    refs = [Ref(one.checkpoint.origin, one.leaf_index, one.leaf_hash) for one in proven]
    assert refs == [read_ref(step.ref) for step in held]
    assert all(one.opened[0].content for one in proven)


def test_a_corrected_income_is_that_which_was_taken_back(served: Served) -> None:
    steps = {step.what: step for step in served.trail(2).steps}
    assert steps["corrected"].ref == served.entries[0].proposal
    assert "1,000.01 yuan" in steps["corrected"].text_en
    assert steps["income"].ref == served.entries[2].proposal
    decided = {one.party: one.amount_fen for one in steps["outcome"].decisions}
    assert decided.keys() == {"AH", "JS", "NETC"}


def test_a_payment_and_an_income_tell_yuan_and_their_evidence(served: Served) -> None:
    paid = {step.what: step for step in served.trail(3).steps}["payment"]
    assert paid.text_zh == f"2026-12-05 AH 付给 JS 123.45 元，凭证摘要 {EVIDENCE.hex()}"
    assert paid.text_en == f"AH paid JS 123.45 yuan on 2026-12-05, evidence {EVIDENCE.hex()}"
    first, _, corrected = (
        {step.what: step for step in served.trail(number).steps}["income"] for number in range(3)
    )
    assert "evidence" not in first.text_en
    assert corrected.text_zh.endswith(f"第 1 期，凭证摘要 {EVIDENCE.hex()}")


def test_a_reversal_tells_its_day_its_yuan_its_reason_and_its_evidence(served: Served) -> None:
    whole = next(one for one in served.trail(1).steps if one.what == "reversal")
    assert whole.text_zh == "2026-12-04 冲销剩余全部：退款"
    assert whole.text_en == "reversal of all that is left on 2026-12-04: 退款"
    said = {
        "amount_fen": 1_001,
        "reversal_date": "2026-12-06",
        "reason": "折让\n部分",
        "evidence_sha256": EVIDENCE,
    }
    served._book("ProposeReversal", income=served.income(21), reversal=said)
    entry = served.desk.call("ListEntries", agreement=served.agreement).entries[-1]
    place = {"leaf_index": entry.leaf_index, "number": entry.number}
    trail = served.desk.call("GetAuditTrail", agreement=served.agreement, **place)
    part = next(one for one in trail.steps if one.what == "reversal")
    assert part.text_zh == f"2026-12-06 冲销 10.01 元：折让 部分，凭证摘要 {EVIDENCE.hex()}"
    assert part.text_en == (
        f"reversal of 10.01 yuan on 2026-12-06: 折让 部分, evidence {EVIDENCE.hex()}"
    )


def test_files_for_accountants_name_payments_and_evidence(served: Served) -> None:
    for form, told in (
        (1, f'evidence: "{EVIDENCE.hex()}"'),
        (2, f"; evidence: {EVIDENCE.hex()}"),
        (3, f",AH → JS,{EVIDENCE.hex()}"),
        (5, f"凭证 Evidence {EVIDENCE.hex()}"),
    ):
        text = served.desk.file(agreement=served.agreement, format=form).decode()
        assert told in text
        assert form == 3 or "AH 付给 JS" in text


def test_what_a_member_does_not_hold_is_named_without_a_receipt(served: Served) -> None:
    trail = served.trail(0, "center")
    assert what(trail) == [*START, *END]
    refs = {step.what: step for step in trail.steps}
    assert not refs["enquiry"].held
    assert not refs["introduction"].held
    held = [step for step in trail.steps if step.held and step.HasField("ref")]
    assert len(prove_receipts(REGISTRY, trail.receipts)) == len(held)


def test_a_listing_that_is_not_the_one_enquired_about_is_not_held(served: Served) -> None:
    served.partners.listing_hash = bytes(32)
    served.contract = served.partners.contract()
    served.income(7)
    *_, entry = served.desk.call("ListEntries", agreement=served.agreement).entries
    trail = served.desk.call(
        "GetAuditTrail", agreement=served.agreement, leaf_index=entry.leaf_index
    )
    assert [step.held for step in trail.steps if step.what == "listing"] == [False]


def test_a_trail_is_told_while_no_checkpoint_covers_a_part_of_it(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = prove_receipts(REGISTRY, served.trail(0).receipts)

    def covering(member: LedgerMember, origin: str, leaf_index: int) -> PublishableNote | None:
        covers = origin != "ydx.example/jiangsu"
        return note_over(member, origin, leaf_index) if covers else None

    monkeypatch.setattr(ledger_desks, "note_over", covering)
    trail = served.trail(0)
    assert what(trail) == [*START, *END]
    left = prove_receipts(REGISTRY, trail.receipts)
    assert [one.member for one in left] == [one.member for one in whole if one.member != "jiangsu"]


def test_both_signers_have_the_digest_that_their_bundles_prove(served: Served) -> None:
    served.desks.world.send()
    proven = set()
    for name in MEMBERS:
        desk = served.desks[name]
        shown = desk.call("GetAgreement", name=served.agreement).agreement.books
        found = verify_bundle(desk.file(agreement=served.agreement, format=BUNDLE), REGISTRY)
        assert found.is_confirmed, found.differences
        assert found.found is not None
        assert (found.found.state_digest, found.claimed.center_size) == (
            shown.state_digest,
            shown.center_size,
        )
        proven.add((shown.state_digest, shown.center_size, shown.closed_through))
    assert len(proven) == 1
    told = served.desk.call("ReconcileBooks", agreement=served.agreement, peer="jiangsu")
    assert (told.equal, told.complete, len(told.differences)) == (True, True, 0)


def test_the_bundle_of_an_agreement_that_waits_for_its_signers_differs_in_nothing(
    served: Served,
) -> None:
    said = paper.agreement(title="另一份协议")
    name = served.desk.call("CreateAgreement", agreement=said).agreement.name
    served.desks.world.send()
    found = verify_bundle(served.desk.file(agreement=name, format=BUNDLE), REGISTRY)
    assert (found.differences, found.provisional) == ((), (found.claimed.center,))


def test_no_byte_of_a_bundle_can_be_changed_unnoticed(served: Served) -> None:
    raw = served.desk.file(agreement=served.agreement, format=BUNDLE)
    head = raw.index(b"\n\n")
    places = st.one_of(st.integers(0, head), st.integers(0, len(raw) - 1))

    @settings(
        max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(at=places, by=st.integers(1, 255))
    def change(at: int, by: int) -> None:
        bent = raw[:at] + bytes((raw[at] ^ by,)) + raw[at + 1 :]
        try:
            found = verify_bundle(bent, REGISTRY)
        except Refused as refusal:
            assert refusal.reason == "MALFORMED_RECEIPT"  # noqa: PT017 - most are no bundle
        else:
            assert found.differences, at

    change()


def test_a_partner_gets_no_bundle(served: Served) -> None:
    told = served.desk.refusal("ExportBooks", "manager", agreement=served.agreement, format=BUNDLE)
    assert told.reason == "ROLE_MISSING"


def test_a_view_that_lags_tells_the_size_that_it_has_folded(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two members that are told different digests at one size would suspect each other."""
    world = served.desks.world
    behind = world["jiangsu"]
    name = served.desk.call(
        "ProposeIncome", agreement=served.agreement, contract=served.contract, income=income(8)
    ).proposal.name
    world.send()
    world.accept(name)
    with monkeypatch.context() as patched:
        patched.setattr(behind, "fold", lambda: None)
        world.settle()
        told = {}
        for member in SIGNERS:
            desk = served.desks[member]
            books = desk.call("GetAgreement", name=served.agreement).agreement.books
            raw = desk.file(agreement=served.agreement, format=BUNDLE)
            claimed = verify_bundle(raw, REGISTRY)
            assert claimed.is_confirmed
            assert claimed.claimed.center_size == books.center_size
            told[member] = books
        assert told["jiangsu"].center_size < told["anhui"].center_size
    behind.fold()
    caught_up = served.desks["jiangsu"].call("GetAgreement", name=served.agreement)
    assert caught_up.agreement.books.state_digest == told["anhui"].state_digest


def test_the_files_of_two_statements_and_of_the_journal_have_their_own_names(
    served: Served,
) -> None:
    def named(form: int, period: str = "") -> str:
        pieces = served.desk._client("clerk").stream(
            "ExportBooks", agreement=served.agreement, format=form, period=period
        )
        first, *_ = pieces
        return str(first.file_name)

    subject = served.agreement.rpartition("/")[2]
    assert named(3) == f"ledger-{subject}.csv"
    assert named(3, "2026-12") == f"ledger-{subject}-2026-12.csv"
    assert named(5) == named(5, "2026-12") == f"ledger-{subject}-2026-12.html"
    assert named(1, "2026-12") == f"ledger-{subject}.beancount"


def test_a_statement_says_that_more_is_open_than_it_lists(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "There are more open items than these"
    for number in (31, 32):
        asked = {"agreement": served.agreement, "contract": served.contract}
        served.desk.call("ProposeIncome", income=income(number), **asked)
        served.desks.world.send()
    for most, is_said in ((1, True), (2, False)):
        monkeypatch.setattr(filling, "_OPEN_MAX", most)
        text = served.desk.file(agreement=served.agreement, format=5).decode()
        assert (said in text) is is_said


def test_who_is_settled_stands_at_nothing_in_the_balances_of_any_size(served: Served) -> None:
    desk, asked = served.desk, {"agreement": served.agreement}
    for one in desk.call("GetNetting", **asked).payments:
        paid = {
            "payer": one.payer,
            "payee": one.payee,
            "amount_fen": one.amount_fen,
            "paid_on": "2026-12-30",
            "evidence_sha256": EVIDENCE,
        }
        served._book("ProposePayment", payment=paid, **asked)
    told = desk.call("GetBalances", **asked)
    assert {one.party: one.net_fen for one in told.positions} == {"AH": 0, "JS": 0, "NETC": 0}
    as_of = desk.call("GetBalances", known_size=told.state.center_size, **asked)
    assert {one.party for one in as_of.positions} == {one.party for one in told.positions}
    assert list(as_of.lines) == list(told.lines)
    assert all(one.debit_fen or one.credit_fen for one in told.lines)


def test_a_trail_tells_the_clause_that_was_in_force(served: Served) -> None:
    step = next(one for one in served.trail(0).steps if one.what == "agreement")
    assert step.text_zh.endswith("》，2026-01-01 起 2028-01-01 前有效：AH 50%，JS 30%，NETC 20%")
    assert step.text_en.endswith("before 2028-01-01: AH 50%, JS 30%, NETC 20%")
    bounded = Party("TM-7", 33_500, cap_fen=5_000_000, floor_fen=0)
    assert _clause(bounded, "（至多 {} 元）", "（至少 {} 元）") == (
        "TM-7 3.35%（至多 50,000.00 元）（至少 0.00 元）"
    )
