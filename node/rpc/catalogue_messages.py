"""Values of the services to messages of ydx.exchange.v1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from federation.log.entry import KIND_LISTING, KIND_MANAGER, KIND_ORGANISATION
from node.services.answer_bytes import ANSWER_BYTES_MAX
from ydx.exchange.v1 import change_pb2, listing_messages_pb2, query_pb2

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from federation.records.findings import Finding
    from node.services.catalogue.batch import Row
    from node.services.catalogue.changes import Change
    from node.services.sync.node_status import OriginFacts

_RECORD_FIELDS: Final = {
    KIND_LISTING: "listing",
    KIND_ORGANISATION: "organisation",
    KIND_MANAGER: "manager",
}

_ROW_BYTES: Final = 128  # without findings
_ROW_BYTES_OF_FINDING: Final = 4  # its tag and length


def warnings(findings: Iterable[Finding]) -> list[query_pb2.Warning]:
    """Return what should be mended."""
    return [
        query_pb2.Warning(rule=one.rule, field=one.field, text_zh=one.text_zh, text_en=one.text_en)
        for one in findings
    ]


def violations(findings: Iterable[Finding]) -> list[query_pb2.FieldViolation]:
    """Return which rules are broken."""
    return [
        query_pb2.FieldViolation(
            field=one.field,
            rule=one.rule,
            value=one.value,
            text_zh=one.text_zh,
            text_en=one.text_en,
        )
        for one in findings
    ]


def batch_response(rows: Sequence[Row]) -> bytes:
    """Return a serialised BatchPublishListingsResponse. Hot.

    What is told of each row is cut where all together would not fit into a message.
    """
    response = listing_messages_pb2.BatchPublishListingsResponse()
    for row in rows:
        added = response.rows.add(
            outcome=row.outcome,
            name=row.name,
            etag=row.etag,
            leaf_index=row.leaf_index,
        )
        if row.violations:
            added.violations.extend(violations(row.violations))
        if row.warnings:
            added.warnings.extend(warnings(row.warnings))
    if response.ByteSize() > ANSWER_BYTES_MAX:
        _cut(response, ANSWER_BYTES_MAX // len(rows))
    return response.SerializeToString()


def _cut(response: listing_messages_pb2.BatchPublishListingsResponse, row_bytes: int) -> None:
    """Leave each row as many of its first findings as fit; a refused one keeps at least one."""
    for row in response.rows:
        left_bytes = row_bytes - _ROW_BYTES
        findings: Any
        for findings, least in ((row.violations, 1), (row.warnings, 0)):
            kept = 0
            for one in findings:
                left_bytes -= one.ByteSize() + _ROW_BYTES_OF_FINDING
                if left_bytes < 0:
                    break
                kept += 1
            del findings[max(kept, least) :]


def change(one: Change) -> change_pb2.Change:
    """Return a change, with its record where there is one."""
    message = change_pb2.Change(
        position=one.position,
        kind=one.kind,  # type: ignore[arg-type] # its number
        name=one.name,
        revision=one.revision,
        leaf_index=one.leaf_index,
        provisional=one.is_provisional,
    )
    if one.record is not None:
        getattr(message, _RECORD_FIELDS[one.record_kind]).CopyFrom(one.record)
    return message


def completeness(facts: OriginFacts) -> query_pb2.OriginCompleteness:
    """Return what an answer knows of one origin."""
    return query_pb2.OriginCompleteness(
        member=facts.member,
        state=f"COMPLETENESS_{facts.state}",
        why=facts.why,
        verified_size=facts.verified_size,
        confirmed_size=facts.confirmed_size,
        lag_s=facts.lag_s,
    )
