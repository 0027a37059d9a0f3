"""`ydx duplicates`: listings that may be one, what agrees and differs, and dismissals."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from node.commands.connecting import CaOption, NodeOption, TokenOption, connected
from node.commands.output import JsonOption, note, say, show, show_rows
from node.commands.settings import ConfigOption
from node.commands.words import COMPARED, DUPLICATE_KEYS, word

if TYPE_CHECKING:
    from collections.abc import Iterable

app = typer.Typer(no_args_is_help=True, help="重复的供需 / listings that may be one")

NameArgument = Annotated[str, typer.Argument(help="记录名 / name of the listing")]
_PAGE = 200
_LIKELIHOODS = {1: ("很可能", "likely"), 2: ("可能", "possible"), 3: ("不太可能", "unlikely")}


@app.command("list")
def list_of(
    name: NameArgument,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出一条供需的疑似重复 / list what may be the same as a listing."""
    with connected(node, token, ca, config) as client:
        answer = client.call("ListDuplicates", name=name)
    columns = [
        ("name", "记录名", "name"),
        ("title", "名称", "title"),
        ("likelihood", "判断", "verdict"),
        ("confirmed", "来源已确认", "confirmed"),
        ("dismissed", "已排除", "dismissed"),
        ("agreeing", "一致", "agree"),
        ("differing", "不同", "differ"),
    ]
    rows = [_row(one) for one in answer.candidates]
    show_rows("candidates", columns, rows if as_json else map(_told, rows))
    if answer.group:
        note(say(f"已确认为同一成果，显示 {answer.shown}", f"Confirmed; shown is {answer.shown}"))


@app.command()
def keys(
    limit: Annotated[int, typer.Option(min=1, help="条数 / how many")] = 50,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出多条供需共有的名称和专利号 / list titles and rights that several listings share."""
    with connected(node, token, ca, config) as client:
        pages = client.pages("ListDuplicateKeys", "keys", page_size=min(limit, _PAGE))
        found = list(islice(pages, limit))
    columns = [("field", "字段", "field"), ("key", "值", "key"), ("names", "记录名", "names")]
    rows = (
        {
            "field": one.field if as_json else word(DUPLICATE_KEYS, one.field),
            "key": one.key,
            "names": list(one.names),
        }
        for one in found
    )
    show_rows("keys", columns, rows)


@app.command()
def dismiss(
    name: NameArgument,
    other: Annotated[str, typer.Argument(help="另一条 / the other one")],
    undo: Annotated[bool, typer.Option("--undo", help="撤销 / take it back")] = False,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """排除一对（仅对本人） / say that two are not one, for yourself only."""
    del as_json
    with connected(node, token, ca, config) as client:
        client.call("DismissDuplicate", name=name, other=other, undo=undo)
    show(say("已记录", "Noted"), name=name, other=other, dismissed=not undo)


def _row(one: Any) -> dict[str, Any]:
    return {
        "name": one.listing.name,
        "title": one.listing.public.title,
        "likelihood": say(*_LIKELIHOODS.get(one.likelihood, ("?", "?"))),
        "confirmed": one.confirmed,
        "dismissed": one.dismissed,
        "agreeing": _fields(one.agreeing),
        "differing": _fields(one.differing),
        "rule": one.rule,
        "text_permille": one.text_permille,
    }


def _told(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with the names of its fields as a person reads them."""
    told = {one: [word(COMPARED, field) for field in row[one]] for one in ("agreeing", "differing")}
    return row | told


def _fields(compared: Iterable[Any]) -> list[str]:
    return [one.field.removeprefix("public.") for one in compared]
