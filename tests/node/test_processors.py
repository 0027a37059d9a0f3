"""Which processors the threads of a node run on."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

import pytest

from node import processors

_TOGETHER = """
import os, threading
from node import processors
found = {}
def look(name):
    found[name] = sorted(os.sched_getaffinity(0))
def begin(name):
    look(name)
    child = threading.Thread(target=look, args=(f"child of {name}",))
    child.start()
    child.join()
def run(name):
    thread = threading.Thread(target=begin, args=(name,))
    thread.start()
    thread.join()
def leave():
    processors.apart()
    look("apart")
def run_apart():
    thread = threading.Thread(target=leave)
    thread.start()
    thread.join()
look("free")
for name in ("one", "two"):
    with processors.together():
        run(name)
with processors.together():
    thread = threading.Thread(target=run_apart)
    thread.start()
    thread.join()
run("other")
print(found)
"""


def test_threads_that_answer_stay_on_one_processor_and_the_others_are_free() -> None:
    command = [sys.executable, "-c", _TOGETHER]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = ast.literal_eval(told)
    free = found.pop("free")
    assert found.pop("other") == found.pop("child of other") == found.pop("apart") == free
    assert len(found) == 4
    (place,) = set(map(tuple, found.values()))
    assert len(place) == 1
    assert set(place) <= set(free)


def test_where_the_kernel_forbids_it_threads_are_free_and_nothing_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def forbid(_thread: int, _mask: object) -> None:
        raise PermissionError("not here")

    free = os.sched_getaffinity(0)
    monkeypatch.setattr(os, "sched_setaffinity", forbid)
    with processors.together():
        assert os.sched_getaffinity(0) == free
    processors.apart()
