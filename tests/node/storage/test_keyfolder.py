"""The key folder: made whole, private, held by one process, refused when a file is missing."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest

from federation.log.errors import YdxError
from federation.trust.certificate import check_certificate
from federation.trust.public_line import parse_public_line
from node.storage.keyfolder import SECRETS, KeyFolder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOLDER = """
import sys, time
from pathlib import Path
from node.storage.keyfolder import KeyFolder
with KeyFolder(Path(sys.argv[1])) as keys:
    keys.log_state.record_intent(3, b"r" * 32)
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "keys"
    KeyFolder.create(path, "delta.example", "anhui").close()
    return path


@pytest.fixture
def holder(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Give another process that holds the folder."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_a_new_folder_is_private_and_knows_whose_it_is(folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for file in folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with KeyFolder(folder) as keys:
        assert (keys.federation, keys.member, keys.origin) == (
            "delta.example",
            "anhui",
            "delta.example/anhui",
        )
        assert len(keys.node_secret) == 32
        check_certificate(keys.certificate_der, "anhui")
        line = keys.public_line("340000", "anhui.example:7400")
        assert parse_public_line(line.text()) == line
        publics = {line.log_key.public, line.witness_key.public, line.trust_key.public}
        assert len(publics) == 3, "each role has its own key"


def test_no_secret_stands_in_the_public_line(folder: Path) -> None:
    with KeyFolder(folder) as keys:
        text = keys.public_line("340000", "anhui.example:7400").text()
    for name in SECRETS:
        assert (folder / name).read_text().strip().split("+", 4)[
            -1
        ] not in text  # base64 has a + too


def test_what_was_recorded_is_there_when_opened_again(folder: Path) -> None:
    with KeyFolder(folder) as keys:
        keys.log_state.record_intent(7, b"a" * 32)
        keys.witness_state.record_cosigned("delta.example/center", 9, b"b" * 32)
    with KeyFolder(folder) as keys:
        assert keys.log_state.last_intent().size == 7
        assert keys.witness_state.last_cosigned("delta.example/center").size == 9


def test_keys_are_never_overwritten(folder: Path) -> None:
    before = (folder / "log.key").read_bytes()
    with pytest.raises(YdxError, match="is not free"):
        KeyFolder.create(folder, "delta.example", "anhui")
    assert (folder / "log.key").read_bytes() == before


@pytest.mark.parametrize("name", ["log.state", "witness.state"])
def test_a_key_without_its_file_is_never_used_again(folder: Path, name: str) -> None:
    (folder / name).unlink()
    for _ in range(2):
        with pytest.raises(YdxError) as caught:
            KeyFolder(folder)
        assert caught.value.reason == "KEY_WITHOUT_FILE"
    assert not (folder / name).exists()


def test_the_file_of_another_key_is_refused(folder: Path, tmp_path: Path) -> None:
    KeyFolder.create(tmp_path / "other", "delta.example", "anhui").close()
    (tmp_path / "other" / "log.state").rename(folder / "log.state")
    with pytest.raises(YdxError, match="another key"):
        KeyFolder(folder)


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_that_others_can_read_is_refused_with_the_cure(folder: Path, name: str) -> None:
    (folder / name).chmod(0o640)
    with pytest.raises(YdxError, match=f"chmod 600 .*{name}"):
        KeyFolder(folder)


def test_a_folder_that_others_can_enter_is_refused_with_the_cure(folder: Path) -> None:
    folder.chmod(0o755)
    with pytest.raises(YdxError, match="chmod 700"):
        KeyFolder(folder)


@pytest.mark.parametrize("name", SECRETS)
def test_a_missing_secret_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(YdxError, match=f"{name} is missing"):
        KeyFolder(folder)


@pytest.mark.parametrize("text", ["", "x", "PRIVATE+KEY+a", "PRIVATE+KEY+a+00000000+AAAA"])
def test_a_damaged_key_is_refused_without_being_shown(folder: Path, text: str) -> None:
    (folder / "log.key").write_text(text)
    with pytest.raises(YdxError, match=r"log\.key holds no such key$") as caught:
        KeyFolder(folder)
    assert caught.value.reason == "BAD_CONFIG"


def test_the_witness_key_does_not_pass_for_the_log_key(folder: Path) -> None:
    (folder / "log.key").write_bytes((folder / "witness.key").read_bytes())
    with pytest.raises(YdxError, match="holds no such key"):
        KeyFolder(folder)


def test_a_second_process_is_told_who_holds_the_folder(
    folder: Path, holder: subprocess.Popen[bytes]
) -> None:
    with pytest.raises(YdxError) as caught:
        KeyFolder(folder)
    assert caught.value.reason == "LOCK_HELD"
    assert caught.value.metadata["pid"] == str(holder.pid)
    assert caught.value.metadata["host"] == os.uname().nodename
    assert str(holder.pid) in caught.value.what


def test_a_lock_left_by_kill_9_is_no_obstacle(
    folder: Path, holder: subprocess.Popen[bytes]
) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert (folder / "lock").stat().st_size > 0
    with KeyFolder(folder) as keys:
        assert keys.log_state.last_intent().size == 3


def test_a_folder_that_was_refused_is_not_left_locked(folder: Path) -> None:
    state = (folder / "log.state").read_bytes()
    (folder / "log.state").write_bytes(b"")
    with pytest.raises(YdxError, match="KEY_WITHOUT_FILE"):
        KeyFolder(folder)
    (folder / "log.state").write_bytes(state)
    KeyFolder(folder).close()


def test_once_the_lock_is_given_up_nothing_is_recorded_as_to_be_signed(folder: Path) -> None:
    keys = KeyFolder(folder)
    keys.close()
    for record in (keys.log_state.record_intent, partial(keys.witness_state.record_cosigned, "o")):
        with pytest.raises(YdxError, match="the key folder was given up"):
            record(1, bytes(32))
