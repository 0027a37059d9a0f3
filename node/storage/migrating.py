"""Bringing a database to this version's tables (alembic; the steps stand in `migrations`)."""

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


def migrate(connection: Connection) -> None:
    """Make all steps that are missing, in the transaction that is open; refuse DATABASE_NEWER."""
    config = _config(connection)
    if _is_behind(connection, config):
        command.upgrade(config, "head")


def check_version(connection: Connection) -> None:
    """Refuse a database with other tables than this version's: DATABASE_NEWER, DATABASE_OLDER."""
    if _is_behind(connection, _config(connection)):
        raise YdxError("DATABASE_OLDER", "the database has not this version's tables yet")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _is_behind(connection: Connection, config: Config) -> bool:
    script = ScriptDirectory.from_config(config)
    current = MigrationContext.configure(connection).get_current_revision()
    if current == script.get_current_head():
        return False
    if current is not None:
        try:
            script.get_revision(current)
        except CommandError as error:
            raise YdxError(
                "DATABASE_NEWER", "the database was made by a newer version", revision=current
            ) from error
    return True
