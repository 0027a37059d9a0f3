"""Batches: many listings of a platform in one write, row by row.

- A row stands for the listing with its (source_platform, source_id): a new one is created, a known
  one revised, an unchanged one left alone. Rows are taken in order, so of two rows for one listing
  the later one revises what the earlier one created.
- A row that names no platform is of the platform whose token it comes under.
- A row is the whole listing: what it leaves out is gone after it. Only the status stays where a row
  has none, since sources seldom know it.
- A rehearsed batch tells no place of an entry that is not written, nor the name of a new listing:
  the call itself will give it another.
- Rows fail one by one; what else fails (a full disk, say) fails the batch, and nothing is written.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from federation.log.entry import Operation
from federation.log.errors import Refused
from federation.log.subject import new_subject
from federation.records.codec import Listing, serialise_parts
from federation.records.listing import check_in_place
from federation.records.revision import check_first
from node.services.access import Role
from node.services.arguments import violation
from node.services.catalogue.publishing_steps import (
    append_revision,
    erasure_findings,
    revision_findings,
)
from node.services.catalogue.records import (
    LISTING,
    etag_of,
    read_parts,
    record_name,
    shanghai_day,
    source_of,
)
from node.services.log.drafts import Draft
from node.services.log.sequencer import Write

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from federation.log.entry import Audience
    from federation.records.findings import Checked, Finding
    from node.services.access import Caller
    from node.services.log.sequencer import Sequencer
    from node.services.log.view import LogView, Source, Standing
    from node.services.log.write_options import WriteOptions

CREATED: Final = 1
REVISED: Final = 2
UNCHANGED: Final = 3
REFUSED: Final = 4


def of_platform(listing: Listing, source_platform: str) -> Listing:
    """Return the listing as one of this platform."""
    named = Listing()
    named.CopyFrom(listing)
    named.public.source_platform = source_platform
    return named


class Row(NamedTuple):
    """What was done with one row; `outcome` is a BatchOutcome, a refused row has no name."""

    outcome: int
    name: str = ""
    etag: str = ""
    leaf_index: int = 0
    violations: Sequence[Finding] = ()
    warnings: Sequence[Finding] = ()


class _Asked(NamedTuple):
    """A row as it stands alone: what forbids it, the number it stands for, and else its parts."""

    checked: Checked[Listing]
    refusals: Sequence[Finding]
    source: Source
    contents: Sequence[tuple[Audience, bytes]]


class BatchPublishing:
    """Writes batches for one member. `clock` gives Unix seconds."""

    def __init__(
        self,
        sequencer: Sequencer,
        member: str,
        clock: Callable[[], float],
        random_bytes: Callable[[int], bytes],
        ack_wait_s: float = 8.0,
    ) -> None:
        """`ack_wait_s` bounds the wait for another member."""
        self._sequencer = sequencer
        self._member = member
        self._clock = clock
        self._random_bytes = random_bytes
        self._ack_wait_s = ack_wait_s

    def publish(
        self,
        caller: Caller,
        listings: Sequence[Listing],
        options: WriteOptions,
        serialise: Callable[[Sequence[Row]], bytes],
    ) -> bytes:
        """Write a batch and return its answer, a row for each listing, as `serialise` wrote it.

        The listings are taken over: they are checked in place, and what they become is written.
        The answer is what is kept under the request id. Raises what `Sequencer.submit` does.
        """
        rows = self._asked(caller, listings)

        def prepare(view: LogView) -> bytes:
            done = [self._row(view, row) for row in rows]
            return serialise(_unwritten(done) if options.validate_only else done)

        def size_bytes() -> int:
            return sum(len(content) for row in rows for _, content in row.contents)

        sources = {row.source for row in rows if not row.refusals}
        write = Write(prepare, options.request, size_bytes, sources)
        if options.validate_only:
            return self._sequencer.rehearse(write).content
        outcome = self._sequencer.submit(write)
        if options.ack_peer:
            self._sequencer.wait_stored_by_peer(self._ack_wait_s)
        return outcome.content

    def _asked(self, caller: Caller, listings: Sequence[Listing]) -> list[_Asked]:
        """Check rows as they stand alone, each step for all of them: see `check_in_place`."""
        if Role.PLATFORM in caller.roles:
            platform = caller.source_platform
            listings = [
                listing if listing.public.source_platform else of_platform(listing, platform)
                for listing in listings
            ]
        checked = check_in_place(listings, today=shanghai_day(self._clock()))
        sources = [source_of(one.record) for one in checked]
        refusals = [_refusals(caller, *row) for row in zip(checked, sources, strict=True)]
        contents = [
            () if refused else serialise_parts(one.record)
            for one, refused in zip(checked, refusals, strict=True)
        ]
        return list(map(_Asked, checked, refusals, sources, contents))

    def _row(self, view: LogView, asked: _Asked) -> Row:
        checked, refusals, source, _ = asked
        if refusals:
            return Row(REFUSED, violations=refusals, warnings=checked.warnings)
        subject = view.subject_of(source)
        standing = None if subject is None else view.standing(subject)
        if subject is None or standing is None:
            return self._create(view, asked)
        if standing.kind != LISTING.number:
            name = record_name(self._member, standing.kind, subject)
            taken = violation("public.source_id", "SOURCE_TAKEN", source[1], name=name)
            return Row(REFUSED, violations=(taken,), warnings=checked.warnings)
        return self._revise(view, asked, subject, standing)

    def _create(self, view: LogView, asked: _Asked) -> Row:
        checked = asked.checked
        refusals = check_first(checked.record)
        if refusals:
            return Row(REFUSED, violations=refusals, warnings=checked.warnings)
        subject = new_subject(int(self._clock() * 1000), self._random_bytes(10))
        draft = Draft(
            kind=LISTING.number,
            subject=subject,
            revision=1,
            operation=Operation.PUT,
            contents=asked.contents,
        )
        added = view.append(draft, asked.source)
        return self._done(CREATED, subject, added, checked)

    def _revise(self, view: LogView, asked: _Asked, subject: bytes, standing: Standing) -> Row:
        checked, _, source, contents = asked
        record = checked.record
        before: Any = read_parts(LISTING.number, standing.contents)
        if not record.public.status and before.public.status:
            record = Listing()
            record.CopyFrom(checked.record)
            record.public.status = before.public.status
            record.public.status_reason = before.public.status_reason
            contents = serialise_parts(record)
        refusals = revision_findings(view, subject, before, record)
        if refusals:
            return Row(REFUSED, violations=refusals, warnings=checked.warnings)
        again = erasure_findings(view, subject, standing, contents)
        if again:
            checked = replace(checked, warnings=(*checked.warnings, *again))
        added = append_revision(view, subject, standing, contents, source, was=source)
        if added is None:
            return self._done(UNCHANGED, subject, standing, checked)
        return self._done(REVISED, subject, added, checked)

    def _done(
        self, outcome: int, subject: bytes, standing: Standing, checked: Checked[Listing]
    ) -> Row:
        return Row(
            outcome,
            record_name(self._member, LISTING.number, subject),
            etag_of(standing.leaf_hash),
            standing.leaf_index,
            warnings=checked.warnings,
        )


def _refusals(caller: Caller, checked: Checked[Listing], source: Source) -> Sequence[Finding]:
    try:
        caller.check_writes_for(source[0])
    except Refused:
        own, field = caller.source_platform, "public.source_platform"
        other = violation(field, "PLATFORM_MISMATCH", source[0], own=own)
        return (*checked.violations, other)
    return checked.violations


def _unwritten(rows: Sequence[Row]) -> list[Row]:
    """Return what is told of rehearsed rows."""
    written = set()
    new = {row.name for row in rows if row.outcome == CREATED}
    told = []
    for row in rows:
        if row.outcome in {CREATED, REVISED}:
            written.add(row.name)
        if row.name in written:
            row = row._replace(name="" if row.name in new else row.name, etag="", leaf_index=0)  # noqa: PLW2901 - less of it
        told.append(row)
    return told
