"""Who acts for which side of an enquiry, and who may read it (DESIGN section 10).

| caller | acts for | reads |
|---|---|---|
| clerk | either side of the own member | all that the node can read |
| partner | its organisation: where it asks, or owns the listing | the same |
| platform | the listing's side, for listings of its source_platform | the same |
| approver, operator, auditor | nobody | all that the node can read |

- Nobody acts for another member's side: its steps are written at its own node.
- Contacts are for clerks and partners of the two sides alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.log.errors import Refused
from federation.partnership.steps import Role as Side
from node.services.access import Role
from node.services.catalogue import named_listing
from node.services.catalogue.organisation_keys import digest_of, key_of, key_of_text
from node.storage.enquiries import Seen

if TYPE_CHECKING:
    from node.services.access import Caller
    from node.services.partnership.enquiry_loading import LoadedEnquiry
    from node.storage.transaction import Transaction

NO_SIDE: Final = Side(0)
_READ_ALL: Final = frozenset({Role.CLERK, Role.APPROVER, Role.OPERATOR, Role.AUDITOR})
_SEE_CONTACTS: Final = frozenset({Role.CLERK, Role.PARTNER})


def sides_of(tx: Transaction, caller: Caller, loaded: LoadedEnquiry, member: str) -> Side:
    """Return the sides that a caller acts for at a member's node."""
    own = loaded.id.role(member)
    if Role.CLERK in caller.roles:
        return own
    sides = NO_SIDE
    organisation = key_of_text(caller.organisation)
    if Side.ENQUIRER & own and Role.PARTNER in caller.roles and organisation:
        asks = key_of(loaded.submitted.submission.from_organisation)
        sides |= Side.ENQUIRER if asks == organisation else NO_SIDE
    if Side.LISTING & own:
        listing = named_listing.find(tx, loaded.listing)
        if listing is not None and (
            (Role.PARTNER in caller.roles and listing.owner == organisation != "")
            or (Role.PLATFORM in caller.roles and listing.source_platform == caller.source_platform)
        ):
            sides |= Side.LISTING
    return sides


def check_acts(tx: Transaction, caller: Caller, loaded: LoadedEnquiry, member: str) -> Side:
    """Return the sides that a caller acts for; refuses NOT_YOUR_ENQUIRY where there is none."""
    sides = sides_of(tx, caller, loaded, member)
    if not sides:
        raise _not_yours(loaded)
    return sides


def check_reads(tx: Transaction, caller: Caller, loaded: LoadedEnquiry, member: str) -> None:
    """Refuse (NOT_YOUR_ENQUIRY) who may not read an enquiry."""
    if caller.roles.isdisjoint(_READ_ALL):
        check_acts(tx, caller, loaded, member)


def sees_contacts(tx: Transaction, caller: Caller, loaded: LoadedEnquiry, member: str) -> bool:
    """Tell whether contacts may be shown."""
    is_one = not caller.roles.isdisjoint(_SEE_CONTACTS)
    return is_one and bool(sides_of(tx, caller, loaded, member))


def seen_by(caller: Caller, member: str) -> tuple[Seen, ...] | None:
    """Return which enquiries a caller finds in lists; None for all."""
    if not caller.roles.isdisjoint(_READ_ALL):
        return None
    seen = []
    organisation = key_of_text(caller.organisation)
    if Role.PARTNER in caller.roles and organisation:
        seen.append(Seen(enquirer=member, organisation=organisation))
        seen.append(Seen(listing_member=member, owner_digest=digest_of(organisation)))
    if Role.PLATFORM in caller.roles and caller.source_platform:
        seen.append(Seen(listing_member=member, source_platform=caller.source_platform))
    return tuple(seen)


def _not_yours(loaded: LoadedEnquiry) -> Refused:
    name = str(loaded.name)
    return Refused("NOT_YOUR_ENQUIRY", f"the caller acts for no side of {name}", name=name)
