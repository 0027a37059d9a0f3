"""`ydx listing`: one record as a node shows it, its revisions, and the proof of an entry."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from node.choice_words import RECORD_STATES
from node.commands.connecting import CaOption, NodeOption, TokenOption, connected
from node.commands.files import write_bytes
from node.commands.output import JsonOption, note, say, show_object, show_rows
from node.commands.receipt_files import TrustOption, tell_written, with_trust
from node.commands.settings import ConfigOption
from node.commands.times import beijing_heading, beijing_time_of, zoned_of
from node.commands.withdrawing import withdraw
from node.commands.words import spoken, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

app = typer.Typer(no_args_is_help=True, help="查看或撤回一条供需 / look at a listing, withdraw it")
app.command()(withdraw)

NameArgument = Annotated[
    str, typer.Argument(help="记录名 / its name, nodes/<member>/listings/<26 letters>")
]
_PAGE = 200


@app.command("show")
def show_one(
    name: NameArgument,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """显示一条供需的全部字段 / show all fields of a listing."""
    from node.commands import records

    with connected(node, token, ca, config) as client:
        listing = client.call("GetListing", name=name).listing
    if as_json:
        show_object({"listing": records.as_json(listing)})
        return
    columns = [("field", "字段", "field"), ("value", "值", "value")]
    rows = ({"field": path, "value": _spoken(path, text)} for path, text in records.cells(listing))
    show_rows("fields", columns, rows)


@app.command()
def history(
    name: NameArgument,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出全部修订及其改动 / list all revisions, oldest first, and what each changed."""
    with connected(node, token, ca, config) as client:
        revisions = client.pages("GetListingHistory", "revisions", name=name, page_size=_PAGE)
        columns = [
            ("revision", "修订", "revision"),
            ("leaf_index", "叶序号", "leaf index"),
            ("recorded_at", *beijing_heading("时间", "recorded at")),
            ("state", "状态", "state"),
            ("provisional", "待确认", "provisional"),
            ("changed", "改动的字段", "changed fields"),
        ]
        rows = history_rows(revisions)
        if not as_json:
            rows = map(_history_in_words, rows)
        show_rows("revisions", columns, rows)


def _history_in_words(row: dict[str, Any]) -> dict[str, Any]:
    state, recorded_at = word(RECORD_STATES, row["state"]), beijing_time_of(row["recorded_at"])
    return {**row, "state": state, "recorded_at": recorded_at}


def _spoken(path: str, text: str) -> str:
    """Return a value in words, an amount with its yuan, a time in Beijing."""
    if path.endswith("recorded_at") and text:
        return zoned_of(text)
    if path.endswith("_fen"):
        from federation.ledger.amounts import grouped_yuan

        return f"{text}{say('（', ' (')}{grouped_yuan(int(text))}{say(' 元）', ' CNY)')}"
    return ";".join(map(spoken, text.split(";")))


def history_rows(revisions: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """Yield a row for each revision, with the paths that it changed."""
    from node.commands import records

    before = None
    for listing in revisions:
        info = listing.info
        shown = records.as_json(listing)
        state = shown.get("state", "").removeprefix("RECORD_STATE_")
        withdrawn = state == "WITHDRAWN"
        yield {
            "revision": info.revision,
            "leaf_index": info.leaf_index,
            "recorded_at": info.recorded_at.ToJsonString(),
            "state": state,
            "provisional": info.provisional,
            "changed": [] if withdrawn else records.changed_paths(before, listing),
            "etag": info.etag,
            "listing": shown,
        }
        before = listing


@app.command()
def receipt(
    name: NameArgument,
    part: Annotated[
        list[str] | None,
        typer.Option(help="附带内容：public 或 members / open this part: public or members"),
    ] = None,
    revision: Annotated[
        int, typer.Option(min=0, help="修订号，0 为最新 / revision, 0 is the latest")
    ] = 0,
    out: Annotated[
        Path | None, typer.Option("--out", help="写入文件 / write it to this file")
    ] = None,
    trust: TrustOption = True,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """取得可离线验证的收据 / get the receipt, checkable offline with `ydx receipt verify`."""
    import sys

    first, *others = part or [""]
    if others:
        from node.services.arguments import invalid

        raise invalid("part", "ONE_PART", others[0])
    with connected(node, token, ca, config) as client:
        given = client.call("GetReceipt", name=name, revision=revision, part=first)
        written = with_trust(client, given.receipt, trust=trust)
    if out is not None:
        write_bytes(out, [written])
    if as_json:
        text = written.decode()
        show_object({"name": name, "confirmed": given.confirmed, "receipt": text})
    elif out is None:
        sys.stdout.write(written.decode())
    else:
        tell_written(out)
    if not given.confirmed:
        note(
            say(
                "检查点尚未达到法定见证数：收据暂为待确认，稍后可再取一次。",
                "The checkpoint has no quorum yet: the receipt is provisional, get it again later.",
            )
        )
