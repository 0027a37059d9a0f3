"""How an organisation is told from others here: by its credit code, else by its name.

A name is compared without blanks and without regard to case and width. An organisation that has a
credit code is never found by its name, since two may have the same one.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from node.search.documents import normal_name

if TYPE_CHECKING:
    from ydx.exchange.v1.record_pb2 import OrganisationRef


def key_of(organisation: OrganisationRef) -> str:
    """Return the key of an organisation, "" of none."""
    return normal_name(organisation.uscc) or normal_name(organisation.name)


def key_of_text(text: str) -> str:
    """Return the key of a credit code or a name, as a partner's token has it."""
    return normal_name(text)


def digest_of(key: str) -> str:
    """Return what stands for a key in tables that outlive the part in which it stood."""
    return sha256(b"ydx/organisation\0" + key.encode()).hexdigest()[:32] if key else ""
