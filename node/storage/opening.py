"""Reaching a database before anything is done with it, and saying what is wrong with its address.

- What keeps a node from opening its database is told with the cure that fits: not to try later, but
  to look at `database.url`.
- `check_can_open` looks at what `Database.open` needs, and creates and migrates nothing. (Of a file
  whose node was killed SQLite folds the log back, as for every reader.)
- What a driver says is cut to its first line, and holds no value of a row.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import sqlite3
import threading
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import NullPool, create_engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from federation.log.errors import YdxError
from node.storage import cures, migrating
from node.storage.ownership import check_owner
from node.storage.server_check import check_writable, server_warnings
from node.storage.sqlite import SqliteEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Connection

    from node.storage.postgresql import PostgresqlEngine

URL_CURE: Final = (
    (
        "检查 database.url：SQLite 的目录须存在且可写；PostgreSQL 的服务须在运行，"
        "主机、端口、库名、用户与口令须正确"
    ),
    (
        "See database.url: SQLite's folder has to exist and be writable; PostgreSQL's server has "
        "to run, and host, port, name, user and password have to be right"
    ),
)
_NEVER_RAN_CURE: Final = (
    "节点首次运行（ydx serve）时生成；否则请检查 database.url",
    "The node makes it on its first start: ydx serve; otherwise see database.url",
)
_PASSWORD_WITH_AT: Final = re.compile(r"://[^:@/]*:[^@]*@(?:[^?]*|[^=]*)@")
_AT_CURE: Final = (
    "口令中的 @ 请写成 %40（: / ? # % 亦同：%3A %2F %3F %23 %25）",
    "Write @ in the password as %40, and : / ? # % as %3A %2F %3F %23 %25",
)
SLOW_S: Final = 5.0
_log: Final = logging.getLogger(__name__)
_IN_MEMORY: Final = ("", ":memory:")


def read_url(url: str) -> URL:
    """Return the parts of a database's address; raises BAD_CONFIG where it cannot be read.

    Behind an @ in a password the rest of it would be taken for the host, and told to everybody.
    """
    if _PASSWORD_WITH_AT.search(url):
        raise YdxError("BAD_CONFIG", "database.url has an @ in its password", cure=_AT_CURE)
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        raise YdxError("BAD_CONFIG", "database.url cannot be read") from None


def is_sqlite(url: URL) -> bool:
    """Tell a file from a server."""
    return url.get_backend_name() == "sqlite"


def engine_for(url: str, *, must_exist: bool) -> SqliteEngine | PostgresqlEngine:
    """Return what opens connections; `must_exist` makes no file.

    Raises BAD_CONFIG where the URL cannot be read or the file is missing, DATABASE_ERROR where it
    can be neither used nor made.
    """
    parsed = read_url(url)
    if not is_sqlite(parsed):
        # The driver is an extra: a node on SQLite goes without it.
        from node.storage.postgresql import PostgresqlEngine  # noqa: PLC0415

        return PostgresqlEngine(parsed)
    file = parsed.database or ""
    if must_exist and not Path(file).is_file():
        what = f"{file} is missing: this node never ran here"
        raise YdxError("BAD_CONFIG", what, cure=_NEVER_RAN_CURE, file=file)
    is_there(file)
    try:
        return SqliteEngine(parsed)
    except OSError as error:
        raise file_not_opened(file, error) from error


def file_not_opened(file: str, error: OSError) -> YdxError:
    """Return what a file is called that the system does not let us open."""
    text = f"database.url: {file} cannot be opened: {error.strerror}"
    return YdxError("DATABASE_ERROR", text, cure=URL_CURE, file=file)


def is_there(name: str) -> bool:
    """Tell whether a file is there; raises DATABASE_ERROR where it can be neither used nor made."""
    if name in _IN_MEMORY:
        return False
    file = Path(name)
    if file.is_dir():
        fault = errno.EISDIR
    elif file.exists():
        may = os.access(file, os.R_OK | os.W_OK) and os.access(file.parent, os.W_OK | os.X_OK)
        fault = 0 if may else errno.EACCES  # the log of writes stands beside it
    elif not file.parent.is_dir():
        fault = errno.ENOTDIR if file.parent.exists() else errno.ENOENT
    else:
        fault = 0 if os.access(file.parent, os.W_OK | os.X_OK) else errno.EACCES
    if fault:
        raise file_not_opened(name, OSError(fault, os.strerror(fault)))
    return file.exists()


@contextmanager
def told_if_slow() -> Iterator[None]:
    """Log that an opening is still waited for, once it takes SLOW_S."""
    what = "waiting for the database: for its answer, for a lock, or for its tables to be upgraded"
    timer = threading.Timer(SLOW_S, _log.warning, (what,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def check_can_open(url: str, origin: str) -> list[tuple[str, str]]:
    """Raise what `Database.open` would raise of the database's address, version and owner.

    On PostgreSQL also what would keep a node from writing there. A SQLite file that is missing is
    none of it where it can be made. Return what the operator should change, in Chinese and English.
    Raises BAD_CONFIG, DATABASE_ERROR, DATABASE_NEWER.
    """
    parsed = read_url(url)
    if is_sqlite(parsed) and not is_there(parsed.database or ""):
        return []
    try:
        with closing(_connected(parsed)) as connection:
            migrating.check_not_newer(connection)
            check_owner(connection, origin)
            if is_sqlite(parsed):
                return []
            check_writable(connection, is_made=migrating.is_newest(connection))
            return server_warnings(connection)
    except DBAPIError as error:
        original = error.orig or error
        text = f"the database failed: {safe_text(original)}"
        raise YdxError("DATABASE_ERROR", text, cure=cures.cure_of(original) or URL_CURE) from error


def safe_text(error: BaseException) -> str:
    """Return what a driver says without the values of rows, which may be anybody's content."""
    primary = getattr(getattr(error, "diag", None), "message_primary", None)
    said = primary or str(error).partition(" with text ")[0]
    return said.partition("\n")[0].rstrip()  # behind it come hints, in the library's words


def _connected(url: URL) -> Connection:
    """Return a connection to what is there; none is made."""
    if is_sqlite(url):
        # By a connection that only reads, SQLite would leave two files behind.
        address = f"{Path(url.database or '').absolute().as_uri()}?mode=rw"
        engine = create_engine(
            "sqlite://", creator=lambda: sqlite3.connect(address, uri=True), poolclass=NullPool
        )
        return engine.connect()
    # The driver is an extra: a node on SQLite goes without it.
    from node.storage.postgresql import PostgresqlEngine  # noqa: PLC0415

    return PostgresqlEngine(url).connect()
