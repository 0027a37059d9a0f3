"""Members that enquire: the services of PartnershipService over simulated members' real nodes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

import pytest

from federation.log.errors import YdxError
from federation.partnership.codec import EnquirySubmission, PartnershipContacts
from federation.partnership.steps import StepKind
from node.bootstrap.partnership_side import build_partnership_side
from node.rpc.page_tokens import PageTokens
from node.services.access import Caller, Role
from node.services.catalogue.publishing import Publishing
from node.services.catalogue.reading import Catalogue
from node.services.catalogue.receipts import Receipts
from node.services.catalogue.records import LISTING
from node.services.log.drafts import Encoder, genesis
from node.services.log.sealing import Sealing
from node.services.log.sequencer import Sequencer, SequencerPorts
from node.services.log.write_options import WriteOptions
from node.services.partnership.client_notes import ClientNotes
from node.services.partnership.enquiries import AskedSubmission, EnquiryWritten
from node.services.partnership.enquiry_documents import AskedStep
from node.services.sync.node_status import OriginFacts
from node.storage import mirrors, parts
from tests.node.services.own_node import PLATFORM, supply

if TYPE_CHECKING:
    from collections.abc import Callable

    from node.services.partnership.enquiry_reading import EnquiryAnswer, EnquiryPage
    from node.services.sync.node_status import Completeness
    from node.storage.enquiries import EnquiryFilter
    from tests.simulation.member import SimulatedMember
    from tests.simulation.world import World

E: Final = "jiangsu"
R: Final = "anhui"
CLERK: Final = Caller(frozenset({Role.CLERK}), "clerk")
AUDITOR: Final = Caller(frozenset({Role.AUDITOR}), "auditor")
ASKER_CODE: Final = "91320500MA1XW2Y37P"
OWNER_CODE: Final = "91110000600037341L"
ASKER: Final = Caller(frozenset({Role.PARTNER}), "asker", organisation="苏州精工公司")
OWNER: Final = Caller(frozenset({Role.PARTNER}), "owner", organisation=OWNER_CODE)
STRANGER: Final = Caller(frozenset({Role.PARTNER}), "stranger", organisation="上海某某公司")
MARKED_NAME: Final = "欧阳标记"
MARKED_PHONE: Final = "13912345678"
OPTIONS: Final = WriteOptions()
NEVER_S: Final = 1e15


def contacts(name: str = MARKED_NAME, phone: str = MARKED_PHONE) -> PartnershipContacts:
    """Return contacts that may be given."""
    said = PartnershipContacts()
    person = said.persons.add()
    person.name, person.phone = name, phone
    said.consent.purpose, said.consent.scope = "对接洽谈", "姓名与电话"
    said.consent.granted_on = "2026-10-01"
    return said


class EnquiringNode:
    """One member's node: its services over the running federation side of a simulated member."""

    def __init__(self, member: SimulatedMember) -> None:
        self.member = member
        self.heard: Completeness = "COMPLETE"
        self.side = side = member.side
        self.sequencer = Sequencer(
            side.database,
            Encoder(member.origin, member.clock, os.urandom),
            SequencerPorts(
                may_write=side.gate.check,
                on_commit=side.signer.committed,
                wait_stored_by_peer=lambda _size, _timeout_s: True,
                genesis=lambda: genesis(member.federation, member.name, 1),
            ),
            side.keys.node_secret,
        )
        self.sequencer.start()
        self.catalogue = Catalogue(side.database, member.origin, self.completeness)
        self.publishing = Publishing(
            self.sequencer, self.catalogue, member.name, member.clock, os.urandom
        )
        registry = side.trust.registry
        receipts = Receipts(
            side.database, self.catalogue, side.copies, ClientNotes(side.board).over
        )
        tokens = PageTokens(side.keys.node_secret, os.urandom)
        self.partnerships = build_partnership_side(
            side,
            self.sequencer,
            Sealing(self.sequencer, member.name, lambda: [one.name for one in registry().members]),
            self.catalogue,
            receipts,
            tokens,
            self.completeness,
            member.clock,
            os.urandom,
        )
        servicer = self.partnerships.servicer
        self.enquiries, self.contacts = servicer.enquiries, servicer.contacts
        self.reading = servicer.reading

    def stop(self) -> None:
        self.sequencer.stop()

    def completeness(self) -> list[OriginFacts]:
        board = self.side.board
        return [
            OriginFacts(
                member=origin.rpartition("/")[2],
                origin=origin,
                stored_size=board.origin(origin).verified_size,
                tree_size=board.origin(origin).largest_size(),
                verified_size=board.origin(origin).verified_size,
                confirmed_size=board.origin(origin).confirmed_size,
                lag_s=0.0,
                state=self.heard,
            )
            for origin in self.side.trust.registry().origins()
        ]

    def publish(self, number: int = 1, **public: Any) -> Any:
        """Publish a listing of OWNER's that takes enquiries."""
        said = supply(number, open_for_enquiry=True, **{"valid_until": "2028-12-31", **public})
        return self.publishing.publish(PLATFORM, LISTING, said, OPTIONS).record

    def submit(
        self,
        listing: str,
        caller: Caller = ASKER,
        options: WriteOptions = OPTIONS,
        message: str = "能否用于底盘？",
        **asked: Any,
    ) -> EnquiryWritten:
        """Submit an enquiry of ASKER's."""
        said = EnquirySubmission(from_region="320500")
        if caller is CLERK:
            said.from_organisation.name = "苏州精工公司"
        asking = AskedSubmission(listing=listing, said=said, message=message, **asked)
        return self.enquiries.submit(caller, asking, options)

    def step(
        self, name: str, kind: StepKind, caller: Caller = CLERK, **asked: Any
    ) -> EnquiryWritten:
        """Take a step."""
        if kind in {StepKind.DECLINED, StepKind.CANCELLED, StepKind.NO_DEAL}:
            asked.setdefault("reason", "价格不合")
        elif kind in {StepKind.INFO_REQUESTED, StepKind.INFO_GIVEN}:
            asked.setdefault("message", "年用量？")
        return self.enquiries.step(caller, name, AskedStep(kind=kind, **asked), OPTIONS)

    def get(self, name: str, caller: Caller = CLERK) -> EnquiryAnswer:
        return self.reading.get(caller, name)

    def state(self, name: str) -> StepKind | None:
        """Return the state of an enquiry here."""
        return self.get(name).shown.loaded.folded.state

    def follow_view(self) -> None:
        """Let the view take in everything."""
        while self.partnerships.view.step():
            pass
        self.partnerships.view.recheck()

    def list(self, which: EnquiryFilter, caller: Caller = CLERK, limit: int = 50) -> EnquiryPage:
        """Return the first page of a list, once the view has taken everything in."""
        self.follow_view()
        return self.reading.page(caller, which, None, limit)


def reason(call: Callable[[], object]) -> str:
    """Return why a call is refused."""
    with pytest.raises(YdxError) as caught:
        call()
    return caught.value.reason


class Enquiring:
    """A world in which members enquire."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.nodes = {name: EnquiringNode(world[name]) for name in world.members}

    def __getitem__(self, name: str) -> EnquiringNode:
        return self.nodes[name]

    def sync(self, rounds: int = 12) -> None:
        """Let everybody work until nothing moves, then let the views take it in."""
        for _ in range(rounds):
            if not self.world.work_round():
                break
            self.world.pass_time(1.0)
        for node in self.nodes.values():
            node.follow_view()

    def heal(self) -> bool:
        """Mend everything and let all work until each has every log, confirmed, and every part.

        A sealed part that a relay did not have is asked for from its origin when its turn comes.
        """

        def is_settled() -> bool:
            members = self.world.members.values()
            return not any(map(_wants, members)) and all(
                one.stored(origin.origin).confirmed_size == origin.own_size()
                for one in members
                for origin in members
            )

        settled = self.world.heal(is_settled)
        for node in self.nodes.values():
            node.follow_view()
        return settled

    def introduced(self, listing: str = "") -> str:
        """Carry an enquiry to a confirmed introduction; return its name."""
        if not listing:
            listing = self[R].publish().name
            self.sync()
        name = self[E].submit(listing).name
        self.sync()
        self[R].step(name, StepKind.ACCEPTED)
        self.sync()
        self[E].step(name, StepKind.INTRODUCED)
        self.sync()
        return name

    def restart(self, name: str) -> None:
        """Start a member's services anew, after it went down and came back."""
        self.nodes[name] = EnquiringNode(self.world[name])

    def close(self) -> None:
        for node in self.nodes.values():
            node.stop()


def _wants(member: SimulatedMember) -> bool:
    """Tell whether a member has still to ask for a part."""
    with member.side.database.read() as tx:
        return any(parts.wanted_due(tx, row.origin_id, NEVER_S, 1) for row in mirrors.every(tx))
