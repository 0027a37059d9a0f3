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
    from federation.log.errors import Refused
    from node.config.loading import load

    if file or _DEFAULT_FILE.exists():
        return load(file or _DEFAULT_FILE)
    try:
        return load(None)
    except Refused as refusal:
        if "is not set: write it in the file" not in refusal.what:
            raise
        cure = (
            "用 --config 指明，或到其所在目录运行；带 --node（YDX_NODE）的命令不需要它",
            "Give --config, or go where it is; commands with --node (YDX_NODE) need none",
        )
        text = f"there is no {_DEFAULT_FILE} in this folder"
        raise Refused("BAD_CONFIG", text, cure=cure, file=str(_DEFAULT_FILE)) from None
