"""How a node asks its interpreter and the kernel to run its threads."""

from __future__ import annotations

import os
import subprocess
import sys

_PROGRAM = """
import os, threading
from node.bootstrap import interpreter
interpreter.begin()
policies = []
thread = threading.Thread(target=lambda: policies.append(os.sched_getscheduler(0)))
thread.start()
thread.join()
print(policies[0], os.getpriority(os.PRIO_PROCESS, 0))
"""


def test_threads_that_wake_push_nobody_aside_and_keep_their_priority() -> None:
    told = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True
    ).stdout.split()
    assert told == [str(os.SCHED_BATCH), str(os.getpriority(os.PRIO_PROCESS, 0))]
