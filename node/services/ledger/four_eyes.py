"""Four eyes: nobody accepts what they proposed, whichever of their tokens they use.

- A person is the holder that a token names (`ydx token create --holder`), however many tokens that
  is; without a holder it is the token's own identity.
- Two are surely two only if both name a holder, or neither does: a token that names none may be
  anybody's, also the holder's. So give every clerk and every approver a holder, or none.
- Who proposed may be unknown after a restore: that is left to a person, never to a policy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from node.services.access import Caller

_HOLDER: Final = "holder/"


def person_of(caller: Caller) -> str:
    """Return under which name a caller proposes and accepts."""
    return f"{_HOLDER}{caller.holder.casefold()}" if caller.holder else caller.identity


def may_be_the_same(one: str, other: str) -> bool:
    """Say whether two persons, as `person_of` names them, may be one."""
    return one == other or one.startswith(_HOLDER) != other.startswith(_HOLDER)
