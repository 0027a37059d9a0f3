"""What contracts may not be: every refusal leaves the log as it was."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from federation.log.errors import Refused, YdxError
from federation.log.subject import subject_text
from federation.partnership.codec import (
    Contract,
    ContractCancellation,
    PartnershipDocument,
)
from federation.partnership.steps import StepKind
from federation.records.refs import said_ref
from node.services.errors import InvalidFields
from node.services.log.sealing import Sealing
from node.services.partnership.contract_held import AMOUNT_FEN_MAX
from node.services.partnership.contract_names import parse_contract_name
from tests.node.services.partnership.contract_partners import Partners, small_partners
from tests.node.services.partnership.contract_texts import (
    BUYER,
    CENTER,
    MEMBERS,
    OTHER,
    SELLER,
    SIGNED_ON,
    amended,
    registration,
    terms,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NUMBER: Final = "2027340100000001"


@pytest.fixture
def partners(tmp_path: Path) -> Iterator[Partners]:
    with small_partners(tmp_path, (BUYER, SELLER, CENTER, OTHER)) as given:
        yield given


@pytest.mark.parametrize(
    ("centers", "told"), [([], "none"), (["center", "shanghai"], "center, shanghai")]
)
def test_without_exactly_one_center_no_contract_is_made(
    partners: Partners, centers: list[str], told: str
) -> None:
    subject = partners.introduced()
    seller = partners.parties[SELLER]
    seller.centers = centers
    with pytest.raises(Refused, match="NO_CENTER") as caught:
        seller.writing.create(terms(), [partners.name(subject)], seller.options())
    assert caught.value.metadata["found"] == told


def _other_sides(said: Any) -> None:
    said.buyer.member = OTHER


def _too_technical(said: Any) -> None:
    said.technical_amount_fen = said.contract_amount_fen + 1


def _too_large(said: Any) -> None:
    """Mistype a figure: the sums of every report were wrong numbers."""
    said.contract_amount_fen = AMOUNT_FEN_MAX + 1


def _tomorrow(said: Any) -> None:
    said.signed_on = "2027-02-01"


@pytest.mark.parametrize(
    ("change", "rule", "field"),
    [
        (_other_sides, "LINK_SIDES", "contract.enquiries[0]"),
        (_too_technical, "TECHNICAL_AMOUNT", "contract.technical_amount_fen"),
        (_too_large, "AMOUNT_RANGE", "contract.contract_amount_fen"),
        (_tomorrow, "DATE_IN_FUTURE", "contract.signed_on"),
    ],
)
def test_terms_that_break_a_rule_are_refused_under_the_requests_paths(
    partners: Partners, change: Any, rule: str, field: str
) -> None:
    subject = partners.introduced()
    seller = partners.parties[SELLER]
    said = terms()
    change(said)
    before = seller.size()
    with pytest.raises(InvalidFields) as caught:
        seller.writing.create(said, [partners.name(subject)], seller.options())
    (found,) = [one for one in caught.value.violations if one.rule == rule]
    assert found.field == field
    assert found.text_en.startswith(field)
    assert seller.size() == before


def test_only_introduced_enquiries_of_ours_lead_to_one_contract(partners: Partners) -> None:
    buyer, seller = partners.parties[BUYER], partners.parties[SELLER]
    subject, _ = partners.submit()
    partners.sync()
    with pytest.raises(Refused, match="STEP_NOT_ALLOWED"):
        seller.writing.create(terms(), [partners.name(subject)], seller.options())
    with pytest.raises(Refused, match="RECORD_NOT_FOUND"):
        partners.parties[OTHER].writing.create(terms(), [partners.name(subject)], seller.options())
    with pytest.raises(InvalidFields, match="INVALID_FIELD"):
        seller.writing.create(terms(), [], seller.options())
    subject = partners.introduced()
    seller.writing.create(terms(), [partners.name(subject)], seller.options())
    before = seller.size(), buyer.size()
    with pytest.raises(Refused, match="STEP_NOT_ALLOWED"):
        seller.writing.create(
            terms(project_name="另一个项目"), [partners.name(subject)], seller.options()
        )
    partners.sync()
    with pytest.raises(Refused, match="STEP_NOT_ALLOWED"):
        buyer.writing.create(terms(), [partners.name(subject)], buyer.options())
    assert (seller.size(), buyer.size()) == before


def test_the_check_alone_writes_nothing(partners: Partners) -> None:
    subject = partners.introduced()
    seller = partners.parties[SELLER]
    before = seller.size()
    done = seller.writing.create(
        terms(), [partners.name(subject)], seller.options(validate_only=True)
    )
    assert not done.name
    assert seller.size() == before


def test_who_has_not_read_the_version_in_force_does_not_agree_to_it(partners: Partners) -> None:
    name = partners.contract()
    buyer, seller = partners.parties[BUYER], partners.parties[SELLER]
    etag = buyer.show(name).etag
    seller.writing.amend(name, amended(150_000_000), "", seller.options())
    partners.sync()
    calls: list[Callable[[], object]] = [
        lambda: buyer.writing.confirm(name, etag, buyer.options()),
        lambda: seller.writing.amend(name, amended(140_000_000), etag, seller.options()),
        lambda: buyer.writing.confirm(name, f'"{"0" * 64}"', buyer.options()),
    ]
    for call in calls:
        with pytest.raises(Refused, match="STALE_ETAG"):
            call()
    with pytest.raises(InvalidFields):
        buyer.writing.confirm(name, "", buyer.options())


def test_each_side_writes_only_what_is_its_to_say(partners: Partners) -> None:
    name = partners.contract()
    buyer, seller, center = (partners.parties[one] for one in (BUYER, SELLER, CENTER))
    etag = seller.show(name).etag
    cancelled = ContractCancellation(reason="项目终止", cancelled_on=SIGNED_ON)
    calls: list[Callable[[], object]] = [
        lambda: seller.writing.confirm(name, etag, seller.options()),
        lambda: buyer.writing.register(name, registration(1), "", buyer.options()),
        lambda: buyer.writing.cancel(name, cancelled, "", buyer.options()),
        lambda: center.writing.confirm(name, etag, center.options()),
        lambda: seller.writing.register(
            name, registration(2, register_number=NUMBER), "", seller.options()
        ),
    ]
    for call in calls:
        with pytest.raises(Refused, match="STEP_NOT_ALLOWED"):
            call()


def test_a_contract_that_misquotes_is_not_confirmed(partners: Partners) -> None:
    subject = partners.introduced()
    name = partners.contract()
    buyer, seller = partners.parties[BUYER], partners.parties[SELLER]
    said: Any = seller.show(name).terms
    forged = Contract()
    forged.CopyFrom(said)
    forged.enquiries[0].from_region = "330100"
    place = seller.seal(b"f" * 16, PartnershipDocument(contract=forged), BUYER, CENTER)
    partners.sync()
    forged_name = f"nodes/{SELLER}/contracts/{subject_text(b'f' * 16)}"
    shown = buyer.show(forged_name)
    assert shown.contract.first == place
    with pytest.raises(Refused, match="CONTRACT_MISQUOTES") as caught:
        buyer.writing.confirm(forged_name, shown.etag, buyer.options())
    assert caught.value.metadata["fields"] == "from_region"
    assert subject


def test_a_quoted_step_that_has_not_come_is_waited_for(partners: Partners) -> None:
    name = partners.contract()
    buyer, seller = partners.parties[BUYER], partners.parties[SELLER]
    forged = Contract()
    forged.CopyFrom(seller.show(name).terms)
    forged.enquiries[0].introduced.leaf_index = 9_999
    seller.seal(b"g" * 16, PartnershipDocument(contract=forged), BUYER, CENTER)
    partners.sync()
    late = f"nodes/{SELLER}/contracts/{subject_text(b'g' * 16)}"
    with pytest.raises(YdxError, match="DOCUMENT_MISSING"):
        buyer.writing.confirm(late, buyer.show(late).etag, buyer.options())


def test_a_version_that_leaves_out_the_center_counts_nowhere(partners: Partners) -> None:
    name = partners.contract()
    seller = partners.parties[SELLER]
    subject = parse_contract_name(name).subject
    shown = seller.show(name)
    said = Contract()
    said.CopyFrom(shown.terms)
    said.previous.CopyFrom(said_ref(shown.contract.first))
    said.contract_amount_fen = 1
    said.technical_amount_fen = 1
    seller.seal(subject, PartnershipDocument(contract=said), BUYER)
    partners.sync()
    amounts = {
        partners.parties[member].show(name).terms.contract_amount_fen
        for member in (BUYER, SELLER, CENTER)
    }
    assert amounts == {120_000_000}
    voids = [one.void for one in partners.parties[BUYER].show(name).contract.standings]
    assert [str(void) for void in voids if void] == ["NOT_ADDRESSED"]


def _no_center(said: Any) -> None:
    said.center = OTHER


def _no_enquiry(said: Any) -> None:
    del said.enquiries[:]


@pytest.mark.parametrize(
    ("change", "reason"), [(_no_center, "NO_CENTER"), (_no_enquiry, "CONTRACT_MISQUOTES")]
)
def test_what_leaves_out_the_center_or_the_enquiry_is_not_confirmed(
    partners: Partners, change: Any, reason: str
) -> None:
    name = partners.contract()
    buyer, seller = partners.parties[BUYER], partners.parties[SELLER]
    forged = Contract()
    forged.CopyFrom(seller.show(name).terms)
    change(forged)
    seller.seal(b"h" * 16, PartnershipDocument(contract=forged), BUYER, CENTER, OTHER)
    partners.sync()
    forged_name = f"nodes/{SELLER}/contracts/{subject_text(b'h' * 16)}"
    with pytest.raises(Refused, match=reason):
        buyer.writing.confirm(forged_name, buyer.show(forged_name).etag, buyer.options())


def test_an_amendment_of_what_was_agreed_is_confirmed_though_the_center_has_changed_since(
    partners: Partners,
) -> None:
    """A contract keeps its center: no amendment could name the new one."""
    name = partners.contract()
    partners.confirm(name)
    buyer, seller = partners.parties[BUYER], partners.parties[SELLER]
    buyer.centers = seller.centers = [OTHER]
    seller.writing.amend(name, amended(130_000_000), seller.show(name).etag, seller.options())
    partners.sync()
    partners.confirm(name)
    assert partners.parties[CENTER].show(name).contract.is_confirmed


def test_a_contract_that_quotes_our_enquiry_with_another_region_is_not_confirmed(
    partners: Partners,
) -> None:
    """B quotes, word for word, what C asked us: C would have a share in what it has no part in."""
    buyer, seller = partners.parties[BUYER], partners.parties[SELLER]
    subject = partners.introduced(OTHER, BUYER)
    loaded = partners.name(subject, OTHER)
    other = partners.parties[OTHER]
    said = terms()
    said.buyer.member, said.seller.member = BUYER, OTHER
    theirs = other.writing.create(said, [loaded], other.options()).name
    forged = Contract()
    forged.CopyFrom(other.show(theirs).terms)
    forged.buyer.member, forged.seller.member = BUYER, SELLER
    seller.seal(b"i" * 16, PartnershipDocument(contract=forged), BUYER, CENTER)
    partners.sync()
    forged_name = f"nodes/{SELLER}/contracts/{subject_text(b'i' * 16)}"
    with pytest.raises(Refused, match="CONTRACT_MISQUOTES") as caught:
        buyer.writing.confirm(forged_name, buyer.show(forged_name).etag, buyer.options())
    assert caught.value.metadata["fields"] == "submitted listing"


def test_whom_the_other_side_names_in_its_last_step_neither_reads_nor_stops_a_contract(
    partners: Partners,
) -> None:
    subject, accepted = partners.accepted()
    partners.sync()
    buyer, seller = partners.parties[BUYER], partners.parties[SELLER]
    buyer.sealing = Sealing(buyer.sequencer, BUYER, lambda: [*MEMBERS, "ghost"])
    buyer.step(subject, StepKind.INTRODUCED, accepted, SELLER, OTHER, "ghost")
    partners.sync()
    seller.writing.create(terms(), [partners.name(subject)], seller.options())
    partners.sync()
    assert partners.parties[OTHER].documents(subject) == 1, "what the buyer let it read"
    assert buyer.documents(subject) == 4
