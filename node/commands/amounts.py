"""Amounts of money on a command line: yuan with two decimals, or whole fen; never a float.

- `--amount 4800.00` and `--amount 4,800.00` are yuan; both decimals are always written, so that fen
  are never taken for yuan. `--fen 480000` is the same in fen. One of the two is given.
- Nothing is rounded. An amount is above 0: 0 means "all" or "any" in some requests, and nobody
  should say that by an amount.
"""

from __future__ import annotations

import re
from typing import Annotated, Final

import typer

from federation.ledger.terms import AMOUNT_MAX_FEN
from federation.records.findings import Finding
from node.services.errors import InvalidFields, invalid_field

AmountOption = Annotated[
    str, typer.Option("--amount", help="金额，元，两位小数 / amount in yuan, two decimals")
]
FenOption = Annotated[str, typer.Option("--fen", help="或以分为单位的整数 / or whole fen")]

# More digits than any amount has, so that too much is told as too much, but not without end.
_YUAN: Final = re.compile(r"(?:[0-9]{1,40}|[0-9]{1,3}(?:,[0-9]{3}){1,13})\.[0-9]{2}")
_FEN: Final = re.compile(r"[0-9]{1,40}")


def fen_of_yuan(text: str, field: str = "amount") -> int:
    """Return the fen of an amount in yuan, "4800.00" or "4,800.00"; refuses INVALID_FIELD."""
    if not _YUAN.fullmatch(text):
        raise invalid_field(
            field,
            "AMOUNT_FORM",
            text,
            "不是金额；请写成两位小数的元，如 4800.00",
            "is no amount; write yuan with two decimals, such as 4800.00",
        )
    return _bounded(int(text.replace(",", "").replace(".", "")), text, field)


def fen_of_digits(text: str, field: str = "fen") -> int:
    """Return the fen of a whole number of fen, "480000"; refuses INVALID_FIELD."""
    if not _FEN.fullmatch(text):
        raise invalid_field(
            field,
            "FEN_FORM",
            text,
            "不是分；请写成整数，如 480000",
            "is no number of fen; write a whole number, such as 480000",
        )
    return _bounded(int(text), text, field)


def one_amount(amount: str, fen: str) -> int:
    """Return the fen of `--amount` or `--fen`, of which exactly one is given."""
    found = any_amount(amount, fen)
    if not found:
        zh = "缺少金额；请给出 --amount（元）或 --fen（分）"
        en = "an amount is required; give --amount in yuan or --fen"
        raise InvalidFields([Finding("amount", "REQUIRED", "", zh, en)])
    return found


def any_amount(amount: str, fen: str) -> int:
    """Return the fen of `--amount` or `--fen`, 0 if neither is given; both are refused."""
    if amount and fen:
        raise two_amounts(fen)
    if amount:
        return fen_of_yuan(amount)
    return fen_of_digits(fen) if fen else 0


def two_amounts(fen: str) -> InvalidFields:
    """Return the refusal of an amount that is given in yuan and in fen."""
    return invalid_field(
        "fen",
        "AMOUNT_TWICE",
        fen,
        "与元的金额同时给出；只留一个",
        "is given together with an amount in yuan; give one of them",
    )


def _bounded(fen: int, text: str, field: str) -> int:
    if not 0 < fen <= AMOUNT_MAX_FEN:
        raise invalid_field(
            field,
            "AMOUNT_RANGE",
            text,
            "须大于 0 且不超过账本上限",
            "must be above 0 and at most what the ledger can hold",
        )
    return fen
