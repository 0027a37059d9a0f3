"""What to do where a step or a document is not allowed: in words, and as commands take them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from federation.partnership.steps import StepKind
from federation.partnership.terms import Registration

_STEPS: Final = {
    StepKind.SUBMITTED: ("提交 submit", "submit"),
    StepKind.INFO_REQUESTED: ("要求补充 info_requested", "info_requested"),
    StepKind.INFO_GIVEN: ("补充 info_given", "info_given"),
    StepKind.ACCEPTED: ("接受 accepted", "accepted"),
    StepKind.DECLINED: ("谢绝 declined", "declined"),
    StepKind.INTRODUCED: ("引荐 introduced", "introduced"),
    StepKind.CONTRACTED: ("订立合同 ydx contract create", "ydx contract create"),
    StepKind.NO_DEAL: ("未成交 no_deal", "no_deal"),
    StepKind.CANCELLED: ("撤回 cancelled", "cancelled"),
    StepKind.EXPIRED: ("过期 expired", "expired"),
}
_DOCUMENTS: Final = {
    "contract": ("变更 amend", "amend"),
    "confirmation": ("确认 confirm", "confirm"),
    "registration": ("记录登记 register", "register"),
    "cancellation": ("解除 cancel", "cancel"),
}
_STATES: Final = {
    Registration.ACCEPTED: ("受理 accepted", "accepted"),
    Registration.REGISTERED: ("已登记 registered", "registered"),
    Registration.REFUSED: ("不予登记 refused", "refused"),
    Registration.REVOKED: ("撤销 revoked", "revoked"),
}
_ENDED: Final = (
    "该意向已结束，不再有后续步骤；如需继续，请重新提交意向",
    "The enquiry has ended and takes no more steps; submit a new one to go on",
)
_NOT_OURS: Final = (
    "现在没有本方的步骤；用 ydx enquiry show 查看由谁采取下一步",
    "This side has no step to take now; ydx enquiry show tells whose turn it is",
)
_CANCELLED: Final = (
    "合同已解除，不再有可写的内容",
    "The contract is cancelled: nothing is added to it",
)
_NO_DOCUMENT: Final = (
    "本方现在对该合同没有可写的内容；用 ydx contract show 查看其现状",
    "This side has nothing to add to the contract now; ydx contract show tells how it stands",
)


def of_steps(kinds: Collection[StepKind], *, has_ended: bool) -> tuple[str, str]:
    """Return what a side may do with an enquiry, where it may take one of these steps."""
    if not kinds:
        return _ENDED if has_ended else _NOT_OURS
    return _choose([_STEPS[kind] for kind in StepKind if kind in kinds])


def of_documents(kinds: Sequence[str], *, is_cancelled: bool) -> tuple[str, str]:
    """Return what a side may do with a contract, where it may add one of these documents."""
    if not kinds:
        return _CANCELLED if is_cancelled else _NO_DOCUMENT
    return _choose([_DOCUMENTS[kind] for kind in kinds])


def of_states(states: Sequence[Registration]) -> tuple[str, str]:
    """Return which decisions of the register may be recorded."""
    return _choose([_STATES[state] for state in states])


def _choose(words: Sequence[tuple[str, str]]) -> tuple[str, str]:
    zh, en = "、".join(zh for zh, _ in words), ", ".join(en for _, en in words)
    return f"现在不允许；本方现在可以：{zh}", f"It is not allowed now; this side may: {en}"
