"""Records as a caller may see them, from what storage holds of their entries.

- PUBLIC is for everyone; MEMBERS for callers that may read it; ORIGIN, of own records only, for
  clerk, operator and auditor, and for the platform whose record it is (DESIGN sections 4 and 10).
- A part that the entry has and the answer has not is told with its reason; what the caller may not
  see is WITHHELD, whether it is held or not.
- A part whose content is no message of its kind is void, and so is the PUBLIC part that the fold
  found void.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from google.protobuf.message import DecodeError

from federation.log.batch import Absence
from federation.log.entry import Audience, Operation, parse_entry
from federation.log.hashing import leaf_hash
from federation.records.codec import RECORD_TYPES
from federation.records.facets import RecordState, facets
from node.services.access import Role
from node.services.catalogue.records import PART_NAMES, fill_info, record_name
from node.services.log.contents import content_of
from node.storage import catalogue, parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from federation.records.codec import Record
    from node.services.access import Caller
    from node.storage.transaction import Transaction

_ORIGIN_READERS: Final = frozenset({Role.CLERK, Role.OPERATOR, Role.AUDITOR})


def shown(
    tx: Transaction,
    caller: Caller,
    stored: catalogue.Record,
    member: str,
    origin_id: int,
    *,
    own: bool,
) -> Record:
    """Return a record with the parts that the caller may see. Hot."""
    kind = stored.kind
    record = RECORD_TYPES[kind].record()
    state: Any = stored.state  # its number
    record.name = record_name(member, kind, stored.subject)
    record.state = state
    fill_info(record.info, member, stored)
    number = -1
    for audience in Audience:
        if not stored.audiences >> audience & 1:
            continue
        number += 1
        wire = stored.parts.get(audience)
        if not _may_see(caller, audience, record, own=own):
            reason = Absence.WITHHELD
        elif wire is None:
            reason = parts.absence(tx, origin_id, stored.leaf_index, number)
        elif _is_read(record, stored, audience, wire):
            continue
        else:
            reason = Absence.VOID
        name = PART_NAMES.get(audience, "")
        record.info.missing_parts.add(part=name, reason=reason.value)
    return record


def stored_of(
    origin: str, leaf_index: int, entry: bytes, wires: Mapping[int, bytes], confirmed_size: int
) -> catalogue.Record:
    """Return a record as one of its entries has it; `wires` is salt ‖ payload by part number."""
    parsed = parse_entry(entry)
    held = {
        audience.value: wires[number]
        for number, (audience, _) in enumerate(parsed.parts)
        if number in wires
    }
    state = RecordState.WITHDRAWN.value
    if parsed.operation == Operation.PUT:
        public = held.get(Audience.PUBLIC)
        state = facets(parsed.kind, None if public is None else content_of(public))[0]
    return catalogue.Record(
        origin,
        leaf_index,
        parsed.subject,
        parsed.kind,
        parsed.revision,
        state,
        sum(1 << audience for audience, _ in parsed.parts),
        leaf_hash(entry),
        parsed.recorded_at_ms,
        leaf_index >= confirmed_size,
        held,
    )


def _may_see(caller: Caller, audience: Audience, record: Record, *, own: bool) -> bool:
    if audience == Audience.PUBLIC:
        return True
    if audience == Audience.MEMBERS:
        return caller.reads_members_parts
    if audience != Audience.ORIGIN or not own:
        return False
    platform = caller.source_platform
    return not caller.roles.isdisjoint(_ORIGIN_READERS) or (
        Role.PLATFORM in caller.roles and platform == record.public.source_platform != ""
    )


def _is_read(record: Record, stored: catalogue.Record, audience: Audience, wire: bytes) -> bool:
    """Read a part into the record; tell whether it is valid."""
    if audience == Audience.PUBLIC and stored.state == RecordState.HIDDEN:
        return False
    name = PART_NAMES[audience]
    try:
        getattr(record, name).ParseFromString(content_of(wire))
    except DecodeError:
        record.ClearField(name)
        return False
    return True
