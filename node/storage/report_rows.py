"""Rows that reports count: all enquiries, listings by origin and day; whether parts are wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import case, func, literal_column, or_, select

from federation.log.entry import KIND_LISTING, Audience
from federation.records.facets import RECORDED_AT_MS_MAX, RecordState
from node.storage.enquiries import EnquiryRow
from node.storage.positions import MAX_LEAVES
from node.storage.schema import catalogue, enquiry, mirror, wanted_part
from node.storage.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from node.storage.transaction import Transaction

_ENQUIRIES: Final = Statement(select(*enquiry.columns))
_DAY_MS: Final = 86_400_000
_SHANGHAI_MS: Final = 28_800_000
_NOT_ADVERTISED: Final = (RecordState.WITHDRAWN.value, RecordState.HIDDEN.value)


def enquiries(tx: Transaction) -> Iterator[EnquiryRow]:
    """Yield all enquiries, in no order."""
    for row in tx.stream(_ENQUIRIES):
        yield EnquiryRow(*row)


def is_any_waiting(tx: Transaction) -> bool:
    """Tell whether an enquiry waits for a document."""
    query = select(enquiry.c.subject).where(enquiry.c.waits).limit(1)
    return tx.execute(query).first() is not None


def wants_sealed(tx: Transaction) -> bool:
    """Tell whether a sealed part is wanted: not come yet, nor withheld from us."""
    query = select(wanted_part.c.part_id).where(wanted_part.c.audience == Audience.NAMED.value)
    return tx.execute(query.limit(1)).first() is not None


def listed(tx: Transaction) -> list[tuple[str, int, int]]:
    """Return (origin, Unix milliseconds, how many): advertised listings by day in Asia/Shanghai.

    The day is that of their newest version, told by its beginning; what has no day is told by 0.
    """
    said_ms = catalogue.c.recorded_at_ms
    at_ms = case((said_ms > RECORDED_AT_MS_MAX, 0), else_=said_ms)
    day_ms = at_ms - (at_ms + _SHANGHAI_MS) % _DAY_MS
    first = mirror.c.origin_id * literal_column(str(MAX_LEAVES))
    visible = or_(
        mirror.c.frozen_size.is_(None),
        catalogue.c.position < first + mirror.c.frozen_size,
    )
    query = (
        select(mirror.c.origin, day_ms.label("day_ms"), func.count())
        .select_from(catalogue.join(mirror, catalogue.c.origin_id == mirror.c.origin_id))
        .where(catalogue.c.kind == KIND_LISTING, catalogue.c.state.not_in(_NOT_ADVERTISED), visible)
        .group_by(mirror.c.origin, "day_ms")
    )
    return [(row[0], row[1], row[2]) for row in tx.execute(query)]
