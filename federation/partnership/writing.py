"""What a member may write next, by the reader's own rules: the document is folded in as if written.

- The same content again, by the same member, is already done: the document that stands is returned,
  and nothing is written. A retry never meets "cannot go from DECLINED to DECLINED". When it was
  written is no part of what it says.
- A step answers the last winning step, even where the fold would let an older one be answered: who
  has read an answer does not act as if it had not.
- STEP_NOT_ALLOWED names in `allowed` what the member may do, in `last` the step to answer, and in
  `states` the decisions of the register that it may record, where it meant one. Its cure says so
  in the words that commands take (`cures`).
- To a contract that was cancelled only the end of a registration is added.
  DOCUMENT_MISSING is for what would wait for a document that is not here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from federation.log.errors import Refused
from federation.partnership import cures
from federation.partnership.codec import (
    PartnershipDocument,
    parse_document,
    serialise,
    which_document,
    without_time,
)
from federation.partnership.contract import Contract, fold_contract
from federation.partnership.documents import Document, Standing, Unreadable, read_document
from federation.partnership.enquiry import EnquiryId
from federation.partnership.fold import fold_enquiry
from federation.partnership.steps import Step, StepKind
from federation.partnership.terms import REGISTRATION_MOVES, Registering, Registration
from federation.records.refs import Ref

_NOT_YET_HASHED: Final = bytes(32)


class Place(NamedTuple):
    """Where the document would stand, and whom its header would name."""

    origin: str
    leaf_index: int
    named: frozenset[str]


class _Allowed(NamedTuple):
    """What a member may do instead."""

    kinds: tuple[str, ...]
    """Steps, or documents of a contract."""
    last: Ref | None
    cure: tuple[str, str]
    states: tuple[Registration, ...] = ()


def check_step(
    enquiry: EnquiryId,
    documents: Iterable[Document],
    said: PartnershipDocument,
    place: Place,
    absent: frozenset[Ref] = frozenset(),
    *,
    is_overdue: bool = True,
) -> Document | None:
    """Return the document that says this already; None if it may be written.

    `said` is a checked step or note, `documents` and `absent` are as for `fold_enquiry`. Unless
    `is_overdue`, EXPIRED is not told as allowed. Refuses STEP_NOT_ALLOWED and DOCUMENT_MISSING.
    """
    held = tuple(documents)
    candidate = _candidate(enquiry.subject, said, place)
    done = already_said(held, said, candidate)
    if done:
        return done
    now = fold_enquiry(enquiry, held, absent)
    last = now.last.ref if now.last else None
    kinds = now.may_answer.get(candidate.author, frozenset())
    if not is_overdue:
        kinds -= {StepKind.EXPIRED}
    allowed = _Allowed(
        tuple(kind.name for kind in StepKind if kind in kinds),
        last,
        cures.of_steps(kinds, has_ended=now.is_ended),
    )
    if isinstance(candidate.facts, Step) and candidate.facts.answers != last:
        if now.waits_for:
            raise _missing(now.waits_for)
        raise _not_allowed("it does not answer the last step", allowed)
    standing = fold_enquiry(enquiry, (*held, candidate), absent).standing(candidate.ref)
    _judge(standing, allowed)
    return None


def check_contract_document(
    first: Ref | None,
    subject: bytes,
    documents: Iterable[Document],
    said: PartnershipDocument,
    place: Place,
    absent: frozenset[Ref] = frozenset(),
) -> Document | None:
    """Return the document of a contract that says this already; None if it may be written.

    `first` names the contract's first version, None for that version itself; the rest is as for
    `check_step` and `fold_contract`.
    """
    held = tuple(documents)
    candidate = _candidate(subject, said, place)
    done = already_said(held, said, candidate)
    if done:
        return done
    now = fold_contract(first, held, absent) if first else None
    kinds = offered(now, candidate.author) if now else ("contract",)
    is_cancelled = now is not None and now.cancellation is not None
    states = _states(now, candidate)
    cure = cures.of_documents(kinds, is_cancelled=is_cancelled)
    allowed = _Allowed(
        kinds,
        now.current.ref if now and now.current else None,
        cures.of_states(states) if states else cure,
        states,
    )
    if is_cancelled and which_document(said) not in kinds:
        raise _not_allowed("CANCELLED", allowed)
    after = fold_contract(first or candidate.ref, (*held, candidate), absent)
    _judge(after.standing(candidate.ref), allowed)
    return None


def offered(contract: Contract, member: str) -> tuple[str, ...]:
    """Return the documents that a member should still add.

    The folds are more lenient: of a cancelled contract they take a confirmation and any decision of
    the register. Only a registration that was begun before has an end to be recorded.
    """
    kinds = contract.may_write.get(member, ())
    if contract.cancellation is None:
        return kinds
    is_begun = contract.registration in {Registration.ACCEPTED, Registration.REGISTERED}
    return tuple(kind for kind in kinds if kind == "registration" and is_begun)


def _states(now: Contract | None, candidate: Document) -> tuple[Registration, ...]:
    """Return the decisions that its author may record now; none for another document."""
    if now is None or not isinstance(candidate.facts, Registering):
        return ()
    if "registration" not in offered(now, candidate.author):
        return ()
    moves = REGISTRATION_MOVES[now.registration]
    return tuple(state for state in Registration if state in moves)


def already_said(
    documents: Iterable[Document], said: PartnershipDocument, candidate: Document
) -> Document | None:
    """Return the author's first document with the same content, whenever it was written."""
    timeless = without_time(said)
    same = (
        document
        for document in documents
        if document.author == candidate.author
        and document.subject == candidate.subject
        and not isinstance(document.facts, Unreadable)
        and without_time(parse_document(document.content)) == timeless
    )
    return min(same, key=lambda document: document.place, default=None)


def _candidate(subject: bytes, said: PartnershipDocument, place: Place) -> Document:
    ref = Ref(place.origin, place.leaf_index, _NOT_YET_HASHED)
    return read_document(ref, subject, place.named, serialise(said))


def _judge(standing: Standing | None, allowed: _Allowed) -> None:
    if standing is None or standing.void:
        why = standing.void.value if standing and standing.void else "another document stands there"
        raise _not_allowed(why, allowed)
    if standing.waits_for:
        raise _missing(standing.waits_for)


def _not_allowed(why: str, allowed: _Allowed) -> Refused:
    named = [state.name.lower() for state in allowed.states] or map(str.lower, allowed.kinds)
    may = ", ".join(named) or "nothing"
    what = f"the document is not allowed there ({why}); allowed: {may}"
    if allowed.states:
        what = f"the document is not allowed there ({why}); allowed now: {may}"
    more = {"states": " ".join(state.name for state in allowed.states)} if allowed.states else {}
    last = allowed.last
    return Refused(
        "STEP_NOT_ALLOWED",
        what,
        cure=allowed.cure,
        why=why,
        allowed=" ".join(allowed.kinds),
        last=f"{last.origin} {last.leaf_index}" if last else "",
        **more,
    )


def _missing(waits_for: Iterable[Ref]) -> Refused:
    first = min(waits_for)
    return Refused(
        "DOCUMENT_MISSING",
        f"document {first.leaf_index} of {first.origin} is named and not here",
        origin=first.origin,
        leaf_index=str(first.leaf_index),
    )
