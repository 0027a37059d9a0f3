"""The audit trail of a fen: from a posting back to the listing that it comes from.

- Of a proposal that is not booked it begins there: who is to accept sees where the income is from.
- Posting, outcome of the center, acceptances, income (through its reversal), the clause of the
  agreement that was in force, the contract, the enquiries that led to it, who introduced them, the
  listing. Managers are named by their records, which are pseudonyms.
- Each station is a document of some log, named by its place; where this node holds it, its receipt
  is in the file that goes with the trail: what is told can be checked without this node.
- A payment has no income: its trail ends with it and the agreement. An income that corrects another
  names that one too. Income, reversal and payment tell the digest of their evidence: who has the
  paper can compare it.
- A member that is no side of the contract does not hold contract and enquiry: the trail says so and
  names them all the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from federation.ledger.agreement import Version
from federation.ledger.amounts import grouped_yuan
from federation.ledger.booking import explain
from federation.ledger.codec import parse_document
from federation.ledger.documents import OUTCOMES_MAX, Document, Income, Outcomes, Payment, Reversal
from federation.ledger.journal import EntryKind
from federation.log.errors import Refused, Unreachable
from federation.log.hashing import leaf_hash
from federation.log.subject import parse_origin
from federation.partnership.terms import Terms
from node.services.arguments import invalid
from node.services.catalogue.reading import not_found
from node.services.document_names import PROPOSALS, parse_document_name
from node.services.ledger import outcomes, reading
from node.services.ledger.books import look_up
from node.services.ledger.making import named
from node.services.ledger.words import ACCOUNTS, Words, called
from node.services.partnership.documents import read_all
from node.storage import logs, mirrors, parts, sealed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from federation.ledger.books import Booked, Books
    from federation.ledger.decisions import Decision
    from federation.ledger.journal import JournalEntry, Place, Posting
    from federation.ledger.terms import Party
    from federation.partnership.terms import Link
    from federation.records.refs import Ref
    from node.services.access import Caller
    from node.services.catalogue.receipts import Receipts
    from node.services.ledger.reading import AgreementRow
    from node.services.ledger.shown import LedgerShown, ShownAgreement
    from node.storage.database import Database
    from node.storage.transaction import Transaction


_LEAVES_MAX: Final = 1 << 40


@dataclass(frozen=True, slots=True)
class TrailStep:
    """One station. `what` is posting, outcome, acceptance, income and so on."""

    what: str
    ref: Ref | None
    text_zh: str
    text_en: str
    is_held: bool = False
    decisions: Sequence[Decision] = ()


@dataclass(slots=True)
class Trail:
    """The way back, and one file with the receipts of what is held here."""

    steps: list[TrailStep] = field(default_factory=list)
    receipts: bytes = b""


class LedgerTrails:
    """Finds trails for callers. Safe for many threads."""

    def __init__(self, database: Database, shown: LedgerShown, receipts: Receipts) -> None:
        self._database = database
        self._shown = shown
        self._receipts = receipts

    def trail(self, caller: Caller, name: str, place: Place, proposal: str = "") -> Trail:
        """Return the trail of an entry, by the place of its outcome, or else by its proposal.

        Generation 0 is that of the first log of the center that booked something there. The
        proposal is an income, a reversal or a payment, booked or not. Refuses as
        `LedgerShown.agreement`, and RECORD_NOT_FOUND for what is none.
        """
        if proposal and any(place):
            raise invalid("proposal", "PLACE_TOO", proposal)
        with self._database.read() as tx:
            shown = self._shown.agreement_in(tx, caller, name, "agreement")
            if shown.only is not None:
                raise not_found(name)
            if proposal:
                steps = list(_of_proposal(tx, shown, proposal))
            else:
                steps = list(_of_entry(tx, shown, _entry_at(tx, shown.row, place)))
        if not steps:
            raise not_found(proposal) if proposal else _nothing_at(name, place)
        return self._with_receipts(steps)

    def _with_receipts(self, steps: list[TrailStep]) -> Trail:
        trail = Trail(steps)
        for step in steps:
            if step.ref is not None and step.is_held:
                trail.receipts += self._receipt(step.ref)
        return trail

    def _receipt(self, ref: Ref) -> bytes:
        try:
            return self._receipts.receipt_at(ref.origin, ref.leaf_index, (0,)).receipt
        except (Refused, Unreachable):  # no checkpoint covers it yet, or it went meanwhile
            return b""


def _nothing_at(name: str, place: Place) -> Refused:
    cure = (
        "该位置没有本协议的分录；请照抄 ydx ledger journal 的首列，或填写提案名",
        "Nothing is booked there: copy the first column of ydx ledger journal, or name a proposal",
    )
    what = f"there is no {name} {place}"
    return Refused("RECORD_NOT_FOUND", what, cure=cure, name=f"{name} {place}")


def _of_proposal(tx: Transaction, shown: ShownAgreement, name: str) -> Iterator[TrailStep]:
    document = named(tx, parse_document_name(name, PROPOSALS, field="proposal"))
    if document.agreement != shown.row.ref:
        raise not_found(name)
    look_up(shown.books, [document])
    ruling = shown.books.rulings.get(document.ref)
    entry = _entry_at(tx, shown.row, ruling.place) if ruling else None
    yield from _of_entry(tx, shown, entry) if entry else _proposed(tx, shown.row, document)


def _entry_at(tx: Transaction, row: AgreementRow, place: Place) -> JournalEntry | None:
    if place.leaf_index >= _LEAVES_MAX or place.number >= OUTCOMES_MAX:
        return None
    origins = [parse_origin(mirror.origin) for mirror in mirrors.every(tx)]
    for generation in sorted(one.generation for one in origins if one.member == row.center):
        if place.generation in {0, generation}:
            found = reading.entry_at(tx, row, place._replace(generation=generation))
            if found is not None:
                return found
    return None


def _of_entry(
    tx: Transaction, shown: ShownAgreement, entry: JournalEntry | None
) -> Iterator[TrailStep]:
    if entry is None:
        return
    row, books = shown.row, shown.books
    postings = [_posting(one) for one in entry.postings]
    yield TrailStep(
        "posting",
        None,
        f"{entry.value_date} 记账：{'，'.join(one.zh for one in postings)}",
        f"{entry.value_date}: {', '.join(one.en for one in postings)}",
        is_held=True,
    )
    if entry.kind is EntryKind.PAYMENT:
        yield from _decided(tx, row, entry, ())
        yield from _payment(tx, row, entry.proposal)
        return
    income_ref = entry.income or entry.proposal
    income = reading.document(tx, income_ref)
    ruling = books.rulings.get(income_ref)
    booked = ruling.booked if ruling else None
    yield from _decided(
        tx, row, entry, _why(books, income, booked) if entry.income == entry.proposal else ()
    )
    if entry.proposal != income_ref:
        yield _reversal(tx, entry.proposal)
    yield from _income(tx, income_ref)


def _proposed(tx: Transaction, row: AgreementRow, document: Document) -> Iterator[TrailStep]:
    """Yield the way back from what is not booked; nothing of what cannot be booked."""
    facts = document.facts
    if isinstance(facts, Payment):
        yield from _payment(tx, row, document.ref)
    elif isinstance(facts, Reversal):
        yield _reversal(tx, document.ref)
        yield from _income(tx, facts.income)
    elif isinstance(facts, Income):
        yield from _income(tx, document.ref)


def _income(tx: Transaction, ref: Ref) -> Iterator[TrailStep]:
    """Yield an income, its clause and its contract, and how that came about."""
    income = reading.document(tx, ref)
    yield _document_step(tx, "income", ref, _income_zh(income), _income_en(income))
    if isinstance(income, Document) and isinstance(income.facts, Income):
        if income.facts.corrects is not None:
            yield _corrected(tx, income.facts.corrects)
        yield _agreement(tx, income.facts.version)
        yield from _contract(tx, income.facts.contract)


def _posting(one: Posting) -> Words:
    """Return a posting in the words of a book."""
    side = Words("借", "debit") if one.amount_fen > 0 else Words("贷", "credit")
    account, fen = called(ACCOUNTS, one.account.kind), grouped_yuan(abs(one.amount_fen))
    return Words(
        f"{account.zh} {one.account.party} {side.zh} {fen} 元",
        f"{account.en} {one.account.party} {side.en} {fen} yuan",
    )


def _decided(
    tx: Transaction, row: AgreementRow, entry: JournalEntry, decisions: Sequence[Decision]
) -> Iterator[TrailStep]:
    """Yield the outcome, and the acceptances that it rests upon."""
    outcome = outcomes.outcome_document(tx, row, entry.place)
    outcome_ref = outcome.document.ref if outcome else None
    yield TrailStep(
        "outcome",
        outcome_ref,
        f"中心入账，裁定位置 {entry.place}",
        f"the center booked it as outcome {entry.place}",
        outcome_ref is not None,
        decisions,
    )
    if outcome is not None:
        yield from _acceptances(tx, outcome.document, entry)


def _payment(tx: Transaction, row: AgreementRow, ref: Ref) -> Iterator[TrailStep]:
    payment = reading.document(tx, ref)
    zh, en = "付款（本节点未持有）", "the payment (not held here)"
    if isinstance(payment, Document) and isinstance(payment.facts, Payment):
        facts = payment.facts
        fen = grouped_yuan(facts.amount_fen)
        evidence = parse_document(payment.content).payment.evidence_sha256
        zh = f"{facts.paid_on} {facts.payer} 付给 {facts.payee} {fen} 元{_evidence_zh(evidence)}"
        en = f"{facts.payer} paid {facts.payee} {fen} yuan on {facts.paid_on}"
        en += _evidence_en(evidence)
    yield _document_step(tx, "payment", ref, zh, en)
    yield _agreement(tx, row.ref)


def _reversal(tx: Transaction, ref: Ref) -> TrailStep:
    reversal = reading.document(tx, ref)
    zh, en = "冲销（本节点未持有）", "the reversal (not held here)"
    if isinstance(reversal, Document) and isinstance(reversal.facts, Reversal):
        said = parse_document(reversal.content).reversal
        fen, reason = grouped_yuan(said.amount_fen), " ".join(said.reason.split())
        evidence = said.evidence_sha256
        zh, en = "剩余全部", "all that is left"
        if said.amount_fen:
            zh, en = f" {fen} 元", f"{fen} yuan"
        zh = f"{said.reversal_date} 冲销{zh}：{reason}{_evidence_zh(evidence)}"
        en = f"reversal of {en} on {said.reversal_date}: {reason}{_evidence_en(evidence)}"
    return _document_step(tx, "reversal", ref, zh, en)


def _corrected(tx: Transaction, ref: Ref) -> TrailStep:
    income = reading.document(tx, ref)
    zh, en = f"所更正的：{_income_zh(income)}", f"it corrects: {_income_en(income)}"
    return _document_step(tx, "corrected", ref, zh, en)


def _agreement(tx: Transaction, ref: Ref) -> TrailStep:
    version = reading.document(tx, ref)
    facts = version.facts if isinstance(version, Document) else None
    if not isinstance(facts, Version):
        return _document_step(tx, "agreement", ref, "协议", "the agreement")
    days = facts.effective_from, facts.effective_to
    zh = f"协议《{facts.title}》，{days[0]} 起 {days[1]} 前有效："
    en = f"agreement “{facts.title}”, in force from {days[0]} until before {days[1]}: "
    zh += "，".join(_clause(one, "（至多 {} 元）", "（至少 {} 元）") for one in facts.terms.parties)
    en += ", ".join(
        _clause(one, " (at most {} yuan)", " (at least {} yuan)") for one in facts.terms.parties
    )
    if tiers := len(facts.terms.tiers):
        zh, en = f"{zh}；收入分 {tiers} 档提取", f"{en}; of an income is shared by {tiers} tiers"
    return _document_step(tx, "agreement", ref, zh, en)


def _clause(party: Party, most: str, least: str) -> str:
    """Return what an agreement gives a party: its share, and the bounds that it has."""
    whole, below = divmod(party.share_ppm, 10_000)
    share = f"{whole}.{below:04}".rstrip("0").rstrip(".")
    bounds = ((most, party.cap_fen), (least, party.floor_fen))
    told = [form.format(grouped_yuan(fen)) for form, fen in bounds if fen is not None]
    return f"{party.party} {share}%{''.join(told)}"


def _why(books: Books, income: object, booked: Booked | None) -> Sequence[Decision]:
    facts = income.facts if isinstance(income, Document) else None
    return explain(books, facts, booked) if booked and isinstance(facts, Income) else ()


def _acceptances(tx: Transaction, outcome: Document, entry: JournalEntry) -> Iterator[TrailStep]:
    facts = outcome.facts
    assert isinstance(facts, Outcomes)  # noqa: S101 - it is read as such; tells the checker
    for ref in facts.outcomes[entry.place.number].acceptances:
        yield _document_step(
            tx, "acceptance", ref, f"{ref.member} 接受", f"{ref.member} accepted it"
        )


def _document_step(tx: Transaction, what: str, ref: Ref, zh: str, en: str) -> TrailStep:
    held = isinstance(reading.document(tx, ref), Document)
    return TrailStep(what, ref, zh, en, held)


def _income_zh(income: object) -> str:
    if not isinstance(income, Document) or not isinstance(income.facts, Income):
        return "收入（本节点未持有）"
    said = parse_document(income.content).income
    gross = f"{said.income_date} 收入 {grouped_yuan(said.gross_fen)} 元"
    return f"{gross}，第 {said.instalment} 期{_evidence_zh(said.evidence_sha256)}"


def _income_en(income: object) -> str:
    if not isinstance(income, Document) or not isinstance(income.facts, Income):
        return "the income (not held here)"
    said = parse_document(income.content).income
    gross = f"income of {grouped_yuan(said.gross_fen)} yuan on {said.income_date}"
    return f"{gross}, instalment {said.instalment}{_evidence_en(said.evidence_sha256)}"


def _evidence_zh(digest: bytes) -> str:
    return f"，凭证摘要 {digest.hex()}" if digest else ""


def _evidence_en(digest: bytes) -> str:
    return f", evidence {digest.hex()}" if digest else ""


def _contract(tx: Transaction, ref: Ref) -> Iterator[TrailStep]:
    """Yield the contract, and what it says of how it came about."""
    held = sealed.at(tx, ref.origin, ref.leaf_index)
    documents = read_all([held]) if held is not None and held.leaf_hash == ref.leaf_hash else []
    if not documents or not isinstance(documents[0].facts, Terms):
        yield TrailStep("contract", ref, "合同（本节点未持有）", "the contract (not held here)")
        return
    terms = documents[0].facts
    yield TrailStep(
        "contract",
        ref,
        f"技术合同：{terms.buyer} 与 {terms.seller}",
        f"contract of {terms.buyer} and {terms.seller}",
        is_held=True,
    )
    for link in terms.links:
        yield from _link(tx, link)


def _link(tx: Transaction, link: Link) -> Iterator[TrailStep]:
    for what, ref, zh, en in (
        ("enquiry", link.submitted, "合作意向", "the enquiry"),
        ("introduction", link.introduced, "对接", "the introduction"),
    ):
        found = sealed.at(tx, ref.origin, ref.leaf_index)
        is_held = found is not None and found.leaf_hash == ref.leaf_hash
        yield TrailStep(what, ref, f"{zh}（{ref.member}）", f"{en} ({ref.member})", is_held)
    managers = [link.listing.manager, *(one.manager for one in link.introducers)]
    for manager in filter(None, managers):
        yield TrailStep("manager", None, f"技术经理人 {manager}", f"manager {manager}")
    for one in link.introducers:
        # As `attribution`: the region is that of the organisation, else of the manager.
        if name := one.organisation or one.manager:
            zh, en = f"引荐方 {name}", f"introduced by {name}"
            if one.region:
                zh, en = f"{zh}（地区 {one.region}）", f"{en} (region {one.region})"
            yield TrailStep("introducer", None, zh, en)
    version = link.listing.version
    yield TrailStep(
        "listing",
        version,
        f"供需信息 {link.listing.name}",
        f"listing {link.listing.name}",
        _holds_record(tx, version),
    )


def _holds_record(tx: Transaction, ref: Ref) -> bool:
    """Say whether the revision of a record is readable here."""
    row = mirrors.find(tx, ref.origin)
    if row is None or not ref.leaf_index < row.visible_size:
        return False
    entry = logs.entry(tx, row.origin_id, ref.leaf_index)
    is_it = entry is not None and leaf_hash(entry) == ref.leaf_hash
    return is_it and parts.find(tx, row.origin_id, ref.leaf_index, 0) is not None
