"""`ydx demo`: five members as five processes on loopback, loaded and compared.

`run` founds, starts, loads, compares, shows, and stays until Ctrl-C (`--once`: until all equal).
`up` does the same and leaves the members running; `down` stops them; `status` exits 0 only if all
five are up and equal. With `--json` the last line on standard output is one object.
"""

from __future__ import annotations

import shlex
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from federation.log.errors import YdxError
from node.commands.demo_view import present
from node.commands.output import (
    FAILED,
    JsonOption,
    note,
    say,
    show_object,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from node.demo.founding import DemoMember
    from node.demo.observing import MemberView
    from node.demo.playing import Told
    from node.importing.mapping import MappingFile

    DataFile = tuple[Path, MappingFile]

app = typer.Typer(help="五节点演示 / a demo of five members", no_args_is_help=True)

DirOption = Annotated[Path, typer.Option("--dir", help="演示目录 / folder of the demo")]
PortOption = Annotated[
    int | None,
    typer.Option(
        "--base-port",
        help="首个端口，默认 7400，0 为任意空闲端口 / first port: 7400; 0 takes free ones",
        min=0,
        max=65000,
    ),
]
DataOption = Annotated[
    Path | None,
    typer.Option("--data", help="改为导入这些文件 / load these files instead", exists=True),
]
ListingsOption = Annotated[
    int,
    typer.Option("--listings", help="供需条数，0 为自带的 200 条 / how many listings", min=0),
]
DatabaseOption = Annotated[
    str,
    typer.Option(
        "--database",
        help="各节点数据库 URL，{member} 代入名称，默认为 SQLite 文件 / database of each member, "
        "{member} standing for its name; SQLite files by default",
    ),
]
DEFAULT_DIR = Path("demo")
OPEN_S_MAX = 120.0
EQUAL_S_MAX = 60.0
WATCH_S = 1.0


@app.command()
def run(
    directory: DirOption = DEFAULT_DIR,
    base_port: PortOption = None,
    data: DataOption = None,
    listings: ListingsOption = 0,
    database: DatabaseOption = "",
    once: Annotated[
        bool, typer.Option("--once", help="全部一致后退出 / leave once all are equal")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """启动五个节点、载入供需并比对 / start five members, load listings, compare."""
    from node.demo import processes
    from node.demo.interrupts import held_back, sigterm_as_interrupt

    members, files = _found(directory, base_port, data, database)
    before = frozenset(one.name for one in members if processes.is_running(one))
    if before:
        names = " ".join(sorted(before))
        note(
            say(f"已在运行，继续使用：{names}", f"running already, and taken as they are: {names}")
        )
    with sigterm_as_interrupt():
        try:
            members, views, count, told = _bring_up(directory, members, files, listings)
            present(members, views, count, told, as_json=as_json)
            if not once:
                note(say("按 Ctrl-C 停止", "press Ctrl-C to stop"))
                _watch(directory)
        except KeyboardInterrupt:
            raise typer.Exit(FAILED) from None  # before all were equal
        finally:
            with held_back():
                _stop(directory, before)


@app.command()
def up(
    directory: DirOption = DEFAULT_DIR,
    base_port: PortOption = None,
    data: DataOption = None,
    listings: ListingsOption = 0,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """启动并保持运行 / start and leave running."""
    members, files = _found(directory, base_port, data, database)
    members, views, count, told = _bring_up(directory, members, files, listings)
    present(members, views, count, told, as_json=as_json)


@app.command()
def down(directory: DirOption = DEFAULT_DIR, as_json: JsonOption = False) -> None:
    """停止全部节点，数据保留 / stop all members; their data stays."""
    stopped, idle = _stop(directory)
    if as_json:
        show_object({"stopped": stopped, "not_running": idle})


@app.command()
def status(directory: DirOption = DEFAULT_DIR, as_json: JsonOption = False) -> None:
    """五个节点是否都在且一致 / whether all five are up and equal."""
    from node.commands.translating import told
    from node.demo import founding, observing, processes

    members = founding.read_state(directory)
    if not as_json and not any(map(processes.is_running, members)):
        up = _command("up", directory)
        note(say(f"没有运行；启动：{up}", f"not running; start it with: {up}"))
        raise typer.Exit(FAILED)
    observer = observing.Observer(members)
    views = observer.look()
    present(members, views, observer.count_listings(), (), as_json=as_json)
    wrong = observing.differences(views)
    wrong += [f"{one.name} is not running" for one in members if not processes.is_running(one)]
    if wrong:
        for line in wrong:
            note(told(line))
        if not all(map(processes.is_running, members)):
            up = _command("up", directory)
            note(say(f"启动：{up}", f"start them with: {up}"))
        raise typer.Exit(1)


def _found(
    directory: Path, base_port: int | None, data: Path | None, database: str
) -> tuple[list[DemoMember], Sequence[DataFile]]:
    """Return the members, founded if need be, and the files to load; nothing is started."""
    from node.demo import founding, loading

    if founding.is_founded(directory):
        anew = f"{_command('down', directory)}; rm -r {shlex.quote(str(directory))}"
        note(
            say(
                f"{directory} 中已有演示，沿用其数据：做过的步骤只复述，不重做；重新开始：{anew}",
                f"{directory} holds a demo already and goes on with its data: steps taken before "
                f"are told again, not taken again; to begin anew: {anew}",
            )
        )
    files = loading.files_with_mappings(data, _example("mappings")) if data else []
    platforms = (
        loading.file_platforms(files) if files else loading.own_platforms(_example("listings"))
    )
    return founding.found(directory.resolve(), base_port, dict(platforms), database), files


def _bring_up(
    directory: Path, members: list[DemoMember], files: Sequence[DataFile], listings: int
) -> tuple[list[DemoMember], list[MemberView], int, list[Told]]:
    """Start, load and compare; raises INTERNAL naming who differs, OUT_OF_REACH who ended."""
    from node.demo import founding, processes

    members = processes.start(members, lambda now: founding.write_state(directory, now))
    processes.wait_ready(members, lambda name: note(say(f"{name} 已就绪", f"{name} is ready")))
    try:
        views, count, told = _load_and_compare(members, files, listings)
    except YdxError:
        processes.check_running(members)  # one that ended is the reason for what failed
        raise
    return members, views, count, told


def _load_and_compare(
    members: list[DemoMember], files: Sequence[DataFile], listings: int
) -> tuple[list[MemberView], int, list[Told]]:
    from node.demo import loading, observing, processes

    observer = observing.Observer(members)

    def wait(
        done: Callable[[list[MemberView]], bool], timeout_s: float, what: str
    ) -> list[MemberView]:
        check = partial(processes.check_running, members)
        return observer.wait(done, timeout_s, what, with_digests=False, check=check)

    before = observing.own_sizes(wait(observing.all_open, OPEN_S_MAX, "not open for writes"))
    loader = loading.Loader(members)
    own = _example("listings")
    count = _load_files(loader, files) if files else _load_own(loader, own, listings)
    note(say("等待各节点验证并确认…", "waiting until every member has verified and confirmed…"))
    told = [] if files else _play(members, listings)
    timeout_s = 2 * EQUAL_S_MAX + count / 500
    wait(lambda views: not observing.log_differences(views), timeout_s, "not confirmed")
    views = observer.wait(observing.all_confirmed, EQUAL_S_MAX, "not equal")
    observing.raise_if_different(views)
    if observing.own_sizes(views) == before:
        note(say("以上都是已有的，没有写入新内容", "all that was found; nothing new was written"))
    return views, observer.count_listings(), told


def _play(members: Sequence[DemoMember], listings: int) -> list[Told]:
    """Play the story of a partnership and of what it brings in, telling it as it goes.

    `listings` is how many were asked for; 0 means all.
    """
    from node.demo.ledger_story import LedgerStory
    from node.demo.playing import Players
    from node.demo.story import LISTINGS_MIN, Story

    if 0 < listings < LISTINGS_MIN:
        zh = f"少于 {LISTINGS_MIN} 条信息，不演示跨区合作"
        note(say(zh, f"no partnership is played with fewer than {LISTINGS_MIN} listings"))
        return []
    note(say("一次跨区合作，从检索到合同登记：", "a partnership, from the search to the contract:"))
    players, told = Players(members), []
    try:
        story = Story(players)
        for line in story.play():
            told.append(line)
            note(f"  {line.member:<9} {say(line.zh, line.en)}")
        note(
            say(
                "合同带来的收益，从分配到结清：", "what it brings in, from the split to settlement:"
            )
        )
        for line in LedgerStory(players, members, story.contract).play():
            told.append(line)
            note(f"  {line.member:<9} {say(line.zh, line.en)}")
    finally:
        players.close()
    return told


def _load_own(loader: Any, folder: Path, listings: int) -> int:
    from node.demo import loading
    from node.demo.listings import load_listings

    total = listings or sum(len(rows) for rows in load_listings(folder).values())
    with _progress(say("载入供需", "loading listings"), total) as advance:
        return loading.load_own(loader, folder, listings, advance)


def _load_files(loader: Any, files: Sequence[DataFile]) -> int:
    from node.commands.import_view import note_loaded
    from node.demo import loading
    from node.importing.running import Outcome

    done = 0
    for file, mapping in files:
        with _progress(file.name, None) as advance:
            report = loading.load_file(loader, file, mapping, advance)
        note_loaded(report)
        done += report.outcomes.total() - report.outcomes[Outcome.ERROR]
    return done


class _progress:  # noqa: N801 - used as a context manager, like a function
    """A progress bar on standard error; quiet where that is no terminal."""

    def __init__(self, title: str, total: int | None) -> None:
        from rich.console import Console
        from rich.progress import Progress

        self._bar = Progress(console=Console(stderr=True))
        self._title, self._total = title, total

    def __enter__(self) -> Any:
        self._bar.start()
        task = self._bar.add_task(self._title, total=self._total)
        return lambda count: self._bar.advance(task, count)

    def __exit__(self, *_error: object) -> None:
        self._bar.stop()


def _watch(directory: Path) -> None:
    """Return at Ctrl-C, or once no member runs any more; tell of each that ends or comes back."""
    from node.demo import founding, processes

    ran = {one.name for one in founding.read_state(directory)}
    with suppress(KeyboardInterrupt):
        while ran:
            time.sleep(WATCH_S)
            members = founding.read_state(directory)
            runs = {one.name for one in members if processes.is_running(one)}
            for one in members:
                if one.name in ran - runs:
                    up = _command("up", directory)
                    file = f"{one.dir}/node.log"
                    zh = f"{one.name} 已结束，日志 {file}；再启动：{up}"
                    note(say(zh, f"{one.name} has ended, its log is {file}; start it with: {up}"))
                elif one.name in runs - ran:
                    note(say(f"{one.name} 又在运行", f"{one.name} runs again"))
            ran = runs
        note(say("已没有节点在运行", "no member runs any more"))


def _stop(directory: Path, but: frozenset[str] = frozenset()) -> tuple[list[str], list[str]]:
    """Stop all members but those that somebody else has started; their data stays.

    Return who was stopped, and who did not run.
    """
    from node.demo import founding, processes

    members = founding.read_state(directory)
    ours = [one for one in members if one.name not in but]
    running = [one.name for one in ours if processes.is_running(one)]
    stopped = {one.name: one for one in processes.stop(ours)}
    founding.write_state(directory, [stopped.get(one.name, one) for one in members])
    if running:
        note(say("已停止", "stopped"))
    elif ours:
        note(say("没有节点在运行", "no member was running"))
    if but:
        names, down = " ".join(sorted(but)), _command("down", directory)
        note(
            say(
                f"原已运行的节点继续运行：{names}；停止：{down}",
                f"what ran before goes on: {names}; stop it with: {down}",
            )
        )
    return running, [one.name for one in ours if one.name not in running]


def _command(name: str, directory: Path) -> str:
    """Return a command for this demo as one types it."""
    words = f"ydx demo {name}"
    return words if directory == DEFAULT_DIR else f"{words} --dir {shlex.quote(str(directory))}"


def _example(name: str) -> Path:
    """Return a folder of examples that lies beside the program."""
    import node

    return Path(node.__file__).resolve().parents[1] / "deploy" / "example" / name
