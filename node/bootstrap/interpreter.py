"""How the interpreter runs a node: seldom collecting, often switching, never pushing in, hoarding.

- What is imported and wired stays: the collector does not look at it, neither meanwhile nor later.
  Not even once: of 250,000 objects 1,300 are garbage by then, and to find them takes 0.3 s.
- A thread that answers waits at most SWITCH_S for one that indexes or verifies, each time that it
  gave the interpreter up. Measured in turns, the p99 of a search while another log came in was 2.0
  and 2.4 times the quiet one, with half a millisecond 2.4 and 2.7; with the usual five, on another
  day, 2.8 and 2.7. With half a millisecond members on PostgreSQL booked 244, 231 and 193 incomes a
  second where they booked 251, 297 and 287: threads that hand over do nothing else.
- A thread that is woken waits until a processor is free (SCHED_BATCH, sched(7)). All of them want
  the one lock of the interpreter, so one that pushes in only stops the one that holds it. Measured
  in turns, the same work took 1.06 to 1.6 times the processor time without this, mostly 1.2 to 1.4.
  Shares and priority stay.
- All threads take memory from one place, and what is freed stays there for the next call
  (mallopt(3)): only one thread runs at a time, and a request of 700 kB that is given back to the
  kernel is paid for page by page when the next one comes. Measured in turns: PublishListing by 64
  callers 1,460 and 1,440 a second without this, 1,980 and 1,730 with it; batches 4,980 and 5,250
  listings a second without, 8,070 and 7,840 with.
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from contextlib import suppress
from typing import Final

GC_THRESHOLD: Final = 20_000
"""Allocations between two looks of the garbage collector: messages make no cycles."""

SWITCH_S: Final = 0.002
NICENESS: Final = 19

# Parameters of mallopt(3), as <malloc.h> numbers them, with what they are set to.
_MALLOC: Final = {
    -8: 1,  # M_ARENA_MAX
    -1: 16 << 20,  # M_TRIM_THRESHOLD, in bytes
    -2: 1 << 20,  # M_TOP_PAD, in bytes
    -3: 16 << 20,  # M_MMAP_THRESHOLD, in bytes
}


def hold_memory() -> None:
    """Have glibc keep what is freed, in one arena; all threads begin after this."""
    with suppress(OSError, AttributeError):  # another C library has no such thing
        mallopt = ctypes.CDLL(None).mallopt
        for parameter, value in _MALLOC.items():
            mallopt(parameter, value)


def begin() -> None:
    """Leave the collector off until everything is wired; all threads begin after this."""
    gc.disable()
    hold_memory()
    if sys.platform == "linux":
        with suppress(OSError):  # a sandbox may forbid it
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def stand_back() -> None:
    """Have this process run only where a processor is free; all threads begin after this.

    Being nice is not enough: who is woken waits until a nice process has had its slice, where it
    takes the processor from an idle one at once (SCHED_IDLE, sched(7)).
    """
    with suppress(OSError):  # a sandbox may forbid it
        os.nice(NICENESS)
    if sys.platform == "linux":
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def settle() -> None:
    """Set what a node runs with once everything is wired."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(GC_THRESHOLD, 20, 20)
    sys.setswitchinterval(SWITCH_S)
