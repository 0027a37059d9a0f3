"""Every reason for which the ledger refuses is one that an RPC can carry."""

from __future__ import annotations

import re
from pathlib import Path

from federation import ledger
from ydx.exchange.v1.error_reason_pb2 import ErrorReason

REFUSAL = re.compile(r'Refused\(\s*"([A-Z_]+)"')


def test_every_reason_is_a_value_of_the_enum() -> None:
    sources = Path(ledger.__path__[0]).glob("*.py")
    reasons = {word for path in sources for word in REFUSAL.findall(path.read_text())}
    assert {"CAPS_LEAVE_REST", "AMOUNT_OUT_OF_RANGE", "DEDUCTION_TWICE"} <= reasons
    assert {f"ERROR_REASON_{reason}" for reason in reasons} <= set(ErrorReason.keys())
