"""What README.md tells a newcomer to type, typed as it is written against a running demo."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.test_commands import fault_of
from tests.end_to_end.running import Demo
from tests.end_to_end.writing import listed

ROOT = Path(__file__).parents[2]
README, CHINESE = ROOT / "README.md", ROOT / "README.zh.md"
_CODE = re.compile(r"^```\n(.*?)^```", re.MULTILINE | re.DOTALL)


def lines_of(file: Path, block: int) -> list[str]:
    """Return the command lines of a code block, without what is said about them."""
    blocks = _CODE.findall(file.read_text(encoding="utf-8"))
    return [line.split("  #")[0].split("  ")[0].strip() for line in blocks[block].splitlines()]


@pytest.mark.parametrize("file", [README, CHINESE], ids=lambda file: file.name)
def test_every_command_of_the_first_screen_exists(file: Path) -> None:
    targets = lines_of(file, 0)
    assert targets == ["make demo", "make test"]
    for line in targets:
        subprocess.run(
            [*line.split(), "--dry-run", "--silent"], cwd=ROOT, check=True, capture_output=True
        )
    commands = [line for line in lines_of(file, 1) if line.startswith("ydx ")]
    assert len(commands) == 5
    assert [fault for line in commands if (fault := fault_of(line))] == []


def test_both_languages_tell_the_same_commands() -> None:
    plain = [
        [" ".join(word for word in line.split() if word.isascii()) for line in lines_of(file, 1)]
        for file in (README, CHINESE)
    ]
    first, second = ([" ".join(line.split()[:3]) for line in one] for one in plain)
    assert [line.split()[0] for line in first] == [line.split()[0] for line in second]


def test_the_commands_after_make_demo_do_what_is_said(demo: Demo, tmp_path: Path) -> None:
    export, status, curl, search, show, plan, load = lines_of(README, 1)
    assert shlex.split(export)[1] == "PATH=$PWD/.venv/bin:$PATH"
    assert demo.ydx(*shlex.split(status)[1:]).code == 0

    assert shutil.which("curl"), "curl is missing: apt-get install curl"
    url = curl.split()[1].replace("127.0.0.1:7402", demo["shanghai"].http)
    note = subprocess.run(["curl", "--silent", url], check=True, capture_output=True, text=True)
    assert note.stdout.startswith(f"{demo['shanghai'].origin}\n")

    with_token = ("--node", demo["shanghai"].api, "--token", demo["shanghai"].tokens["partner"])
    said = demo.ydx(*shlex.split(search)[1:], *with_token)
    assert said.code == 0, said.err
    assert "铝合金" in said.out

    name = min(listed(demo, "shanghai", members=["shanghai"]))
    words = shlex.split(show)
    assert name.startswith(words[3].rstrip("…"))
    said = demo.ydx(*words[1:3], name, *with_token)
    assert said.code == 0, said.err
    assert name in said.out

    rows = tmp_path / "my-listings.csv"
    rows.write_text("标题,地区\n短,99\n", encoding="utf-8")
    said = demo.ydx(*shlex.split(plan)[1:3], rows)
    assert said.code != 0
    assert "Traceback" not in said.err

    assert shlex.split(load) == ["ydx", "demo", "run", "--data", "FOLDER"]
