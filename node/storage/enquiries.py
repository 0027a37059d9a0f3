"""Enquiries of the partnership view, a row each; `services.partnership.enquiry_folder` fills them.

- Lists are in the order of the day that is due first, then of subject, enquirer and listing's
  member; what has no open deadline comes last. A page goes on behind the last place.
- All dates compare as texts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import and_, bindparam, delete, literal_column, or_, select, tuple_

from federation.log.subject import parse_origin, subject_text
from node.storage.positions import PART_BITS
from node.storage.rows import put_row
from node.storage.schema import catalogue, enquiry, enquiry_quota, erased, mirror, superseded
from node.storage.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from sqlalchemy import ColumnElement

    from node.storage.transaction import Transaction

NO_DAY: Final = "9999-12-31"
"""Stands in `due` where no deadline is open."""


class EnquiryRow(NamedTuple):
    """One enquiry; the columns of `schema.enquiry`, in its order."""

    subject: bytes
    enquirer: str
    listing_member: str
    state: int
    is_ended: bool
    reached: int
    listing: str
    organisation: str
    from_region: str
    owner_digest: str
    source_platform: str
    answer_due: str
    decision_due: str
    due: str
    owed_by: str
    waits: bool
    contacts_from: str
    submitted_at_ms: int
    answered_at_ms: int
    accepted_at_ms: int
    contracted_at_ms: int
    last_at_ms: int
    enquirer_position: int
    listing_position: int
    organisation_name: str = ""

    @property
    def place(self) -> Place:
        """Return where it stands in lists."""
        return Place(self.due, self.subject, self.enquirer, self.listing_member)


class Place(NamedTuple):
    """A place in the order of lists."""

    due: str
    subject: bytes
    enquirer: str
    listing_member: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Which enquiries a caller may see: those for which one of the lines holds in all it says."""

    enquirer: str = ""
    listing_member: str = ""
    organisation: str = ""
    owner_digest: str = ""
    source_platform: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnquiryFilter:
    """Which enquiries. What is empty or False does not filter.

    `seen` are alternatives; None lets all be seen, an empty one none. `organisation` is the key of
    its code or of its name. `due_before` (a day) leaves out what is due then or later, or has no
    deadline.
    """

    seen: Collection[Seen] | None = None
    enquirer: str = ""
    listing_member: str = ""
    states: Sequence[int] = ()
    open_only: bool = False
    organisation: str = ""
    listing: str = ""
    owed_by: str = ""
    due_before: str = ""


_COLUMNS: Final = tuple(enquiry.columns)
_DELETE: Final = Statement(delete(enquiry).where(enquiry.c.subject == bindparam("which")), "which")
_OF_SUBJECT: Final = Statement(
    select(*_COLUMNS)
    .where(enquiry.c.subject == bindparam("which"))
    .order_by(enquiry.c.enquirer, enquiry.c.listing_member),
    "which",
)
_LISTINGS: Final = Statement(select(enquiry.c.listing).distinct())
_ERASED: Final = [
    Statement(
        select(mirror.c.origin, table.c.subject)
        .select_from(erased)
        .join(
            table,
            table.c.position == erased.c.part_id.op(">>")(literal_column(str(PART_BITS))),
        )
        .join(mirror, mirror.c.origin_id == table.c.origin_id)
        .where(
            erased.c.position.between(bindparam("first"), bindparam("last")),
            erased.c.content.is_not(None),
        ),
        "first",
        "last",
    )
    for table in (catalogue, superseded)
]
_SUBMITTED: Final = Statement(
    select(enquiry_quota.c.count).where(
        enquiry_quota.c.organisation == bindparam("organisation"),
        enquiry_quota.c.day == bindparam("day"),
    ),
    "organisation",
    "day",
)
_FORGET_OTHERS: Final = Statement(
    delete(enquiry_quota).where(enquiry_quota.c.day != bindparam("day")), "day"
)
_PLACE: Final = tuple_(
    enquiry.c.due, enquiry.c.subject, enquiry.c.enquirer, enquiry.c.listing_member
)


def replace(tx: Transaction, subject: bytes, rows: Iterable[EnquiryRow]) -> None:
    """Write the rows of a subject in place of those that there are."""
    tx.run(_DELETE, (subject,))
    written = [tuple(row) for row in rows]
    if written:
        tx.insert_rows(enquiry, written)


def of_subject(tx: Transaction, subject: bytes) -> list[EnquiryRow]:
    """Return the enquiries of a subject."""
    return [_row(values) for values in tx.all(_OF_SUBJECT, (subject,))]


def page(
    tx: Transaction, which: EnquiryFilter, after: Place | None, limit: int
) -> list[EnquiryRow]:
    """Return at most `limit` enquiries behind a place."""
    query = select(*_COLUMNS).where(*conditions(which)).order_by(*_PLACE.clauses).limit(limit)
    if after is not None:
        query = query.where(tuple_(*after) < _PLACE)
    return [_row(tuple(values)) for values in tx.execute(query)]


def listings(tx: Transaction) -> list[str]:
    """Return the names of all listings that enquiries known here are about."""
    return [row[0] for row in tx.all(_LISTINGS)]


def about_erased(tx: Transaction, first: int, last: int) -> set[bytes]:
    """Return the subjects of enquiries about listings of which ERASE entries erase something.

    `first` and `last` are positions of the entries; parts that are destroyed are told no more.
    """
    names = {
        f"nodes/{parse_origin(origin).member}/listings/{subject_text(subject)}"
        for statement in _ERASED
        for origin, subject in tx.all(statement, (first, last))
    }
    if not names:
        return set()
    query = select(enquiry.c.subject).where(enquiry.c.listing.in_(sorted(names)))
    return {row[0] for row in tx.execute(query)}


def submitted_on(tx: Transaction, organisation: str, day: str) -> int:
    """Return how many enquiries an organisation has submitted here on a day."""
    row = tx.one(_SUBMITTED, (organisation, day))
    return 0 if row is None else row[0]


def count_submitted(tx: Transaction, organisation: str, day: str) -> None:
    """Count one more; what was counted on other days is forgotten."""
    tx.run(_FORGET_OTHERS, (day,))
    put_row(tx, enquiry_quota, (organisation, day, submitted_on(tx, organisation, day) + 1))


def clear(tx: Transaction) -> None:
    """Forget all."""
    tx.execute(delete(enquiry))


def _row(values: Sequence[object]) -> EnquiryRow:
    row = EnquiryRow(*values)  # type: ignore[arg-type] # the columns have these types
    return row._replace(is_ended=bool(row.is_ended), waits=bool(row.waits))


def conditions(which: EnquiryFilter) -> Iterator[ColumnElement[bool]]:
    """Yield what a filter asks of a row of `enquiry`."""
    columns = enquiry.c
    if which.seen is not None:
        yield or_(*(and_(*_seen(line)) for line in which.seen)) if which.seen else columns.due == ""
    for name in ("enquirer", "listing_member", "listing", "owed_by"):
        value = getattr(which, name)
        if value:
            yield columns[name] == value
    if which.organisation:
        yield or_(
            columns.organisation == which.organisation,
            columns.organisation_name == which.organisation,
        )
    if which.states:
        yield columns.state.in_(which.states)
    if which.open_only:
        yield columns.is_ended.is_(False)
    if which.due_before:
        yield columns.due < which.due_before


def _seen(line: Seen) -> Iterator[ColumnElement[bool]]:
    for name in ("enquirer", "listing_member", "organisation", "owner_digest", "source_platform"):
        value = getattr(line, name)
        if value:
            yield enquiry.c[name] == value
