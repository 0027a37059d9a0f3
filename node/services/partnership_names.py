"""Names of enquiries and contracts: nodes/<member>/<collection>/<subject>.

The member is the one that wrote the first document: the enquirer's, or the author of the contract.
They are no records, so their names are none of `federation.log.subject`.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Final, NamedTuple

from federation.log.errors import Refused
from federation.log.subject import check_member, parse_subject, subject_text
from node.services.records_arguments import invalid

CONTRACTS: Final = "contracts"
ENQUIRIES: Final = "enquiries"
_NAME: Final = re.compile(r"nodes/([^/]+)/([a-z]+)/([^/]+)")


class PartnershipName(NamedTuple):
    """The pieces of a name."""

    member: str
    collection: str
    subject: bytes

    def __str__(self) -> str:
        """Return the name."""
        return partnership_name(self.member, self.collection, self.subject)


def partnership_name(member: str, collection: str, subject: bytes) -> str:
    """Return the name of an enquiry or a contract."""
    return f"nodes/{member}/{collection}/{subject_text(subject)}"


def parse_partnership_name(text: str, collection: str, field: str = "name") -> PartnershipName:
    """Read a name of a collection; refuses INVALID_FIELD."""
    match = _NAME.fullmatch(text)
    if match is not None and match[2] == collection:
        with suppress(Refused):
            check_member(match[1])
            return PartnershipName(match[1], collection, parse_subject(match[3]))
    raise invalid(field, "RECORD_NAME_FORM", text, collection=collection)
