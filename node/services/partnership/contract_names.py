"""Names of contracts: nodes/<member>/contracts/<subject>; the member is the author's.

They are no records, so their names are none of `federation.log.subject`.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from federation.log.errors import Refused
from federation.log.subject import check_member, parse_subject, subject_text
from node.services.arguments import invalid

_NAME: Final = re.compile(r"nodes/([^/]+)/contracts/([^/]+)")


@dataclass(frozen=True, slots=True)
class ContractName:
    """The pieces of a contract's name."""

    author: str
    subject: bytes

    def __str__(self) -> str:
        """Return the name."""
        return f"nodes/{self.author}/contracts/{subject_text(self.subject)}"


def parse_contract_name(text: str, field: str = "name") -> ContractName:
    """Read a name; refuses INVALID_FIELD."""
    match = _NAME.fullmatch(text)
    if match is not None:
        with suppress(Refused):
            check_member(match[1])
            return ContractName(match[1], parse_subject(match[2]))
    raise invalid(field, "RECORD_NAME_FORM", text, collection="contracts")
