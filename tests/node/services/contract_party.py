"""Members of a simulated federation that enquire and contract, for tests."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

from federation.log.subject import new_subject
from federation.partnership.codec import (
    Contract,
    EnquiryStep,
    PartnershipDocument,
    serialise,
)
from federation.partnership.refs import Ref, said_ref
from federation.partnership.steps import StepKind
from node.services.access import Caller, Role
from node.services.catalogue import Catalogue
from node.services.client_notes import ClientNotes
from node.services.contract_folding import ContractFolder
from node.services.contract_writing import ContractWriting
from node.services.contracts import Contracts
from node.services.partnership_documents import documents_of
from node.services.partnership_names import ENQUIRIES, partnership_name
from node.services.publishing import WriteOptions
from node.services.receipts import Receipts
from node.services.records import shanghai_day
from node.services.sealing import Sealing
from node.services.sequencer import Sequencer, SequencerPorts
from node.services.sequencer_drafts import Encoder, SealedDocument, genesis
from node.storage import mirrors, sealed

if TYPE_CHECKING:
    from federation.partnership.attribution import Attributed
    from node.services.contracts import ShownContract
    from tests.simulation.member import SimulatedMember
    from tests.simulation.world import World

CLERK: Final = Caller(frozenset({Role.CLERK}), "clerk")
AUDITOR: Final = Caller(frozenset({Role.AUDITOR}), "auditor")
BUYER_USCC: Final = "91110000600037341L"
SELLER_USCC: Final = "123400004853941588"
BUYER: Final = "jiangsu"
SELLER: Final = "anhui"
CENTER: Final = "center"
OTHER: Final = "zhejiang"
SIGNED_ON: Final = "2027-01-10"
LISTING_SUBJECT: Final = "01arz3ndektsv4rrffq69g5fav"
MANAGER: Final = f"nodes/{SELLER}/managers/01arz3ndektsv4rrffq69g5fa0"
_QUIET_ROUNDS: Final = 2
SERVICE_ORG: Final = f"nodes/{BUYER}/organisations/01arz3ndektsv4rrffq69g5fa1"


def terms(**changed: Any) -> Contract:
    """Return the terms of a contract that may be made."""
    said: Any = Contract()
    said.project_name = "高强铝合金底盘铸件开发"
    said.type = 1
    for side, member, uscc, name, region, nature in (
        (said.buyer, BUYER, BUYER_USCC, "苏州某某制造有限公司", "320500", "100"),
        (said.seller, SELLER, SELLER_USCC, "合肥某某研究所", "340100", "021"),
    ):
        side.member = member
        side.organisation.uscc = uscc
        side.organisation.name = name
        side.country = "CN"
        side.region = region
        side.nature_code = nature
    said.signed_on = SIGNED_ON
    said.valid_from = SIGNED_ON
    said.valid_until = "2028-01-09"
    said.contract_amount_fen = 120_000_000
    said.technical_amount_fen = 90_000_000
    said.payment_modes.append(2)
    for name, value in changed.items():
        setattr(said, name, value)
    return said  # type: ignore[no-any-return] # see above


def amended(amount_fen: int, reason: str = "扩大试制批量") -> Contract:
    """Return the terms with another amount."""
    return terms(contract_amount_fen=amount_fen, amendment_reason=reason)


@dataclass
class Party:
    """What one simulated member writes and reads. `centers` can be changed."""

    member: SimulatedMember
    centers: list[str] = field(default_factory=lambda: [CENTER])

    def __post_init__(self) -> None:
        member, side = self.member, self.member.side
        self.name, self.origin = member.name, member.origin
        self._drawing = threading.Lock()
        self.sequencer = Sequencer(
            side.database,
            Encoder(member.origin, member.clock, self._random),
            SequencerPorts(
                may_write=lambda: None,
                on_commit=side.signer.committed,
                wait_stored_by_peer=lambda _size, _timeout: True,
                genesis=lambda: genesis(member.federation, member.name, 1),
            ),
            bytes(32),
        )
        self.catalogue = Catalogue(side.database, member.origin, list)
        self.receipts = Receipts(
            side.database, self.catalogue, side.copies, ClientNotes(side.board).over
        )
        registry = side.trust.registry()
        self.sealing = Sealing(
            self.sequencer, member.name, lambda: [one.name for one in registry.members]
        )
        self.writing = ContractWriting(
            side.database,
            self.sealing,
            member.origin,
            member.name,
            lambda: self.centers,
            member.clock,
            self._random,
        )
        self.contracts = Contracts(side.database, member.name, self.receipts, list)
        self.folder = ContractFolder()

    def __enter__(self) -> Self:
        self.sequencer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.sequencer.stop()

    def _random(self, size: int) -> bytes:
        with self._drawing:
            return self.member.chance.randbytes(size)

    def options(self, request_id: str = "", body: bytes = b"", **more: bool) -> WriteOptions:
        request = self.sequencer.request(CLERK.identity, request_id, body)
        return WriteOptions(request=request, **more)

    def seal(self, subject: bytes, said: PartnershipDocument, *named: str) -> Ref:
        """Write a document as it is, whatever the rules say."""
        with self.member.side.database.read() as tx:
            mine = [one for one in documents_of(tx, subject) if one.author == self.name]
        document = SealedDocument(subject, len(mine) + 1, named, serialise(said))
        place = self.sealing.seal(document)
        return Ref(self.origin, place.leaf_index, place.leaf_hash)

    def step(self, subject: bytes, kind: StepKind, answers: Ref, other: str) -> Ref:
        """Answer a step of an enquiry."""
        said: Any = EnquiryStep(kind=kind.value, answers=said_ref(answers))  # type: ignore[arg-type]
        said.recorded_at_ms = int(self.member.clock() * 1000)
        return self.seal(subject, PartnershipDocument(step=said), other)

    def documents(self, subject: bytes) -> int:
        """Return how many documents of a subject are readable here."""
        with self.member.side.database.read() as tx:
            return len(sealed.by_subject(tx, subject))

    def show(self, name: str, caller: Caller = CLERK) -> ShownContract:
        return self.contracts.get(caller, name)

    def attribution(self, name: str) -> tuple[Attributed, ...]:
        return tuple(self.show(name).attribution)

    def fold(self, subject: bytes) -> None:
        """Put the rows of a subject, as the view does."""
        with self.member.side.database.write() as tx:
            self.folder.fold(tx, subject, documents_of(tx, subject))

    def size(self) -> int:
        with self.member.side.database.read() as tx:
            return mirrors.get(tx, self.origin).verified_size


@dataclass
class Enquiries:
    """Enquiries between parties of a world, each step synchronized."""

    world: World
    parties: dict[str, Party]

    def sync(self) -> None:
        """Let everybody work until nothing moves."""
        quiet = 0
        for _ in range(30):
            quiet = 0 if self.world.work_round() else quiet + 1
            self.world.pass_time(1.0)
            if quiet == _QUIET_ROUNDS:
                return
        raise AssertionError("the world does not settle")

    def submit(self, enquirer: str = BUYER, listing_member: str = SELLER) -> tuple[bytes, Ref]:
        """Submit an enquiry; return its subject and first step."""
        party = self.parties[enquirer]
        subject = new_subject(int(self.world.now_s * 1000), party._random(10))
        said: Any = EnquiryStep(kind=StepKind.SUBMITTED.value)  # type: ignore[arg-type]
        today = shanghai_day(self.world.now_s).isoformat()
        said.answer_due = said.decision_due = today
        said.recorded_at_ms = int(self.world.now_s * 1000)
        submission = said.submission
        listing = submission.listing
        listing.name = f"nodes/{listing_member}/listings/{LISTING_SUBJECT}"
        listing.version.origin = self.parties[listing_member].origin
        listing.version.leaf_index = 1
        listing.version.leaf_hash = bytes(32)
        listing.revision = 1
        listing.manager = MANAGER if listing_member == SELLER else ""
        submission.from_organisation.uscc = BUYER_USCC
        submission.from_organisation.name = "苏州某某制造有限公司"
        submission.from_region = "320500"
        submission.introducers.add(region="320500", organisation=SERVICE_ORG)
        named = (listing_member,) if listing_member != enquirer else ()
        return subject, party.seal(subject, PartnershipDocument(step=said), *named)

    def introduced(self, enquirer: str = BUYER, listing_member: str = SELLER) -> bytes:
        """Carry an enquiry to INTRODUCED; return its subject."""
        subject, first = self.submit(enquirer, listing_member)
        self.sync()
        accepted = self.parties[listing_member].step(subject, StepKind.ACCEPTED, first, enquirer)
        self.sync()
        self.parties[enquirer].step(subject, StepKind.INTRODUCED, accepted, listing_member)
        self.sync()
        return subject

    def name(self, subject: bytes, enquirer: str = BUYER) -> str:
        return partnership_name(enquirer, ENQUIRIES, subject)
