"""How a command finds the settings of the node that it speaks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from node.config.loading import Loaded

_DEFAULT_FILE = Path("ydx.toml")

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        envvar="YDX_CONFIG",
        help="配置文件，默认 ./ydx.toml / configuration file, ./ydx.toml by default",
    ),
]


def load_settings(file: Path | None) -> Loaded:
    """Return the settings; without a file, those of ./ydx.toml if there is one.

    Raises BAD_CONFIG.
    """
    from node.config.loading import load

    return load(file or (_DEFAULT_FILE if _DEFAULT_FILE.exists() else None))
