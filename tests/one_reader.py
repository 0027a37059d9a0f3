"""In a test process a thread that holds a reader of a database may not begin a second one.

All readers may be held by who waits for a second; `Database.read` has the rule, which only a busy
node would otherwise show to be broken. Readers that a test itself begins do not count.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from node.storage import database

if TYPE_CHECKING:
    from node.storage.transaction import Transaction

_NODE: Final = str(Path(database.__file__).parents[1])
_thread: Final = threading.local()


def install() -> None:
    """Watch every reader from now on."""
    reader = database._Read
    begin, end = reader.__enter__, reader.__exit__

    def begin_alone(self: Any) -> Transaction:
        held: dict[Any, object] = _thread.__dict__.setdefault("held", {})
        if not sys._getframe(1).f_code.co_filename.startswith(_NODE):
            return begin(self)
        if self._database in held.values():
            self._database._give_back(self, broken=False)
            raise AssertionError("this thread holds a reader of the database already")
        transaction = begin(self)
        held[self] = self._database
        return transaction

    def end_and_forget(self: Any, *failure: Any) -> None:
        _thread.__dict__.setdefault("held", {}).pop(self, None)
        end(self, *failure)

    reader.__enter__ = begin_alone  # type: ignore[method-assign]
    reader.__exit__ = end_and_forget  # type: ignore[method-assign]
