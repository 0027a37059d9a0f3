"""Who brought a contract about: the same for all who hold the contract, checked by both sides."""

from __future__ import annotations

from itertools import permutations

import pytest

from federation.log.errors import Refused
from federation.partnership.attribution import Attributed, Share, attribution
from federation.partnership.contract import fold_contract
from federation.partnership.quoting import misquotes, quote
from federation.partnership.terms import read_link
from federation.records.personal_data import find_personal_data
from federation.records.refs import read_ref
from tests.federation.partnership.examples import (
    CENTER,
    CONTRACT_SUBJECT,
    Books,
    amendment,
    contract,
    contract_books,
    introduced_books,
    link,
    record,
    submission,
)
from tests.federation.partnership.logs import E, R

_CHAIN = (
    Attributed(Share.LISTING_REGION, R),
    Attributed(Share.ENQUIRING_REGION, E, "", "320500"),
    Attributed(Share.INTRODUCING_REGION, E, "", "320500"),
    Attributed(Share.INTRODUCING_REGION, "zhejiang", "", "330000"),
    Attributed(Share.TECHNOLOGY_MANAGER, R, record(R, "managers")),
    Attributed(Share.TECHNOLOGY_MANAGER, E, record(E, "managers")),
    Attributed(Share.TECHNOLOGY_MANAGER, "zhejiang", record("zhejiang", "managers")),
    Attributed(Share.SERVICE_ORGANISATION, R, record(R, "organisations")),
    Attributed(Share.SERVICE_ORGANISATION, "zhejiang", record("zhejiang", "organisations")),
    Attributed(Share.CENTER, CENTER),
)


def test_chain_names_regions_managers_organisations_and_the_center() -> None:
    books, first = contract_books()
    folded = fold_contract(read_ref(first), books.of(CONTRACT_SUBJECT))
    assert attribution(folded) == _CHAIN


def test_all_who_are_named_compute_the_same() -> None:
    """The center holds no document of the enquiry; each has the contract's in its own order."""
    books, first = contract_books()
    books.append(E, amendment(contract(quote(books.enquiry())), first), CONTRACT_SUBJECT)
    held = books.of(CONTRACT_SUBJECT)
    for order in permutations(held):
        assert attribution(fold_contract(read_ref(first), order)) == _CHAIN
    assert attribution(fold_contract(read_ref(first), books.documents)) == _CHAIN


def test_order_of_introducers_and_links_does_not_matter() -> None:
    books, first = Books(), None
    said = contract(link(), link())
    said.contract.enquiries[1].introducers.reverse()
    first = read_ref(books.append(E, said, CONTRACT_SUBJECT))
    assert attribution(fold_contract(first, books.documents)) == _CHAIN


def test_contract_that_no_enquiry_led_to_is_the_centers_alone() -> None:
    said = contract()
    said.contract.ClearField("enquiries")
    books = Books()
    first = read_ref(books.append(E, said, CONTRACT_SUBJECT))
    assert attribution(fold_contract(first, books.documents)) == (_CHAIN[-1],)


def test_void_contract_is_nobodys() -> None:
    books = Books()
    first = read_ref(books.append("zhejiang", contract(), CONTRACT_SUBJECT))
    assert attribution(fold_contract(first, books.documents)) == ()


def test_attribution_tells_nothing_personal() -> None:
    for one in _CHAIN:
        assert not list(find_personal_data(f"{one.member} {one.record} {one.region}"))


def test_quote_says_what_the_enquiry_says() -> None:
    enquiry = introduced_books().enquiry()
    assert misquotes(read_link(quote(enquiry)), enquiry) == ()


@pytest.mark.parametrize(
    ("field", "spoil"),
    [
        ("enquiry", lambda quoted: setattr(quoted, "enquiry", bytes(16))),
        ("submitted", lambda quoted: quoted.submitted.CopyFrom(link().submitted)),
        ("introduced", lambda quoted: quoted.introduced.CopyFrom(quoted.submitted)),
        ("listing", lambda quoted: quoted.listing.ClearField("manager")),
        ("from_region", lambda quoted: setattr(quoted, "from_region", "310000")),
        ("introducers", lambda quoted: quoted.introducers.pop()),
    ],
)
def test_misquote_is_seen_by_who_holds_the_enquiry(field: str, spoil: object) -> None:
    enquiry = introduced_books().enquiry()
    quoted = quote(enquiry)
    assert callable(spoil)
    spoil(quoted)
    assert misquotes(read_link(quoted), enquiry) == (field,)


def test_enquiry_that_was_not_introduced_is_not_quoted() -> None:
    books = Books()
    books.append(E, submission(), named=frozenset((R,)))
    enquiry = books.enquiry()
    with pytest.raises(Refused) as caught:
        quote(enquiry)
    assert caught.value.reason == "STEP_NOT_ALLOWED"
    assert misquotes(read_link(link()), enquiry) == ("introduced",)
