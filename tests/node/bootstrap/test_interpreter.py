"""How a node asks its interpreter, the kernel and the C library to run its threads."""

from __future__ import annotations

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
