"""Plans and runs an import: rows to listings, listings in batches to whoever publishes them.

- Plan and run are one procedure. A plan's `publish_batch` only checks (validate_only), a run's
  publishes; both say what is or would be done with each row.
- A row that was refused here or there stops no other. Results come in the order of the file.
- (source_platform, source_id) identifies a row: what was published before is updated or the same,
  so an import that broke off is simply run again. A second row with one id in a file is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from federation.log.errors import Refused
from federation.records.codec import ListingKind
from node.importing.codec import outcome_name
from node.importing.packing import place_before
from node.importing.problems import Problem, known_terms, problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from federation.records.codec import Listing
    from node.importing.mapper import Mapped, RowMapper
    from node.importing.rows import Row, Table
    from ydx.exchange.v1 import listing_messages_pb2

    PublishBatch = Callable[[Sequence[Listing]], Sequence[listing_messages_pb2.BatchRow]]

BATCH_ROWS: Final = 500
_KIND: Final = "public.kind"
_KINDS: Final = (ListingKind.LISTING_KIND_SUPPLY, ListingKind.LISTING_KIND_DEMAND)
BATCH_BYTES: Final = 3 << 20  # below the 4 MiB that a message may have
_OF_MAPPINGS: Final = {
    # Of a column whose mapping tells formats BAD_DATE was told before.
    "DATE_FORM": (
        '；其他格式可在映射中写明，如 dates = "%Y/%m/%d"',
        '; a mapping can tell another format, as dates = "%Y/%m/%d"',
    ),
}
"""What a mapping can do about what a record breaks, in Chinese and in English."""


class Outcome(StrEnum):
    """What is, or in a plan would be, done with a row."""

    CREATE = "create"
    UPDATE = "update"
    SAME = "same"
    ERROR = "error"


_OUTCOMES: Final = {
    "CREATED": Outcome.CREATE,
    "REVISED": Outcome.UPDATE,
    "UNCHANGED": Outcome.SAME,
}


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row; `name` is the record's, where it has one."""

    line: int
    outcome: Outcome
    source_platform: str = ""
    source_id: str = ""
    name: str = ""
    problems: tuple[Problem, ...] = ()


def import_rows(
    table: Table,
    mapper: RowMapper,
    publish_batch: PublishBatch,
    *,
    unread: set[str] | None = None,
    absent: set[str] | None = None,
    check: PublishBatch | None = None,
) -> Iterator[RowResult]:
    """Yield a result for every row of the table, in order, and close the table.

    `check` holds rows against the rules: what a row breaks beside what could not be read in it is
    told with that. `unread` collects the keys of columns that go nowhere, `absent` what the mapping
    names and the file has nowhere; of JSON that is known at its end. Raises Refused (BAD_FILE) if a
    column that every row needs is absent; whatever publish_batch raises goes through: rows that
    were yielded before are done.
    """
    try:
        if table.columns and (missing := mapper.missing(table.columns)):
            what = (
                f"columns are missing: {', '.join(missing)}; there are {', '.join(table.columns)}"
            )
            if cure := mapper.cure(table.columns):
                what = f"{what}; {cure}"
            raise Refused("BAD_FILE", what, missing=", ".join(missing))
        if absent is not None and table.columns:
            absent.update(mapper.absent(table.columns))
        known_keys: set[str] = set()
        batch = _Batch(mapper, publish_batch, check)
        for row in table.rows:
            if new_keys := row.cells.keys() - known_keys:
                known_keys |= new_keys
                if unread is not None:
                    unread.update(mapper.unread(new_keys))
            yield from batch.add(row)
        yield from batch.flush()
        if absent is not None and not table.columns and known_keys:
            absent.update(mapper.absent(known_keys))
    finally:
        table.close()


@dataclass(frozen=True, slots=True)
class _Pending:
    """A row that waits for its turn: refused here (no listing), or to be published."""

    line: int
    source: tuple[str, str]
    problems: tuple[Problem, ...]
    listing: Listing | None
    moved: Mapping[str, str] = field(default_factory=dict)


class _Batch:
    """Collects rows, and publishes them when there are enough or they are large enough."""

    def __init__(
        self, mapper: RowMapper, publish_batch: PublishBatch, check: PublishBatch | None
    ) -> None:
        self._mapper = mapper
        self._check = check
        self._publish_batch = publish_batch
        self._first_lines: dict[tuple[str, str], int] = {}
        self._pending: list[_Pending] = []
        self._size_bytes = 0

    def add(self, row: Row) -> Iterator[RowResult]:
        """Take a row; yield the results of those before it if it does not fit with them."""
        pending = self._judged(row)
        size_bytes = pending.listing.ByteSize() if pending.listing is not None else 0
        if len(self._pending) == BATCH_ROWS or self._size_bytes + size_bytes > BATCH_BYTES:
            yield from self.flush()
        self._pending.append(pending)
        self._size_bytes += size_bytes

    def _judged(self, row: Row) -> _Pending:
        mapped = self._mapper.map_row(row)
        public = mapped.listing.public
        source = (public.source_platform, public.source_id)
        if mapped.refused:
            problems = (*mapped.problems, *self._also_broken(mapped))
            return _Pending(row.line, source, problems, None)
        if mapped.listing.ByteSize() > BATCH_BYTES:  # no message could hold it
            too_large = problem("ROW_TOO_LARGE")
            return _Pending(row.line, source, (*mapped.problems, too_large), None)
        first_line = self._first_lines.setdefault(source, row.line) if source[1] else row.line
        if first_line == row.line:
            return _Pending(row.line, source, mapped.problems, mapped.listing, mapped.moved)
        path = "public.source_id"
        doubled = problem(
            "DUPLICATE_ROW",
            column=self._mapper.column_of(path),
            field=path,
            value=public.source_id,
            more=(f"；首次出现在第 {first_line} 行", f"; it first stands in row {first_line}"),
        )
        return _Pending(row.line, source, (*mapped.problems, doubled), None)

    def _also_broken(self, mapped: Mapped) -> list[Problem]:
        """Return the rules that a refused row breaks in fields that could be read."""
        unread = {one.field for one in mapped.problems if not one.is_warning}
        if self._check is None or "" in unread:  # the row itself was not read
            return []
        listings = [mapped.listing]
        if _KIND in unread:  # what it breaks whichever kind it is
            listings = [_of_kind(mapped.listing, kind) for kind in _KINDS]
        broken = [
            [_broken(self._mapper, one, mapped.moved) for one in answer.violations]
            for answer in self._check(listings)
        ]
        return [
            one
            for one in broken[0]
            if all(one in others for others in broken[1:])
            and not any(one.field == field or one.field.startswith(f"{field}.") for field in unread)
        ]

    def flush(self) -> Iterator[RowResult]:
        """Publish what is collected in one call and yield the result of each row."""
        listings = [row.listing for row in self._pending if row.listing is not None]
        answers = iter(self._publish_batch(listings) if listings else ())
        for row in self._pending:
            if row.listing is None:
                yield RowResult(row.line, Outcome.ERROR, *row.source, problems=row.problems)
            else:
                yield _result(row, next(answers), self._mapper)
        self._pending.clear()
        self._size_bytes = 0


def _of_kind(listing: Listing, kind: ListingKind) -> Listing:
    """Return a copy that is of a kind."""
    copy = type(listing)()
    copy.CopyFrom(listing)
    copy.public.kind = kind
    return copy


def _broken(mapper: RowMapper, violation: Any, moved: Mapping[str, str]) -> Problem:
    told = _told(mapper, violation, moved)
    if violation.rule == "REQUIRED":
        told = _with(told, known_terms("", mapper.terms_of(told.field), ("", "")))
    return replace(told, value=violation.value)


def _told(mapper: RowMapper, found: Any, moved: Mapping[str, str]) -> Problem:
    """Return what a violation or warning says, of the column that the field came from."""
    place = place_before(found.field, moved)
    zh, en = (
        place + text.removeprefix(found.field) if text.startswith(found.field) else text
        for text in (found.text_zh, found.text_en)
    )
    told = Problem(found.rule, zh, en, column=mapper.column_of(place), field=place)
    if found.rule == "E_AMOUNT_SMALL":
        return _with(told, mapper.unit_of(place))
    return _with(told, _OF_MAPPINGS.get(found.rule, ("", "")))


def _with(told: Problem, more: tuple[str, str]) -> Problem:
    return replace(told, text_zh=told.text_zh + more[0], text_en=told.text_en + more[1])


def _result(row: _Pending, answer: listing_messages_pb2.BatchRow, mapper: RowMapper) -> RowResult:
    outcome = _OUTCOMES.get(outcome_name(answer), Outcome.ERROR)
    problems = [_broken(mapper, violation, row.moved) for violation in answer.violations]
    problems += [_told(mapper, warning, row.moved) for warning in answer.warnings]
    if outcome is Outcome.ERROR and not answer.violations:
        problems.append(problem("REFUSED"))
    return RowResult(
        row.line, outcome, *row.source, name=answer.name, problems=(*row.problems, *problems)
    )
