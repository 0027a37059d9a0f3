"""What members of a simulation write: agreements and incomes, as their users would give them."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from federation.ledger import codec
from federation.records.refs import Ref, said_ref

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

CENTER: Final = "center"
SIGNERS: Final = ("anhui", "jiangsu", "zhejiang")
MEMBERS: Final = (*SIGNERS, CENTER)
CODES: Final = {"anhui": "AH", "jiangsu": "JS", "zhejiang": "ZJ", CENTER: "NETC"}


_SCOPES: Final = (
    codec.AllocationScope.ALLOCATION_SCOPE_CALENDAR_YEAR,
    codec.AllocationScope.ALLOCATION_SCOPE_CALENDAR_YEAR,
    codec.AllocationScope.ALLOCATION_SCOPE_AGREEMENT_LIFE,
    codec.AllocationScope.ALLOCATION_SCOPE_PER_EVENT,
)
_TIERS: Final = tuple(
    [codec.AllocationTier(upto_fen=end, rate_ppm=ppm) for end, ppm in told]
    for told in (
        (),
        ((200_000, 900_000), (None, 333_333)),
        ((50_000, 1_000_000), (600_000, 150_000), (None, 15)),
    )
)
"""Some end within a few incomes."""


def agreement_of(members: Sequence[str], **changes: Any) -> codec.Agreement:
    """Return an agreement of these members and the center, in equal shares but for the rest.

    `cap_fen` is the first member's, `floor_fen` the center's.
    """
    share_ppm = 1_000_000 // (len(members) + 1)
    shares = dict.fromkeys(members, share_ppm)
    shares[CENTER] = 1_000_000 - share_ppm * len(members)
    said: dict[str, Any] = {
        "title": "跨区域技术转移服务费分配协议",
        "parties": [
            codec.AgreementParty(
                party=CODES[member],
                member=member,
                role=codec.PartyRole.PARTY_ROLE_OTHER,
                display_name=f"{member} 平台",
                share_ppm=ppm,
                cap_fen=changes.get("cap_fen") if member == members[0] else None,
                floor_fen=changes.get("floor_fen") if member == CENTER else None,
            )
            for member, ppm in shares.items()
        ],
        "base": 3,
        "effective_from": "2026-01-01",
        "effective_to": "2029-01-01",
        "signers": members,
        "center": CENTER,
        "currency": "CNY",
        "rules_version": 1,
    }
    changes = {name: one for name, one in changes.items() if name not in {"cap_fen", "floor_fen"}}
    return codec.Agreement(**(said | changes))


def random_terms(chance: Random) -> dict[str, Any]:
    """Return tiers that add up over a year or else, a cap, and a floor that some incomes miss."""
    return {
        "tiers": chance.choice(_TIERS),
        "tier_scope": chance.choice(_SCOPES),
        "cap_fen": chance.choice([None, 30_000, 150_000]),
        "floor_fen": chance.choice([None, None, 7, 900]),
        "limit_scope": chance.choice(_SCOPES),
    }


def income_of(instalment: str, received_by: str, gross_fen: int = 100_001) -> codec.Income:
    """Return an income under the version in force on its day, with its instalment's own invoice."""
    invoice = sha256(instalment.encode()).digest()
    contract = Ref("ydx.example/anhui", invoice[0], bytes(32))
    return codec.Income(
        contract=said_ref(contract),
        instalment=instalment,
        kind=codec.IncomeKind.INCOME_KIND_SERVICE_FEE,
        income_date="2026-11-03",
        gross_fen=gross_fen,
        received_by=received_by,
        evidence_sha256=invoice,
    )
