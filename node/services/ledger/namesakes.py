"""Documents that bear a name which means another one: they are shown without a name.

A name is of an author and a subject, and nothing hinders a member's node from writing two documents
of one subject. The name means the lowest of its kind (`making.named`). Told with the same name, the
others would have who reads them accept that one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.log.errors import YdxError
from federation.records.findings import Finding
from node.services.document_names import AGREEMENTS, PROPOSALS, DocumentName
from node.services.ledger.making import named

if TYPE_CHECKING:
    from federation.ledger.documents import Document
    from node.services.ledger.reading import AgreementRow
    from node.storage.transaction import Transaction

NAME_TAKEN: Final = Finding(
    "name",
    "E_NAME_TAKEN",
    "",
    "其编号已属于提案方的另一份文件，无法接受；请提案方重新提出",
    "its name is that of another document of its author, so nobody can accept it; ask the author to"
    " propose it anew",
)


def name_of(tx: Transaction, document: Document, row: AgreementRow, member: str) -> str:
    """Return the one name of a proposal, "" where it means another document.

    A first version is the agreement. `member` is our own: what it writes is named once.
    """
    collection = AGREEMENTS if document.ref == row.ref else PROPOSALS
    name = DocumentName(document.author, collection, document.subject)
    return str(name) if document.author == member or _is_meant(tx, name, document) else ""


def _is_meant(tx: Transaction, name: DocumentName, document: Document) -> bool:
    try:
        return named(tx, name).ref == document.ref
    except YdxError:  # it is not found, or has rotted
        return False
