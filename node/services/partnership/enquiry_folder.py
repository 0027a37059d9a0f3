"""The rows of enquiries, folded from their documents by `federation.partnership.fold`.

- A subject may have several enquiries, one of each enquirer: the one that its name means, which is
  that of its lowest first step (`enquiry_loading`). Others have no name and no row; a row for each
  would let one author's many cost their square.
- What others wrote is cut to what every database takes.
- An own listing's owner and platform are noted, so that those who act for it find it: the owner
  only by a digest, since the part in which it stands can be erased.
- Times are those that the documents state. They inform.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from federation.log.subject import parse_origin
from federation.partnership.codec import parse_document, recorded_at_ms
from federation.partnership.deadlines import Due
from federation.partnership.enquiry import Enquiry, EnquiryId, enquiries_in
from federation.partnership.fold import fold_enquiry
from federation.partnership.steps import Note, NoteKind, Step, StepKind
from node.services.catalogue import named_listing, organisation_keys
from node.services.partnership.documents import settle
from node.storage import enquiries, mirrors
from node.storage.enquiries import NO_DAY, EnquiryRow
from node.storage.positions import position

if TYPE_CHECKING:
    from collections.abc import Sequence

    from federation.partnership.documents import Document
    from federation.partnership.steps import ListingFacts
    from node.storage.transaction import Transaction


_TEXT_MAX: Final = 200
_TIME_MAX_MS: Final = (1 << 63) - 1


class EnquiryFolder:
    """Keeps the table `enquiry`."""

    def fold(self, tx: Transaction, subject: bytes, documents: Sequence[Document]) -> None:
        """Replace the rows of a subject."""
        rows = []
        for one in _named_enquiries(documents):
            folded, _ = settle(tx, subject, partial(fold_enquiry, one, tuple(documents)))
            if folded.chain or folded.waits_for:
                rows.append(_row(tx, folded, documents))
        enquiries.replace(tx, subject, rows)

    def clear(self, tx: Transaction) -> None:
        """Drop all rows."""
        enquiries.clear(tx)


def standing_contacts(folded: Enquiry, member: str) -> list[Document]:
    """Return a member's notes CONTACTS that count and are not taken back, first to last."""
    notes = [(one, one.facts) for one in folded.notes if isinstance(one.facts, Note)]
    taken_back = {facts.about for _, facts in notes if facts.kind == NoteKind.CONSENT_WITHDRAWN}
    return [
        one
        for one, facts in notes
        if facts.kind == NoteKind.CONTACTS and one.author == member and one.ref not in taken_back
    ]


def contacts_from(folded: Enquiry) -> tuple[str, ...]:
    """Return the members whose contacts are given and not taken back, ascending."""
    return tuple(one for one in sorted(folded.id.parties) if standing_contacts(folded, one))


def _named_enquiries(documents: Sequence[Document]) -> list[EnquiryId]:
    """Return the enquiry of each enquirer's lowest first step, ascending."""
    found: dict[str, EnquiryId] = {}
    for document in sorted(documents, key=lambda one: one.place):
        for enquiry in enquiries_in([document]):
            found.setdefault(enquiry.enquirer, enquiry)
    return sorted(found.values())


def _row(tx: Transaction, folded: Enquiry, documents: Sequence[Document]) -> EnquiryRow:
    first = folded.chain[0] if folded.chain else _submitted(folded.id, documents)
    assert isinstance(first.facts, Step)  # noqa: S101 - tells the checker
    submission = parse_document(first.content).step.submission
    listing = first.facts.listing
    owner_digest, platform = _own_listing(tx, listing) if listing else ("", "")
    days = {deadline.due: deadline.day for deadline in folded.deadlines}
    soonest = min(folded.deadlines, key=lambda one: (one.day, one.due), default=None)
    times = _times(folded)
    places = _places(tx, folded)
    return EnquiryRow(
        subject=folded.id.subject,
        enquirer=folded.id.enquirer,
        listing_member=folded.id.listing_member,
        state=folded.state or 0,
        is_ended=folded.is_ended,
        reached=sum({1 << _kind(step) for step in folded.chain}),
        listing=listing.name if listing else "",
        organisation=_cut(organisation_keys.key_of(submission.from_organisation)),
        from_region=_cut(submission.from_region),
        owner_digest=owner_digest,
        source_platform=platform,
        answer_due=days.get(Due.ANSWER, ""),
        decision_due=days.get(Due.DECISION, ""),
        due=soonest.day if soonest else NO_DAY,
        owed_by=soonest.owed_by if soonest else "",
        waits=bool(folded.waits_for),
        contacts_from=" ".join(contacts_from(folded)),
        submitted_at_ms=_written_at_ms(first),
        answered_at_ms=times.answered,
        accepted_at_ms=times.accepted,
        contracted_at_ms=times.contracted,
        last_at_ms=times.last,
        enquirer_position=places.get(folded.id.enquirer, 0),
        listing_position=places.get(folded.id.listing_member, 0),
        organisation_name=_cut(organisation_keys.key_of_text(submission.from_organisation.name)),
    )


class _Times(NamedTuple):
    answered: int
    accepted: int
    contracted: int
    last: int


def _times(folded: Enquiry) -> _Times:
    """Return when the listing's side first answered, and when what came next was said."""
    at_ms = [(step, _written_at_ms(step)) for step in folded.chain]

    def first(*kinds: StepKind) -> int:
        return next((ms for step, ms in at_ms if _kind(step) in kinds), 0)

    return _Times(
        answered=first(StepKind.INFO_REQUESTED, StepKind.ACCEPTED, StepKind.DECLINED),
        accepted=first(StepKind.ACCEPTED),
        contracted=first(StepKind.CONTRACTED),
        last=at_ms[-1][1] if at_ms else 0,
    )


def _places(tx: Transaction, folded: Enquiry) -> dict[str, int]:
    """Return the position of each side's last winning step."""
    origin_ids = {row.origin: row.origin_id for row in mirrors.every(tx)}
    return {
        step.author: position(origin_ids[step.ref.origin], step.ref.leaf_index)
        for step in folded.chain
    }


def _own_listing(tx: Transaction, listing: ListingFacts) -> tuple[str, str]:
    """Return the digest of the owner's key and the platform of a listing of ours."""
    own = mirrors.own(tx)
    if own is None or parse_origin(own.origin).member != listing.member:
        return "", ""
    found = named_listing.find(tx, listing)
    if found is None:
        return "", ""
    return organisation_keys.digest_of(found.owner), found.source_platform


def _submitted(enquiry: EnquiryId, documents: Sequence[Document]) -> Document:
    """Return the first step that names an enquiry."""
    return min(
        (one for one in documents if enquiry in enquiries_in([one])), key=lambda one: one.place
    )


def _kind(document: Document) -> int:
    assert isinstance(document.facts, Step)  # noqa: S101 - only steps are asked
    return document.facts.kind


def _written_at_ms(document: Document) -> int:
    return min(recorded_at_ms(parse_document(document.content)), _TIME_MAX_MS)


def _cut(text: str) -> str:
    return text.replace("\0", "")[:_TEXT_MAX]
