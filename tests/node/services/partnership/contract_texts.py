"""Who contracts in tests, and what they say."""

from __future__ import annotations

from typing import Any, Final

from federation.partnership.codec import Contract, ContractRegistration
from node.services.access import Caller, Role

CLERK: Final = Caller(frozenset({Role.CLERK}), "clerk")
AUDITOR: Final = Caller(frozenset({Role.AUDITOR}), "auditor")
FEDERATION: Final = "ydx.example"
MEMBERS: Final = ("anhui", "center", "jiangsu", "shanghai", "zhejiang")
NOW_S: Final = 1_800_000_000.0
"""2027-01-15."""
BUYER_USCC: Final = "91110000600037341L"
SELLER_USCC: Final = "123400004853941588"
BUYER: Final = "jiangsu"
SELLER: Final = "anhui"
CENTER: Final = "center"
OTHER: Final = "zhejiang"
SIGNED_ON: Final = "2027-01-10"
LISTING_SUBJECT: Final = "01arz3ndektsv4rrffq69g5fav"
MANAGER: Final = f"nodes/{SELLER}/managers/01arz3ndektsv4rrffq69g5fa0"
SERVICE_ORG: Final = f"nodes/{BUYER}/organisations/01arz3ndektsv4rrffq69g5fa1"


def terms(**changed: Any) -> Contract:
    """Return the terms of a contract that may be made."""
    said: Any = Contract()
    said.project_name = "高强铝合金底盘铸件开发"
    said.type = 1
    for side, member, uscc, name, region, nature in (
        (said.buyer, BUYER, BUYER_USCC, "苏州某某制造有限公司", "320500", "100"),
        (said.seller, SELLER, SELLER_USCC, "合肥某某研究所", "340100", "021"),
    ):
        side.member = member
        side.organisation.uscc = uscc
        side.organisation.name = name
        side.country = "CN"
        side.region = region
        side.nature_code = nature
    said.signed_on = SIGNED_ON
    said.valid_from = SIGNED_ON
    said.valid_until = "2028-01-09"
    said.contract_amount_fen = 120_000_000
    said.technical_amount_fen = 90_000_000
    said.payment_modes.append(2)
    for name, value in changed.items():
        setattr(said, name, value)
    return said  # type: ignore[no-any-return] # see above


def amended(amount_fen: int, reason: str = "扩大试制批量") -> Contract:
    """Return the terms with another amount."""
    return terms(contract_amount_fen=amount_fen, amendment_reason=reason)


def registration(state: int, **more: str) -> ContractRegistration:
    """Return a decision of the register."""
    return ContractRegistration(state=state, decided_on=SIGNED_ON, **more)  # type: ignore[arg-type]
