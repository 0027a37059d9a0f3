"""What a step of an enquiry has to meet beside the fold's rules, which know no caller or clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from federation.log.errors import Refused
from federation.partnership.steps import StepKind, may_answer
from federation.partnership.terms import Terms
from federation.records.refs import said_ref
from node.services.catalogue import named_listing
from node.services.errors import invalid_field
from node.services.partnership.documents import read_all
from node.storage import sealed

if TYPE_CHECKING:
    from datetime import date

    from federation.partnership.codec import DocumentRef
    from federation.partnership.steps import Role as Side
    from node.services.partnership.enquiry_documents import MadeDocument
    from node.services.partnership.enquiry_loading import LoadedEnquiry
    from node.storage.transaction import Transaction


def check_side(kind: StepKind, side: Side, loaded: LoadedEnquiry, member: str) -> None:
    """Refuse a step that belongs to the other side, where one member is both."""
    last = loaded.folded.last
    if last is None or side == loaded.id.role(member):
        return
    state = loaded.folded.state or 0
    theirs = may_answer(state, loaded.id.role(member)) - may_answer(state, side)
    if kind in theirs:
        raise Refused(
            "NOT_YOUR_ENQUIRY", f"{kind.name} is the other side's step", name=str(loaded.name)
        )


def check_listing(tx: Transaction, loaded: LoadedEnquiry, member: str) -> None:
    """Refuse to accept what says of a listing of ours other than the version that it names.

    What is accepted is what contracts quote and shares are told by: another manager, say, would
    have a share in what it has no part in. Who has accepted may say it again. LISTING_NOT_OPEN.
    """
    if StepKind.ACCEPTED not in loaded.folded.may_answer.get(member, frozenset()):
        return
    named, found = loaded.listing, named_listing.find(tx, loaded.listing)
    fields = ("revision", "manager", "service_organisation")
    if found is None:
        why = "the enquiry names no version of it that is readable here"
    else:
        wrong = [one for one in fields if getattr(found, one) != getattr(named, one)]
        if not wrong:
            return
        why = f"the enquiry says otherwise of it: {', '.join(wrong)}"
    cure = (
        "意向所述与该信息的版本不符，不能接受；请谢绝（declined），并请对方重新提交",
        "The enquiry does not say what the listing says; decline it, and let it be asked anew",
    )
    raise Refused("LISTING_NOT_OPEN", f"{named.name}: {why}", cure=cure, name=named.name, why=why)


def check_contract(tx: Transaction, named: DocumentRef, loaded: LoadedEnquiry) -> None:
    """Refuse to say CONTRACTED of what is no contract that came of an enquiry: it stands for ever.

    What is named has to be the first version of a contract between both sides that quotes it.
    """
    stored = sealed.at(tx, named.origin, named.leaf_index)
    found = read_all([stored]) if stored else []
    if not found or found[0].ref.leaf_hash != named.leaf_hash:
        raise Refused(
            "DOCUMENT_MISSING",
            "the contract is not here",
            origin=named.origin,
            leaf_index=str(named.leaf_index),
        )
    facts = found[0].facts
    if not isinstance(facts, Terms) or facts.previous is not None:
        raise invalid_field(
            "contract",
            "NO_CONTRACT",
            f"{named.origin} {named.leaf_index}",
            "不是合同的首个版本",
            "is no first version of a contract",
        )
    quoted = {(link.enquiry, link.submitted) for link in facts.links}
    is_of_it = (loaded.id.subject, loaded.first.ref) in quoted
    if not is_of_it or {facts.buyer, facts.seller} != loaded.id.parties:
        raise invalid_field(
            "contract",
            "CONTRACT_OF_OTHERS",
            f"{named.origin} {named.leaf_index}",
            "不是由此合作意向订立的合同；请引用依据它订立的合同",
            "did not come of this enquiry; name the contract that quotes it",
        )


def check_overdue(loaded: LoadedEnquiry, made: MadeDocument, today: date) -> None:
    """Refuse EXPIRED while no deadline has passed; who has said it may say it again."""
    if not made.said.step.HasField("answers"):
        return
    last = loaded.folded.last
    if last is None or made.said.step.answers != said_ref(last.ref):
        return
    if not loaded.is_overdue(today):
        days = ", ".join(one.day for one in loaded.folded.deadlines)
        raise Refused(
            "STEP_NOT_ALLOWED",
            f"no deadline has passed ({days or 'there is none'})",
            cure=(
                "期限尚未过；到期后再试，或以其他步骤结束（提出方 cancelled，受理方 declined）",
                "No deadline has passed yet; wait, or end it with cancelled or declined",
            ),
            why="NOT_OVERDUE",
            allowed="",
            last=f"{last.ref.origin} {last.ref.leaf_index}",
        )
