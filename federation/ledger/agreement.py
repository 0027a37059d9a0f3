"""A version of an agreement, as the fold reads it.

- Its terms are sound (`terms_validation`), its days half-open and in order; else it is no version.
- Its members are those that keep a party's books, those that sign, and the center. They are fixed
  by the first version: who joined later could not read what came before. So is the center.
- An acceptance counts from a signer; `signers_required` of them, 0 for all, make it whole.
- One currency and one version of the rules are known. Later rules make a document
  Unknown: books that rest upon it stop here. Anything else is Unreadable, and void.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from federation.ledger.reading import day_of, member_of, text_of
from federation.ledger.terms import Party, Scope, Terms, Tier
from federation.ledger.terms_validation import check_terms
from federation.log.errors import Refused
from federation.records.refs import Ref, read_ref

if TYPE_CHECKING:
    from collections.abc import Iterable

    from federation.ledger.codec import Agreement

CURRENCY: Final = "CNY"
RULES_VERSION: Final = 1
DEDUCTIONS_MAX: Final = 20
TIERS_MAX: Final = 20
SIGNERS_MAX: Final = 64
PARTY_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,40}", re.ASCII)
_SCOPES: Final = (Scope.PER_EVENT, Scope.PER_EVENT, Scope.CALENDAR_YEAR, Scope.AGREEMENT_LIFE)
_ROLES: Final = range(1, 7)
_BASES: Final = range(1, 4)


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """Who a party is."""

    party: str
    role: int
    member: str
    display_name: str


@dataclass(frozen=True, slots=True)
class Version:
    """A version of an agreement."""

    first: Ref | None
    """The agreement's first version; None where this is it."""
    previous: Ref | None
    title: str
    parties: tuple[PartyFacts, ...]
    terms: Terms
    """Without the name of the agreement: see `terms_of`."""
    effective_from: str
    effective_to: str
    """The day after the last."""
    signers: frozenset[str]
    signers_required: int
    center: str
    countersign_ttl_s: int = 0
    """After how long the center may say EXPIRED; 0: as it will."""

    @property
    def members(self) -> frozenset[str]:
        """All members that every document of the agreement names, or is by."""
        return frozenset({self.center, *(one.member for one in self.parties)}) | self.signers

    def terms_of(self, agreement: Ref) -> Terms:
        """Return the terms under the agreement's name, as allocation takes them."""
        return replace(self.terms, agreement=tie_name(agreement))

    def is_signed_by(self, members: Iterable[str]) -> bool:
        """Say whether the acceptances of these members are enough."""
        return len(self.signers.intersection(members)) >= self.signers_required


def tie_name(agreement: Ref) -> bytes:
    """Return what names an agreement in tie keys: origin ‖ leaf index (u64be) ‖ leaf hash."""
    return agreement.origin.encode() + agreement.leaf_index.to_bytes(8) + agreement.leaf_hash


@lru_cache(maxsize=1024)  # an income names its contract more than once
def contract_name(contract: Ref) -> str:
    """Return what names a contract in tie keys and among instalments."""
    return f"{contract.origin} {contract.leaf_index} {contract.leaf_hash.hex()}"


def read_version(said: Agreement) -> Version:
    """Return the facts of a version, or refuse it (MALFORMED_PART)."""
    if said.HasField("agreement") != said.HasField("previous"):
        raise _malformed("an amendment names both the first version and the one before it")
    if said.currency != CURRENCY or said.rules_version != RULES_VERSION:
        raise _malformed("the currency or the version of the rules is not known")
    if said.base not in _BASES:
        raise _malformed("what is shared is not known")
    signers = frozenset(member_of(name, "signers") for name in said.signers)
    if not 1 <= len(signers) == len(said.signers) <= SIGNERS_MAX:
        raise _malformed(f"there are 1 to {SIGNERS_MAX} signers, each once")
    if said.signers_required > len(signers):
        raise _malformed("more signers are required than there are")
    version = Version(
        first=read_ref(said.agreement) if said.HasField("agreement") else None,
        previous=read_ref(said.previous) if said.HasField("previous") else None,
        title=text_of(said.title, "title", 120),
        parties=tuple(
            PartyFacts(
                one.party,
                int(one.role),
                member_of(one.member, "parties"),
                text_of(one.display_name, "parties", 120),
            )
            for one in said.parties
        ),
        terms=read_terms(said),
        effective_from=day_of(said.effective_from, "effective_from"),
        effective_to=day_of(said.effective_to, "effective_to"),
        signers=signers,
        signers_required=said.signers_required or len(signers),
        center=member_of(said.center, "center"),
        countersign_ttl_s=said.countersign_ttl_s,
    )
    _check(version)
    return version


def read_terms(said: Agreement) -> Terms:
    """Return the formula as it is said, sound or not; its name is not known here."""
    return Terms(
        agreement=b"",
        parties=tuple(
            Party(
                one.party,
                one.share_ppm,
                one.cap_fen if one.HasField("cap_fen") else None,
                one.floor_fen if one.HasField("floor_fen") else None,
            )
            for one in said.parties
        ),
        deductions=tuple(said.deductions),
        tiers=tuple(
            Tier(one.upto_fen if one.HasField("upto_fen") else None, one.rate_ppm)
            for one in said.tiers
        ),
        tier_scope=_scope(said.tier_scope),
        limit_scope=_scope(said.limit_scope),
        remainder_to=said.remainder_to or None,
        excess_to=said.excess_to or None,
    )


def _check(version: Version) -> None:
    terms = version.terms
    if version.effective_from >= version.effective_to:
        raise _malformed("the agreement ends before it begins")
    if len(terms.deductions) > DEDUCTIONS_MAX or len(terms.tiers) > TIERS_MAX:
        raise _malformed("there are too many deductions or tiers")
    if len(set(terms.deductions)) != len(terms.deductions) or not all(terms.deductions):
        raise _malformed("a deduction has no name, or two have one")
    if not all(PARTY_NAME.fullmatch(one.party) and one.role in _ROLES for one in version.parties):
        raise _malformed("a party has no proper name or no known role")
    findings = check_terms(terms)
    if findings:
        raise Refused("MALFORMED_PART", findings[0].text_en, field=findings[0].field)


def _scope(number: int) -> Scope:
    if not 0 <= number < len(_SCOPES):
        raise _malformed("a scope is not known")
    return _SCOPES[number]


def _malformed(what: str) -> Refused:
    return Refused("MALFORMED_PART", what)
