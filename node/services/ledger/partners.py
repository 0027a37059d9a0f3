"""What a partner reads of an agreement: the lines of its own parties, and nothing of the others.

- A party is a partner's if this member keeps its books and it bears the organisation's name. The
  last active version that names a party says how it is called, of those that came or come into
  force; while none is active, the first.
- So a party that an amendment leaves out still reads what it was given, and is owed; one that an
  amendment gives to another organisation is that one's alone.
- The terms that a partner reads are those of the last version that names a party of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from federation.ledger.agreement import Version
    from federation.ledger.codec import Agreement


def own_parties(versions: Sequence[Version], member: str, organisation: str) -> frozenset[str]:
    """Return the parties of an organisation whose books a member keeps; `versions` ascend."""
    if not organisation:
        return frozenset()
    called = {one.party: one for version in versions for one in version.parties}
    return frozenset(
        one.party
        for one in called.values()
        if one.member == member and one.display_name == organisation
    )


def last_that_names(versions: Sequence[Version], parties: frozenset[str]) -> int:
    """Return the number of the last version that names one of some parties."""
    return max(
        number
        for number, version in enumerate(versions)
        if any(one.party in parties for one in version.parties)
    )


def keep_only(said: Agreement, parties: frozenset[str]) -> None:
    """Leave out the other parties, wherever they are named: a manager sees its own lines."""
    kept = [one for one in said.parties if one.party in parties]
    del said.parties[:]
    said.parties.extend(kept)
    for field in ("remainder_to", "excess_to"):
        if getattr(said, field) not in parties:
            said.ClearField(field)
