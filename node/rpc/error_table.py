"""What each error reason means: one table, read from the options of the enum ErrorReason.

Every value of the enum except 0 has a row: a gRPC code, whether the same call can succeed later,
and the cure in both languages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import grpc

from ydx.exchange.v1 import error_reason_pb2 as pb

_PREFIX: Final = "ERROR_REASON_"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One row of the table."""

    code: grpc.StatusCode
    retry: bool
    cure_zh: str
    cure_en: str


def _read() -> dict[str, Meaning]:
    extension: Any = pb.meaning  # its stub does not say that it is an extension
    table = {}
    for value in pb.ErrorReason.DESCRIPTOR.values:
        if value.number:
            option = value.GetOptions().Extensions[extension]
            table[value.name.removeprefix(_PREFIX)] = Meaning(
                grpc.StatusCode[option.code or "INVALID_ARGUMENT"],
                option.retry,
                option.cure_zh,
                option.cure_en,
            )
    return table


MEANINGS: Final = _read()
"""Reason (without the enum's prefix) to its meaning."""

INTERNAL: Final = MEANINGS["INTERNAL"]
