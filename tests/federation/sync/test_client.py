"""What a peer's failure becomes: nothing of its text is trusted."""

from __future__ import annotations

from typing import Any, Final

import grpc
import pytest
from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc import error_details_pb2, status_pb2
from grpc_status.rpc_status import GRPC_DETAILS_METADATA_KEY

from federation.log.errors import Refused, Unreachable
from federation.sync.client import WHAT_MAX, to_failure


class Failed(grpc.RpcError):
    """A call that failed with what the peer sent."""

    def __init__(self, code: grpc.StatusCode, text: str, reason: str = "") -> None:
        self._code = code
        self._text = text
        status = status_pb2.Status(code=code.value[0], message=text)
        if reason:
            detail = AnyMessage()
            detail.Pack(error_details_pb2.ErrorInfo(reason=reason))
            status.details.append(detail)
        self._trailers = ((GRPC_DETAILS_METADATA_KEY, status.SerializeToString()),)

    def code(self) -> grpc.StatusCode:
        return self._code

    def details(self) -> str:
        return self._text

    def trailing_metadata(self) -> Any:
        return self._trailers


OUT: Final = grpc.StatusCode.UNAVAILABLE
WRONG: Final = grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.parametrize(
    ("code", "reason", "family", "expected"),
    [
        (WRONG, "BAD_PROOF", Refused, "BAD_PROOF"),
        (OUT, "STARTING", Unreachable, "STARTING"),
        (WRONG, "", Refused, "MALFORMED_FRAME"),
        (WRONG, "NO_SUCH_REASON", Refused, "MALFORMED_FRAME"),
        (grpc.StatusCode.UNIMPLEMENTED, "", Refused, "PEER_TOO_OLD"),
        (WRONG, "UNSPECIFIED", Refused, "MALFORMED_FRAME"),
        (WRONG, "BAD_PROOF\n[error] forged line", Refused, "MALFORMED_FRAME"),
        (OUT, "x" * 100_000, Unreachable, "OUT_OF_REACH"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_only_reasons_that_we_know_are_taken_over(
    code: grpc.StatusCode, reason: str, family: type[Exception], expected: str
) -> None:
    failure = to_failure(Failed(code, "text", reason), "fujian")
    assert (type(failure), failure.reason) == (family, expected)


@pytest.mark.parametrize("code", [OUT, WRONG, grpc.StatusCode.RESOURCE_EXHAUSTED], ids=str)
@pytest.mark.parametrize("reason", ["", "BAD_PROOF"])
def test_a_peers_text_is_short_and_of_one_line(code: grpc.StatusCode, reason: str) -> None:
    failure = to_failure(Failed(code, "a\n\x1b[31mb\u202e\x00" + "c" * 100_000, reason), "fujian")
    assert failure.what == "a[31mb" + "c" * (WHAT_MAX - 6)
