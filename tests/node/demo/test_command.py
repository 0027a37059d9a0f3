"""`ydx demo` where there is nothing to look at or to load: one error that says what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from node.commands.demo_view import _show_matrix
from node.demo.founding import found
from node.demo.observing import MemberView, OriginRow
from tests.node.commands.running import Said, runner

Ydx = Callable[..., Said]


@pytest.fixture
def ydx(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ydx:
    return runner(monkeypatch, capsys)


def test_the_status_of_a_demo_that_does_not_run_says_only_that(tmp_path: Path, ydx: Ydx) -> None:
    folder = tmp_path / "demo"
    found(folder, 0, {})
    said = ydx("--lang", "en", "demo", "status", "--dir", folder)
    assert said.code == 1
    assert said.err == f"not running; start it with: ydx demo up --dir {folder}\n"
    assert said.out == ""
    said = ydx("demo", "status", "--dir", folder, "--json")
    assert (said.code, said.json["equal"]) == (1, False)


def test_files_that_no_mapping_is_for_are_refused_with_the_mappings_that_there_are(
    tmp_path: Path, ydx: Ydx
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "mine.csv").write_text("标题\n短\n", encoding="utf-8")
    said = ydx("--lang", "en", "demo", "run", "--dir", tmp_path / "demo", "--data", data)
    assert said.code == 1
    assert said.err.count("error  ") == 1
    assert "holds no demo" not in said.err
    assert "deploy/example/mappings" in said.err
    assert "nasa_patents.toml is for nasa_patents/NASA_Patents.csv" in said.err
    assert not (tmp_path / "demo").exists()
    told = ydx("demo", "run", "--dir", tmp_path / "demo", "--data", data).err
    assert f"情况  没有映射适用于 {data}；请在 " in told
    assert "nasa_patents.toml 用于 nasa_patents/NASA_Patents.csv" in told


def test_a_member_that_does_not_answer_is_shown_so(capsys: pytest.CaptureFixture[str]) -> None:
    row = OriginRow("anhui", 1, 1, 1, 1, 0)
    _show_matrix([MemberView("anhui", (row,)), MemberView("jiangsu", why="UNAVAILABLE")])
    told = capsys.readouterr().out
    assert "连接不上" in told
    assert "UNAVAILABLE" not in told
