"""Errors on the wire and back: the table of reasons, the details, the bounds."""

from __future__ import annotations

from functools import partial

import grpc
import pytest
from google.rpc import error_details_pb2 as details_pb
from hypothesis import given
from hypothesis import strategies as st

from federation.log.errors import Refused, YdxError
from federation.records.findings import Finding
from node.rpc.error_table import MEANINGS, Meaning
from node.rpc.errors import code_of, error_status
from node.rpc.exchange_client import CallFailedError
from node.rpc.limits import RpcLimits
from node.rpc.server import Listener
from node.services.errors import InvalidFields, invalid_field
from tests.node.rpc.serving import (
    CATALOGUE,
    PLATFORM,
    dialled,
    failure,
    invoke,
    path_of,
    servicer_of,
    serving,
)
from ydx.exchange.v1 import error_reason_pb2

GET = path_of(CATALOGUE, "GetListing")
TRAILER_BYTES_MAX = 8192
CHINESE = "字" * 300


def over_the_wire(error: Exception):  # type: ignore[no-untyped-def]  # noqa: ANN201
    """Raise `error` in a servicer and return what a client reads."""

    def raise_it(*_: object) -> None:
        raise error

    listener = Listener("127.0.0.1:0", lambda _: PLATFORM, limits=RpcLimits())
    service = (CATALOGUE, servicer_of(CATALOGUE, GetListing=raise_it))
    with serving(listener, service) as server, dialled(server) as channel:
        return failure(partial(invoke, channel, GET))


def finding(number: int = 0, text: str = "must be shorter") -> Finding:
    field = f"public.supply.ip[{number}].number"
    return Finding(field, "TEXT_LENGTH", "x", f"{field} 过长", f'{field} "x" {text}')


@pytest.mark.parametrize(("reason", "meaning"), MEANINGS.items())
def test_every_reason_has_a_code_and_a_cure_in_both_languages(
    reason: str, meaning: Meaning
) -> None:
    assert meaning.code is not grpc.StatusCode.OK
    assert any("一" <= character <= "鿿" for character in meaning.cure_zh)
    if ";" in meaning.cure_en:
        assert set("；，：").intersection(meaning.cure_zh), "what to do is said in both languages"
    assert "结算单" not in meaning.cure_zh, "it is 对账单 everywhere"
    assert meaning.cure_en.isprintable()
    assert meaning.cure_en[0].isupper()
    error = YdxError(reason, "what happened", name="nodes/x")
    status = error_status(error)
    assert status.code == meaning.code.value[0]
    kinds = [packed.TypeName() for packed in status.details]
    assert len(kinds) == len(set(kinds)), "each detail type at most once"
    assert ("google.rpc.RetryInfo" in kinds) == meaning.retry


def test_the_table_is_the_enum() -> None:
    names = set(error_reason_pb2.ErrorReason.keys()) - {"ERROR_REASON_UNSPECIFIED"}
    assert {f"ERROR_REASON_{reason}" for reason in MEANINGS} == names


def test_a_reason_that_is_no_row_is_internal() -> None:
    assert code_of(YdxError("NO_SUCH_REASON", "x")) == "INTERNAL"


def test_reason_what_metadata_and_cure_come_back() -> None:
    error = over_the_wire(Refused("STALE_ETAG", "the etag is old 旧", etag='"ab"'))
    meaning = MEANINGS["STALE_ETAG"]
    assert (error.code, error.reason, error.what) == ("ABORTED", "STALE_ETAG", "the etag is old 旧")
    assert error.metadata == {"etag": '"ab"'}
    assert (error.cure_zh, error.cure_en) == (meaning.cure_zh, meaning.cure_en)
    assert error.retry_after_s is None
    assert error.lines() == [
        "ABORTED STALE_ETAG: the etag is old 旧",
        f"→ {meaning.cure_en}",
        f"→ {meaning.cure_zh}",
    ]


def test_the_cure_of_the_place_goes_before_that_of_the_reason() -> None:
    error = over_the_wire(Refused("STALE_ETAG", "old", cure=("请重读", "Read it again")))
    assert (error.cure_zh, error.cure_en) == ("请重读", "Read it again")
    assert error.metadata == {}
    assert CallFailedError(error, "x").cure == ("请重读", "Read it again")


def test_violations_come_back_with_field_rule_and_both_texts() -> None:
    error = over_the_wire(InvalidFields([finding(0), finding(1)]))
    assert (error.code, error.reason) == ("INVALID_ARGUMENT", "INVALID_FIELD")
    assert [(v.field, v.rule, v.text_zh, v.text_en) for v in error.violations] == [
        (f.field, f.rule, f.text_zh, f.text_en) for f in (finding(0), finding(1))
    ]
    assert error.lines()[1:3] == [f"  {finding(0).text_en}", f"  {finding(0).text_zh}"]


def test_a_field_of_a_request_is_named_with_its_value() -> None:
    error = over_the_wire(invalid_field("page_size", "RANGE", "-1", "不得为负", "is negative"))
    assert error.what == 'page_size "-1" is negative'
    (violation,) = error.violations
    assert violation.text_zh == "page_size“-1”不得为负"


def test_an_error_to_retry_says_when() -> None:
    assert over_the_wire(YdxError("STARTING", "x")).retry_after_s == 1.0
    assert over_the_wire(YdxError("STARTING", "x", retry_after_s="2.5")).retry_after_s == 2.5


def details_of(error: YdxError) -> dict[str, object]:
    kinds = (details_pb.PreconditionFailure, details_pb.ResourceInfo)
    found: dict[str, object] = {}
    for packed in error_status(error).details:
        for kind in kinds:
            detail = kind()
            if packed.Unpack(detail):
                found[kind.DESCRIPTOR.name] = detail
    return found


def test_state_and_missing_things_have_their_own_details() -> None:
    withdrawn = details_of(Refused("RECORD_WITHDRAWN", "gone", name="nodes/x"))
    assert withdrawn == {
        "PreconditionFailure": details_pb.PreconditionFailure(
            violations=[
                details_pb.PreconditionFailure.Violation(
                    type="RECORD_WITHDRAWN", subject="nodes/x", description="gone"
                )
            ]
        )
    }
    missing = details_of(Refused("UNKNOWN_ORIGIN", "none", origin="ydx.example/x"))
    assert missing == {
        "ResourceInfo": details_pb.ResourceInfo(
            resource_type="exchange.ydx/log", resource_name="ydx.example/x", description="none"
        )
    }


def test_a_thousand_violations_fit_into_the_trailers_and_are_counted() -> None:
    error = over_the_wire(InvalidFields([finding(n, CHINESE) for n in range(1000)]))
    assert error.reason == "INVALID_FIELD"
    assert 1 <= len(error.violations) < 1000
    assert error.metadata["violations"] == "1000"


@given(
    reason=st.sampled_from(sorted(MEANINGS)),
    what=st.text(max_size=2000),
    metadata=st.dictionaries(
        st.sampled_from(["name", "origin", "member", "why"]), st.text(max_size=2000), max_size=4
    ),
    violations=st.integers(0, 50),
)
def test_no_error_outgrows_the_trailers(
    reason: str, what: str, metadata: dict[str, str], violations: int
) -> None:
    error = YdxError(reason, what, cure=None, **metadata)
    if violations:
        error = InvalidFields([finding(n, CHINESE) for n in range(violations)])
    status = error_status(error)
    percent_encoded = 3 * len(status.message.encode())
    base64 = status.ByteSize() * 4 / 3
    assert percent_encoded + base64 < TRAILER_BYTES_MAX


def test_errors_of_grpc_itself_are_read_by_their_code() -> None:
    with grpc.insecure_channel("127.0.0.1:1") as channel:
        error = failure(partial(invoke, channel, GET))
    assert (error.code, error.reason, error.violations) == ("UNAVAILABLE", "OUT_OF_REACH", ())
    assert error.cure_en == MEANINGS["OUT_OF_REACH"].cure_en
