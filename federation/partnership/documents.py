"""Documents as the folds take them: where they stand, whom they name, what they say.

- A document is what part 0 of a verified SEALED entry holds. It is taken in whatever its bytes are:
  what cannot be read is `Unreadable`, what a newer version may read is `Unknown`; both are kept and
  void, alike everywhere.
- Its author is the member of its log. A member's documents are in the order of its logs: those of a
  successor log come after all of the one that it closed.
- A reader holds a document only if its header names the reader. So that both sides fold alike, a
  document counts only if it names every other member that the rules ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, TypeAlias

from federation.log.errors import Refused
from federation.partnership.codec import parse_document, which_document
from federation.partnership.steps import Note, Step, read_note, read_step
from federation.partnership.terms import (
    Cancellation,
    Confirmation,
    Registering,
    Terms,
    read_cancellation,
    read_confirmation,
    read_registration,
    read_terms,
)
from federation.records.refs import Ref, origin_of


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A content that breaks its form."""

    what: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A document of a newer version."""


Facts: TypeAlias = (
    Step | Note | Terms | Confirmation | Registering | Cancellation | Unreadable | Unknown
)

_READERS: Final[Mapping[str, Callable[[Any], Facts]]] = {
    "step": read_step,
    "note": read_note,
    "contract": read_terms,
    "confirmation": read_confirmation,
    "registration": read_registration,
    "cancellation": read_cancellation,
}


@dataclass(frozen=True, slots=True)
class Document:
    """A verified document."""

    ref: Ref
    subject: bytes
    named: frozenset[str]
    """The other members that may read it, as its header says."""
    facts: Facts
    content: bytes = field(default=b"", repr=False)

    @property
    def author(self) -> str:
        """The member that says it."""
        return self.ref.member

    @property
    def place(self) -> tuple[str, int, int]:
        """(author, generation of its log, leaf index): ascending in the order of writing."""
        origin = origin_of(self.ref.origin)
        return origin.member, origin.generation, self.ref.leaf_index

    def reaches(self, members: frozenset[str]) -> bool:
        """Say whether each of these members wrote it or may read it."""
        return members <= self.named | {self.author}


class Void(StrEnum):
    """Why a document counts for nothing."""

    UNREADABLE = "UNREADABLE"
    UNKNOWN = "UNKNOWN"
    """Of a kind that this version does not know."""
    OTHER_SUBJECT = "OTHER_SUBJECT"
    """It belongs to another enquiry or contract."""
    NOT_A_PARTY = "NOT_A_PARTY"
    NOT_ADDRESSED = "NOT_ADDRESSED"
    """Its header leaves out a member that must be able to read it."""
    NO_SUCH_DOCUMENT = "NO_SUCH_DOCUMENT"
    """What it names is no document of this enquiry or contract."""
    NOT_ALLOWED_HERE = "NOT_ALLOWED_HERE"
    """Its author may not say this there."""
    ALREADY_ANSWERED = "ALREADY_ANSWERED"
    """Its author's log holds, lower, an answer to the same step or to a descendant of it."""
    ANSWERS_VOID = "ANSWERS_VOID"
    """What it names is void or lost."""
    LOST = "LOST"
    """Another answer to the same step wins."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a fold makes of one document: valid, void for a reason, or waiting for others."""

    document: Document
    void: Void | None = None
    waits_for: frozenset[Ref] = frozenset()

    @property
    def is_valid(self) -> bool:
        """Whether it counts."""
        return self.void is None and not self.waits_for


def read_document(ref: Ref, subject: bytes, named: frozenset[str], content: bytes) -> Document:
    """Return the document that part 0 of a SEALED entry holds; never raises.

    `subject` and `named` are those of the part's header, `content` is the part's.
    """
    try:
        document = parse_document(content)
        which = which_document(document)
        facts = _READERS[which](getattr(document, which)) if which else Unknown()
    except Refused as refusal:
        facts = Unreadable(refusal.what)
    return Document(ref, subject, named, facts, content)
