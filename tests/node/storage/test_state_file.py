"""A kill at any point leaves a state file old or new: never torn, never lost, never empty."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from federation.log.errors import YdxError
from node.storage.failpoint import FAILPOINTS, VARIABLE
from node.storage.state_file import new_folder, read_state, write_state

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "test/v1"
STATE_FILE_POINTS = [name for name in FAILPOINTS if name.startswith("state_file_")]
WRITER = """
import sys
from pathlib import Path
from node.storage.state_file import write_state
for number in range(1, 4):
    write_state(Path(sys.argv[1]), ["test/v1", str(number)])
    print(number, flush=True)
"""


@pytest.mark.parametrize("passing", [1, 2])
@pytest.mark.parametrize("point", STATE_FILE_POINTS)
def test_killed_at_a_failpoint_the_state_is_old_or_new(
    tmp_path: Path, point: str, passing: int
) -> None:
    path = tmp_path / "state"
    write_state(path, [HEADER, "0"])
    writer = subprocess.run(
        [sys.executable, "-c", WRITER, str(path)],
        env={**os.environ, VARIABLE: f"{point}:{passing}"},
        capture_output=True,
        check=False,
    )
    assert writer.returncode == -signal.SIGKILL, writer.stderr
    reported = len(writer.stdout.split())
    assert reported == passing - 1
    (state,) = read_state(path, HEADER)
    assert int(state) in {reported, reported + 1}, "what was reported is there"
    write_state(path, [HEADER, "9"])  # what a kill leaves behind is no obstacle
    assert read_state(path, HEADER) == ["9"]


def test_an_unknown_failpoint_is_an_error(tmp_path: Path) -> None:
    writer = subprocess.run(
        [sys.executable, "-c", WRITER, str(tmp_path / "state")],
        env={**os.environ, VARIABLE: "state_file_rennamed"},
        capture_output=True,
        check=False,
    )
    assert b"names no failpoint" in writer.stderr


@pytest.mark.parametrize("keep", [0, 1, 10, -1, -2])
def test_a_truncated_file_is_refused(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "state"
    write_state(path, [HEADER, "1"])
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(YdxError, match="KEY_WITHOUT_FILE: state is torn"):
        read_state(path, HEADER)


def test_every_changed_byte_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "state"
    write_state(path, [HEADER, "1"])
    content = path.read_bytes()
    for at in range(len(content)):
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        with pytest.raises(YdxError):
            read_state(path, HEADER)


def test_a_missing_file_and_another_format_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "state"
    with pytest.raises(YdxError, match="is missing"):
        read_state(path, HEADER)
    write_state(path, ["other/v1"])
    with pytest.raises(YdxError, match="not of the format"):
        read_state(path, HEADER)


def test_a_full_disk_is_said_and_leaves_the_old_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state"
    write_state(path, [HEADER, "1"])

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(YdxError, match="DISK_FULL"):
        write_state(path, [HEADER, "2"])
    monkeypatch.undo()
    assert read_state(path, HEADER) == ["1"]


def test_a_new_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "new"
    with pytest.raises(FileNotFoundError), new_folder(path) as folder:
        (folder / "half" / "way").touch()
    assert list(tmp_path.iterdir()) == []
    with new_folder(path) as folder:
        (folder / "whole").touch()
        assert not path.exists()
    assert [one.name for one in path.iterdir()] == ["whole"]
    with pytest.raises(YdxError, match="is not free"), new_folder(path):
        pass
    assert [one.name for one in tmp_path.iterdir()] == ["new"]
