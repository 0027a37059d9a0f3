"""Every reason that the log gives is one that an RPC can carry."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from federation import log
from federation.log import merkle
from federation.log.errors import Refused, Unreachable, YdxError
from ydx.exchange.v1.error_reason_pb2 import ErrorReason

SOURCES = sorted(Path(log.__path__[0]).glob("*.py"))
REASON = re.compile(r'"([A-Z]+(?:_[A-Z]+)+)"')


def test_every_reason_is_a_value_of_the_enum() -> None:
    quoted = {word for path in SOURCES for word in REASON.findall(path.read_text())}
    reasons = quoted - set(merkle.__all__)
    assert {"BAD_PROOF", "PART_DOES_NOT_OPEN", "MALFORMED_ENTRY"} <= reasons
    assert {f"ERROR_REASON_{reason}" for reason in reasons} <= set(ErrorReason.keys())


@pytest.mark.parametrize("family", [Refused, Unreachable])
def test_a_failure_carries_its_reason_a_sentence_and_values(family: type[YdxError]) -> None:
    failure = family("BAD_PROOF", "the proof is short", origin="ydx.example/anhui")
    assert (failure.reason, failure.what) == ("BAD_PROOF", "the proof is short")
    assert failure.metadata == {"origin": "ydx.example/anhui"}
    assert str(failure) == "BAD_PROOF: the proof is short"
