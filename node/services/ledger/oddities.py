"""What another member's node wrote that ours would not have let its own users write.

The fold takes more than a node does, so that members agree for ever: an instalment in another form
than the normal one is another instalment to it, and to a person the same. So a policy accepts
nothing of it, and a person is told.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from federation.ledger.agreement import Version
from federation.ledger.codec import parse_document
from federation.ledger.validation import check_document
from federation.records.findings import Finding

if TYPE_CHECKING:
    from federation.ledger.documents import Document

_NOT_NORMAL: Final = Finding(
    "proposal",
    "E_NOT_NORMAL",
    "",
    "文字不是规范形式，可能与另一提案看似相同而实不同；请向提案人核实",
    "its texts are not in their normal form, so it may look like another one and differ; ask its"
    " proposer",
)


def oddities(document: Document, today: date = date.max) -> tuple[Finding, ...]:
    """Return what is odd about a document; nothing if our users could have written it.

    `today` is the day in Asia/Shanghai behind which nothing may be; `date.max` for any day.
    """
    said, facts = parse_document(document.content), document.facts
    center = facts.center if isinstance(facts, Version) else ""
    checked = check_document(said, author=document.author, center=center, today=today)
    if checked.violations or checked.record == said:
        return checked.violations
    return (_NOT_NORMAL,)
