"""Documents that keep every rule, to be spoilt by the tests, and a whole partnership as bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from federation.partnership.codec import (
    Contract,
    ContractCancellation,
    ContractConfirmation,
    ContractRegistration,
    ContractSide,
    ContractType,
    DocumentRef,
    EnquiryNote,
    EnquiryStep,
    EnquirySubmission,
    Introducer,
    LinkedEnquiry,
    ListingVersion,
    PartnershipContacts,
    PartnershipDocument,
    PaymentMode,
    serialise,
)
from federation.partnership.documents import Document, read_document
from federation.partnership.enquiry import Enquiry, EnquiryId
from federation.partnership.fold import fold_enquiry
from federation.partnership.quoting import quote
from federation.partnership.steps import NoteKind, StepKind
from federation.partnership.terms import Registration
from federation.records.codec import (
    Consent,
    CooperationMode,
    IntellectualProperty,
    IpType,
    OrganisationRef,
    Person,
)
from federation.records.refs import Ref, said_ref
from tests.federation.partnership.logs import SUBJECT, E, R, origin
from tests.federation.records.examples import COMPANY, UNIVERSITY

TODAY = date(2026, 7, 30)
CENTER = "center"
CONTRACT_SUBJECT = bytes(range(16, 32))
ULID = "01arz3ndektsv4rrffq69g5fav"
REGISTER_NUMBER = "2026320500001234"


def ref(member: str = R, leaf_index: int = 7) -> DocumentRef:
    leaf_hash = sha256(f"{member} {leaf_index}".encode()).digest()
    return DocumentRef(origin=origin(member), leaf_index=leaf_index, leaf_hash=leaf_hash)


def record(member: str, collection: str) -> str:
    return f"nodes/{member}/{collection}/{ULID}"


def listing_version(member: str = R) -> ListingVersion:
    return ListingVersion(
        name=record(member, "listings"),
        version=ref(member),
        revision=3,
        manager=record(member, "managers"),
        service_organisation=record(member, "organisations"),
    )


def introducers() -> list[Introducer]:
    return [
        Introducer(region="320500", manager=record(E, "managers")),
        Introducer(
            region="330000",
            manager=record("zhejiang", "managers"),
            organisation=record("zhejiang", "organisations"),
        ),
    ]


def submission() -> PartnershipDocument:
    return PartnershipDocument(
        step=EnquiryStep(
            kind=_kind(StepKind.SUBMITTED),
            message="我们希望了解该板材在 5 mm 厚度下的抗拉强度。",
            answer_due="2026-08-06",
            decision_due="2026-08-27",
            submission=EnquirySubmission(
                listing=listing_version(),
                from_organisation=OrganisationRef(uscc=COMPANY, name="苏州某某材料有限公司"),
                from_region="320500",
                own_listing=record(E, "listings"),
                proposed_modes=[CooperationMode.COOPERATION_MODE_LICENCE],
                introducers=introducers(),
                nda=True,
            ),
        )
    )


def answer(kind: StepKind, answers: DocumentRef, reason: str = "") -> PartnershipDocument:
    """Return a step that keeps the rules of its kind."""
    said = EnquiryStep(kind=_kind(kind), answers=answers, reason=reason)
    if kind in {StepKind.INFO_REQUESTED, StepKind.INFO_GIVEN, StepKind.ACCEPTED}:
        said.answer_due = "2026-08-13"
        if kind != StepKind.ACCEPTED:
            said.message = "请说明工艺窗口。"
    elif kind in {StepKind.DECLINED, StepKind.CANCELLED, StepKind.EXPIRED, StepKind.NO_DEAL}:
        said.reason = reason or "双方条件不合"
    elif kind == StepKind.CONTRACTED:
        said.contract.CopyFrom(ref(E, 90))
    return PartnershipDocument(step=said)


def note(kind: NoteKind, about: DocumentRef, text: str = "") -> PartnershipDocument:
    named = f"ENQUIRY_NOTE_KIND_{kind.name}"
    return PartnershipDocument(note=EnquiryNote(kind=named, about=about, text=text))


def contacts() -> PartnershipContacts:
    return PartnershipContacts(
        persons=[Person(name="某某", phone="13800001234", email="a@example.com")],
        consent=Consent(purpose="合作洽谈", scope="姓名、电话", granted_on="2026-07-01"),
    )


def side(member: str, name: str, uscc: str, region: str, nature_code: str) -> ContractSide:
    return ContractSide(
        member=member,
        organisation=OrganisationRef(uscc=uscc, name=name),
        country="CN",
        region=region,
        nature_code=nature_code,
    )


def link() -> LinkedEnquiry:
    return LinkedEnquiry(
        enquiry=SUBJECT,
        submitted=ref(E, 0),
        introduced=ref(E, 1),
        listing=listing_version(),
        from_region="320500",
        introducers=introducers(),
    )


def contract(*links: LinkedEnquiry) -> PartnershipDocument:
    return PartnershipDocument(
        contract=Contract(
            project_name="高强铝合金板材专利许可",
            type=ContractType.CONTRACT_TYPE_LICENCE,
            buyer=side(E, "苏州某某材料有限公司", COMPANY, "320500", "100"),
            seller=side(R, "某某大学", UNIVERSITY, "340100", "022"),
            signed_on="2026-07-20",
            valid_from="2026-08-01",
            valid_until="2031-07-31",
            contract_amount_fen=50_000_000,
            technical_amount_fen=45_000_000,
            ip=[
                IntellectualProperty(type=IpType.IP_TYPE_INVENTION, number="202310123456.7"),
            ],
            payment_modes=[
                PaymentMode.PAYMENT_MODE_INSTALMENTS,
                PaymentMode.PAYMENT_MODE_ROYALTY,
            ],
            payment_terms="首付 30%，其余按年提成。",
            enquiries=links or [link()],
            center=CENTER,
        )
    )


def amendment(before: PartnershipDocument, previous: DocumentRef) -> PartnershipDocument:
    said = PartnershipDocument()
    said.CopyFrom(before)
    said.contract.previous.CopyFrom(previous)
    said.contract.amendment_reason = "延长有效期"
    said.contract.valid_until = "2033-07-31"
    return said


def confirmation(version: DocumentRef) -> PartnershipDocument:
    return PartnershipDocument(confirmation=ContractConfirmation(contract=version))


def registration(
    version: DocumentRef, state: Registration, number: str = ""
) -> PartnershipDocument:
    said = ContractRegistration(
        contract=version,
        state=f"REGISTRATION_STATE_{state.name}",
        decided_on="2026-07-25",
        register_number=number or (REGISTER_NUMBER if state == Registration.REGISTERED else ""),
        reason="材料不全" if state in {Registration.REFUSED, Registration.REVOKED} else "",
    )
    return PartnershipDocument(registration=said)


def cancellation(version: DocumentRef) -> PartnershipDocument:
    return PartnershipDocument(
        cancellation=ContractCancellation(
            contract=version, reason="协商一致解除", cancelled_on="2026-07-29"
        )
    )


def _kind(kind: StepKind) -> str:
    return f"ENQUIRY_STEP_KIND_{kind.name}"


@dataclass
class Books:
    """What members append, as bytes, and as each fold takes it."""

    documents: list[Document] = field(default_factory=list)

    def append(
        self,
        member: str,
        said: PartnershipDocument,
        subject: bytes = SUBJECT,
        named: frozenset[str] | None = None,
    ) -> DocumentRef:
        """Append a document to a member's log, and return its name."""
        leaf_index = sum(one.author == member for one in self.documents)
        content = serialise(said)
        leaf_hash = sha256(f"{member} {leaf_index} ".encode() + content).digest()
        if named is None:
            named = frozenset((E, R, CENTER)) - {member}
        at = Ref(origin(member), leaf_index, leaf_hash)
        self.documents.append(read_document(at, subject, named, content))
        return said_ref(at)

    def of(self, subject: bytes) -> list[Document]:
        return [one for one in self.documents if one.subject == subject]

    def enquiry(self) -> Enquiry:
        return fold_enquiry(EnquiryId(SUBJECT, E, R), self.of(SUBJECT))


def introduced_books() -> Books:
    """Return books with an enquiry up to INTRODUCED."""
    books = Books()
    named = frozenset((E, R))
    root = books.append(E, submission(), named=named - {E})
    accepted = books.append(R, answer(StepKind.ACCEPTED, root), named=named - {R})
    books.append(E, answer(StepKind.INTRODUCED, accepted), named=named - {E})
    return books


def contract_books() -> tuple[Books, DocumentRef]:
    """Return books with an enquiry and the contract that E wrote of it, and the contract's name."""
    books = introduced_books()
    first = books.append(E, contract(quote(books.enquiry())), CONTRACT_SUBJECT)
    return books, first
