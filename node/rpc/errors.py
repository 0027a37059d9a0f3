"""Every failure on the wire is a google.rpc.Status (AIP-193).

Rules:

- ErrorInfo{reason, domain "exchange.ydx", metadata} and LocalizedMessage (the cure in Chinese) are
  always there; metadata holds `cure`, the same in English. RetryInfo, PreconditionFailure and
  ResourceInfo come where they apply; each type at most once.
- INVALID_ARGUMENT always has a BadRequest. Of INVALID_FIELD it tells every violation; of any other
  reason it names the one field, the metadata's `field`, whose violation has the reason itself.
- The status stays under what HTTP/2 peers take as trailers (8 KiB): texts are cut, and where not
  all field violations fit, metadata `violations` says how many there are.
- What we did not expect is INTERNAL with an id. The log line of that id names the type and the
  place of the fault; neither it nor the wire carries the exception's text, since that can hold
  what somebody sent.
"""

from __future__ import annotations

import secrets
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import structlog
from google.protobuf import any_pb2
from google.rpc import error_details_pb2 as details_pb
from google.rpc import status_pb2
from grpc_status import rpc_status

from federation.log.errors import Refused, YdxError
from node.rpc.error_table import INTERNAL, MEANINGS, Meaning
from node.services.errors import InvalidFields

if TYPE_CHECKING:
    from collections.abc import Iterator

    import grpc
    from google.protobuf.message import Message

DOMAIN: Final = "exchange.ydx"
WHOLE_REQUEST: Final = "request"
"""The field of what is wrong where no field can be told, as of bytes that are no message."""
RETRY_AFTER_S: Final = 1.0
"""What RetryInfo states, unless the error's metadata says `retry_after_s`."""

_INVALID_ARGUMENT: Final = "INVALID_ARGUMENT"
_TEXT_CHARS_MAX: Final = 200
_DETAILS_BYTES_MAX: Final = 4000
_log: Any = structlog.get_logger(__name__)


def error_status(error: YdxError) -> status_pb2.Status:
    """Return the google.rpc.Status of an error."""
    meaning = MEANINGS.get(error.reason, INTERNAL)
    status = status_pb2.Status(code=meaning.code.value[0], message=_cut(error.what))
    info = details_pb.ErrorInfo(reason=error.reason, domain=DOMAIN)
    for key, value in error.metadata.items():
        info.metadata[key] = _cut(value)
    cure = error.cure or (meaning.cure_zh, meaning.cure_en)
    info.metadata["cure"] = _cut(cure[1])
    localized = details_pb.LocalizedMessage(locale="zh-CN", message=_cut(cure[0]))
    fields = None
    if isinstance(error, InvalidFields):
        fields = _bad_request(error, info)
    elif meaning.code.name == _INVALID_ARGUMENT:
        fields = _bad_field(error, localized)
    for detail in (info, localized, *_details(error, meaning), fields):
        if detail is not None:
            _pack(status.details.add(), detail)
    return status


def told(failure: Exception, method: str) -> YdxError:
    """Return what the caller is told of a failure.

    What the operator has to mend is logged: a failing database, and by its id what nobody expected.
    """
    if isinstance(failure, YdxError):
        if failure.reason == "DATABASE_ERROR":
            _log.warning("rpc failed", method=method, reason=failure.reason, what=failure.what)
        return failure
    fault_id = secrets.token_hex(6)
    frames = traceback.extract_tb(failure.__traceback__)[-8:]
    _log.error(
        "rpc fault",
        id=fault_id,
        method=method,
        fault=type(failure).__qualname__,
        at=[f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames],
    )
    return YdxError("INTERNAL", f"internal error {fault_id}", id=fault_id)


@contextmanager
def naming_field(field: str, **others: str) -> Iterator[None]:
    """Have refusals of an argument name its field where they do not; `others` by their reason."""
    try:
        yield
    except Refused as refusal:
        if code_of(refusal) == _INVALID_ARGUMENT:
            refusal.metadata.setdefault("field", others.get(refusal.reason, field))
        raise


def drop_frames(failure: BaseException) -> None:
    """Forget where a failure and those behind it were raised.

    A frame that names its own exception is a cycle, and holds its call until the collector comes;
    gRPC counts the call's stream as open for as long, and refuses new ones beyond its limit.
    """
    waiting, seen = [failure], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        one.__traceback__ = None
        waiting += [other for other in (one.__cause__, one.__context__) if other is not None]


def code_of(error: YdxError) -> str:
    """Return the name of the gRPC status code of an error."""
    return MEANINGS.get(error.reason, INTERNAL).code.name


def grpc_status(error: YdxError) -> grpc.Status:
    """Return what a call is aborted with."""
    return cast("grpc.Status", rpc_status.to_status(error_status(error)))


def _details(error: YdxError, meaning: Meaning) -> Iterator[Message]:
    if meaning.retry:
        retry = details_pb.RetryInfo()
        delay_s = float(error.metadata.get("retry_after_s", RETRY_AFTER_S))
        retry.retry_delay.FromMilliseconds(round(delay_s * 1000))
        yield retry
    subject = _cut(error.metadata.get("name") or error.metadata.get("origin", ""))
    if meaning.code.name == "FAILED_PRECONDITION":
        yield details_pb.PreconditionFailure(
            violations=[
                details_pb.PreconditionFailure.Violation(
                    type=error.reason, subject=subject, description=_cut(error.what)
                )
            ]
        )
    if meaning.code.name in {"NOT_FOUND", "ALREADY_EXISTS"}:
        kind = "log" if "origin" in error.metadata else "record"
        yield details_pb.ResourceInfo(
            resource_type=f"{DOMAIN}/{kind}", resource_name=subject, description=_cut(error.what)
        )


def _bad_request(error: InvalidFields, info: details_pb.ErrorInfo) -> details_pb.BadRequest:
    """As many violations as fit; `info` says how many there are where some are left out."""
    request = details_pb.BadRequest()
    budget = _DETAILS_BYTES_MAX - info.ByteSize() - 2 * _TEXT_CHARS_MAX
    for violation in error.violations:
        row = details_pb.BadRequest.FieldViolation(
            field=_cut(violation.field),
            description=_cut(violation.text_en),
            reason=violation.rule,
            localized_message=details_pb.LocalizedMessage(
                locale="zh-CN", message=_cut(violation.text_zh)
            ),
        )
        budget -= row.ByteSize()
        if budget < 0 and request.field_violations:
            info.metadata["violations"] = str(len(error.violations))
            break
        request.field_violations.append(row)
    return request


def _bad_field(error: YdxError, cure_zh: details_pb.LocalizedMessage) -> details_pb.BadRequest:
    """Name the field that a refusal without violations is of."""
    violation = details_pb.BadRequest.FieldViolation(
        field=_cut(error.metadata.get("field") or WHOLE_REQUEST),
        description=_cut(error.what),
        reason=error.reason,
        localized_message=cure_zh,
    )
    return details_pb.BadRequest(field_violations=[violation])


def _pack(slot: any_pb2.Any, detail: Message) -> None:
    slot.Pack(detail)


def _cut(text: str) -> str:
    return text if len(text) <= _TEXT_CHARS_MAX else text[: _TEXT_CHARS_MAX - 1] + "…"
