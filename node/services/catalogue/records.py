"""The record kinds as the services see them: names, etags, parts, and the check of publication.

- A record's name is nodes/<member>/<collection>/<subject>; the collection says its kind.
- Its etag is the quoted leaf hash, in hex, of its latest entry.
- Its parts are called public, members and origin, after the fields of its message.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Protocol

from federation.log.entry import KIND_LISTING, KIND_MANAGER, KIND_ORGANISATION, Audience
from federation.log.errors import Refused
from federation.log.subject import COLLECTIONS, parse_record_name, subject_text
from federation.records.codec import RECORD_TYPES
from federation.records.facets import RECORDED_AT_MS_MAX, RecordState, facets
from federation.records.validation import check_record
from node.services.arguments import invalid
from node.services.errors import InvalidFields

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from federation.log.subject import RecordName
    from federation.records.codec import Record
    from federation.records.findings import Checked, Finding
    from node.services.log.view import Standing
    from ydx.exchange.v1.record_pb2 import RecordInfo

PART_NAMES: Final = {
    Audience.PUBLIC: "public",
    Audience.MEMBERS: "members",
    Audience.ORIGIN: "origin",
}
_SHANGHAI: Final = timezone(timedelta(hours=8))


class LatestEntry(Protocol):
    """What is told of an entry beside its content."""

    @property
    def leaf_index(self) -> int: ...  # noqa: D102 - named in RecordInfo
    @property
    def revision(self) -> int: ...  # noqa: D102
    @property
    def leaf_hash(self) -> bytes: ...  # noqa: D102
    @property
    def recorded_at_ms(self) -> int: ...  # noqa: D102
    @property
    def is_provisional(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class RecordKind:
    """One kind of record: its number in the log, and its collection in names."""

    number: int
    collection: str


LISTING: Final = RecordKind(KIND_LISTING, COLLECTIONS[0])
ORGANISATION: Final = RecordKind(KIND_ORGANISATION, COLLECTIONS[1])
MANAGER: Final = RecordKind(KIND_MANAGER, COLLECTIONS[2])
KINDS: Final = {kind.number: kind for kind in (LISTING, ORGANISATION, MANAGER)}
KINDS_BY_COLLECTION: Final = {kind.collection: kind for kind in KINDS.values()}


def record_name(member: str, kind: int, subject: bytes) -> str:
    """Return the name of a member's record."""
    return f"nodes/{member}/{KINDS[kind].collection}/{subject_text(subject)}"


def parse_name(text: str, kind: RecordKind | None, field: str = "name") -> RecordName:
    """Read the name of a record of a kind (None: of any); refuses INVALID_FIELD."""
    try:
        name = parse_record_name(text)
    except Refused:
        name = None
    if name is None or (kind is not None and name.collection != kind.collection):
        collection = kind.collection if kind else "listings"
        raise invalid(field, "RECORD_NAME_FORM", text, collection=collection)
    return name


def etag_of(leaf_hash: bytes) -> str:
    """Return the etag of a record whose latest entry has this leaf hash."""
    return f'"{leaf_hash.hex()}"'


def read_parts(kind: int, contents: Mapping[Audience, bytes]) -> Record:
    """Return the record whose parts have these contents; raises DecodeError where one is void."""
    record = RECORD_TYPES[kind].record()
    for audience, content in contents.items():
        part = getattr(record, PART_NAMES[audience])
        part.MergeFromString(content)
        part.SetInParent()
    return record


def source_of(record: Record) -> tuple[str, str]:
    """Return (source_platform, source_id)."""
    return record.public.source_platform, record.public.source_id


def state_of(standing: Standing) -> Any:
    """Return the RecordState of a record by its latest entry."""
    if standing.is_withdrawn:
        return RecordState.WITHDRAWN
    return facets(standing.kind, standing.contents.get(Audience.PUBLIC))[0]


def fill_info(info: RecordInfo, member: str, entry: LatestEntry) -> None:
    """Say where a record stands in its origin's log."""
    info.member = member
    info.leaf_index = entry.leaf_index
    info.revision = entry.revision
    info.etag = etag_of(entry.leaf_hash)
    info.provisional = entry.is_provisional
    recorded_at_ms = min(entry.recorded_at_ms, RECORDED_AT_MS_MAX)
    info.recorded_at.seconds, millis = divmod(recorded_at_ms, 1000)
    info.recorded_at.nanos = millis * 1_000_000


def checked_record(record: Record, now_s: float) -> Checked[Any]:
    """Return the record to store and all that is wrong with it, on the day in Asia/Shanghai."""
    return check_record(record, today=shanghai_day(now_s))


@lru_cache(maxsize=16)  # the rows of a batch are checked at one time
def shanghai_day(now_s: float) -> date:
    """Return the day in Asia/Shanghai at a Unix time."""
    return datetime.fromtimestamp(now_s, _SHANGHAI).date()


def refuse(findings: Sequence[Finding]) -> None:
    """Raise INVALID_FIELD with all findings, if there are any."""
    if findings:
        raise InvalidFields(findings)
