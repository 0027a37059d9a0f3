"""Running the steps in `migrations` with alembic."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from federation.log.errors import YdxError

if TYPE_CHECKING:
    from sqlalchemy import Connection

_FOLDER: Final = Path(__file__).parent / "migrations"


def upgrade(connection: Connection) -> None:
    """Make all steps that are missing, in the transaction that is open; refuse DATABASE_NEWER."""
    check_known(connection)
    command.upgrade(_config(connection), "head")


def check_known(connection: Connection) -> None:
    """Refuse a database that was made by steps this version does not know: DATABASE_NEWER."""
    current = MigrationContext.configure(connection).get_current_revision()
    if current is None:
        return
    try:
        _scripts(connection).get_revision(current)
    except CommandError as error:
        raise YdxError(
            "DATABASE_NEWER", "the database was made by a newer version", revision=current
        ) from error


def head_revision(connection: Connection) -> str | None:
    """Return the newest step that the scripts have."""
    return _scripts(connection).get_current_head()


def _scripts(connection: Connection) -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(connection))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
