"""Hygiene of the project itself: sizes, names, pins, and nothing of one machine in what is kept."""

from __future__ import annotations

import re
import subprocess
import tomllib
from functools import cache
from importlib.metadata import version
from itertools import chain
from pathlib import Path

import grpc
import pytest
from google.protobuf.runtime_version import MAJOR, MINOR, PATCH

import federation
import node

ROOT = Path(__file__).parent.parent
LINES_MAX = 400
GENERATED = ("proto/gen/",)
# One row a reason, and one enum is what the design asks for: a table, not a text.
TABLES = ("proto/ydx/exchange/v1/error_reason.proto",)
DATA = (".csv", ".jsonl", ".lock", ".json", ".tsv", ".txt")
TOP_LEVEL = {
    *("proto", "federation", "node", "deploy", "tests", ".ci"),
    *("pyproject.toml", "Makefile", "README.md", "README.zh.md", "LICENSE", "CHANGELOG.md"),
    *("requirements.lock", ".gitignore", ".gitattributes", ".editorconfig", ".dockerignore"),
}


@cache
def tracked() -> tuple[str, ...]:
    """Return the files that git keeps, and those that are new and not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return tuple(path for path in listed.split("\0") if path and (ROOT / path).is_file())


@cache
def text_of(path: str) -> str:
    """Return a file's text, empty where it is binary."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def written_by_hand() -> list[str]:
    return [
        path
        for path in tracked()
        if not path.startswith(GENERATED) and not path.endswith(DATA) and path != "LICENSE"
    ]


def test_no_file_written_by_hand_is_longer_than_400_lines() -> None:
    paths = set(written_by_hand()) - set(TABLES)
    lengths = {path: text_of(path).count("\n") for path in paths}
    assert {path: length for path, length in lengths.items() if length > LINES_MAX} == {}


def test_the_top_level_is_fixed() -> None:
    assert {path.split("/")[0] for path in tracked()} - TOP_LEVEL == set()


def test_the_packages_are_ours_and_not_those_of_the_same_name() -> None:
    assert Path(node.__file__ or "") == ROOT / "node" / "__init__.py"
    assert Path(federation.__file__ or "") == ROOT / "federation" / "__init__.py"


def test_every_test_folder_is_a_package_so_that_none_shadows_ours() -> None:
    folders = {
        parent
        for path in tracked()
        if path.startswith("tests/") and path.endswith(".py")
        for parent in Path(path).parents
        if parent.parts
    }
    assert sorted(str(one) for one in folders if not (ROOT / one / "__init__.py").exists()) == []


@pytest.mark.parametrize(
    "pattern",
    [
        r"/work/|/tmp/|/root/|/home/",
        r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian\.org|proxy\.golang\.org",
    ],
    ids=["a path of one machine", "the host of a package registry"],
)
def test_nothing_tracked_names(pattern: str) -> None:
    own = "tests/test_project.py"
    found = [path for path in tracked() if path != own and re.search(pattern, text_of(path))]
    assert found == []


def locked(path: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ;]+)", text_of(path), re.MULTILINE))


def test_every_locked_package_has_its_hashes() -> None:
    for path in ("requirements.lock", "tests/requirements.lock"):
        names = re.findall(r"^[a-z0-9].*\\\n    --hash=sha256:", text_of(path), re.MULTILINE)
        assert len(names) == len(locked(path)) > 0


def test_the_two_locks_agree() -> None:
    runtime, tools = locked("requirements.lock"), locked("tests/requirements.lock")
    assert {name: version for name, version in runtime.items() if tools.get(name) != version} == {}


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))
    name = re.compile(r"[A-Za-z0-9-]+")
    wanted: dict[str, list[str]] = {
        "requirements.lock": project["project"]["dependencies"],
        "tests/requirements.lock": [*chain(*project["dependency-groups"].values())],
    }
    for path, lines in wanted.items():
        names = {match[0].lower() for line in lines if (match := name.match(line))}
        assert names - set(locked(path)) == set()


def test_all_grpc_packages_have_the_version_that_the_code_was_generated_with() -> None:
    pins = locked("tests/requirements.lock")
    versions = {pins[name] for name in pins if name.startswith("grpcio")}
    assert versions == {grpc.__version__} == {pins["grpcio-tools"]}
    stubs = [text_of(path) for path in tracked() if path.endswith("_pb2_grpc.py")]
    generated = {found for text in stubs for found in re.findall(r"_VERSION = '(.+)'", text)}
    assert generated == {grpc.__version__}
    assert version("grpcio-tools") == grpc.__version__


def test_protobuf_is_at_least_what_the_generated_code_asks_for() -> None:
    asked = {
        tuple(map(int, numbers))
        for path in tracked()
        if path.endswith("_pb2.py")
        for numbers in re.findall(
            r"Domain\.PUBLIC,\s+(\d+),\s+(\d+),\s+(\d+),", text_of(path), re.MULTILINE
        )
    }
    assert len(asked) == 1
    assert max(asked) <= (MAJOR, MINOR, PATCH)
