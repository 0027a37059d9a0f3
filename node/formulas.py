"""Texts that a spreadsheet program would run as a formula, on their way out and in again.

- Such a text is written with an apostrophe before it, and so is one that looks as if it were.
- The apostrophe goes where a table that we wrote is read: a phone number with + stays what it is.
"""

from __future__ import annotations

from typing import Final

# The full-width forms count too: spreadsheets of East Asian systems take them for the others.
_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_safe(cell: str) -> str:
    """Return the cell so that no spreadsheet program runs it as a formula."""
    return f"'{cell}" if cell.lstrip("'").startswith(_STARTS) else cell


def csv_plain(cell: str) -> str:
    """Return the text of which `csv_safe` made this cell."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_STARTS) else cell
