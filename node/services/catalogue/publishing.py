"""Publishing, revising and withdrawing records of the own log, alike for all three kinds.

- A record is checked as it will be stored; every rule that it breaks is told at once. That is done
  in the writer's thread too: only one thread runs at a time, and there one check follows another.
- A platform writes only records of its own source_platform, before and after a change.
- `validate_only` goes the same way over a snapshot, and writes nothing; a request id that was used
  before has its outcome then too.
- The outcome kept under a request id is (leaf index, changed): a retry is answered from the log.
- With `ack_peer` the answer waits until another member has stored the entry too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from federation.log.entry import Operation
from federation.log.subject import new_subject
from federation.records.codec import RECORD_TYPES, serialise_parts
from federation.records.revision import check_first
from node.services.arguments import invalid
from node.services.catalogue.publishing_steps import (
    append_revision,
    check_etag,
    check_source_free,
    erasure_findings,
    live,
    revision_findings,
    source_standing,
)
from node.services.catalogue.records import (
    checked_record,
    fill_info,
    parse_name,
    read_parts,
    record_name,
    refuse,
    source_of,
    state_of,
)
from node.services.log.drafts import Draft, record_body
from node.services.log.sequencer import Write

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from federation.log.subject import RecordName
    from federation.records.codec import Record
    from federation.records.findings import Finding
    from node.services.access import Caller
    from node.services.catalogue.reading import Catalogue
    from node.services.catalogue.records import RecordKind
    from node.services.log.sequencer import Sequencer
    from node.services.log.view import LogView, Standing
    from node.services.log.write_options import WriteOptions

_LEAF_BYTES: Final = 8
_SUBJECT_RANDOM_BYTES: Final = 10
_REASON_WITHDRAWN: Final = 1
_REASONS: Final = range(1, 6)
_REASONS_WITH_SUCCESSOR: Final = frozenset({3, 4})  # DUPLICATE, MOVED


@dataclass(slots=True)
class Written:
    """The record as it stands after a write, of the kind that was written.

    `changed` is False where nothing differed.
    """

    record: Any
    warnings: Sequence[Finding] = field(default_factory=tuple)
    changed: bool = True


class Publishing:
    """Writes records for one member. `clock` gives Unix seconds."""

    def __init__(
        self,
        sequencer: Sequencer,
        catalogue: Catalogue,
        member: str,
        clock: Callable[[], float],
        random_bytes: Callable[[int], bytes],
        ack_wait_s: float = 8.0,
    ) -> None:
        """`ack_wait_s` bounds the wait for another member."""
        self._sequencer = sequencer
        self._catalogue = catalogue
        self._member = member
        self._clock = clock
        self._random_bytes = random_bytes
        self._ack_wait_s = ack_wait_s

    def publish(
        self,
        caller: Caller,
        kind: RecordKind,
        record: Record,
        options: WriteOptions,
        replaces: str = "",
    ) -> Written:
        """Publish a record as revision 1 of a new subject.

        Refuses INVALID_FIELD, PLATFORM_MISMATCH, DUPLICATE_SOURCE, and what `submit` refuses.
        """
        replaced = parse_name(replaces, kind, "replaces") if replaces else None
        subject = new_subject(int(self._clock() * 1000), self._random_bytes(_SUBJECT_RANDOM_BYTES))
        done = _Done()

        def prepare(view: LogView) -> bytes:
            checked = checked_record(record, self._clock())
            refuse([*checked.violations, *check_first(checked.record)])
            source = source_of(checked.record)
            caller.check_writes_for(source[0])
            check_source_free(view, source, self._member)
            if replaced is not None:
                self._check_replaced(view, replaced, kind)
            draft = Draft(
                kind=kind.number,
                subject=subject,
                revision=1,
                operation=Operation.PUT,
                body=record_body(replaces=replaces),
                contents=serialise_parts(checked.record),
            )
            done.warnings = checked.warnings
            return done.appended(view.append(draft, source), checked.record)

        name = "" if options.validate_only else record_name(self._member, kind.number, subject)
        # Not checked yet: it is looked up only where any database can.
        source = source_of(record)
        asked = () if "\0" in "".join(source) else (source,)
        write = Write(prepare, options.request, record.ByteSize, asked)
        written = self._write(caller, name, write, done, options)
        written.warnings = done.warnings
        if not done.is_prepared:  # a retry: the record is warned of as it was at first
            written.warnings = checked_record(record, self._clock()).warnings
        return written

    def revise(
        self,
        caller: Caller,
        kind: RecordKind,
        name: str,
        change: Callable[[Any], Any],
        options: WriteOptions,
        etag: str = "",
    ) -> Written:
        """Give a record its next revision: what `change` makes of the one that stands.

        Refuses what `publish` does, NOT_OWN_RECORD, RECORD_NOT_FOUND, RECORD_WITHDRAWN, STALE_ETAG.
        """
        parsed = parse_name(name, kind)
        done = _Done()

        def prepare(view: LogView) -> bytes:
            standing = live(view, parsed, kind, self._member)
            check_etag(standing, etag)
            was = source_standing(view, parsed.subject, standing)
            caller.check_writes_for(was[0] if was else "")
            before = read_parts(kind.number, standing.contents)
            after = change(read_parts(kind.number, standing.contents))
            checked = checked_record(after, self._clock())
            refuse(
                [
                    *checked.violations,
                    *revision_findings(view, parsed.subject, before, checked.record),
                ]
            )
            source = source_of(checked.record)
            caller.check_writes_for(source[0])
            check_source_free(view, source, self._member, parsed.subject)
            contents = serialise_parts(checked.record)
            again = erasure_findings(view, parsed.subject, standing, contents)
            done.warnings = (*checked.warnings, *again)
            added = append_revision(view, parsed.subject, standing, contents, source, was)
            return done.appended(added or standing, checked.record, changed=added is not None)

        written = self._write(caller, name, Write(prepare, options.request), done, options)
        written.warnings = done.warnings
        return written

    def withdraw(
        self,
        caller: Caller,
        kind: RecordKind,
        name: str,
        options: WriteOptions,
        etag: str = "",
        reason: int = 0,
        successor: str = "",
    ) -> Written:
        """Withdraw a record for good. `reason` is a ydx.log.v1.WithdrawReason.

        Refuses INVALID_FIELD, PLATFORM_MISMATCH, NOT_OWN_RECORD, RECORD_NOT_FOUND,
        RECORD_WITHDRAWN, STALE_ETAG, and what `submit` refuses.
        """
        parsed = parse_name(name, kind)
        following = _following(reason, successor, parsed, kind)
        body = record_body(reason=reason or _REASON_WITHDRAWN, successor=successor)
        done = _Done()

        def prepare(view: LogView) -> bytes:
            standing = live(view, parsed, kind, self._member)
            check_etag(standing, etag)
            was = source_standing(view, parsed.subject, standing)
            caller.check_writes_for(was[0] if was else "")
            if following is not None and following.member == self._member:
                self._check_successor(view, following, kind)
            draft = Draft(
                kind=kind.number,
                subject=parsed.subject,
                revision=standing.revision + 1,
                operation=Operation.WITHDRAW,
                body=body,
            )
            return done.appended(view.append(draft, was=was), RECORD_TYPES[kind.number].record())

        return self._write(caller, name, Write(prepare, options.request), done, options)

    def _write(
        self,
        caller: Caller,
        name: str,
        write: Write,
        done: _Done,
        options: WriteOptions,
    ) -> Written:
        if options.validate_only:
            outcome = self._sequencer.rehearse(write)
        else:
            outcome = self._sequencer.submit(write)
            if options.ack_peer:
                self._sequencer.wait_stored_by_peer(self._ack_wait_s)
        if outcome.replayed:
            leaf_index = int.from_bytes(outcome.content[:_LEAF_BYTES])
            record = self._catalogue.own_revision(caller, leaf_index)
            return Written(record, changed=bool(outcome.content[_LEAF_BYTES]))
        return done.written(self._member, name, rehearsed=options.validate_only)

    def _check_successor(self, view: LogView, name: RecordName, kind: RecordKind) -> None:
        """Refuse a record of this node that there is not."""
        standing = view.standing(name.subject)
        if standing is None or standing.kind != kind.number:
            raise invalid("successor", "SUCCESSOR_UNKNOWN", name)

    def _check_replaced(self, view: LogView, name: RecordName, kind: RecordKind) -> None:
        standing = view.standing(name.subject) if name.member == self._member else None
        if standing is None or standing.kind != kind.number:
            raise invalid("replaces", "REPLACES_UNKNOWN", name)
        if not standing.is_withdrawn:
            raise invalid("replaces", "REPLACES_LIVE", name)


class _Done:
    """What `prepare` leaves behind for the answer; the last preparation counts."""

    def __init__(self) -> None:
        self.warnings: Sequence[Finding] = ()
        self._standing: Standing | None = None
        self._record: Record | None = None
        self._changed = True

    @property
    def is_prepared(self) -> bool:
        """Whether it was prepared now, and not before under the same request id."""
        return self._standing is not None

    def appended(self, standing: Standing, record: Record, *, changed: bool = True) -> bytes:
        """Keep it, and return the outcome for the request id."""
        self._standing, self._record, self._changed = standing, record, changed
        return standing.leaf_index.to_bytes(_LEAF_BYTES) + bytes((changed,))

    def written(self, member: str, name: str, *, rehearsed: bool) -> Written:
        """Return the record as it stands now; a rehearsed change has no place in the log."""
        if self._standing is None or self._record is None:
            raise AssertionError("nothing was prepared")
        record, standing = self._record, self._standing
        record.name = name
        record.state = state_of(standing)
        if not rehearsed or not self._changed:
            fill_info(record.info, member, standing)
        return Written(record, changed=self._changed)


def _following(
    reason: int, successor: str, name: RecordName, kind: RecordKind
) -> RecordName | None:
    """Return the successor of a withdrawn record; refuses what does not fit the reason."""
    if reason and reason not in _REASONS:
        raise invalid("reason", "CHOICE_UNKNOWN", reason, choice="ydx.log.v1.WithdrawReason")
    if reason in _REASONS_WITH_SUCCESSOR:
        if not successor:
            raise invalid("successor", "SUCCESSOR_NEEDED")
        following = parse_name(successor, kind, "successor")
        if following == name:
            raise invalid("successor", "SUCCESSOR_ITSELF", successor)
        return following
    if successor:
        raise invalid("successor", "SUCCESSOR_UNNEEDED", successor)
    return None
