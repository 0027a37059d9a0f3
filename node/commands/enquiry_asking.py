"""What a person types about an enquiry, as calls take it: notes, contracts, contacts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

_NOTE_KINDS: Final = ("nda", "negotiation", "dispute", "registration")
_REF: Final = re.compile(r"([^:\s]+):([0-9]{1,18}):([0-9a-fA-F]{64})")


def note_kind(kind: str) -> str:
    """Return the kind of a note that may be added; refuses INVALID_FIELD with those that may."""
    from node.services.errors import invalid_field

    chosen = kind.lower().replace("-", "_")
    if chosen not in _NOTE_KINDS:
        names = ", ".join(_NOTE_KINDS)
        raise invalid_field(
            "kind",
            "NOTE_KIND",
            kind,
            f"不是可添加的备注；请选 {names}；联系人用 ydx enquiry contacts 和 withdraw-consent",
            f"is no note to add; take one of {names}; contacts are given and taken back with"
            " ydx enquiry contacts and withdraw-consent",
        )
    return chosen


def contract_ref(text: str) -> dict[str, Any]:
    """Return the place of a contract's first version; who has none is told how one is made."""
    from node.services.errors import invalid_field

    if not _REF.fullmatch(text):
        raise invalid_field(
            "contract",
            "CONTRACT_FORM",
            text,
            "不是合同首个版本的位置；签约步骤由 ydx contract create --enquiry 一并写入",
            "is no place of a first version; ydx contract create --enquiry takes this step itself",
        )
    return read_ref(text)


def read_ref(text: str) -> dict[str, Any]:
    """Return the place of a contract's first version, origin:index:hash; refuses INVALID_FIELD."""
    from node.services.errors import invalid_field

    found = _REF.fullmatch(text)
    if found is None:
        raise invalid_field(
            "contract",
            "CONTRACT_FORM",
            text,
            "不是合同；请写成首个版本 来源:叶序号:散列，收入也可写合同名，见 ydx contract list",
            "is no contract; write its first version, origin:index:hash, or for an income its"
            " name, as ydx contract list tells it",
        )
    origin, index, digest = found.groups()
    return {"origin": origin, "leaf_index": int(index), "leaf_hash": bytes.fromhex(digest)}


def read_contacts(file: Path) -> Any:
    """Return persons and consent of a file; refuses BAD_FILE, telling nothing of its content.

    A command line is seen by everybody on the machine, so personal data is never an argument.
    """
    from federation.partnership.codec import PartnershipContacts
    from node.commands.said_files import read_said

    return read_said(file, PartnershipContacts(), "contacts", always="persons", is_personal=True)
