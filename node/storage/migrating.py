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
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    script = ScriptDirectory.from_config(config)
    current = MigrationContext.configure(connection).get_current_revision()
    if current == script.get_current_head():
        return
    if current is not None:
        try:
            script.get_revision(current)
        except CommandError as error:
            raise YdxError(
                "DATABASE_NEWER", "the database was made by a newer version", revision=current
            ) from error
    command.upgrade(config, "head")
