"""Writing enquiries: a document goes into the own log once all that it rests upon was looked at.

- What has to hold is looked at in the transaction that writes, over everything written before, of
  the same group too. What may be said there is decided by `federation.partnership.writing`, and by
  nothing here.
- The header names the other side's member and, by the setting, the center, so that it can report.
- The same document again is not written: the one that stands is answered, `is_new` is False. So is
  the same submission on the same day, by the subject that is made of it; a request id says that a
  caller tells its submissions apart itself.
- A step of EXPIRED needs a deadline that has passed; the rules of the fold know no clock.
- What an organisation writes in a day has an end (`enquiry_quota`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Final

from federation.log.subject import new_subject, parse_origin
from federation.partnership.codec import EnquirySubmission, serialise, without_time
from federation.partnership.enquiry import EnquiryId
from federation.partnership.steps import ENDING, NoteKind, StepKind
from federation.partnership.writing import Place, check_step
from federation.records.refs import Ref, said_ref
from federation.records.uscc import is_valid
from node.services.catalogue.organisation_keys import key_of, key_of_text
from node.services.catalogue.records import shanghai_day
from node.services.errors import invalid_field
from node.services.log.drafts import SealedDocument
from node.services.log.sealing import SealedPlace
from node.services.partnership import enquiry_quota
from node.services.partnership.documents import read_all
from node.services.partnership.enquiry_access import check_acts
from node.services.partnership.enquiry_checks import (
    check_contract,
    check_listing,
    check_overdue,
    check_side,
)
from node.services.partnership.enquiry_listing import check_own, find_open, open_before
from node.services.partnership.enquiry_loading import EnquiryName, load, parse_enquiry_name
from node.storage import sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import date

    from federation.log.errors import Refused
    from federation.partnership.codec import DocumentRef
    from federation.records.findings import Finding
    from node.services.access import Caller
    from node.services.catalogue.reading import Catalogue
    from node.services.log.sealing import Sealing
    from node.services.log.view import LogView
    from node.services.log.write_options import WriteOptions
    from node.services.partnership.enquiry_documents import (
        AskedStep,
        DocumentMaker,
        EnquiryRules,
        MadeDocument,
    )
    from node.services.partnership.enquiry_loading import LoadedEnquiry
    from node.services.partnership.enquiry_quota import Quota
    from node.storage.database import Database
    from node.storage.transaction import Transaction

_SUBJECT_RANDOM_BYTES: Final = 10
_SUBMISSION: Final = b"ydx/submission/v1\0"
_ROUNDS: Final = frozenset({StepKind.INFO_REQUESTED, StepKind.INFO_GIVEN})
"""The steps of which an enquiry may have any number."""
PLAIN_NOTES: Final = frozenset(
    {NoteKind.NDA, NoteKind.NEGOTIATION, NoteKind.DISPUTE, NoteKind.REGISTRATION}
)
"""What `note` writes; contacts and their withdrawal have their own ways."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedSubmission:
    """What a caller asks about a listing. `said` is all that SUBMITTED says but the listing."""

    listing: str
    said: EnquirySubmission
    etag: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class EnquiryWritten:
    """What a write came to. Without `document` it was only rehearsed."""

    name: str
    document: Ref | None
    is_new: bool
    warnings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class EnquiryParts:
    """What writing enquiries is wired to. `clock` gives Unix seconds.

    `members` are those that have not left, `center` the one that is the center, "" without one.
    """

    database: Database
    sealing: Sealing
    reader: Catalogue
    maker: DocumentMaker
    rules: EnquiryRules
    own_origin: str
    members: Callable[[], Collection[str]]
    center: Callable[[], str]
    clock: Callable[[], float]
    random_bytes: Callable[[int], bytes]
    keyed_digest: Callable[[bytes], bytes]
    """Of at least 10 bytes, which nobody else can make."""

    @property
    def member(self) -> str:
        """Return the own member."""
        return parse_origin(self.own_origin).member

    def today(self) -> date:
        """Return the day in Asia/Shanghai."""
        return shanghai_day(self.clock())

    def others(self, enquiry: EnquiryId) -> frozenset[str]:
        """Return the other side's member; nobody where the own one is both."""
        return enquiry.parties - {self.member}

    def named(self, enquiry: EnquiryId) -> frozenset[str]:
        """Return the members that the document of an enquiry names."""
        center = self.center() if self.rules.name_center else ""
        return (self.others(enquiry) | {center}) - {self.member, ""}


class Enquiries:
    """Submits enquiries, takes steps and adds notes. Safe for many threads."""

    def __init__(self, parts: EnquiryParts) -> None:
        self._parts = parts

    def submit(
        self, caller: Caller, asked: AskedSubmission, options: WriteOptions
    ) -> EnquiryWritten:
        """Submit an enquiry.

        Refuses INVALID_FIELD, what `find_open` does, ENQUIRY_QUOTA, and what `submit` refuses.
        """
        parts = self._parts
        said = EnquirySubmission()
        said.CopyFrom(asked.said)
        _fill_organisation(caller, said)
        organisation = key_of(said.from_organisation)
        now_s = parts.clock()
        warnings: list[Finding] = []

        def make(view: LogView) -> SealedPlace:
            tx, today = view.transaction, parts.today()
            listing = find_open(
                tx,
                parts.reader,
                asked.listing,
                asked.etag,
                asked_by=organisation,
                today=today,
                members=parts.members(),
            )
            if said.own_listing:
                check_own(tx, parts.reader, said, parts.member)
            said.listing.CopyFrom(listing.version)
            made = parts.maker.submission(said, asked.message, now_s, today)
            warnings[:] = made.warnings
            content = organisation.encode() + b"\0" + serialise(without_time(made.said))
            subject = self._subject(view, content, is_own=options.request is not None)
            enquiry = EnquiryId(subject, parts.member, listing.member)
            place = self._add(view, enquiry, made, frozenset())
            if place.is_new:
                warnings.extend(open_before(tx, asked.listing, organisation, parts.member))
                quota = enquiry_quota.of_enquiries(organisation, parts.rules.enquiries_a_day)
                quota.charge(tx, now_s, options)
            return place

        place = parts.sealing.write(make, options)
        if options.validate_only:
            return EnquiryWritten("", None, is_new=True, warnings=tuple(warnings))
        with parts.database.read() as tx:
            stored = sealed.at(tx, parts.own_origin, place.leaf_index)
        if stored is None:
            raise AssertionError("a document of the own log is readable")
        name = EnquiryName(parts.member, stored.header.subject)
        ref = Ref(parts.own_origin, place.leaf_index, place.leaf_hash)
        return EnquiryWritten(str(name), ref, place.is_new, tuple(warnings))

    def step(
        self, caller: Caller, name: str, asked: AskedStep, options: WriteOptions
    ) -> EnquiryWritten:
        """Take a step.

        Refuses INVALID_FIELD, RECORD_NOT_FOUND, NOT_YOUR_ENQUIRY, STEP_NOT_ALLOWED,
        DOCUMENT_MISSING, LISTING_NOT_OPEN, ENQUIRY_QUOTA, and what `submit` refuses.
        """
        if asked.kind == StepKind.SUBMITTED:
            raise invalid_field("kind", "STEP_KIND", "SUBMITTED", "须另行提交", "is submitted anew")

        def make(tx: Transaction, loaded: LoadedEnquiry) -> MadeDocument:
            parts = self._parts
            side = check_acts(tx, caller, loaded, parts.member)
            check_side(asked.kind, side, loaded, parts.member)
            if asked.kind == StepKind.ACCEPTED:
                check_listing(tx, loaded, parts.member)
            if asked.contract is not None:
                check_contract(tx, asked.contract, loaded)
            made = parts.maker.step(asked, loaded, parts.clock(), parts.today())
            if asked.kind == StepKind.EXPIRED:
                check_overdue(loaded, made, parts.today())
            return made

        quota = None
        if asked.kind in _ROUNDS:
            quota = enquiry_quota.of_notes(caller, self._parts.rules.enquiries_a_day)
        return self.write(name, make, options, quota)

    def note(
        self,
        caller: Caller,
        name: str,
        kind: int,
        text: str,
        about: DocumentRef | None,
        options: WriteOptions,
    ) -> EnquiryWritten:
        """Add a note about a step, by default the last; refuses as `step`, and ENQUIRY_QUOTA."""
        if kind not in PLAIN_NOTES:
            raise _no_plain_note(kind)

        def make(tx: Transaction, loaded: LoadedEnquiry) -> MadeDocument:
            parts = self._parts
            check_acts(tx, caller, loaded, parts.member)
            last = loaded.folded.last or loaded.first
            named = about if about is not None else said_ref(last.ref)
            return parts.maker.note(kind, named, text, parts.clock(), parts.today())

        quota = enquiry_quota.of_notes(caller, self._parts.rules.enquiries_a_day)
        return self.write(name, make, options, quota)

    def write(
        self,
        name: str,
        make: Callable[[Transaction, LoadedEnquiry], MadeDocument],
        options: WriteOptions,
        quota: Quota | None = None,
    ) -> EnquiryWritten:
        """Write what `make` makes of an enquiry as it stands then, unless it stands already."""
        parsed = parse_enquiry_name(name)
        warnings: list[Finding] = []

        def prepare(view: LogView) -> SealedPlace:
            loaded = load(view.transaction, parsed, view.documents(parsed.subject))
            made = make(view.transaction, loaded)
            warnings[:] = made.warnings
            is_overdue = loaded.is_overdue(self._parts.today())
            place = self._add(view, loaded.id, made, loaded.absent, is_overdue=is_overdue)
            if quota is not None and place.is_new:
                quota.charge(view.transaction, self._parts.clock(), options)
            return place

        place = self._parts.sealing.write(prepare, options)
        ref = None
        if not options.validate_only:
            ref = Ref(self._parts.own_origin, place.leaf_index, place.leaf_hash)
        return EnquiryWritten(str(parsed), ref, place.is_new, tuple(warnings))

    def _add(
        self,
        view: LogView,
        enquiry: EnquiryId,
        made: MadeDocument,
        absent: frozenset[Ref],
        *,
        is_overdue: bool = False,
    ) -> SealedPlace:
        parts = self._parts
        held = read_all(view.documents(enquiry.subject))
        named = parts.named(enquiry)
        place = Place(parts.own_origin, view.next_leaf_index, named)
        done = check_step(enquiry, held, made.said, place, absent, is_overdue=is_overdue)
        if done is not None:
            return SealedPlace(done.ref.leaf_index, done.ref.leaf_hash, is_new=False)
        return parts.sealing.add(
            view,
            SealedDocument(
                subject=enquiry.subject,
                revision=1 + sum(one.author == parts.member for one in held),
                named=tuple(sorted(named)),
                content=serialise(made.said),
            ),
        )

    def _subject(self, view: LogView, said: bytes, *, is_own: bool) -> bytes:
        """Return the subject of a submission; `is_own`: of one that equals no other.

        What has ended may be asked again on the same day: the next subject in a row, which is as
        much that of a repeat.
        """
        parts = self._parts
        if is_own:
            return new_subject(int(parts.clock() * 1000), parts.random_bytes(_SUBJECT_RANDOM_BYTES))
        midnight_ms = int(enquiry_quota.midnight_s(parts.today()) * 1000)
        for ended in count():
            digest = parts.keyed_digest(b"%s%d\0%s" % (_SUBMISSION, ended, said))
            subject = new_subject(midnight_ms, digest[:_SUBJECT_RANDOM_BYTES])
            held = view.documents(subject)
            name = EnquiryName(parts.member, subject)
            if not held or load(view.transaction, name, held).folded.state not in ENDING:
                return subject
        raise AssertionError("a day has an end of submissions")


def _no_plain_note(kind: int) -> Refused:
    names = ", ".join(one.name.lower() for one in NoteKind if one in PLAIN_NOTES)
    told = NoteKind(kind).name.lower() if kind in {*NoteKind} else str(kind)
    return invalid_field(
        "kind",
        "NOTE_KIND",
        told,
        f"不是可添加的备注；请选 {names}；联系人用 ydx enquiry contacts 和 withdraw-consent",
        f"is no note to add; take one of {names} (contacts are given with ydx enquiry contacts,"
        " taken back with withdraw-consent)",
    )


def _fill_organisation(caller: Caller, said: EnquirySubmission) -> None:
    """Let a partner ask for its own organisation only; fill in what its token says.

    A token that has a credit code tells no name: that has to be said.
    """
    if not caller.organisation:
        return
    asking = said.from_organisation
    code = caller.organisation.strip().upper()
    zh, en = (
        "不是该令牌所代表的机构；请照令牌填写名称，或将名称和信用代码都留空",
        "is not the organisation of the token; give its name as it has it, or leave both out",
    )
    if is_valid(code):
        asking.uscc = asking.uscc or code
        zh, en = (
            "不是该令牌所代表的机构；请照令牌填写信用代码或留空，并填写机构的登记名称",
            "is not the organisation of the token; give its code or none, and its registered name",
        )
    else:
        asking.name = asking.name or caller.organisation
    if key_of(asking) != key_of_text(caller.organisation):
        value = asking.uscc or asking.name
        raise invalid_field("from_organisation", "NOT_YOUR_ORGANISATION", value, zh, en)
    if not asking.name:
        raise invalid_field(
            "from_organisation.name",
            "REQUIRED",
            "",
            "必填：该令牌只写明信用代码；请填写机构的登记名称",
            "is required: the token has a credit code alone; give the registered name",
        )
