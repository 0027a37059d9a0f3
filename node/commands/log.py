"""`ydx log`: the logs that this node holds, checked from their stored bytes; what is erased.

Works on the node's database, whether the node runs or not, and changes nothing in it, but for an
operator's agreement to a destruction.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from node.choice_words import CHOICES
from node.commands.output import FAILED, JsonOption, note, say, show, show_object, show_rows
from node.commands.settings import ConfigOption, load_settings
from node.commands.times import beijing_heading, beijing_time_of
from node.commands.translating import told
from node.commands.words import WAITS_FOR, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from node.config.settings import Settings
    from node.services.catalogue.destruction import Erasure
    from node.services.log.verification import Report
    from node.storage.database import Database
    from node.storage.mirrors import Mirror

app = typer.Typer(no_args_is_help=True, help="日志的校验与检查点 / verify logs, show checkpoints")

_NOT_HELD = (
    "以 --origin 给出所列来源之一，或其成员名；日志在首次同步之后才在此处",
    (
        "Give --origin one of those that are held, or its member's name; a log is held once it was "
        "synced for the first time"
    ),
)
_ABSENT = CHOICES["MISSING_PART_REASON_"]
"""Why a part is not held."""
OriginOption = Annotated[
    list[str] | None,
    typer.Option(
        "--origin",
        help="只校验这些来源（或成员名），可重复 / only these logs (or members), may be repeated",
    ),
]


@app.command()
def verify(
    full: Annotated[
        bool,
        typer.Option(
            "--full", help="连同内容、承诺与目录 / parts, commitments and catalogue as well"
        ),
    ] = False,
    origin: OriginOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """由存储的字节重算日志并逐项比对 / recompute logs from the stored bytes, tell every difference.

    有任何差异时退出码为 1 / exits 1 where anything differs.
    """
    from node.services.log.verification import verify_log

    with _database(config) as (database, settings):
        faults = _faults(database) if full else []
        log_keys = _log_keys(database, settings)
        reports = []
        for held in _held(database, origin):
            note(say(f"校验 {held.origin} …", f"verifying {held.origin} …"))
            reports.append(verify_log(database, held.origin, log_keys(held.origin), full=full))
    if as_json:
        show_object(verify_json(reports, faults, full=full))
    else:
        _show_reports(reports, faults, full=full)
    if faults or not all(report.ok for report in reports):
        raise typer.Exit(FAILED)


def _faults(database: Database) -> list[str]:
    """Return what is wrong with the database itself, told at once: it may break what follows."""
    note(say("检查数据库 …", "checking the database …"))
    faults = database.faults()
    for fault in faults:
        note(say(f"数据库已损坏：{fault}", f"the database is damaged: {fault}"))
    return faults


@app.command()
def checkpoint(
    origin: Annotated[
        str, typer.Option(help="来源或成员名，默认为本节点日志 / whose log, our own by default")
    ] = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """输出可对外出示的最新检查点 / print the newest checkpoint that may be shown to others."""
    del as_json
    from federation.log.checkpoint import parse_checkpoint
    from federation.log.errors import Unreachable
    from federation.log.note import parse_note

    with _database(config) as (database, settings):
        (held,) = _held(database, [origin or settings.node.origin])
    raw_note = shown_note(held)
    if not raw_note:
        text = f"no checkpoint of {held.origin} is signed and stored elsewhere yet"
        raise Unreachable("NO_CHECKPOINT_YET", text, origin=held.origin)
    found = parse_checkpoint(parse_note(raw_note).text)
    show(
        raw_note.decode().rstrip("\n"),
        origin=found.origin,
        tree_size=found.tree_size,
        root=found.root.hex(),
        confirmed=found.tree_size <= held.confirmed_size,
        confirmed_size=held.confirmed_size,
        note=raw_note.decode(),
    )


@app.command()
def destroy(
    agree: Annotated[
        bool,
        typer.Option(
            "--agree",
            help="同意销毁列出的超过每日上限的内容 / agree to destroy what is listed above the "
            "daily limit; it cannot be undone",
        ),
    ] = False,
    origin: OriginOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出已删除、尚待销毁的内容 / list what is erased and waits to be destroyed, and for what.

    节点自行销毁，本命令只记录同意 / the node destroys by itself, only an agreement is written.
    """
    import time

    from node.services.catalogue.destruction import Destruction

    with _database(config) as (database, settings):
        erasure = settings.erasure
        destruction = Destruction(
            database, time.time, erasure.safety_delay_s, erasure.daily_limit_permille
        )
        wanted = {held.origin for held in _held(database, origin)}
        listed = [one for one in destruction.pending() if one.origin in wanted]
        rows = [erasure_json(one) for one in listed]
        if not as_json:
            rows = list(map(_erasure_in_words, rows))
        show_rows("erasures", _ERASURE_COLUMNS, rows)
        if agree:
            parts = destruction.agree(listed)
            note(say(f"已同意销毁 {parts} 份内容", f"agreed to the destruction of {parts} parts"))


_ERASURE_COLUMNS = [
    ("origin", "来源", "origin"),
    ("leaf_index", "删除条目", "ERASE entry"),
    ("day", "日期", "day"),
    ("parts", "内容", "parts"),
    ("due", *beijing_heading("安全期满", "delay ends")),
    ("waits_for", "等待", "waits for"),
]


def erasure_json(one: Erasure) -> dict[str, Any]:
    """Return a row of `ydx log destroy`; its fields are stable, `due` is in UTC."""
    from datetime import UTC, datetime

    return {
        "origin": one.origin,
        "leaf_index": one.leaf_index,
        "day": one.day.isoformat(),
        "parts": one.parts,
        "due": datetime.fromtimestamp(one.due_s, UTC).isoformat(timespec="seconds"),
        "waits_for": one.waits_for.value,
    }


def _erasure_in_words(row: dict[str, Any]) -> dict[str, Any]:
    waits_for = word(WAITS_FOR, row["waits_for"])
    return row | {"due": beijing_time_of(row["due"]), "waits_for": waits_for}


def shown_note(held: Mirror) -> bytes:
    """Return the largest note that clients may see, the quorum-cosigned one first; b"" for none."""
    from federation.log.checkpoint import parse_checkpoint
    from federation.log.note import parse_note

    notes = [note for note in (held.confirmed_note, held.published_note) if note]
    return max(
        notes, key=lambda note: parse_checkpoint(parse_note(note).text).tree_size, default=b""
    )


def verify_json(
    reports: Sequence[Report], faults: Sequence[str] = (), *, full: bool
) -> dict[str, Any]:
    """Return the JSON answer of `ydx log verify`; its fields are stable.

    {"ok", "full", "database_faults": [text], "logs": [{"origin", "tree_size", "root" (hex), "ok",
    "parts_held", "parts_absent": {reason: count}, "difference_count", "differences": [{"place",
    "what"}]}]}; at most 1,000 differences a log are listed, all are counted.
    """
    return {
        "ok": not faults and all(report.ok for report in reports),
        "full": full,
        "database_faults": list(faults),
        "logs": [
            {
                "origin": report.origin,
                "tree_size": report.tree_size,
                "root": report.root.hex(),
                "ok": report.ok,
                "parts_held": report.parts_held,
                "parts_absent": dict(sorted(report.parts_absent.items())),
                "difference_count": report.difference_count,
                "differences": [
                    {"place": one.place, "what": one.what} for one in report.differences
                ],
            }
            for report in reports
        ],
    }


def _show_reports(reports: Sequence[Report], faults: Sequence[str] = (), *, full: bool) -> None:
    columns = [
        ("origin", "来源", "origin"),
        ("tree_size", "大小", "tree size"),
        ("root", "根", "root"),
        ("parts", "内容", "parts held"),
        ("absent", "缺少", "not held"),
        ("differences", "差异", "differences"),
    ]
    rows = [
        {
            "origin": report.origin,
            "tree_size": report.tree_size,
            "root": f"{report.root.hex()[:16]}…",
            "parts": report.parts_held if full else "–",
            "absent": [
                f"{word(_ABSENT, reason.upper())} {count}"
                for reason, count in report.parts_absent.items()
            ],
            "differences": report.difference_count,
        }
        for report in reports
    ]
    show_rows("logs", columns, rows)
    for report in reports:
        for one in report.differences:
            show(f"{report.origin}  {one.place}  {told(one.what)}")
        if left_out := report.difference_count - len(report.differences):
            show(
                say(f"另有 {left_out} 处差异未列出", f"{left_out} more differences are not listed")
            )
    if not faults and all(report.ok for report in reports):
        show(say("全部一致", "everything agrees"))
        return
    show(
        say(
            "存储的内容与日志不符：停止节点，保留现场，从备份或其他成员恢复",
            "What is stored is not what the logs say: stop the node, keep the files, and restore "
            "from a backup or from the other members",
        )
    )


@contextmanager
def _database(config: Path | None) -> Iterator[tuple[Database, Settings]]:
    """Give the database of the configuration, which must be there: none is made."""
    from node.storage.database import Database

    settings = load_settings(config).settings
    database = Database.open(settings.database.url, migrate=False, origin=settings.node.origin)
    try:
        yield database, settings
    finally:
        database.close()


def _held(database: Database, origins: Sequence[str] | None) -> list[Mirror]:
    """Return the logs that are held here; raises UNKNOWN_ORIGIN for one that is not."""
    from node.storage import mirrors

    with database.read() as tx:
        every = mirrors.every(tx)
    return [held_log(every, one) for one in origins] if origins else every


def held_log(every: Sequence[Mirror], said: str) -> Mirror:
    """Return the log of an origin, or of the member that has a log of its name.

    Raises UNKNOWN_ORIGIN, with those that there are.
    """
    from federation.log.errors import YdxError

    found = [one for one in every if one.origin == said]
    found = found or [one for one in every if one.origin.rpartition("/")[2] == said]
    if len(found) == 1:
        return found[0]
    known = ", ".join(one.origin for one in every)
    text = f"no log of {said} is held here"
    if known:
        text = f"no log of {said} is held here; held are: {known}"
    raise YdxError("UNKNOWN_ORIGIN", text, cure=_NOT_HELD, origin=said)


def _log_keys(database: Database, settings: Settings) -> Any:
    """Return origin → (tree size → the keys that may sign it), of the registry in force."""
    from node.services.sync.trusting import stored_files
    from node.storage.trust_folder import read_trust

    registry = read_trust(settings.keys.trust_root, stored_files(database)).registry

    def log_keys(origin: str) -> Any:
        return lambda tree_size: registry.log_keys_at(origin, tree_size)

    return log_keys
