"""Founding the demo: addresses that stay free, a database of choice, and founding twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from federation.log.errors import Unreachable, YdxError
from node.config.loading import load
from node.demo import founding, processes
from node.demo.founding import CONFIG_FILE, STATE_FILE, DemoMember, found
from node.demo.listings import MEMBERS
from node.demo.observing import (
    MemberView,
    Observer,
    OriginRow,
    all_confirmed,
    all_open,
    differences,
    own_sizes,
)


def test_founding_again_keeps_everything_and_adds_tokens(tmp_path: Path) -> None:
    databases = f"sqlite:///{tmp_path}/{{member}}.sqlite"
    first = found(tmp_path / "demo", 0, {"anhui": ["one"]}, databases)
    assert [one.name for one in first] == list(MEMBERS)
    for one in first:
        assert (tmp_path / f"{one.name}.sqlite").exists()
        url = load(one.folder / CONFIG_FILE).settings.database.url
        assert url == f"sqlite:///{tmp_path}/{one.name}.sqlite"
        assert not list(one.folder.glob("*.sqlite"))
    again = found(tmp_path / "demo", 0, {"anhui": ["one", "two"]})
    for before, after in zip(first, again, strict=True):
        added = {"platform:two"} if after.name == "anhui" else set()
        assert set(after.tokens) - set(before.tokens) == added
        assert after.tokens | before.tokens == after.tokens
        assert (after.api, after.vkey) == (before.api, before.vkey)


def test_free_ports_are_none_that_the_kernel_gives_to_outgoing_connections(
    tmp_path: Path,
) -> None:
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text("ascii").split()[0])
    members = found(tmp_path / "demo", 0, {})
    ports = [
        int(address.rpartition(":")[2])
        for one in members
        for address in (one.federation, one.api, one.http, one.telemetry)
    ]
    assert len(set(ports)) == 20
    assert max(ports) < lowest


def test_a_base_port_gives_each_member_ten(tmp_path: Path) -> None:
    members = found(tmp_path / "demo", 9_400, {})  # below those that other tests choose
    assert members[0].http == "127.0.0.1:9402"
    assert members[4].federation == "127.0.0.1:9440"


def test_a_folder_with_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("dear", encoding="utf-8")
    with pytest.raises(YdxError, match="is not empty and holds no demo"):
        found(tmp_path, 0, {})


def test_a_founding_that_was_interrupted_is_begun_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(founding, "_configure", interrupt)
    with pytest.raises(KeyboardInterrupt):
        found(tmp_path / "demo", 0, {})
    monkeypatch.undo()
    assert [one.name for one in found(tmp_path / "demo", 0, {})] == list(MEMBERS)
    assert not list((tmp_path / "demo").glob("*unfinished*"))
    (tmp_path / "demo" / STATE_FILE).unlink()
    with pytest.raises(YdxError, match="holds no demo"):
        found(tmp_path / "demo", 0, {})


def test_each_member_that_started_is_remembered_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    members = found(tmp_path / "demo", 0, {})
    pids = iter([11, 12])
    monkeypatch.setattr(processes, "is_running", lambda _: False)
    monkeypatch.setattr(processes, "_spawn", lambda _: next(pids))
    told: list[list[int]] = []
    with pytest.raises(StopIteration):
        processes.start(members, lambda now: told.append([one.pid for one in now]))
    assert told == [[11, 0, 0, 0, 0], [11, 12, 0, 0, 0]]


def test_who_takes_no_writes_is_named() -> None:
    nobody = DemoMember(
        name="anhui",
        origin="",
        vkey="",
        api="127.0.0.1:1",
        federation="",
        http="",
        telemetry="",
        dir="",
        tokens={"operator": "ydx_a_b"},
    )
    with pytest.raises(Unreachable, match="not open: anhui takes no writes; anhui does not answer"):
        Observer([nobody]).wait(all_open, 0, "not open", with_digests=False)


def test_what_was_written_shows_in_the_sizes_of_the_own_logs() -> None:
    views = [
        MemberView("anhui", (_row("anhui", 7), _row("center", 3, confirmed_size=2))),
        MemberView("center", (_row("anhui", 5), _row("center", 4))),
        MemberView("jiangsu", why="UNAVAILABLE"),
    ]
    assert own_sizes(views) == {"anhui": 7, "center": 4}


def test_members_are_not_equal_while_one_has_written_what_it_has_not_signed() -> None:
    copies = [MemberView(name, (_row("anhui", 7),)) for name in ("center", "jiangsu")]
    assert all_confirmed([MemberView("anhui", (_row("anhui", 7),)), *copies])
    unsigned = MemberView("anhui", (replace(_row("anhui", 7), stored_size=9),))
    assert own_sizes([unsigned]) == {"anhui": 9}
    told = differences([unsigned, *copies])
    assert told[0] == "anhui has anhui verified 7, confirmed 7 of 9"
    assert len(told) == 3


def _row(member: str, size: int, confirmed_size: int | None = None) -> OriginRow:
    confirmed_size = size if confirmed_size is None else confirmed_size
    return OriginRow(member, size, size, size, confirmed_size, 0.0)
