"""Wiring of partnerships: the view, what writes and reads enquiries, and what ends them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hmac import digest as hmac_digest

from federation.trust.registry import CENTER
from node.bootstrap.federation_side import FederationSide
from node.config.settings import Partnership
from node.rpc.page_tokens import PageTokens
from node.rpc.partnership_service import PartnershipServicer
from node.services.alerting.reminders import Reminders
from node.services.catalogue.reading import Catalogue
from node.services.catalogue.receipts import Receipts
from node.services.log.sealing import Sealing
from node.services.log.sequencer import Sequencer
from node.services.partnership.contract_folding import ContractFolder
from node.services.partnership.enquiries import Enquiries, EnquiryParts
from node.services.partnership.enquiry_contacts import EnquiryContacts
from node.services.partnership.enquiry_documents import DocumentMaker, EnquiryRules
from node.services.partnership.enquiry_expiry import EnquiryExpiry
from node.services.partnership.enquiry_folder import EnquiryFolder
from node.services.partnership.enquiry_reading import EnquiryReading
from node.services.partnership.view import PartnershipView
from node.services.partnership.working_days import WorkingDays, calendar
from node.services.sync.node_status import OriginFacts


@dataclass(frozen=True, slots=True)
class PartnershipSide:
    """Everything about partnerships, wired and not yet running."""

    view: PartnershipView
    expiry: EnquiryExpiry
    reminders: Reminders
    servicer: PartnershipServicer


def build_partnership_side(
    side: FederationSide,
    sequencer: Sequencer,
    sealing: Sealing,
    catalogue: Catalogue,
    receipts: Receipts,
    tokens: PageTokens,
    completeness: Callable[[], Sequence[OriginFacts]],
    clock: Callable[[], float],
    random_bytes: Callable[[int], bytes],
) -> PartnershipSide:
    """Wire partnerships over the two sides; refuses BAD_CONFIG for a file of holidays."""

    def center() -> str:
        members = side.trust.registry().members
        return next((one.name for one in members if one.holds(CENTER)), "")

    settings = side.settings.partnership
    rules = _rules(settings)
    days = WorkingDays(calendar(settings.holidays, side.settings.node.folder))
    parts = EnquiryParts(
        database=side.database,
        sealing=sealing,
        reader=catalogue,
        maker=DocumentMaker(side.member.name, center, days, rules),
        rules=rules,
        own_origin=side.board.own_origin,
        members=lambda: [
            one.name for one in side.trust.registry().members if one.left_version is None
        ],
        center=center,
        clock=clock,
        random_bytes=random_bytes,
        keyed_digest=lambda said: hmac_digest(side.keys.node_secret, said, "sha256"),
    )
    view = PartnershipView(side.database, [EnquiryFolder(), ContractFolder()])
    writer = Enquiries(parts)
    return PartnershipSide(
        view=view,
        expiry=EnquiryExpiry(parts, writer, days, completeness),
        reminders=Reminders(side.database, side.member.name, days, rules.remind_days, parts.today),
        servicer=PartnershipServicer(
            member=side.member.name,
            sequencer=sequencer,
            enquiries=writer,
            contacts=EnquiryContacts(parts),
            reading=EnquiryReading(parts, receipts, days, completeness, view.sizes),
            tokens=tokens,
            today=parts.today,
        ),
    )


def _rules(settings: Partnership) -> EnquiryRules:
    return EnquiryRules(
        name_center=settings.name_center,
        answer_days=settings.answer_days,
        decision_days=settings.decision_days,
        remind_days=settings.remind_days,
        enquiries_a_day=settings.enquiries_a_day,
    )
