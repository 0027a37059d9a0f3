"""What LedgerService gives to be checked without it: bundles and digests; files for accountants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from federation.ledger.bundle_verification import verify_bundle
from federation.log.errors import Refused
from node.exporting import filling
from tests.federation.ledger import paper
from tests.node.rpc import ledger_desks
from tests.node.rpc.ledger_desks import REGISTRY
from tests.node.services.ledger.ledger_world import MEMBERS, SIGNERS, income

if TYPE_CHECKING:
    from collections.abc import Iterator

from tests.node.rpc.ledger_story import EVIDENCE, Served


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with ledger_desks.ledger_desks(tmp_path_factory.mktemp("desks")) as desks:
        yield Served(desks)


BUNDLE: Final = 6


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


@pytest.mark.parametrize(
    ("method", "field"),
    [
        ("GetAgreement", "name"),
        ("GetBalances", "agreement"),
        ("ListEntries", "agreement"),
        ("ListStatements", "agreement"),
        ("GetNetting", "agreement"),
    ],
)
def test_books_and_how_far_they_go_are_told_of_one_moment(
    served: Served, monkeypatch: pytest.MonkeyPatch, method: str, field: str
) -> None:
    """Of two, balances of one size of the center's log went with another size."""
    desk = served.desk
    begun, read = [], desk.member.database.read

    def counted(**how: bool) -> Any:
        begun.append(how)
        return read(**how)

    monkeypatch.setattr(desk.member.database, "read", counted)
    desk.call(method, **{field: served.agreement})
    assert len(begun) == 1


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
    assert named(1) == f"ledger-{subject}.beancount"


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


@pytest.mark.parametrize(
    ("form", "period", "reason", "rule"),
    [
        (5, "2026-01", "STATEMENT_NOT_FOUND", ""),
        (3, "2026-01", "STATEMENT_NOT_FOUND", ""),
        (5, "foo", "INVALID_FIELD", "MONTH_FORM"),
        (1, "2026-12", "INVALID_FIELD", "WHOLE_BOOKS"),
        (BUNDLE, "2026-12", "INVALID_FIELD", "WHOLE_BOOKS"),
    ],
)
def test_a_period_that_a_file_cannot_have_is_refused(
    served: Served, form: int, period: str, reason: str, rule: str
) -> None:
    asked = {"agreement": served.agreement, "format": form, "period": period}
    told = served.desk.refusal("ExportBooks", **asked)
    assert told.reason == reason
    assert [(one.field, one.rule) for one in told.violations] == (
        [("period", rule)] if rule else []
    )
