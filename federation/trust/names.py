"""How members, their origins and their keys are named.

- A federation is named by a DNS domain, a member by one DNS label; both lower case.
- The origin of a member's first log is `<domain>/<member>`; of its n-th `<domain>/<member>.<n>`.
- A log key bears the origin's name, the witness key `<domain>/<member>/witness`, the online trust
  key `<domain>/<member>/trust`. No name can be read as another, since a label holds no `/` or `.`.
"""

from __future__ import annotations

import re
from typing import Final

LABEL: Final = re.compile(r"[a-z](?:[a-z0-9-]{0,29}[a-z0-9])?")
DOMAIN: Final = re.compile(
    r"(?=.{1,200}\Z)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]*[a-z0-9])*"
)
REGION: Final = re.compile(r"[0-9]{6}")
"""Six digits of GB/T 2260."""
ENDPOINT: Final = re.compile(
    r"(?:[a-zA-Z0-9.-]{1,253}|\[[0-9a-fA-F:.]{2,45}\])"
    r":(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
)
"""`host:port`, an IPv6 address in brackets."""


def origin_of(federation: str, member: str, number: int = 1) -> str:
    """Return the origin of a member's n-th log, counted from 1."""
    return f"{federation}/{member}" + (f".{number}" if number > 1 else "")


def witness_key_name(federation: str, member: str) -> str:
    """Return the name of a member's witness key."""
    return f"{federation}/{member}/witness"


def trust_key_name(federation: str, member: str) -> str:
    """Return the name of a member's online trust key."""
    return f"{federation}/{member}/trust"
