"""Activation: what versions and terminations make of the days of an agreement.

- An amendment keeps center and members, names the last version and begins within its days: from
  then on it is in force, and the last one ends. So the versions tile time. What was booked stays
  (P9). How many versions and parties there may be, `extent` says.
- A party stays with the member that keeps its books: what it owes and is owed moves to nobody else.
- A termination cuts short what is in force on its day or later, a version that is to come to no day
  at all. It is final: an amendment that some signer accepted before it does not undo it.
"""

from __future__ import annotations

from dataclasses import replace

from federation.ledger.agreement import Version
from federation.ledger.books import ActiveVersion, Books, Effect, Ruling, State
from federation.ledger.documents import Document, OutcomeKind, Termination
from federation.ledger.extent import check_versions
from federation.ledger.journal import Place
from federation.log.errors import Refused


def activate(books: Books, proposal: Document, place: Place) -> Effect | Refused:
    """Return what activating a version or a termination changes, or why it cannot be."""
    facts = proposal.facts
    if isinstance(facts, Termination):
        versions = _terminated(books, facts)
    elif isinstance(facts, Version):
        versions = check_versions(books, facts) or _amended(books, proposal, facts, place)
    else:
        raise TypeError("only versions and terminations are activated")
    if isinstance(versions, Refused):
        return versions
    ruling = Ruling(State.ACTIVE, place)
    return Effect(
        place,
        OutcomeKind.ACTIVATED,
        proposal.ref,
        rulings={proposal.ref: ruling},
        versions=versions,
    )


def _amended(
    books: Books, proposal: Document, facts: Version, place: Place
) -> tuple[ActiveVersion, ...] | Refused:
    new = ActiveVersion(proposal.ref, facts, place, facts.effective_from, facts.effective_to)
    if proposal.ref == books.agreement:
        return (new,)
    if not books.versions or books.ended_on:
        return _goes_on_no_more(books)
    last = books.versions[-1]
    if facts.previous != last.ref:
        return Refused(
            "AMENDMENT_DOES_NOT_FIT", "it does not name the last version", field="previous"
        )
    if (
        facts.members != books.members
        or facts.center != books.center
        or _moves_a_party(books, facts)
    ):
        return Refused(
            "MEMBERS_FIXED",
            "an amendment keeps the members, the center, and who keeps a party's books",
            field="parties",
        )
    if not last.effective_from < facts.effective_from <= last.effective_to:
        return Refused(
            "AMENDMENT_DOES_NOT_FIT",
            f"it must begin after {last.effective_from} and by {last.effective_to}",
            field="effective_from",
        )
    cut = replace(last, effective_to=facts.effective_from)
    return (*books.versions[:-1], cut, new)


def _goes_on_no_more(books: Books) -> Refused:
    if not books.ended_on:
        return Refused("AGREEMENT_NOT_ACTIVE", "the first version is not active", field="agreement")
    return Refused(
        "AGREEMENT_TERMINATED",
        f"the agreement ended before {books.ended_on}",
        field="agreement",
        ended_on=books.ended_on,
    )


def _moves_a_party(books: Books, facts: Version) -> bool:
    """Say whether a party, with what it owes and is owed, would be another member's."""
    keepers = books.keepers
    return any(keepers.get(one.party, one.member) != one.member for one in facts.parties)


def _terminated(books: Books, facts: Termination) -> tuple[ActiveVersion, ...] | Refused:
    if not books.versions:
        return Refused("AGREEMENT_NOT_ACTIVE", "the agreement is not active", field="agreement")
    first, last, end = books.versions[0], books.versions[-1], facts.effective_to
    if not first.effective_from < end < last.effective_to:
        return Refused(
            "TERMINATION_DOES_NOT_FIT",
            f"it must end after {first.effective_from} and before {last.effective_to}",
            field="effective_to",
        )
    return tuple(
        replace(
            one,
            effective_from=min(one.effective_from, end),
            effective_to=min(one.effective_to, end),
        )
        for one in books.versions
    )
