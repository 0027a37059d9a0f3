"""The facts of a contract's documents.

Reading refuses what the ledger could not rest upon: sides or a center that are no members, amounts
below 0 or a technical amount above the contract's, quoted enquiries that name nothing, a
registration without its number of 16 digits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from federation.log.errors import Refused
from federation.log.subject import SUBJECT_BYTES, check_member
from federation.partnership.codec import (
    Contract,
    ContractCancellation,
    ContractConfirmation,
    ContractRegistration,
    Introducer,
    LinkedEnquiry,
)
from federation.partnership.steps import ListingFacts, read_listing
from federation.records.refs import Ref, member_of_record, read_ref

REGISTER_NUMBER: Final = re.compile(r"\d{16}", re.ASCII)


class Registration(IntEnum):
    """Where a registration stands."""

    NOT_APPLIED = 0
    ACCEPTED = 1
    REGISTERED = 2
    REFUSED = 3
    REVOKED = 4


REGISTRATION_MOVES: Final[dict[int, frozenset[Registration]]] = {
    Registration.NOT_APPLIED: frozenset({Registration.ACCEPTED}),
    Registration.ACCEPTED: frozenset({Registration.REGISTERED, Registration.REFUSED}),
    Registration.REFUSED: frozenset({Registration.ACCEPTED}),
    Registration.REGISTERED: frozenset({Registration.REVOKED}),
    Registration.REVOKED: frozenset(),
}
"""State → the states that may follow: one registration only."""


@dataclass(frozen=True, slots=True, order=True)
class IntroducerFacts:
    """Who brought the two sides together, in one region; names of records, or empty."""

    region: str
    manager: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Link:
    """An enquiry as a contract quotes it."""

    enquiry: bytes
    submitted: Ref
    introduced: Ref
    listing: ListingFacts
    from_region: str
    introducers: tuple[IntroducerFacts, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """A version of a contract."""

    previous: Ref | None
    buyer: str
    """Member of the buyer's side."""
    seller: str
    center: str
    links: tuple[Link, ...]
    contract_amount_fen: int
    technical_amount_fen: int

    @property
    def fixed(self) -> tuple[str, str, str, tuple[Link, ...]]:
        """What no amendment may change."""
        return self.buyer, self.seller, self.center, self.links

    @property
    def members(self) -> frozenset[str]:
        """All members that every document of the contract names, or is by."""
        return frozenset((self.buyer, self.seller, self.center))


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The other side agrees to a version."""

    contract: Ref


@dataclass(frozen=True, slots=True)
class Registering:
    """A registration document. `state` may be one that this version does not know."""

    contract: Ref
    state: int
    register_number: str


@dataclass(frozen=True, slots=True)
class Cancellation:
    """The contract is cancelled."""

    contract: Ref


def read_terms(said: Contract) -> Terms:
    """Return the facts of a version, or refuse it (MALFORMED_PART)."""
    members = (said.buyer.member, said.seller.member, said.center)
    for member in members:
        try:
            check_member(member)
        except Refused as refusal:
            raise Refused("MALFORMED_PART", refusal.what) from refusal
    if not 0 <= said.technical_amount_fen <= said.contract_amount_fen:
        raise Refused("MALFORMED_PART", "the technical amount is from 0 to the contract's amount")
    return Terms(
        read_ref(said.previous) if said.HasField("previous") else None,
        *members,
        tuple(read_link(link) for link in said.enquiries),
        said.contract_amount_fen,
        said.technical_amount_fen,
    )


def read_link(said: LinkedEnquiry) -> Link:
    """Return the facts of a quoted enquiry, or refuse it (MALFORMED_PART)."""
    if len(said.enquiry) != SUBJECT_BYTES:
        raise Refused("MALFORMED_PART", "an enquiry's id has 16 bytes")
    return Link(
        said.enquiry,
        read_ref(said.submitted),
        read_ref(said.introduced),
        read_listing(said.listing),
        said.from_region,
        tuple(sorted(map(read_introducer, said.introducers))),
    )


def read_introducer(said: Introducer) -> IntroducerFacts:
    """Return the facts of an introducer, or refuse it (MALFORMED_PART)."""
    for name, collection in ((said.manager, "managers"), (said.organisation, "organisations")):
        if name:
            member_of_record(name, collection)
    return IntroducerFacts(said.region, said.manager, said.organisation)


def read_confirmation(said: ContractConfirmation) -> Confirmation:
    """Return the facts of a confirmation, or refuse it (MALFORMED_PART)."""
    return Confirmation(read_ref(said.contract))


def read_registration(said: ContractRegistration) -> Registering:
    """Return the facts of a registration document, or refuse it (MALFORMED_PART)."""
    state = int(said.state)
    if state == Registration.REGISTERED and not REGISTER_NUMBER.fullmatch(said.register_number):
        raise Refused("MALFORMED_PART", "what is registered has a number of 16 digits")
    return Registering(read_ref(said.contract), state, said.register_number)


def read_cancellation(said: ContractCancellation) -> Cancellation:
    """Return the facts of a cancellation, or refuse it (MALFORMED_PART)."""
    return Cancellation(read_ref(said.contract))
