"""The arguments of LedgerService: bounds, choices and filters; what is wrong is INVALID_FIELD."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from federation.ledger.journal import EntryKind, Place
from federation.ledger.terms import AMOUNT_MAX_FEN
from federation.records.days import day
from node.rpc.catalogue_arguments import choice, text
from node.services.arguments import invalid
from node.services.ledger.four_eyes import person_of
from node.services.ledger.reading import EntryFilter
from node.storage.ledger_local import Policy
from ydx.exchange.v1 import ledger_pb2

if TYPE_CHECKING:
    from node.services.access import Caller
    from ydx.exchange.v1 import ledger_books_pb2
    from ydx.exchange.v1.ledger_agreements_pb2 import (
        SetAcceptancePolicyRequest,
        SimulateAllocationRequest,
    )
    from ydx.exchange.v1.ledger_pb2 import Agreement

_GENERATION_BYTES: Final = 4
_INDEX_BYTES: Final = 8
_PARTY_MAX: Final = 40


def entry_filter(said: ledger_books_pb2.ListEntriesRequest) -> EntryFilter:
    """Read what ListEntries asks for."""
    first = day_argument(said.from_date, "from_date")
    last = day_argument(said.until_date, "until_date")
    if first and last and last < first:
        raise invalid("from_date", "RANGE_ORDER", first)
    if said.kind and said.kind not in set(EntryKind):
        raise invalid("kind", "NOT_ONE_OF", said.kind, choice=", ".join(EntryKind))
    party = text(said.party, "party")
    if len(party) > _PARTY_MAX:
        raise invalid("party", "TEXT_LENGTH", party, count=len(party), most=_PARTY_MAX)
    return EntryFilter(party=party, kind=said.kind, from_day=first, until_day=last)


def formula_of(said: SimulateAllocationRequest) -> Agreement | None:
    """Return the agreement to simulate; None where one is named."""
    if not said.HasField("agreement"):
        return None
    for field in ("tier_scope", "limit_scope"):
        choice(ledger_pb2.AllocationScope, getattr(said.agreement, field), f"agreement.{field}")
    return said.agreement


def day_argument(value: str, field: str) -> str:
    """Return a day, or "" where any will do."""
    if value and day(value) is None:
        raise invalid(field, "DAY_FORM", value)
    return value


def policy_of(request: SetAcceptancePolicyRequest, caller: Caller) -> Policy | None:
    """Read a policy; None where a person decides all."""
    if not request.HasField("policy"):
        return None
    said = request.policy
    if not 0 <= said.gross_max_fen <= AMOUNT_MAX_FEN:
        raise invalid(
            "policy.gross_max_fen", "AMOUNT_RANGE", said.gross_max_fen, most=AMOUNT_MAX_FEN
        )
    return Policy(
        set_by=person_of(caller),
        incomes=said.incomes,
        gross_max_fen=said.gross_max_fen,
        needs_evidence=said.needs_evidence,
        needs_contract=said.needs_contract,
        reversals=said.reversals,
        payments=said.payments,
    )


def cursor_of(place: Place) -> bytes:
    """Return the place of an entry as a page token holds it."""
    return (
        place.generation.to_bytes(_GENERATION_BYTES)
        + place.leaf_index.to_bytes(_INDEX_BYTES)
        + place.number.to_bytes(_GENERATION_BYTES)
    )


def place_of_cursor(raw: bytes) -> Place:
    """Return the place that a page token holds."""
    end = _GENERATION_BYTES + _INDEX_BYTES
    return Place(
        int.from_bytes(raw[:_GENERATION_BYTES]),
        int.from_bytes(raw[_GENERATION_BYTES:end]),
        int.from_bytes(raw[end:]),
    )


def simulated_incomes(
    request: SimulateAllocationRequest,
) -> list[tuple[int, tuple[tuple[str, int], ...], str]]:
    """Return (gross fen, deductions, day) of the incomes of a simulation."""
    return [
        (
            one.gross_fen,
            tuple((each.name, each.amount_fen) for each in one.deductions),
            one.income_date,
        )
        for one in request.incomes
    ]


def check_present(request: Any, field: str) -> None:
    """Refuse a request without a message that it must have (INVALID_FIELD)."""
    if not request.HasField(field):
        raise invalid(field, "REQUIRED")
