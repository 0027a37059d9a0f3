"""Reading enquiries: one with its documents and contacts, lists by what is due, and their proof.

- What is shown is folded from the sealed documents as they stand now; the view only finds them. So
  a list may lag behind by what it has not taken in, which makes its answer partial, but each item
  in it is right.
- Contacts are shown to the two sides alone, and only once the introduction is confirmed here.
- Of the log of a member that has left, an answer says so: nothing more will come of its side.
- The other side may write as much as it likes, each as large as a part. So a page ends early, and
  documents and awaited ones are left out, before an answer is larger than a message may be.
- A receipt opens documents, never contacts: what was handed out could not be erased.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from federation.log.errors import Refused, YdxError
from federation.partnership.codec import parse_contacts, parse_document, recorded_at_ms
from federation.partnership.documents import Void
from federation.records.days import day
from federation.records.sealed import DOCUMENT
from node.services.partnership.enquiry_access import check_reads, seen_by, sees_contacts
from node.services.partnership.enquiry_contacts import confirmed_introduction
from node.services.partnership.enquiry_folder import contacts_from, standing_contacts
from node.services.partnership.enquiry_loading import (
    EnquiryName,
    LoadedEnquiry,
    load,
    parse_enquiry_name,
)
from node.storage import enquiries, mirrors, sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from federation.partnership.codec import EnquiryStep, PartnershipContacts
    from federation.partnership.deadlines import Deadline
    from federation.partnership.documents import Standing
    from federation.partnership.steps import StepKind
    from federation.records.refs import Ref
    from node.services.access import Caller
    from node.services.catalogue.receipts import Receipts
    from node.services.partnership.enquiries import EnquiryParts
    from node.services.partnership.working_days import WorkingDays
    from node.services.sync.node_status import OriginFacts
    from node.storage.enquiries import EnquiryFilter, Place
    from node.storage.transaction import Transaction

DOCUMENTS_MAX: Final = 200
AWAITED_MAX: Final = 100
ANSWER_BYTES_MAX: Final = 2 * 1024 * 1024
RECEIPTS_BYTES_MAX: Final = 3 * 1024 * 1024
_AWAITED_BYTES: Final = 320
_REST_BYTES: Final = 1024
HAS_LEFT: Final = "it has left the federation: no more steps will come of it"
NOT_SYNCED, WANTED, FROZEN, UNKNOWN_LOG = "NOT_SYNCED", "WANTED", "FROZEN", "UNKNOWN_LOG"


@dataclass(frozen=True, slots=True)
class ShownDeadline:
    """An open deadline. `days_left` are working days: 0 on the last day, negative after it."""

    deadline: Deadline
    days_left: int
    is_reminder: bool
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class ShownEnquiry:
    """An enquiry as it stands now."""

    loaded: LoadedEnquiry
    deadlines: tuple[ShownDeadline, ...]
    is_provisional: bool
    waits_for: tuple[tuple[Ref, str], ...]
    """Documents that are named and not here, each with the reason; at most AWAITED_MAX."""
    contacts_from: tuple[str, ...]
    may_take: Mapping[str, frozenset[StepKind]]
    """Member → the steps that it should take next; EXPIRED only once a deadline has passed."""

    @property
    def first_step(self) -> EnquiryStep:
        """Return what the first step says."""
        return self.loaded.submitted

    @property
    def size_bytes(self) -> int:
        """Return how large an answer is that shows it, at most."""
        return len(self.loaded.first.content) + len(self.waits_for) * _AWAITED_BYTES + _REST_BYTES

    @property
    def last_at_ms(self) -> int:
        """Return when the last step that counts says that it was written."""
        last = self.loaded.folded.last or self.loaded.first
        return recorded_at_ms(parse_document(last.content))


class ShownContacts(NamedTuple):
    """What one side has given."""

    member: str
    contacts: PartnershipContacts


@dataclass(frozen=True, slots=True)
class EnquiryAnswer:
    """One enquiry with what belongs to it."""

    shown: ShownEnquiry
    documents: tuple[Standing, ...]
    left_out: int
    contacts: tuple[ShownContacts, ...]
    origins: tuple[OriginFacts, ...]


@dataclass(frozen=True, slots=True)
class EnquiryPage:
    """A page of a list; `next_after` is None at the end."""

    enquiries: tuple[ShownEnquiry, ...]
    next_after: Place | None
    origins: tuple[OriginFacts, ...]


@dataclass(frozen=True, slots=True)
class EnquiryProof:
    """One file of receipts."""

    receipts: bytes
    count: int
    is_confirmed: bool
    notes_left_out: int


class EnquiryReading:
    """Reads enquiries for callers. Safe for many threads."""

    def __init__(
        self,
        parts: EnquiryParts,
        receipts: Receipts,
        days: WorkingDays,
        completeness: Callable[[], Sequence[OriginFacts]],
        taken: Callable[[], Mapping[int, int]],
    ) -> None:
        """`taken` tells how many leaves of each origin id the view has taken in."""
        self._parts = parts
        self._receipts = receipts
        self._days = days
        self._completeness = completeness
        self._taken = taken

    def show(self, name: str) -> ShownEnquiry:
        """Return an enquiry for who has just written to it; refuses RECORD_NOT_FOUND."""
        parsed = parse_enquiry_name(name)
        with self._parts.database.read() as tx:
            return self._shown(tx, self._load(tx, parsed))

    def get(self, caller: Caller, name: str) -> EnquiryAnswer:
        """Return an enquiry; refuses INVALID_FIELD, RECORD_NOT_FOUND, NOT_YOUR_ENQUIRY."""
        parsed = parse_enquiry_name(name)
        with self._parts.database.read() as tx:
            loaded = self._load(tx, parsed)
            check_reads(tx, caller, loaded, self._parts.member)
            shown = self._shown(tx, loaded)
            contacts: tuple[ShownContacts, ...] = ()
            if sees_contacts(tx, caller, loaded, self._parts.member):
                contacts = tuple(_contacts(loaded))
        documents = _as_many_as_fit(loaded)
        origins = tuple(one for one in self._origins() if one.member in loaded.id.parties)
        left_out = len(loaded.folded.standings) - len(documents)
        return EnquiryAnswer(shown, tuple(documents), left_out, contacts, origins)

    def page(
        self, caller: Caller, which: EnquiryFilter, after: Place | None, limit: int
    ) -> EnquiryPage:
        """Return at most `limit` enquiries behind a place, of those that the caller may read.

        Fewer where they are large; `next_after` tells whether there are more.
        """
        which = replace(which, seen=seen_by(caller, self._parts.member))
        taken = self._taken()
        known = tuple(self._origins())  # reads too, so not while a reader is held
        with self._parts.database.read() as tx:
            rows = enquiries.page(tx, which, after, limit + 1)
            found: list[ShownEnquiry] = []
            size_bytes, told = 0, 0
            for row in rows[:limit]:
                loaded = self._find(tx, EnquiryName(row.enquirer, row.subject))
                if loaded is not None:
                    shown = self._shown(tx, loaded)
                    size_bytes += shown.size_bytes
                    if found and size_bytes > ANSWER_BYTES_MAX:
                        break
                    found.append(shown)
                told += 1
            origins = tuple(_told(tx, known, taken))
        next_after = rows[told - 1].place if len(rows) > told else None
        return EnquiryPage(tuple(found), next_after, origins)

    def receipt(self, caller: Caller, name: str) -> EnquiryProof:
        """Return the proof of all steps that count, of those that lost and of the valid notes.

        The last two as far as they fit: who answered in time can prove it though another step won.

        Refuses INVALID_FIELD, RECORD_NOT_FOUND, NOT_YOUR_ENQUIRY, NO_CHECKPOINT_YET, and
        DOCUMENT_MISSING while no step counts: there is nothing to prove.
        """
        parsed = parse_enquiry_name(name)
        with self._parts.database.read() as tx:
            loaded = self._load(tx, parsed)
            check_reads(tx, caller, loaded, self._parts.member)
        if not loaded.folded.chain:
            origin, leaf_index, _ = loaded.first.ref
            what = f"no step of {name} counts"
            raise Refused("DOCUMENT_MISSING", what, origin=origin, leaf_index=str(leaf_index))
        proofs = [
            self._receipts.receipt_at(*one.ref[:2], (DOCUMENT,)) for one in loaded.folded.chain
        ]
        size_bytes = sum(len(one.receipt) for one in proofs)
        if size_bytes > RECEIPTS_BYTES_MAX:
            raise Refused("MESSAGE_TOO_LARGE", "the steps' receipts are over 3 MiB")
        lost = [one.document for one in loaded.folded.standings if one.void is Void.LOST]
        left_out = 0
        for note in (*lost, *loaded.folded.notes):
            if left_out:
                left_out += 1
                continue
            proof = self._receipts.receipt_at(*note.ref[:2], (DOCUMENT,))
            size_bytes += len(proof.receipt)
            if size_bytes > RECEIPTS_BYTES_MAX:
                left_out = 1
            else:
                proofs.append(proof)
        return EnquiryProof(
            b"".join(one.receipt for one in proofs),
            len(proofs),
            all(one.is_confirmed for one in proofs),
            left_out,
        )

    def _load(self, tx: Transaction, name: EnquiryName) -> LoadedEnquiry:
        return load(tx, name, sealed.by_subject(tx, name.subject))

    def _find(self, tx: Transaction, name: EnquiryName) -> LoadedEnquiry | None:
        """Return an enquiry that the view has found; None where it is hidden or damaged by now."""
        try:
            return self._load(tx, name)
        except YdxError:
            return None

    def _shown(self, tx: Transaction, loaded: LoadedEnquiry) -> ShownEnquiry:
        today = self._parts.today()
        deadlines = []
        for one in sorted(loaded.folded.deadlines, key=lambda one: (one.day, one.due)):
            until = day(one.day)
            left = self._days.left(today, until) if until else 0
            is_overdue = one.day < today.isoformat()
            is_near = is_overdue or left <= self._parts.rules.remind_days
            deadlines.append(ShownDeadline(one, left, is_near, is_overdue))
        return ShownEnquiry(
            loaded,
            tuple(deadlines),
            not all(map(loaded.is_confirmed, loaded.folded.chain)),
            tuple((ref, _why_not_here(tx, ref)) for ref in loaded.folded.waits_for[:AWAITED_MAX]),
            contacts_from(loaded.folded),
            loaded.may_take(today),
        )

    def _origins(self) -> Iterator[OriginFacts]:
        """Yield what is known of each origin; that its member has left once all of it is here."""
        members = self._parts.members()
        for one in self._completeness():
            is_whole = one.state != "PARTIAL" and one.verified_size >= one.tree_size
            is_over = is_whole and one.member not in members
            yield replace(one, why=HAS_LEFT) if is_over else one


def _told(
    tx: Transaction, known: Iterable[OriginFacts], taken: Mapping[int, int]
) -> Iterator[OriginFacts]:
    """Yield what is known of each origin; a view that is behind makes it partial."""
    ids = {row.origin: row.origin_id for row in mirrors.every(tx)}
    for one in known:
        behind = one.verified_size - taken.get(ids.get(one.origin, -1), 0)
        if behind > 0 and one.state != "PARTIAL":
            why = f"the partnership view is {behind} entries behind"
            yield replace(one, state="PARTIAL", why=why)
        else:
            yield one


def _as_many_as_fit(loaded: LoadedEnquiry) -> list[Standing]:
    """Return documents to show: the winning steps first, then what counts, then the rest."""
    chain = {one.ref for one in loaded.folded.chain}
    found: list[Standing] = []
    size_bytes = 0
    for one in sorted(
        loaded.folded.standings, key=lambda one: (one.document.ref not in chain, not one.is_valid)
    ):
        size_bytes += len(one.document.content)
        if len(found) == DOCUMENTS_MAX or size_bytes > ANSWER_BYTES_MAX:
            break
        found.append(one)
    return found


def _contacts(loaded: LoadedEnquiry) -> Iterator[ShownContacts]:
    """Yield the last contacts that each side has given, once they may be shown."""
    try:
        confirmed_introduction(loaded)
    except Refused:
        return
    for member in sorted(loaded.id.parties):
        for note in reversed(standing_contacts(loaded.folded, member)):
            part = loaded.sealed[note.ref].personal
            if part is None:
                continue
            try:
                yield ShownContacts(member, parse_contacts(part.content))
            except Refused:
                continue
            break


def _why_not_here(tx: Transaction, ref: Ref) -> str:
    row = mirrors.find(tx, ref.origin)
    if row is None:
        return UNKNOWN_LOG
    if ref.leaf_index >= row.verified_size:
        return NOT_SYNCED
    return WANTED if ref.leaf_index < row.visible_size else FROZEN
