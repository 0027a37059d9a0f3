"""Named points at which a test can have the process killed, as power loss would.

`YDX_FAILPOINT=name` kills the process at the first passing of that point, `name:n` at the n-th. The
kill is SIGKILL: nothing is flushed, no handler runs. Without the variable a point costs one lookup.
"""

from __future__ import annotations

import os
import signal
from typing import Final

FAILPOINTS: Final = (
    # Atomic state files (node.storage.state_file), in the order in which they are passed.
    "state_file_half_written",
    "state_file_written",
    "state_file_synced",
    "state_file_renamed",
    "state_file_done",
    # A batch of the own log or of a mirror (node.storage.batches).
    "append.before_write",
    "append.before_commit",
    "append.after_commit",
    "ingest.before_write",
    "ingest.before_commit",
    "ingest.after_commit",
    # A checkpoint of the own log (node.services.sync.signing).
    "checkpoint_before_intent",
    "checkpoint_intent_in_database",
    "checkpoint_intent_in_file",
    "checkpoint_signed",
    # A cosignature of another log (node.services.sync.witnessing).
    "cosign_before_record",
    "cosign_in_database",
    "cosign_in_file",
    # A commit of the full-text index (node.services.finding.indexing).
    "index_before_commit",
    "index_after_commit",
    # A document of the ledger (node.services.ledger.making), and one by policy (ledger_accepting).
    "ledger_document_before_commit",
    "ledger_document_after_commit",
    "ledger_acceptance_before_commit",
    "ledger_acceptance_after_commit",
    # What the center decides: outcomes with what covers them, and closings (ledger_deciding).
    "ledger_outcomes_before_commit",
    "ledger_outcomes_after_commit",
    "ledger_closing_before_commit",
    "ledger_closing_after_commit",
    # The ledger's tables (node.services.ledger.view).
    "ledger_intake_before_commit",
    "ledger_intake_after_commit",
    "ledger_cover_before_commit",
    "ledger_cover_after_commit",
    "ledger_judge_before_commit",
    "ledger_judge_after_commit",
)
"""All names, in the order in which each row of steps passes them; tests walk them."""

VARIABLE: Final = "YDX_FAILPOINT"


def _armed(setting: str) -> tuple[str, int]:
    name, _, count = setting.partition(":")
    if name and name not in FAILPOINTS:
        raise ValueError(f"{VARIABLE} names no failpoint: {name}")
    return name, int(count or 1)


_name, _passings_left = _armed(os.environ.get(VARIABLE, ""))


def failpoint(name: str) -> None:
    """Kill this process if the point is armed and this is its n-th passing."""
    global _passings_left  # noqa: PLW0603 - one armed point a process, set before it starts
    if name != _name:
        return
    _passings_left -= 1
    if _passings_left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
