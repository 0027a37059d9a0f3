"""The script that founds the federation of the compose file, run for real."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from node.demo.founding import REGIONS
from node.services.sync.enrolment import enrolled_member
from node.storage.keyfolder import KeyFolder
from node.storage.trust_folder import read_trust
from tests.deploy.places import FOUNDING


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "MEMBERS": str(folder / "members"),
        "FOUNDING": str(folder / "founding"),
        "OWNER": f"{os.getuid()}:{os.getgid()}",
    }
    return subprocess.run(
        ["sh", str(FOUNDING)], env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compose")
    (folder / "founding").mkdir()
    for name in REGIONS:
        (folder / "members" / name).mkdir(parents=True)  # as Docker mounts fresh volumes
    done = run(folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("name", REGIONS)
def test_each_member_is_enrolled_with_the_keys_in_its_own_volume(name: str, founded: Path) -> None:
    folder = founded / "members" / name
    with KeyFolder(folder / "keys") as keys:
        member = enrolled_member(read_trust(folder / "trust" / "root.json"), keys)
    assert (member.name, member.region) == (name, REGIONS[name])
    assert member.endpoint == f"{name}.ydx:7400"
    assert 'federation = "0.0.0.0:7400"' in (folder / "ydx.toml").read_text()


def test_all_trust_the_same_root(founded: Path) -> None:
    roots = {(founded / "members" / name / "trust" / "root.json").read_bytes() for name in REGIONS}
    assert len(roots) == 1


def test_the_offline_keys_are_in_no_members_volume(founded: Path) -> None:
    kept = list(founded.rglob("offline-*.key"))
    assert len(kept) == 5
    for path in kept:
        assert path.parent == founded / "founding" / "federation" / "offline-keys"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_second_run_changes_nothing(founded: Path) -> None:
    before = {path: path.read_bytes() for path in founded.rglob("*") if path.is_file()}
    again = run(founded)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "founded already\n")
    assert {path: path.read_bytes() for path in founded.rglob("*") if path.is_file()} == before
