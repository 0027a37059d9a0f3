"""How a node asks its interpreter, the kernel and the C library to run its threads."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

from node.bootstrap import interpreter

_PROGRAM = """
import os, sys, threading
from node.bootstrap import interpreter
getattr(interpreter, sys.argv[1])()
policies = []
thread = threading.Thread(target=lambda: policies.append(os.sched_getscheduler(0)))
thread.start()
thread.join()
print(policies[0], os.getpriority(os.PRIO_PROCESS, 0))
"""


def _policy_and_priority(after: str) -> list[int]:
    """Return what a thread runs with that begins after a function of the interpreter."""
    command = [sys.executable, "-c", _PROGRAM, after]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return list(map(int, told.split()))


def test_threads_that_wake_push_nobody_aside_and_keep_their_priority() -> None:
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert _policy_and_priority("begin") == [os.SCHED_BATCH, own]


def test_who_stands_back_runs_only_where_a_processor_is_free() -> None:
    assert _policy_and_priority("stand_back") == [os.SCHED_IDLE, interpreter.NICENESS]


_TOGETHER = """
import os, threading
from node.bootstrap import interpreter
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
look("free")
for name in ("one", "two"):
    with interpreter.on_one_processor():
        run(name)
run("other")
print(found)
"""


def test_threads_that_answer_stay_on_one_processor_and_the_others_are_free() -> None:
    command = [sys.executable, "-c", _TOGETHER]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = ast.literal_eval(told)
    free = found.pop("free")
    assert found.pop("other") == found.pop("child of other") == free
    assert len(found) == 4
    (place,) = set(map(tuple, found.values()))
    assert len(place) == 1
    assert set(place) <= set(free)


_HOARDER = """
import ctypes, sys, threading
from node.bootstrap import interpreter
if sys.argv[1] == "held":
    interpreter.hold_memory()
def faults():
    with open("/proc/self/stat") as stat:
        return int(stat.read().rpartition(")")[2].split()[7])
def work():
    for _ in range(50):
        bytearray(b"x" * 700_000)
threads = [threading.Thread(target=work) for _ in range(4)]
before = faults()
for thread in threads:
    thread.start()
    thread.join()
print(faults() - before)
"""


def test_memory_of_one_request_serves_the_next_one_on_whatever_thread() -> None:
    told = [
        int(
            subprocess.run(
                [sys.executable, "-c", _HOARDER, how], capture_output=True, check=True
            ).stdout
        )
        for how in ("given back", "held")
    ]
    assert told[1] < told[0] / 10, "page faults"
