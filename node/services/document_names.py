"""Names of ledger documents: nodes/<member>/<collection>/<subject>; the member is the author's.

An agreement's first version is in `agreements`, every other proposal in `proposals`. They are no
records, so their names are none of `federation.log.subject`.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from federation.log.errors import Refused
from federation.log.subject import check_member, parse_subject, subject_text
from node.services.arguments import invalid

AGREEMENTS: Final = "agreements"
PROPOSALS: Final = "proposals"
_NAME: Final = re.compile(r"nodes/([^/]+)/([a-z]+)/([^/]+)")


@dataclass(frozen=True, slots=True)
class DocumentName:
    """The pieces of a name."""

    author: str
    collection: str
    subject: bytes

    def __str__(self) -> str:
        """Return the name."""
        return f"nodes/{self.author}/{self.collection}/{subject_text(self.subject)}"


def parse_document_name(text: str, *collections: str, field: str = "name") -> DocumentName:
    """Read a name of one of these collections; refuses INVALID_FIELD."""
    match = _NAME.fullmatch(text)
    if match is not None and match[2] in collections:
        with suppress(Refused):
            check_member(match[1])
            return DocumentName(match[1], match[2], parse_subject(match[3]))
    raise invalid(
        field, "RECORD_NAME_FORM" if text else "REQUIRED", text, collection=collections[0]
    )
