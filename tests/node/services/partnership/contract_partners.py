"""Members that enquire of each other and contract, and have everything of each other."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from federation.log.subject import new_subject
from federation.partnership.codec import (
    Contract,
    EnquiryStep,
    PartnershipDocument,
)
from federation.partnership.steps import StepKind
from federation.records.refs import Ref
from node.services.catalogue.records import shanghai_day
from node.services.partnership.enquiry_loading import EnquiryName
from node.storage.database import Database
from tests.node.services.partnership.contract_party import Party, small_party
from tests.node.services.partnership.contract_texts import (
    BUYER,
    BUYER_USCC,
    CENTER,
    LISTING_SUBJECT,
    MANAGER,
    NOW_S,
    SELLER,
    SERVICE_ORG,
    terms,
)


@dataclass
class Partners:
    """Members and the time; `sync` lets everybody have everything."""

    parties: dict[str, Party]
    now_s: float = NOW_S
    sync_world: Callable[[], None] | None = None
    readers: tuple[str, ...] = ()
    """Who may read enquiries beside their two sides."""
    listing_hash: bytes = bytes(32)
    """Leaf hash of the listing that is enquired about, at leaf 1 of its member's log."""
    listing_subject: str = LISTING_SUBJECT

    def sync(self) -> None:
        if self.sync_world is not None:
            self.sync_world()
        else:
            for party in self.parties.values():
                for other in self.parties.values():
                    if other is not party:
                        party.take_from(other)
                party.confirm_all()
        for party in self.parties.values():
            party.fold_all()

    def submit(self, enquirer: str = BUYER, listing_member: str = SELLER) -> tuple[bytes, Ref]:
        """Submit an enquiry; return its subject and first step."""
        party = self.parties[enquirer]
        now_s = party.clock()
        subject = new_subject(int(now_s * 1000), os.urandom(10))
        said: Any = EnquiryStep(kind=StepKind.SUBMITTED.value)  # type: ignore[arg-type]
        said.answer_due = said.decision_due = shanghai_day(now_s).isoformat()
        said.recorded_at_ms = int(now_s * 1000)
        submission = said.submission
        listing = submission.listing
        listing.name = f"nodes/{listing_member}/listings/{self.listing_subject}"
        listing.version.origin = self.parties[listing_member].origin
        listing.version.leaf_index = 1
        listing.version.leaf_hash = self.listing_hash
        listing.revision = 1
        listing.manager = MANAGER if listing_member == SELLER else ""
        submission.from_organisation.uscc = BUYER_USCC
        submission.from_organisation.name = "苏州某某制造有限公司"
        submission.from_region = "320500"
        submission.introducers.add(region="320500", organisation=SERVICE_ORG)
        named = self._others(enquirer, listing_member)
        return subject, party.seal(subject, PartnershipDocument(step=said), *named)

    def _others(self, member: str, other: str) -> tuple[str, ...]:
        return tuple(one for one in (other, *self.readers) if one != member)

    def accepted(self, enquirer: str = BUYER, listing_member: str = SELLER) -> tuple[bytes, Ref]:
        """Carry an enquiry to ACCEPTED; return its subject and last step."""
        subject, first = self.submit(enquirer, listing_member)
        self.sync()
        return subject, self.parties[listing_member].step(
            subject, StepKind.ACCEPTED, first, *self._others(listing_member, enquirer)
        )

    def introduced(self, enquirer: str = BUYER, listing_member: str = SELLER) -> bytes:
        """Carry an enquiry to INTRODUCED; return its subject."""
        subject, accepted = self.accepted(enquirer, listing_member)
        self.sync()
        others = self._others(enquirer, listing_member)
        self.parties[enquirer].step(subject, StepKind.INTRODUCED, accepted, *others)
        self.sync()
        return subject

    def name(self, subject: bytes, enquirer: str = BUYER) -> str:
        return str(EnquiryName(enquirer, subject))

    def contract(self, author: str = SELLER, said: Contract | None = None) -> str:
        """Make a contract from a fresh enquiry and let everybody have it."""
        name = self.name(self.introduced())
        party = self.parties[author]
        made = party.writing.create(said or terms(), [name], party.options()).name
        self.sync()
        return made

    def confirm(self, name: str, by: str = BUYER) -> None:
        """Let the other side agree to the version in force."""
        party = self.parties[by]
        party.writing.confirm(name, party.show(name).etag, party.options())
        self.sync()


@contextmanager
def small_partners(
    folder: Path, names: Sequence[str] = (BUYER, SELLER, CENTER)
) -> Iterator[Partners]:
    """Give members with databases in a folder."""
    partners = Partners({})
    with ExitStack() as stack:
        for name in names:
            partners.parties[name] = stack.enter_context(opened(name, folder, partners))
        yield partners


@contextmanager
def opened(name: str, folder: Path, partners: Partners) -> Iterator[Party]:
    """Give a member with a database of its own, on the partners' time."""
    database = Database.open(f"sqlite:///{folder}/{name}.db")
    try:
        with small_party(name, database, lambda: partners.now_s) as party:
            yield party
    finally:
        database.close()
