"""Reads the details of a failed call, for people: what, why, what to do.

Servers that are no ydx node, and gRPC itself (no connection, deadline, message too large), send no
details; then the code says what there is to say.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import grpc
from google.rpc import error_details_pb2 as details_pb
from google.rpc import status_pb2

from node.rpc.error_table import MEANINGS
from node.rpc.errors import DOMAIN

if TYPE_CHECKING:
    from google.protobuf.message import Message

_TRAILER: Final = "grpc-status-details-bin"
_REASON_OF_CODE: Final = {
    grpc.StatusCode.UNAVAILABLE: "OUT_OF_REACH",
    # A server that stops cancels what its grace does not suffice for, done or not.
    grpc.StatusCode.CANCELLED: "OUT_OF_REACH",
    grpc.StatusCode.RESOURCE_EXHAUSTED: "OVERLOADED",
    grpc.StatusCode.DEADLINE_EXCEEDED: "OVERLOADED",
    grpc.StatusCode.UNIMPLEMENTED: "UNKNOWN_METHOD",
}
_TOO_LARGE: Final = "message larger than max"


@dataclass(frozen=True, slots=True)
class Violation:
    """One field that breaks a rule, as the server tells it.

    A refusal of another reason than INVALID_FIELD names its field in one whose rule is the reason.
    """

    field: str
    rule: str
    text_zh: str
    text_en: str


@dataclass(frozen=True, slots=True)
class CallError:
    """A failed call. `reason` is empty where neither the server nor the code gives one."""

    code: str
    reason: str
    what: str
    cure_zh: str = ""
    cure_en: str = ""
    retry_after_s: float | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    violations: tuple[Violation, ...] = ()

    @property
    def broken_rules(self) -> tuple[Violation, ...]:
        """Return the violations that say more than the error itself."""
        return tuple(one for one in self.violations if one.rule != self.reason)

    def lines(self) -> list[str]:
        """Return the error as lines for a terminal: what, each field, cure."""
        title = f"{self.code} {self.reason}".rstrip()
        fields = [line for v in self.broken_rules for line in (f"  {v.text_en}", f"  {v.text_zh}")]
        cures = [text for text in (self.cure_en, self.cure_zh) if text]
        return [f"{title}: {self.what}", *fields, *(f"→ {text}" for text in cures)]


def read_error(error: grpc.RpcError) -> CallError:
    """Read a failed call. `error` is what a stub raised, and so also a grpc.Call."""
    code = error.code() if isinstance(error, grpc.Call) else grpc.StatusCode.UNKNOWN
    what = (error.details() if isinstance(error, grpc.Call) else None) or str(error)
    status = _status(error)
    info = details_pb.ErrorInfo()
    if _unpack(status, info) and info.domain == DOMAIN:
        reason = info.reason
    elif _TOO_LARGE in what:
        reason = "MESSAGE_TOO_LARGE"
    else:
        reason = _REASON_OF_CODE.get(code, "")
    meaning = MEANINGS.get(reason)
    # The server knows best what to do, and a newer one reasons that this table lacks.
    localized = details_pb.LocalizedMessage()
    _unpack(status, localized)
    retry = details_pb.RetryInfo()
    has_retry = _unpack(status, retry)
    metadata = dict(info.metadata)
    cure_en = metadata.pop("cure", "")
    return CallError(
        code=code.name,
        reason=reason,
        what=what,
        cure_zh=localized.message or (meaning.cure_zh if meaning else ""),
        cure_en=cure_en or (meaning.cure_en if meaning else ""),
        retry_after_s=retry.retry_delay.ToMilliseconds() / 1000 if has_retry else None,
        metadata=metadata,
        violations=_violations(status),
    )


def _status(error: grpc.RpcError) -> status_pb2.Status:
    trailers: Any = error.trailing_metadata() if isinstance(error, grpc.Call) else None
    for key, value in trailers or ():
        if key == _TRAILER and isinstance(value, bytes):
            return status_pb2.Status.FromString(value)
    return status_pb2.Status()


def _unpack(status: status_pb2.Status, detail: Message) -> bool:
    return any(packed.Unpack(detail) for packed in status.details)


def _violations(status: status_pb2.Status) -> tuple[Violation, ...]:
    request = details_pb.BadRequest()
    _unpack(status, request)
    return tuple(
        Violation(v.field, v.reason, v.localized_message.message, v.description)
        for v in request.field_violations
    )
