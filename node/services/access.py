"""Who a caller is and what it may do.

Rules (DESIGN section 10):

- A token reads `ydx_<id>_<secret>`. Only its SHA-256 is stored; the text is shown once.
- A token has roles, expires within a year, and can be revoked; a revocation is seen within 2 s.
- The role platform is bound to one source_platform, the role partner to one organisation.
- A member is known by its certificate and has the one role member; no token gives that role.
- Secrets are compared in constant time, and an unknown id costs the same as a wrong secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from federation.log.errors import Refused


class Role(StrEnum):
    """What a caller is to this node."""

    PLATFORM = "platform"
    """Writes listings of its own source_platform."""
    PARTNER = "partner"
    """Acts for one organisation."""
    CLERK = "clerk"
    """Proposes partnership and ledger documents of the region."""
    APPROVER = "approver"
    """Accepts proposals, never its own."""
    OPERATOR = "operator"
    """Runs the node."""
    SECURITY = "security"
    """Manages tokens, keys and the registry."""
    AUDITOR = "auditor"
    """Reads all, writes nothing."""
    MEMBER = "member"
    """Another member's node, known by its pinned certificate."""


MEMBERS_READERS = frozenset(
    {Role.PLATFORM, Role.CLERK, Role.APPROVER, Role.OPERATOR, Role.AUDITOR, Role.MEMBER}
)


@dataclass(frozen=True, slots=True)
class Caller:
    """The party behind one call. A token's caller has a token id, a member's a name and a pin."""

    roles: frozenset[Role]
    token_id: str = ""
    source_platform: str = ""
    organisation: str = ""
    member: str = ""
    pin: str = ""

    @property
    def identity(self) -> str:
        """Under what name request ids are remembered; it survives a change of token."""
        if self.member:
            return f"member/{self.member}"
        if self.source_platform:
            return f"platform/{self.source_platform}"
        if self.organisation:
            return f"organisation/{self.organisation}"
        return f"token/{self.token_id}"

    @property
    def reads_members_parts(self) -> bool:
        """Whether MEMBERS parts may be shown (DESIGN section 4: members and platforms)."""
        return not self.roles.isdisjoint(MEMBERS_READERS)

    def check_writes_for(self, source_platform: str) -> None:
        """Raise PLATFORM_MISMATCH unless this caller may write records of that platform."""
        if Role.PLATFORM in self.roles and source_platform != self.source_platform:
            raise Refused(
                "PLATFORM_MISMATCH",
                f"a token of {self.source_platform} writes for {source_platform or 'no platform'}",
                own_platform=self.source_platform,
                source_platform=source_platform,
            )
