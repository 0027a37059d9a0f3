"""Reports: what `report_folds` counts, over the rows of this node at stated log sizes.

- A report says which size of every log it was folded from. Nodes that are named in the same
  documents give the same bytes at the same sizes.
- It says whether anything waits: a document that is named and not here, a part that is wanted, a
  view or an index that is behind. Then it may grow though nothing new is written.
- Who reads reports reads every contract; no report has personal data: managers are counted, never
  named.
- Open licences and what is overdue are listed from the index. A report has at most ROWS_MAX rows,
  of a list no more than fit into an answer, and says when there are more: others choose the days
  and members that their documents name, and the texts of their listings.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from federation.log.entry import KIND_MANAGER, KIND_ORGANISATION, Audience
from federation.log.subject import parse_origin
from federation.records.codec import ManagerPublic, OrganisationPublic, OrganisationType
from federation.records.facets import RecordState
from node.search.query import ListingFilter
from node.search.ranking import Sort
from node.services.finding.searching import SearchQuery
from node.services.known_members import check_known
from node.services.log.contents import content_of
from node.services.partnership import report_folds as folds
from node.services.partnership.report_folds import EVERY_MONTH, Months
from node.storage import arrivals, catalogue, contracts, mirrors, report_rows
from node.storage.positions import position

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from node.search.index import Snapshot
    from node.services.access import Caller
    from node.services.finding.searching import Search
    from node.services.partnership.report_folds import Target
    from node.services.partnership.view import PartnershipView
    from node.services.sync.node_status import OriginFacts
    from node.storage.database import Database
    from node.storage.transaction import Transaction

__all__ = ["Months", "Report", "ReportKind", "ReportQuery", "Reports"]

ROWS_MAX: Final = 10_000
ROWS_BYTES_MAX: Final = 3 * 1024 * 1024
_TEXT_MAX: Final = 200
_FIELD_BYTES: Final = 12
_HITS: Final = 200
_RECORDS: Final = 500
_TRIES: Final = 3
_GOOD: Final = 1
_PUBLISHED: Final = (RecordState.PUBLISHED.value,)


class ReportKind(IntEnum):
    """What a report counts; the numbers of ydx.exchange.v1.ReportKind."""

    FLOWS = 1
    FUNNEL = 2
    ANSWERS = 3
    MANAGERS = 4
    OPEN_LICENCES = 5
    OVERDUE = 6
    TARGETS = 7


_LISTED: Final = frozenset({ReportKind.OPEN_LICENCES, ReportKind.OVERDUE})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportQuery:
    """What to count; the fields of GetReportRequest."""

    kind: ReportKind
    months: Months = EVERY_MONTH
    member: str = ""
    on_day: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Rows of the query's kind, named tuples with the fields of its message."""

    query: ReportQuery
    rows: Sequence[Any]
    sizes: Mapping[str, int]
    is_waiting: bool
    is_truncated: bool = False


class OpenLicence(NamedTuple):
    """A listing under an open licence."""

    name: str
    member: str
    title: str
    region: str
    tech_field: int
    open_licence_fee_fen: int


class Overdue(NamedTuple):
    """A supply past its agreed day of conversion."""

    name: str
    member: str
    title: str
    region: str
    convert_by: str
    days: int


@dataclass(frozen=True, slots=True)
class Reports:
    """Makes reports. `today` is the day in Asia/Shanghai; `completeness` as for the catalogue."""

    database: Database
    view: PartnershipView
    finder: Search
    snapshot: Callable[[], Snapshot]
    """The index as it is searched."""
    completeness: Callable[[], Sequence[OriginFacts]]
    today: Callable[[], date]
    targets: Mapping[str, Target]

    def make(self, caller: Caller, query: ReportQuery) -> Report:
        """Return a report; refuses INDEX_NOT_READY where it is made from the index."""
        if query.kind in _LISTED:
            return self._listed(caller, query)
        query = replace(query, on_day="")
        for _ in range(_TRIES):
            before = self.view.sizes()
            # It reads too: who waits for a second reader would hold up the first.
            is_partial = any(one.state == "PARTIAL" for one in self.completeness())
            with self.database.read() as tx:
                report = self._counted(tx, query, before, is_partial=is_partial)
            if self.view.sizes() == before:
                return report
        return replace(report, is_waiting=True)

    def _counted(
        self, tx: Transaction, query: ReportQuery, taken: Mapping[int, int], *, is_partial: bool
    ) -> Report:
        """Count from rows; `taken` is what the view has taken in, by origin id."""
        months, member = query.months, query.member
        check_known(tx, [member] if member else [], "member")
        is_waiting = is_partial or _is_waiting(tx, taken)
        rows: Sequence[Any]
        match query.kind:
            case ReportKind.FLOWS:
                rows = folds.flows(contracts.every(tx), months, member)
            case ReportKind.FUNNEL:
                quoted = contracts.enquiries(tx)
                linked = ((row, quoted.get(row.position, ())) for row in contracts.every(tx))
                enquiries = report_rows.enquiries(tx)
                rows = folds.funnel(_months_listed(tx), enquiries, linked, months, member)
            case ReportKind.ANSWERS:
                rows = folds.answers(report_rows.enquiries(tx), months, member)
            case ReportKind.MANAGERS:
                rows = folds.managers(_managers(tx), member)
            case _:
                records = _record_counts(tx, member)
                rows = folds.progress(self.targets, contracts.every(tx), records, months, member)
        is_truncated = len(rows) > ROWS_MAX
        return Report(query, rows[:ROWS_MAX], _named(tx, taken), is_waiting, is_truncated)

    def _listed(self, caller: Caller, query: ReportQuery) -> Report:
        """List from the index."""
        if query.kind is ReportKind.OVERDUE:
            query = replace(query, on_day=query.on_day or self.today().isoformat())
            which = ListingFilter(overdue_on=query.on_day)
        else:
            query = replace(query, on_day="")
            which = ListingFilter(open_licence=True)
        query = replace(query, months=EVERY_MONTH)
        members = (query.member,) if query.member else ()
        asked = SearchQuery(text="", which=which, members=members, sort=Sort.NEWEST)
        read = _overdue if query.kind is ReportKind.OVERDUE else _open_licence
        mark = self.snapshot().mark
        rows: list[Any] = []
        size_bytes, is_waiting, is_truncated, after = 0, False, False, None
        while not is_truncated:
            page = self.finder.search(caller, asked, after, _HITS)
            is_waiting |= any(one.state == "PARTIAL" for one in page.origins)
            for hit in page.hits:
                row = read(hit.listing, query.on_day)
                size_bytes += _size_bytes(row)
                is_truncated = len(rows) == ROWS_MAX or size_bytes > ROWS_BYTES_MAX
                if is_truncated:
                    break
                rows.append(row)
            after = page.next_after
            if after is None:
                break
        is_waiting |= self.snapshot().mark != mark
        with self.database.read() as tx:
            sizes = _named(tx, mark.sizes)
        return Report(query, sorted(rows), sizes, is_waiting, is_truncated)


def _named(tx: Transaction, sizes: Mapping[int, int]) -> dict[str, int]:
    """Return sizes by origin; what is empty is left out."""
    return {
        row.origin: sizes[row.origin_id] for row in mirrors.every(tx) if sizes.get(row.origin_id)
    }


def _months_listed(tx: Transaction) -> dict[tuple[str, str], int]:
    found: defaultdict[tuple[str, str], int] = defaultdict(int)
    for origin, at_ms, count in report_rows.listed(tx):
        found[parse_origin(origin).member, folds.month_of_ms(at_ms)] += count
    return found


def _managers(tx: Transaction) -> Iterator[tuple[str, int, int]]:
    """Yield (member, level, integrity status) of every manager."""
    for member, content in _publics(tx, KIND_MANAGER):
        said = ManagerPublic.FromString(content)
        yield member, said.level, said.integrity_status or _GOOD


def _record_counts(tx: Transaction, member: str) -> dict[str, int]:
    """Count records by RECORD_MEASURES."""
    transfer = sum(
        OrganisationPublic.FromString(content).type == OrganisationType.ORGANISATION_TYPE_TRANSFER
        for origin_member, content in _publics(tx, KIND_ORGANISATION)
        if not member or origin_member == member
    )
    managers = sum(row.managers for row in folds.managers(_managers(tx), member))
    return {"managers": managers, "transfer_organisations": transfer}


def _publics(tx: Transaction, kind: int) -> Iterator[tuple[str, bytes]]:
    """Yield (member, content of the PUBLIC part) of all records of a kind that are shown."""
    which = catalogue.Filter(kind=kind, states=_PUBLISHED)
    ids = {row.origin: row.origin_id for row in mirrors.every(tx)}
    after = 0
    while page := catalogue.page(tx, which, after, _RECORDS):
        for record in page:
            wire = record.parts.get(Audience.PUBLIC)
            if wire is not None:
                yield parse_origin(record.origin).member, content_of(wire)
        last = page[-1]
        after = position(ids[last.origin], last.leaf_index)


def _open_licence(listing: Any, _on_day: str) -> OpenLicence:
    public = listing.public
    return OpenLicence(
        listing.name,
        listing.info.member,
        public.title[:_TEXT_MAX],
        public.region[:_TEXT_MAX],
        public.tech_field,
        public.supply.open_licence_fee_fen,
    )


def _overdue(listing: Any, on_day: str) -> Overdue:
    public = listing.public
    convert_by = public.supply.convert_by
    days = _ordinal(on_day) - _ordinal(convert_by)
    title, region = public.title[:_TEXT_MAX], public.region[:_TEXT_MAX]
    return Overdue(listing.name, listing.info.member, title, region, convert_by, days)


def _size_bytes(row: Sequence[Any]) -> int:
    """Return how many bytes a row takes of an answer, at most."""
    return sum(len(str(value).encode()) + _FIELD_BYTES for value in row)


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def _is_waiting(tx: Transaction, taken: Mapping[int, int]) -> bool:
    newest = arrivals.sizes_at(tx, arrivals.last_position(tx))
    return (
        {key: size for key, size in newest.items() if size}
        != {key: size for key, size in taken.items() if size}
        or report_rows.wants_sealed(tx)
        or contracts.is_any_waiting(tx)
        or report_rows.is_any_waiting(tx)
    )
