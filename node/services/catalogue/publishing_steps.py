"""The steps that single writes and batches share, each over the log as one write sees it.

- Only own records change. A withdrawn one never does.
- (source_platform, source_id) stands for one live record.
- A revision gives all parts again, under fresh salts. One that says what stands already is not
  written.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from federation.log.entry import Audience, Operation
from federation.log.errors import Refused
from federation.records.codec import Listing, ListingPublic
from federation.records.revision import check_revision
from node.services.arguments import violation
from node.services.catalogue.reading import not_found
from node.services.catalogue.records import (
    PART_NAMES,
    etag_of,
    read_parts,
    record_name,
    source_of,
)
from node.services.log.drafts import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from federation.log.subject import RecordName
    from federation.records.codec import Record
    from federation.records.findings import Finding
    from node.services.catalogue.records import RecordKind
    from node.services.log.view import LogView, Source, Standing


def live(view: LogView, name: RecordName, kind: RecordKind, member: str) -> Standing:
    """Return where an own, live record stands.

    Refuses NOT_OWN_RECORD, RECORD_NOT_FOUND, RECORD_WITHDRAWN.
    """
    if name.member != member:
        raise Refused("NOT_OWN_RECORD", f"{name} is {name.member}'s record", name=str(name))
    standing = view.standing(name.subject)
    if standing is None or standing.kind != kind.number:
        raise not_found(str(name))
    if standing.is_withdrawn:
        raise Refused("RECORD_WITHDRAWN", f"{name} was withdrawn", name=str(name))
    return standing


def check_etag(standing: Standing, etag: str) -> None:
    """Refuse (STALE_ETAG) a change that is based on another entry; "" is based on any."""
    latest = etag_of(standing.leaf_hash)
    if etag and etag != latest:
        raise Refused("STALE_ETAG", "the record has changed since", etag=latest)


def source_standing(view: LogView, subject: bytes, standing: Standing) -> Source | None:
    """Return the platform's number that an own, live record stands for.

    Where its latest PUBLIC part is gone, the newest one that is held says it; None where none is.
    """
    content = standing.contents.get(Audience.PUBLIC)
    if content is None:
        content = next(reversed(list(view.publics(subject))), None)
    if content is None:
        return None
    return source_of(read_parts(standing.kind, {Audience.PUBLIC: content}))


def check_source_free(
    view: LogView, source: Source, member: str, subject: bytes | None = None
) -> None:
    """Refuse (DUPLICATE_SOURCE) a platform's number that another live record has."""
    holder = view.subject_of(source)
    if holder is None or holder == subject:
        return
    standing = view.standing(holder)
    if standing is None:
        raise AssertionError("every row of the table of sources has its record")
    name = record_name(member, standing.kind, holder)
    raise Refused(
        "DUPLICATE_SOURCE",
        f"{name} has source id {source[1]} of {source[0]}",
        name=name,
        source_platform=source[0],
        source_id=source[1],
    )


def revision_findings(
    view: LogView, subject: bytes, before: Record, after: Record
) -> Sequence[Finding]:
    """Return what forbids `after` as the revision that follows `before`."""
    if not before.HasField("public"):  # erased: there is nothing to compare with
        return ()
    validities: Sequence[date] = ()
    if isinstance(before, Listing) and isinstance(after, Listing):  # noqa: SIM102 - types first
        if before.public.valid_until != after.public.valid_until:
            validities = _validities(view.publics(subject))
    return check_revision(before, after, validities=validities)


def erasure_findings(
    view: LogView,
    subject: bytes,
    standing: Standing,
    contents: Sequence[tuple[Audience, bytes]],
) -> Sequence[Finding]:
    """Warn of parts that were erased of a record, and that all may read again by `contents`.

    A platform's list that is imported every night would bring them back without a word.
    """
    again = [audience for audience, _ in contents if audience not in standing.contents]
    if not again:  # nearly always
        return ()
    erased = view.erased_audiences(subject)
    return [
        violation(PART_NAMES[audience], "E_ERASED_BEFORE")
        for audience in again
        if audience in erased
    ]


def append_revision(
    view: LogView,
    subject: bytes,
    standing: Standing,
    contents: Sequence[tuple[Audience, bytes]],
    source: Source,
    was: Source | None,
) -> Standing | None:
    """Append a revision that was found good; None where nothing differs."""
    if dict(contents) == standing.contents:
        return None
    draft = Draft(
        kind=standing.kind,
        subject=subject,
        revision=standing.revision + 1,
        operation=Operation.PUT,
        contents=contents,
    )
    return view.append(draft, source, was=None if was == source else was)


def _validities(publics: Iterator[bytes]) -> list[date]:
    """Return every validity that a record gave, oldest first."""
    given = (ListingPublic.FromString(content).valid_until for content in publics)
    return [date.fromisoformat(one) for one in dict.fromkeys(given) if one]
