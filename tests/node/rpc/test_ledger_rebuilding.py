"""While the ledger is rebuilt every RPC says so and when to come again: none says not found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from node.services.ledger import rebuilding
from node.services.ledger.view import LedgerView
from tests.node.rpc.ledger_desks import ledger_desks
from tests.node.rpc.test_ledger_arguments import APPROVED, METHODS, Served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from node.rpc.client_errors import CallError

READS: Final = {
    "GetAgreement", "ListAgreements", "GetProposal", "ListProposals", "ListEntries", "GetBalances",
    "ListStatements", "GetNetting", "GetAuditTrail",
}  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with ledger_desks(tmp_path_factory.mktemp("desks")) as desks:
        yield Served(desks)


def refusal(served: Served, method: str, fields: dict[str, Any]) -> CallError:
    """Call as who may; return why nothing is told. Nothing may be written then."""
    desk = served.center if method == "ClosePeriod" else served.desk
    return desk.refusal(method, "approver" if method in APPROVED else "clerk", **fields)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_says_that_the_ledger_is_being_rebuilt(
    served: Served, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tables are dropped, and nothing is taken in yet."""
    fields = dict(served.sound[method])
    if method == "SimulateAllocation":
        fields = {"name": served.agreement, "incomes": fields["incomes"]}
    fields.pop("page_token", None)
    with monkeypatch.context() as patched:
        for member in served.world.members.values():
            member.view._position = member.view._kept = member.view._anew()
        patched.setattr(LedgerView, "step", lambda _view: False)
        patched.setattr(LedgerView, "catch_up", lambda _view, _within_s: None)
        told = refusal(served, method, fields)
        again = refusal(served, method, fields)
    assert (told.reason, told.code) == ("BOOKS_REBUILDING", "UNAVAILABLE"), told
    assert told.retry_after_s == rebuilding.RETRY_AFTER_S
    assert (again.reason, again.code) == (told.reason, told.code)
    served.world.send()
    if method in READS:
        desk = served.desk
        assert desk.call(method, **fields) is not None


def test_a_formula_that_is_given_whole_needs_no_ledger(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "FOLD_VERSION", "another")
    assert served.desk.call("SimulateAllocation", **served.sound["SimulateAllocation"]).totals
