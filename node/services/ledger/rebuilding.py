"""Whether the ledger view is whole: a reader of one that is being rebuilt is told to come again.

- A view is whole once it has taken in and judged all that the feed had when its fold began. From
  then on it only lags, and every answer says how far the center's log is folded.
- Until then an agreement that is not found may be one that is not taken in yet, and books may lack
  outcomes of which nothing tells: nothing is read from it, and nothing is written upon it. That is
  BOOKS_REBUILDING, with when to come again; what was written before stands in the logs all the
  same.
- An agreement of which an outcome came late is to be folded anew: until that has begun its books
  are of no size of the center's log, and are told as BOOKS_REBUILDING too.
- The mark is in the tables, written with them: what one process rebuilds, all others see.
- A view that another program's fold has built is not whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.ledger.agreement import RULES_VERSION
from federation.log.errors import Unreachable
from node.storage import views

if TYPE_CHECKING:
    from node.storage.ledger import AgreementRow
    from node.storage.transaction import Transaction

FOLD_VERSION: Final = f"{RULES_VERSION}.12"
"""Another number: what other programs folded is folded anew."""
RETRY_AFTER_S: Final = 5
_WHOLE: Final = "ledger.whole"
_NO_FOLD: Final = ""


def is_whole(tx: Transaction) -> bool:
    """Say whether the view holds all that it ever held."""
    found = views.find(tx, _WHOLE)
    return found is not None and found.fold_version == FOLD_VERSION


def check_whole(tx: Transaction) -> None:
    """Raise BOOKS_REBUILDING unless the view is whole."""
    if not is_whole(tx):
        raise Unreachable(
            "BOOKS_REBUILDING",
            "the ledger is being rebuilt from the logs",
            retry_after_s=str(RETRY_AFTER_S),
        )


def check_current(row: AgreementRow) -> None:
    """Raise BOOKS_REBUILDING where an outcome has come below what the books were folded from."""
    if row.is_stale:
        raise Unreachable(
            "BOOKS_REBUILDING",
            "an outcome came late, and the books of the agreement are being folded anew",
            retry_after_s=str(RETRY_AFTER_S),
        )


def set_whole(tx: Transaction, at: int) -> None:
    """Note that the view is whole, having taken in the feed up to `at`."""
    views.keep(tx, _WHOLE, at, FOLD_VERSION)


def set_begun(tx: Transaction) -> None:
    """Note that a rebuild begins."""
    views.keep(tx, _WHOLE, 0, _NO_FOLD)
