"""Steps that a text goes through on its way into a field; each may raise BadValueError."""

from __future__ import annotations

import datetime as dt
import html
import re
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from node.importing.problems import BadValueError, out_of_range

if TYPE_CHECKING:
    from collections.abc import Sequence

_FEN: Final = {"fen": 1, "yuan": 100, "wan_yuan": 1_000_000}
_MAX_FEN: Final = 1 << 53  # far above any price, and exact in every JSON reader
_NUMBER_CHARACTERS: Final = 40
_DATE_CHARACTERS: Final = 80
# Commas and blanks part thousands, or it is somebody's decimal comma: then nothing is guessed.
_AMOUNT: Final = re.compile(
    r"[-+]?(?:[0-9]{1,3}(?:[, ][0-9]{3})+|[0-9]*)(?:\.[0-9]*)?(?:[eE][-+]?[0-9]{1,3})?"
)
_ESCAPE: Final = re.compile(r"\\+u([0-9a-fA-F]{4})")
_HTML_ROUNDS: Final = 3  # entities that were escaped again and again
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")


def cleaned(text: str, steps: Sequence[str]) -> str:
    r"""Return the text without the remains of other formats.

    `escapes`: \\u2019 written out becomes its character. `html`: entities become characters, also
    doubly escaped ones, and tags go.
    """
    if "escapes" in steps:
        text = _ESCAPE.sub(_unescape, text).replace("\\n", "\n").replace("\\t", " ")
    if "html" in steps:
        for _ in range(_HTML_ROUNDS):
            text = html.unescape(text)
        text = _TAG.sub(" ", text)
    return text


def _unescape(found: re.Match[str]) -> str:
    sign = chr(int(found[1], 16))
    # A surrogate alone is no character, and a control character no text.
    return sign if sign.isprintable() else " "


def iso_date(text: str, formats: Sequence[str]) -> str:
    """Return YYYY-MM-DD for a date in one of the strptime formats, or that is written so already.

    A spreadsheet's dates are, whatever the format of those that were typed as text.
    """
    plain = unicodedata.normalize("NFKC", text) if len(text) <= _DATE_CHARACTERS else ""
    for form in (*formats, "%Y-%m-%d"):
        try:
            return dt.datetime.strptime(plain, form).date().isoformat()  # noqa: DTZ007 - a day
        except ValueError:
            continue
    raise BadValueError("BAD_DATE")


def fen(text: str, unit: str) -> str:
    """Return an amount of money in whole fen, as digits."""
    plain = unicodedata.normalize("NFKC", text).strip() if len(text) <= _NUMBER_CHARACTERS else ""
    if not _AMOUNT.fullmatch(plain):
        raise BadValueError("BAD_NUMBER")
    try:
        amount = Decimal(plain.replace(",", "").replace(" ", "")) * _FEN[unit]
    except ArithmeticError as error:
        raise BadValueError("BAD_NUMBER") from error
    if not amount.is_finite() or abs(amount) > _MAX_FEN:
        raise out_of_range(0, _MAX_FEN // _FEN[unit])
    if amount != amount.to_integral_value():
        raise BadValueError("NOT_WHOLE_FEN")
    return str(int(amount))


def elements(text: str, separators: str) -> list[str]:
    """Return the elements of a list that was written as one text; doubled ones once."""
    for separator in separators[1:]:
        text = text.replace(separator, separators[0])
    pieces = text.split(separators[0]) if separators else [text]
    return list(dict.fromkeys(filter(None, (piece.strip() for piece in pieces))))
