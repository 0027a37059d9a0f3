"""Members that are asked about: a name that no log is held of is a mistake, not an empty answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from federation.log.subject import parse_origin
from node.services.arguments import violation
from node.services.errors import InvalidFields
from node.storage import mirrors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from node.storage.transaction import Transaction


def check_known(tx: Transaction, members: Sequence[str], field: str = "filter.members[{}]") -> None:
    """Refuse INVALID_FIELD for members of which this node holds no log."""
    if not members:
        return
    known = sorted({parse_origin(origin).member for origin in mirrors.names(tx).values()})
    unknown = [(at, name) for at, name in enumerate(members) if name not in known]
    if unknown:
        there_are = ", ".join(known)
        raise InvalidFields(
            [
                violation(field.format(at), "MEMBER_NOT_HELD", name, known=there_are)
                for at, name in unknown
            ]
        )
