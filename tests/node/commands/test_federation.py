"""`ydx federation`: from public lines to a federation that every member trusts."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from node.services.sync.enrolment import create_member
from node.storage.trust_folder import read_trust
from tests.node.commands.running import runner

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.node.commands.running import Said

MEMBERS = ("anhui", "jiangsu", "shanghai")


@pytest.fixture
def ydx(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., Said]:
    monkeypatch.chdir(tmp_path)
    return runner(monkeypatch, capsys)


@pytest.fixture
def lines(tmp_path: Path) -> list[str]:
    return [
        create_member(tmp_path / name, "delta.example", name, "310000", f"{name}.example:1").text()
        for name in MEMBERS
    ]


def found(ydx: Callable[..., Said], *lines: object) -> Said:
    options = ("--out", "fed", "--threshold", 2, "--keys", 3, "--json")
    return ydx("federation", "init", *lines, *options)


def test_lines_and_files_of_lines_found_a_federation(
    ydx: Callable[..., Said], lines: list[str], tmp_path: Path
) -> None:
    (tmp_path / "lines.txt").write_text(f"# two members\n\n{lines[1]}\n{lines[2]}\n")
    said = found(ydx, lines[0], "lines.txt", "--center", "anhui")
    assert said.code == 0
    state = read_trust(tmp_path / "fed" / "trust" / "root.json")
    assert said.json["members"] == [one.name for one in state.registry.members] == list(MEMBERS)
    assert state.registry.member("anhui").holds("center")
    assert len(list((tmp_path / "fed" / "offline-keys").glob("*.key"))) == 3
    root = (tmp_path / "fed" / "trust" / "root.json").read_bytes()
    assert said.json["fingerprint"] == sha256(root).hexdigest()


def test_a_person_is_told_what_to_do_next_and_the_fingerprint_alone_is_data(
    ydx: Callable[..., Said], lines: list[str]
) -> None:
    said = ydx("--lang", "en", "federation", "init", *lines, "--out", "fed")
    assert said.code == 0
    assert len(said.out.strip()) == 64
    command = f"ydx federation install --root trust/root.json --fingerprint {said.out.strip()}"
    assert command in said.err
    assert "delete that folder here" in said.err


def test_a_member_installs_the_root_whose_fingerprint_was_told(
    ydx: Callable[..., Said], lines: list[str], tmp_path: Path
) -> None:
    digest = found(ydx, *lines).json["fingerprint"]
    typed = " ".join(digest[at : at + 8] for at in range(0, 64, 8)).upper()
    said = ydx(
        "federation", "install", "--root", "fed/trust/root.json", "--folder", "anhui",
        "--fingerprint", typed, "--json",
    )  # fmt: skip
    assert (said.code, said.json["origin"]) == (0, "delta.example/anhui")
    assert read_trust(tmp_path / "anhui" / "trust" / "root.json").has_registry


def test_another_root_is_refused_before_anything_is_written(
    ydx: Callable[..., Said], lines: list[str], tmp_path: Path
) -> None:
    found(ydx, *lines)
    said = ydx(
        "federation", "install", "--root", "fed/trust/root.json", "--folder", "anhui",
        "--fingerprint", "00" * 32, "--json",
    )  # fmt: skip
    assert (said.code, said.json["error"]["reason"]) == (1, "TRUST_FILE_REFUSED")
    assert not (tmp_path / "anhui" / "trust").exists()


def test_a_root_is_not_installed_unless_its_fingerprint_was_told_or_waived(
    ydx: Callable[..., Said], lines: list[str], tmp_path: Path
) -> None:
    digest = found(ydx, *lines).json["fingerprint"]
    install = ("federation", "install", "--root", "fed/trust/root.json", "--folder", "anhui")
    for none in ((), ("--fingerprint", " ")):
        said = ydx("--lang", "en", *install, *none)
        assert said.code == 1
        assert "--fingerprint" in said.err
        assert digest not in said.err, "what is at hand is not to be copied but asked for"
    assert not (tmp_path / "anhui" / "trust").exists()
    assert ydx(*install, "--unchecked").code == 0


def test_the_same_root_can_be_installed_again_and_another_cannot(
    ydx: Callable[..., Said], lines: list[str], tmp_path: Path
) -> None:
    install = ("federation", "install", "--folder", "anhui", "--fingerprint")
    digest = found(ydx, *lines).json["fingerprint"]
    ends = [ydx(*install, digest, "--root", "fed/trust/root.json").code for _ in range(2)]
    assert ends == [0, 0]
    (tmp_path / "fed").rename(tmp_path / "first")
    other = found(ydx, *lines).json["fingerprint"]
    said = ydx(*install, other, "--root", "fed/trust/root.json")
    assert said.code == 1
    assert "trust 已有内容" in said.err
    kept = (tmp_path / "anhui" / "trust" / "root.json").read_bytes()
    assert sha256(kept).hexdigest() == digest


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        pytest.param(["nowhere.txt"], "BAD_FILE", id="a file that is not there"),
        pytest.param(["empty.txt"], "BAD_FILE", id="a file without a line"),
        pytest.param(["ydx-member/1 federation=x"], "BAD_FILE", id="a line that was cut"),
        pytest.param(["one.txt"], "BAD_CONFIG", id="too few members"),
    ],
)
def test_what_makes_no_federation_is_refused(
    ydx: Callable[..., Said],
    lines: list[str],
    tmp_path: Path,
    arguments: list[str],
    reason: str,
) -> None:
    (tmp_path / "empty.txt").write_text("# nothing\n")
    (tmp_path / "one.txt").write_text(lines[0])
    said = found(ydx, *arguments)
    assert (said.code, said.json["error"]["reason"]) == (1, reason)
    assert not (tmp_path / "fed").exists()


def test_a_damaged_line_is_told_with_the_file_it_stands_in(
    ydx: Callable[..., Said], lines: list[str], tmp_path: Path
) -> None:
    (tmp_path / "shanghai.line").write_text(lines[2].replace("310000", "310001"))
    (tmp_path / "other.line").write_text("hello\n")
    (tmp_path / "all.txt").write_text(f"# all\n{lines[0]}\n{lines[1]} x\n")
    init = ("federation", "init", "--out", "fed")
    for arguments, place in (
        (["shanghai.line", lines[0]], "shanghai.line：公开行的 sum：校验不符"),
        ([lines[0], "other.line"], "other.line：公开行的 line：不以 ydx-member/1 开头"),
        (["all.txt"], "all.txt:3：公开行的 line：没有 "),
        ([lines[1] + "0"], "成员 jiangsu：公开行的 sum：校验不符"),
    ):
        assert f"情况  {place}" in ydx(*init, *arguments).err


def test_a_member_that_is_given_twice_is_told_with_both_files(
    ydx: Callable[..., Said], lines: list[str], tmp_path: Path
) -> None:
    for name, line in zip(MEMBERS, lines, strict=True):
        (tmp_path / f"{name}.line").write_text(line)
    files = ("shanghai.line", "jiangsu.line", "shanghai.line")
    said = ydx("federation", "init", *files, "--out", "fed")
    assert "情况  shanghai 重复给出：shanghai.line, shanghai.line\n" in said.err
    assert "办法  每个成员只给一条公开行" in said.err
    assert not (tmp_path / "fed").exists()


def test_a_file_of_lines_that_is_missing_is_told_so(ydx: Callable[..., Said]) -> None:
    said = ydx("federation", "init", "nofile.line", "--out", "fed")
    assert "情况  无法读取 nofile.line：没有该文件或目录\n" in said.err
    said = ydx("federation", "init", "member=anhui region=340000", "--out", "fed")
    assert "既不是 ydx init 的公开行，也不是含有公开行的文件" in said.err


def test_installing_from_nowhere_says_which_file_is_missing(ydx: Callable[..., Said]) -> None:
    said = ydx("federation", "install", "--root", "none.json", "--json")
    assert (said.code, said.json["error"]["reason"]) == (1, "BAD_CONFIG")
    assert "none.json" in said.json["error"]["what"]


def test_what_to_do_fits_why_a_trust_file_is_refused(
    ydx: Callable[..., Said], lines: list[str]
) -> None:
    said = ydx("federation", "init", *lines, "--out", "fed", "--center", "center")
    assert "情况  registry：center 不是成员，不能作中心" in said.err
    assert "办法  请更正 --center：须为成员之一（anhui, " in said.err
    said = ydx("federation", "init", *lines, "--out", "fed", "--threshold", "9")
    assert "办法  请更正 --threshold 或 --keys" in said.err
    found(ydx, *lines)
    install = ("federation", "install", "--root", "fed/trust/root.json", "--folder", "anhui")
    said = ydx(*install, "--fingerprint", "00" * 32)
    assert "这是另一个信任根" in said.err
    assert "办法  与建立联盟者当面或电话核对 SHA-256" in said.err
