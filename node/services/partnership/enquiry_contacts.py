"""Contacts of an enquiry: given once the introduction is confirmed, taken back for good.

- They are part 1 of a note CONTACTS and name the other side's member alone, never the center.
- What cannot be undone waits: every step up to INTRODUCED has to be confirmed on this node first.
- The same contacts again change nothing. Others are a further note; readers show the last.
- Withdrawing consent writes CONSENT_WITHDRAWN about each note that stands, and one ERASE of all
  their parts 1, in one transaction: both nodes hide them as soon as they have it. It asks no fold:
  whoever has given contacts takes them back, also while a step before them is not here any more.
- A consent that was taken back is none: contacts given after that need one of a later day. One of
  the day of the withdrawal will do if those that were taken back were given on an earlier day: then
  it is another.
- None are given to a member that has left; what it was given may be taken back.
- Where one member is both sides there is nobody to seal them for; its clerk passes them on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.log.entry import KIND_ERASE
from federation.log.errors import Refused
from federation.partnership.codec import (
    CONTACTS_PART,
    parse_document,
    recorded_at_ms,
    serialise,
)
from federation.partnership.steps import Note, NoteKind, Step, StepKind
from federation.partnership.writing import Place, check_step
from federation.records.codec_body import ErasedPart, erase_body
from federation.records.refs import Ref, said_ref
from node.services.catalogue.records import shanghai_day
from node.services.errors import invalid_field
from node.services.log.drafts import Draft, SealedDocument
from node.services.log.sealing import SealedPlace
from node.services.partnership import enquiry_quota
from node.services.partnership.enquiries import EnquiryWritten
from node.services.partnership.enquiry_access import check_acts
from node.services.partnership.enquiry_folder import standing_contacts
from node.services.partnership.enquiry_loading import load, parse_enquiry_name

if TYPE_CHECKING:
    from federation.partnership.codec import PartnershipContacts, PartnershipDocument
    from federation.partnership.documents import Document
    from node.services.access import Caller
    from node.services.log.view import LogView
    from node.services.log.write_options import WriteOptions
    from node.services.partnership.enquiries import EnquiryParts
    from node.services.partnership.enquiry_loading import LoadedEnquiry

LEGAL_GROUND: Final = "PIPL-47"
_ONE: Final = (
    "双方属同一成员，由其经办人直接转交联系方式",
    "Both sides are of one member: let its clerk pass the contacts on",
)
_LEFT: Final = (
    "对方成员已退出联盟，无人可接收联系方式；可以 no_deal 结束该意向",
    "The other member has left: nobody is there to have contacts; end the enquiry with no_deal",
)
_NOT_INTRODUCED: Final = (
    "引荐之后才能提供联系方式：受理方先接受 accepted，再由提出方引荐 introduced",
    "Contacts follow the introduction: the listing's side accepts, then who asks takes introduced",
)
_NONE_GIVEN: Final = (
    "本方尚未提供联系方式，无可撤回",
    "This side has given no contacts: there is nothing to take back",
)


class EnquiryContacts:
    """Gives contacts and takes them back. Safe for many threads."""

    def __init__(self, parts: EnquiryParts) -> None:
        self._parts = parts

    def give(
        self, caller: Caller, name: str, contacts: PartnershipContacts, options: WriteOptions
    ) -> EnquiryWritten:
        """Give the own side's contacts.

        Refuses INVALID_FIELD, RECORD_NOT_FOUND, NOT_YOUR_ENQUIRY, STEP_NOT_ALLOWED,
        NOT_CONFIRMED_YET, ENQUIRY_QUOTA, and what `submit` refuses.
        """
        parts = self._parts
        parsed = parse_enquiry_name(name)
        personal = serialise(parts.maker.contacts(contacts, parts.today()))

        def make(view: LogView) -> SealedPlace:
            loaded = load(view.transaction, parsed, view.documents(parsed.subject))
            check_acts(view.transaction, caller, loaded, parts.member)
            introduced = confirmed_introduction(loaded)
            if not parts.others(loaded.id):
                raise _not_allowed("one member is both sides: its clerk passes contacts on", _ONE)
            for note in reversed(standing_contacts(loaded.folded, parts.member)):
                part = loaded.sealed[note.ref].personal
                if part is not None and part.content == personal:
                    return SealedPlace(note.ref.leaf_index, note.ref.leaf_hash, is_new=False)
            _check_consent_is_new(loaded, parts.member, contacts.consent.granted_on)
            for gone in parts.others(loaded.id).difference(parts.members()):
                what = f"{gone} has left the federation: nobody there is to have them"
                raise _not_allowed(what, _LEFT)
            said = parts.maker.note(
                NoteKind.CONTACTS,
                said_ref(introduced.ref),
                "",
                parts.clock(),
                parts.today(),
                with_contacts=True,
            )
            place = self._note(view, loaded, said.said, personal)
            quota = enquiry_quota.of_notes(caller, parts.rules.enquiries_a_day)
            if quota is not None:
                quota.charge(view.transaction, parts.clock(), options)
            return place

        return self._written(name, parts.sealing.write(make, options, len(personal)), options)

    def withdraw(self, caller: Caller, name: str, options: WriteOptions) -> EnquiryWritten:
        """Take all contacts of the own side back.

        Refuses INVALID_FIELD, RECORD_NOT_FOUND, NOT_YOUR_ENQUIRY, STEP_NOT_ALLOWED where none were
        ever given, and what `submit` refuses.
        """
        parts = self._parts
        parsed = parse_enquiry_name(name)

        def make(view: LogView) -> SealedPlace:
            loaded = load(view.transaction, parsed, view.documents(parsed.subject))
            check_acts(view.transaction, caller, loaded, parts.member)
            standing = _not_taken_back(loaded, parts.member)
            if not standing:
                return _withdrawn_before(loaded, parts.member)
            for note in standing:
                said = parts.maker.note(
                    NoteKind.CONSENT_WITHDRAWN,
                    said_ref(note.ref),
                    "",
                    parts.clock(),
                    parts.today(),
                )
                place = self._seal(view, loaded, said.said, None)
            lines = tuple(
                ErasedPart(note.ref.origin, note.ref.leaf_index, CONTACTS_PART) for note in standing
            )
            view.append(Draft(kind=KIND_ERASE, body=erase_body(lines, LEGAL_GROUND)))
            return place

        return self._written(name, parts.sealing.write(make, options), options)

    def _note(
        self,
        view: LogView,
        loaded: LoadedEnquiry,
        said: PartnershipDocument,
        personal: bytes | None,
    ) -> SealedPlace:
        parts = self._parts
        place = Place(parts.own_origin, view.next_leaf_index, parts.named(loaded.id))
        # Notes of the same content differ in their part 1, which the rules do not see.
        others = [one for one in loaded.documents if not _is_own_note(one, parts.member, said)]
        check_step(loaded.id, others, said, place, loaded.absent)
        return self._seal(view, loaded, said, personal)

    def _seal(
        self,
        view: LogView,
        loaded: LoadedEnquiry,
        said: PartnershipDocument,
        personal: bytes | None,
    ) -> SealedPlace:
        parts = self._parts
        written = sum(one.author == parts.member for one in loaded.documents) + len(view.sealed)
        return parts.sealing.add(
            view,
            SealedDocument(
                subject=loaded.id.subject,
                revision=1 + written,
                named=tuple(sorted(parts.named(loaded.id))),
                content=serialise(said),
                personal=personal,
                personal_named=tuple(sorted(parts.others(loaded.id))),
            ),
        )

    def _written(self, name: str, place: SealedPlace, options: WriteOptions) -> EnquiryWritten:
        ref = Ref(self._parts.own_origin, place.leaf_index, place.leaf_hash)
        return EnquiryWritten(name, None if options.validate_only else ref, place.is_new)


def confirmed_introduction(loaded: LoadedEnquiry) -> Document:
    """Return the INTRODUCED that stands, once it and all before it are confirmed.

    Refuses STEP_NOT_ALLOWED where there is none, NOT_CONFIRMED_YET.
    """
    up_to: list[Document] = []
    for one in loaded.folded.chain:
        up_to.append(one)
        if isinstance(one.facts, Step) and one.facts.kind == StepKind.INTRODUCED:
            if not all(map(loaded.is_confirmed, up_to)):
                raise Refused(
                    "NOT_CONFIRMED_YET",
                    "the introduction is not confirmed by a quorum yet",
                    name=str(loaded.name),
                )
            return one
    raise _not_allowed("the two sides are not introduced", _NOT_INTRODUCED)


def _own_notes(loaded: LoadedEnquiry, member: str, kind: NoteKind) -> list[tuple[Document, Note]]:
    """Return a member's notes of a kind, first to last, whatever became of them."""
    return [
        (one, one.facts)
        for one in sorted(loaded.documents, key=lambda one: one.place)
        if one.author == member and isinstance(one.facts, Note) and one.facts.kind == kind
    ]


def _not_taken_back(loaded: LoadedEnquiry, member: str) -> list[Document]:
    taken_back = _own_notes(loaded, member, NoteKind.CONSENT_WITHDRAWN)
    about = {facts.about for _, facts in taken_back}
    given = _own_notes(loaded, member, NoteKind.CONTACTS)
    return [one for one, _ in given if one.ref not in about]


def _withdrawn_before(loaded: LoadedEnquiry, member: str) -> SealedPlace:
    found = _own_notes(loaded, member, NoteKind.CONSENT_WITHDRAWN)
    if not found:
        raise _not_allowed("no contacts were given", _NONE_GIVEN)
    last = found[-1][0].ref
    return SealedPlace(last.leaf_index, last.leaf_hash, is_new=False)


def _check_consent_is_new(loaded: LoadedEnquiry, member: str, granted_on: str) -> None:
    """Refuse a consent that may be the one that was taken back last, by its day in Shanghai."""
    found = _own_notes(loaded, member, NoteKind.CONSENT_WITHDRAWN)
    if not found:
        return
    last, facts = found[-1]
    withdrawn_on = _day_of(last)
    given = [one for one, _ in _own_notes(loaded, member, NoteKind.CONTACTS)]
    is_other = all(_day_of(one) < withdrawn_on for one in given if one.ref == facts.about)
    if granted_on > withdrawn_on or (granted_on == withdrawn_on and is_other):
        return
    zh = f"；本方已于 {withdrawn_on} 撤回同意：请重新征得同意，填写此后取得同意的日期"
    en = (
        f"is no later than the withdrawal of {withdrawn_on}: ask for consent again and give its day"
    )
    raise invalid_field("contacts.consent.granted_on", "CONSENT_WITHDRAWN", granted_on, zh, en)


def _day_of(document: Document) -> str:
    return shanghai_day(recorded_at_ms(parse_document(document.content)) / 1000).isoformat()


def _is_own_note(document: Document, member: str, said: PartnershipDocument) -> bool:
    """Tell whether a document is one of ours that a CONTACTS note may repeat in its part 0."""
    is_contacts = said.note.kind == NoteKind.CONTACTS.value
    return is_contacts and document.author == member and isinstance(document.facts, Note)


def _not_allowed(why: str, cure: tuple[str, str]) -> Refused:
    return Refused("STEP_NOT_ALLOWED", why, cure=cure, why=why, allowed="", last="")
