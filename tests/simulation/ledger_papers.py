"""What members of a simulation write: agreements and incomes, as their users would give them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from federation.ledger import codec
from federation.records.refs import Ref, said_ref

if TYPE_CHECKING:
    from collections.abc import Sequence

CENTER: Final = "center"
SIGNERS: Final = ("anhui", "jiangsu", "zhejiang")
MEMBERS: Final = (*SIGNERS, CENTER)
CODES: Final = {"anhui": "AH", "jiangsu": "JS", "zhejiang": "ZJ", CENTER: "NETC"}


def agreement_of(members: Sequence[str], **changes: Any) -> codec.Agreement:
    """Return an agreement of these members and the center, in equal shares but for the rest."""
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
    changes.pop("cap_fen", None)
    return codec.Agreement(**(said | changes))


def income_of(instalment: str, received_by: str, gross_fen: int = 100_001) -> codec.Income:
    """Return an income under the version in force on its day."""
    contract = Ref("ydx.example/anhui", 0, bytes(32))
    return codec.Income(
        contract=said_ref(contract),
        instalment=instalment,
        kind=codec.IncomeKind.INCOME_KIND_SERVICE_FEE,
        income_date="2026-11-03",
        gross_fen=gross_fen,
        received_by=received_by,
        evidence_sha256=bytes(32),
    )
