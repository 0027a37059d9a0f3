"""`ydx config`: what is set, and where each value came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from node.commands.output import JsonOption, note, say, show, show_rows
from node.commands.settings import ConfigOption, load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from node.config.loading import Loaded

app = typer.Typer(no_args_is_help=True, help="查看配置 / look at the configuration")


@app.command()
def check(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """检查配置、密钥、信任根与端口 / check settings, keys, trust root and ports."""
    del as_json
    from node.commands.checking import check_certificates, check_start

    loaded = load_settings(config)
    node = loaded.settings.node
    warnings = check_certificates(loaded.settings.listen) + check_start(loaded.settings)
    for one in warnings:
        note(say(*one))
    show(
        say(f"配置可用：{node.member}，{node.folder}", f"usable: {node.member}, {node.folder}"),
        ok=True,
        member=node.member,
        folder=str(node.folder),
        warnings=[en for _, en in warnings],
    )


@app.command("show")
def show_all(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """列出每项的值与出处 / show each value and where it came from."""
    from node.commands.translating import told

    columns = [
        ("key", "设置", "setting"),
        ("source", "出处", "source"),
        ("value", "值", "value"),  # last: it may be long
    ]
    rows = list(_rows(load_settings(config)))
    if not as_json:
        rows = [row | {"source": told(str(row["source"]))} for row in rows]
    show_rows("settings", columns, rows)


def _rows(loaded: Loaded) -> Iterator[dict[str, object]]:
    from node.config.loading import values

    for key, value in values(loaded.settings):
        plain = isinstance(value, bool | int | float) or value is None
        yield {
            "key": key,
            "value": value if plain else _told(value),
            "source": loaded.sources[key],
        }


def _told(value: object) -> object:
    """Return a table as plain values, anything else as a text without secrets."""
    from pydantic import BaseModel

    from node.config.loading import masked

    if not isinstance(value, dict):
        return masked(value)
    return {
        name: one.model_dump() if isinstance(one, BaseModel) else one for name, one in value.items()
    }
