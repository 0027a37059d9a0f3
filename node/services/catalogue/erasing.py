"""Erasing parts of an own record: personal data that must go, or what should never have been said.

- The parts of an audience go in all revisions of the record, withdrawn or not; later revisions may
  have them again. What was erased before is left alone, so a repeat changes nothing.
- A platform erases parts of its own records, as long as one of their PUBLIC parts tells that they
  are; security erases of any own record (个人信息保护法 art. 47).
- The entry hides them at once, everywhere. Their bytes are destroyed by each member after its delay
  (`destruction`). Neither can be undone, and the ground stands in the log for good.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from federation.log.entry import KIND_ERASE, Audience, parse_entry
from federation.log.errors import Refused
from federation.records.codec_body import ErasedPart, erase_body
from federation.records.personal_data import find_personal_data
from node.services.access import Role
from node.services.arguments import invalid
from node.services.catalogue.publishing_steps import source_standing
from node.services.catalogue.reading import not_found
from node.services.catalogue.records import KINDS, PART_NAMES, parse_name
from node.services.log.drafts import Draft
from node.services.log.sequencer import Write
from node.storage import catalogue, mirrors, parts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from federation.log.subject import RecordName
    from node.services.access import Caller
    from node.services.log.sequencer import Sequencer
    from node.services.log.view import LogView
    from node.services.log.write_options import WriteOptions

LINES_A_ENTRY: Final = 256
"""An entry has at most 64 KiB, and a line up to 150 bytes."""
_REVISIONS_A_PAGE: Final = 64
_GROUND: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .:/-]{1,63}")
_AUDIENCES: Final = {name: audience for audience, name in PART_NAMES.items()}


class Erased(NamedTuple):
    """What an erasure came to."""

    parts: int
    """How many it erased."""
    before: int
    """How many of those asked for were erased before."""
    leaf_index: int
    """Where its (last) entry stands; 0 where nothing was left to erase, or it was rehearsed."""

    def to_bytes(self) -> bytes:
        """Return what is kept under a request id."""
        return b"".join(number.to_bytes(8) for number in self)

    @classmethod
    def from_bytes(cls, kept: bytes) -> Erased:
        """Read it back."""
        return cls(*(int.from_bytes(kept[at : at + 8]) for at in (0, 8, 16)))


@dataclass(frozen=True, slots=True)
class Erasing:
    """Erases for one member."""

    sequencer: Sequencer
    own_origin: str
    member: str
    ack_wait_s: float = 8.0
    """Bounds the wait for another member."""

    def erase(
        self,
        caller: Caller,
        name: str,
        part_names: Sequence[str],
        legal_ground: str,
        options: WriteOptions,
    ) -> Erased:
        """Erase parts of a record, named as in DESIGN section 4: public, members, origin.

        Refuses INVALID_FIELD, NOT_OWN_RECORD, RECORD_NOT_FOUND, PLATFORM_MISMATCH, and what
        `submit` refuses.
        """
        parsed = parse_name(name, None)
        audiences = _audiences(part_names)
        if not _GROUND.fullmatch(legal_ground):
            raise invalid("legal_ground", "LEGAL_GROUND", legal_ground)
        if next(find_personal_data(legal_ground), None) is not None:
            raise invalid("legal_ground", "LEGAL_GROUND")  # what it is told nowhere
        if parsed.member != self.member:
            raise Refused("NOT_OWN_RECORD", f"{name} is {parsed.member}'s record", name=name)

        def prepare(view: LogView) -> bytes:
            self._check_may(view, caller, parsed)
            lines, before = self._lines(view, parsed.subject, audiences)
            leaf_index = 0
            for first in range(0, len(lines), LINES_A_ENTRY):
                body = erase_body(tuple(lines[first : first + LINES_A_ENTRY]), legal_ground)
                leaf_index = view.append(Draft(kind=KIND_ERASE, body=body)).leaf_index
            view.hide(parsed.subject, audiences)
            return Erased(len(lines), before, leaf_index).to_bytes()

        write = Write(prepare, options.request)
        if options.validate_only:
            rehearsed = self.sequencer.rehearse(write)
            erased = Erased.from_bytes(rehearsed.content)
            return erased if rehearsed.replayed else erased._replace(leaf_index=0)
        outcome = self.sequencer.submit(write)
        if options.ack_peer:
            self.sequencer.wait_stored_by_peer(self.ack_wait_s)
        return Erased.from_bytes(outcome.content)

    def _check_may(self, view: LogView, caller: Caller, name: RecordName) -> None:
        standing = view.standing(name.subject)
        if standing is None or not _is_of(name, standing.kind):
            raise not_found(str(name))
        if Role.SECURITY not in caller.roles:
            source = source_standing(view, name.subject, standing)
            caller.check_writes_for(source[0] if source else "")

    def _lines(
        self, view: LogView, subject: bytes, audiences: Collection[Audience]
    ) -> tuple[list[ErasedPart], int]:
        """Return the parts that are to go, and how many went before."""
        tx = view.transaction
        origin_id = mirrors.get(tx, self.own_origin).origin_id
        lines, before = [], 0
        for leaf_index, number in self._places(view, subject, audiences):
            if parts.is_erased(tx, origin_id, leaf_index, number):
                before += 1
            else:
                lines.append(ErasedPart(self.own_origin, leaf_index, number))
        return lines, before

    def _places(
        self, view: LogView, subject: bytes, audiences: Collection[Audience]
    ) -> Iterator[tuple[int, int]]:
        """Yield leaf index and number of every part of these audiences that a record ever had."""
        tx, after = view.transaction, 0
        while page := catalogue.history(tx, self.own_origin, subject, after, _REVISIONS_A_PAGE):
            for revision in page:
                for number, (audience, _) in enumerate(parse_entry(revision.entry).parts):
                    if audience in audiences:
                        yield revision.leaf_index, number
            after = page[-1].revision
        for leaf_index, number, audience in view.staged_parts(subject):
            if audience in audiences:
                yield leaf_index, number


def _audiences(names: Sequence[str]) -> frozenset[Audience]:
    if not names:
        raise invalid("parts", "REQUIRED")
    for at, name in enumerate(names):
        if name not in _AUDIENCES:
            raise invalid(f"parts[{at}]", "ERASED_PART_UNKNOWN", name)
    return frozenset(_AUDIENCES[name] for name in names)


def _is_of(name: RecordName, kind: int) -> bool:
    return KINDS[kind].collection == name.collection
