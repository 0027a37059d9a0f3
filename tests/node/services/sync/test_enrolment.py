"""Founding a federation of real folders, and installing its trust."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from federation.log.errors import Refused, YdxError
from federation.trust.ceremony import renew
from federation.trust.tuf_file import TrustFile
from node.services.sync.enrolment import (
    create_federation,
    create_member,
    enrolled_member,
    fingerprint,
    install_trust,
)
from node.storage.keyfolder import KeyFolder
from node.storage.trust_folder import read_trust

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_780_000_000.0
MEMBERS = ("shanghai", "jiangsu", "zhejiang", "anhui", "center")


def lines_of(folder: Path, members: tuple[str, ...] = MEMBERS) -> list[str]:
    return [
        create_member(folder / name, "delta.example", name, "310000", f"{name}.example:7400").text()
        for name in members
    ]


def test_five_members_found_a_federation_and_each_trusts_the_same_registry(tmp_path: Path) -> None:
    lines = lines_of(tmp_path)
    founded = create_federation(lines, tmp_path / "fed", NOW, center="center")
    for name in MEMBERS:
        member = install_trust(tmp_path / name, tmp_path / "fed" / "trust" / "root.json")
        assert member.name == name
        state = read_trust(tmp_path / name / "trust" / "root.json")
        assert state.registry == founded.registry
        assert fingerprint(state) == fingerprint(founded)
        assert not state.stale(NOW)
    assert founded.registry.member("center").holds("center")
    assert founded.root.roles["root"].threshold == 3
    assert len(founded.root.roles["targets"].keyids) == 5
    assert founded.root.roles["timestamp"].threshold == 1


def test_offline_keys_lie_apart_with_a_warning_and_open_to_nobody(tmp_path: Path) -> None:
    create_federation(lines_of(tmp_path), tmp_path / "fed", NOW, threshold=2, offline_keys=3)
    secret = tmp_path / "fed" / "offline-keys"
    names = sorted(file.name for file in secret.iterdir())
    assert names == ["README.txt", "offline-1.key", "offline-2.key", "offline-3.key"]
    readme = (secret / "README.txt").read_text(encoding="utf-8")
    assert "Any 2 of these 3 keys" in readme
    assert "DELETE THIS FOLDER" in readme
    for file in (secret, *secret.iterdir()):
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0


def test_nothing_is_overwritten_by_doing_it_again(tmp_path: Path) -> None:
    lines = lines_of(tmp_path)
    create_federation(lines, tmp_path / "fed", NOW)
    install_trust(tmp_path / "anhui", tmp_path / "fed" / "trust" / "root.json")
    before = {file: file.read_bytes() for file in tmp_path.rglob("*.*") if file.is_file()}
    with pytest.raises(YdxError, match="is not free"):
        create_federation(lines, tmp_path / "fed", NOW)
    install_trust(tmp_path / "anhui", tmp_path / "fed" / "trust" / "root.json")
    with pytest.raises(YdxError, match="is not free"):
        lines_of(tmp_path, ("anhui",))
    assert before == {file: file.read_bytes() for file in tmp_path.rglob("*.*") if file.is_file()}


def test_fewer_than_three_members_found_nothing(tmp_path: Path) -> None:
    with pytest.raises(YdxError, match="3 members or more"):
        create_federation(lines_of(tmp_path, ("anhui", "center")), tmp_path / "fed", NOW)
    assert not (tmp_path / "fed").exists()


def test_a_damaged_line_founds_nothing(tmp_path: Path) -> None:
    lines = lines_of(tmp_path)
    with pytest.raises(Refused, match="sum: does not fit"):
        create_federation([*lines[:4], lines[4].replace("7400", "7401")], tmp_path / "fed", NOW)
    assert not (tmp_path / "fed").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("federation", "https://delta.example"),
        ("member", "Shanghai"),
        ("region", "31"),
        ("region", "990000"),
        ("endpoint", "anhui.example"),
    ],
)
def test_a_malformed_value_makes_no_keys(tmp_path: Path, field: str, value: str) -> None:
    values = {
        "federation": "delta.example",
        "member": "anhui",
        "region": "340000",
        "endpoint": "a:1",
    }
    with pytest.raises(YdxError, match=f"{field} is") as caught:
        create_member(tmp_path / "new", **{**values, field: value})
    assert caught.value.metadata["field"] == field
    assert not (tmp_path / "new").exists()


def test_a_stranger_cannot_install_the_trust(tmp_path: Path) -> None:
    create_federation(lines_of(tmp_path), tmp_path / "fed", NOW)
    root_file = tmp_path / "fed" / "trust" / "root.json"
    lines_of(tmp_path, ("fujian",))
    with pytest.raises(YdxError, match=r"NOT_A_MEMBER: .* delta\.example/fujian"):
        install_trust(tmp_path / "fujian", root_file)
    lines_of(tmp_path / "again", ("anhui",))  # the name of a member, with keys of its own
    with pytest.raises(YdxError, match=r"NOT_A_MEMBER: .* another log key for anhui"):
        install_trust(tmp_path / "again" / "anhui", root_file)
    assert not (tmp_path / "again" / "anhui" / "trust").exists()


def test_another_federations_files_beside_the_root_prove_nothing(tmp_path: Path) -> None:
    create_federation(lines_of(tmp_path), tmp_path / "fed", NOW)
    create_federation(lines_of(tmp_path / "b"), tmp_path / "evil", NOW)
    evil_root = tmp_path / "evil" / "trust" / "root.json"
    evil_root.write_bytes((tmp_path / "fed" / "trust" / "root.json").read_bytes())
    with pytest.raises(YdxError, match="TRUST_STALE: no registry"):
        install_trust(tmp_path / "anhui", evil_root)


def test_a_root_file_alone_is_told_to_be_too_little(tmp_path: Path) -> None:
    lines = [
        create_member(tmp_path / name, "ydx.example", name, "340000", f"{name}.example:1").text()
        for name in ("anhui", "jiangsu", "shanghai")
    ]
    create_federation(lines, tmp_path / "fed", NOW)
    root = tmp_path / "mail" / "root.json"
    root.parent.mkdir()
    root.write_bytes((tmp_path / "fed" / "trust" / "root.json").read_bytes())
    with pytest.raises(YdxError, match="BAD_CONFIG") as caught:
        install_trust(tmp_path / "anhui", root)
    assert "timestamp.json, snapshot.json, targets.json, registry.json" in caught.value.what


def test_newer_files_of_the_database_go_before_those_of_the_folder(tmp_path: Path) -> None:
    create_federation(lines_of(tmp_path), tmp_path / "fed", NOW)
    root_file = tmp_path / "fed" / "trust" / "root.json"
    state = read_trust(root_file)
    with KeyFolder(tmp_path / "anhui" / "keys") as keys:
        stored: tuple[TrustFile, ...] = renew(state, keys.trust_signer, NOW)
        assert enrolled_member(state, keys).name == "anhui"
    assert read_trust(root_file, stored).versions()["timestamp"] == 2


def test_a_missing_root_file_says_where_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(YdxError, match="is missing") as caught:
        read_trust(tmp_path / "root.json")
    assert "Get the whole trust folder from the founder" in str(caught.value.cure)
