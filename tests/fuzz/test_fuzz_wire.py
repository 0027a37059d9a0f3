"""A short, bounded run of the fuzzer; `make fuzz` runs it for longer."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.federation.log.refusals import refusal_reason

pytest.importorskip("atheris", reason="atheris has wheels for x86_64 only")

if TYPE_CHECKING:
    from types import ModuleType

CHECKOUT = Path(__file__).resolve().parents[2]


def test_a_short_run_finds_nothing(tmp_path: Path) -> None:
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.fuzz",
            "-runs=5000",
            "-seed=1",
            f"-artifact_prefix={tmp_path}/",
        ],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-4000:]
    assert "Done 5000 runs" in ran.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def fuzz_wire() -> ModuleType:
    return importlib.import_module("tests.fuzz.fuzz_wire")


def test_every_decoder_has_a_seed_that_it_accepts(fuzz_wire: ModuleType) -> None:
    accepted = set()
    for raw in fuzz_wire.seeds():
        if refusal_reason(fuzz_wire.CHECKS[raw[0]], raw[1:]) is None:
            accepted.add(raw[0])
    assert accepted == set(range(len(fuzz_wire.CHECKS)))
