"""The facts of an enquiry's documents, and the table of who may answer what.

| answered | R, the listing's member | E, the enquirer's |
|---|---|---|
| (nothing) | | SUBMITTED |
| SUBMITTED, INFO_GIVEN | INFO_REQUESTED, ACCEPTED, DECLINED, EXPIRED | CANCELLED, EXPIRED |
| INFO_REQUESTED | EXPIRED | INFO_GIVEN, CANCELLED, EXPIRED |
| ACCEPTED | | INTRODUCED, CANCELLED, EXPIRED |
| INTRODUCED | CONTRACTED, NO_DEAL | CONTRACTED, NO_DEAL |

Nothing answers the other five: they end the enquiry. Where one member is both R and E, it may take
either's steps. Reading asks only for what the fold needs (references, the listing's member); what
an own member may write is stricter, see `validation`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, IntEnum, auto
from functools import lru_cache
from typing import Final

from federation.log.errors import Refused
from federation.partnership.codec import EnquiryNote, EnquiryStep, ListingVersion
from federation.records.refs import Ref, member_of_record, read_ref


class StepKind(IntEnum):
    """The steps of an enquiry."""

    SUBMITTED = 1
    INFO_REQUESTED = 2
    INFO_GIVEN = 3
    ACCEPTED = 4
    DECLINED = 5
    INTRODUCED = 6
    CONTRACTED = 7
    NO_DEAL = 8
    CANCELLED = 9
    EXPIRED = 10


class NoteKind(IntEnum):
    """The notes on an enquiry."""

    NDA = 1
    NEGOTIATION = 2
    DISPUTE = 3
    CONTACTS = 4
    REGISTRATION = 5
    CONSENT_WITHDRAWN = 6


class Role(Flag):
    """In which role a member may take a step."""

    LISTING = auto()
    ENQUIRER = auto()
    EITHER = LISTING | ENQUIRER


_OPEN: Final = {
    StepKind.INFO_REQUESTED: Role.LISTING,
    StepKind.ACCEPTED: Role.LISTING,
    StepKind.DECLINED: Role.LISTING,
    StepKind.CANCELLED: Role.ENQUIRER,
    StepKind.EXPIRED: Role.EITHER,
}
ANSWERS: Final[dict[int, dict[StepKind, Role]]] = {
    StepKind.SUBMITTED: _OPEN,
    StepKind.INFO_GIVEN: _OPEN,
    StepKind.INFO_REQUESTED: {
        StepKind.INFO_GIVEN: Role.ENQUIRER,
        StepKind.CANCELLED: Role.ENQUIRER,
        StepKind.EXPIRED: Role.EITHER,
    },
    StepKind.ACCEPTED: {
        StepKind.INTRODUCED: Role.ENQUIRER,
        StepKind.CANCELLED: Role.ENQUIRER,
        StepKind.EXPIRED: Role.ENQUIRER,
    },
    StepKind.INTRODUCED: {
        StepKind.CONTRACTED: Role.EITHER,
        StepKind.NO_DEAL: Role.EITHER,
    },
}
"""Answered step → answer → who may give it."""

ENDING: Final = frozenset(StepKind) - frozenset(ANSWERS)
"""The steps that nothing answers."""


@dataclass(frozen=True, slots=True)
class ListingFacts:
    """A version of a listing, and who works for it."""

    name: str
    version: Ref
    revision: int
    manager: str
    service_organisation: str
    member: str
    """The listing's member, which is that of the version's log."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step as the fold sees it. `kind` may be one that this version does not know."""

    kind: int
    answers: Ref | None
    listing: ListingFacts | None = None
    contract: Ref | None = None
    answer_due: str = ""
    decision_due: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A note as the fold sees it. `kind` may be one that this version does not know."""

    kind: int
    about: Ref


@lru_cache(maxsize=64)  # the fold asks again and again for a table of few rows
def may_answer(answered: int, role: Role) -> frozenset[StepKind]:
    """Return the steps that a member in that role may answer a step with."""
    return frozenset(kind for kind, by in ANSWERS.get(answered, {}).items() if by & role)


def read_step(said: EnquiryStep) -> Step:
    """Return the facts of a step, or refuse it (MALFORMED_PART)."""
    kind = int(said.kind)
    listing = contract = None
    if kind == StepKind.SUBMITTED:
        listing = read_listing(said.submission.listing)
    elif kind == StepKind.CONTRACTED:
        contract = read_ref(said.contract)
    answers = read_ref(said.answers) if said.HasField("answers") else None
    return Step(kind, answers, listing, contract, said.answer_due, said.decision_due)


def read_note(said: EnquiryNote) -> Note:
    """Return the facts of a note, or refuse it (MALFORMED_PART)."""
    return Note(said.kind, read_ref(said.about))


def read_listing(said: ListingVersion) -> ListingFacts:
    """Return the facts of a listing's version, or refuse it (MALFORMED_PART)."""
    version = read_ref(said.version)
    member = member_of_record(said.name, "listings")
    if version.member != member:
        raise Refused("MALFORMED_PART", "a listing's version stands in a log of its member")
    for name, collection in (
        (said.manager, "managers"),
        (said.service_organisation, "organisations"),
    ):
        if name:
            member_of_record(name, collection)
    return ListingFacts(
        said.name, version, said.revision, said.manager, said.service_organisation, member
    )
