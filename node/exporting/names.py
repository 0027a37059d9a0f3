"""How values are written in the languages of accounting programs.

- Amounts: yuan with two decimals, from whole fen; no float comes near them.
- Accounts: ASCII, since beancount takes no Chinese name. No two accounts share a name: what a
  component may not begin with, or what looks like our mark, is put behind the mark "X-".
- Texts: one line, without control or direction characters. Programs that give meaning to
  punctuation in comments see its full-width form; the true text is in the CSV, XLSX and HTML files.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from federation.ledger.journal import Account, AccountKind
from federation.records.refs import Ref

CURRENCY: Final = "CNY"
_ROOTS: Final[Mapping[AccountKind, str]] = {
    AccountKind.CLEARING: "Assets:Clearing",
    AccountKind.PAYABLE: "Liabilities:Payable",
    AccountKind.RECEIVABLE: "Assets:Receivable",
}
_MARK: Final = "X-"
_PLAIN: Final = re.compile(r"(?!X-)[A-Z0-9][A-Za-z0-9-]*", re.ASCII)
_SHORT_HEX: Final = 12
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"})
_NO_CHARACTER: Final = 0xFFFE
_NO_CHARACTERS: Final = range(0xFDD0, 0xFDF0)
"""The last two of each plane, and these, are never characters; XML takes none of the first."""
_WIDE: Final = str.maketrans({mark: chr(ord(mark) + 0xFEE0) for mark in ';|[]{}()<>,:=@"\\#*!'})


def yuan(fen: int) -> str:
    """Return fen in yuan, as -12.05."""
    whole, below = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole}.{below:02}"


def agreement_short(agreement: Ref) -> str:
    """Return the agreement's component of account names: hex digits of its leaf hash."""
    return agreement.leaf_hash.hex().upper()[:_SHORT_HEX]


def party_component(party: str) -> str:
    """Return a party's component of account names; different parties have different ones."""
    return party if _PLAIN.fullmatch(party) else _MARK + party


def account_name(agreement: Ref, account: Account) -> str:
    """Return an account's name in beancount, hledger and ledger."""
    parts = (_ROOTS[account.kind], agreement_short(agreement), party_component(account.party))
    return ":".join(parts)


def ref_text(ref: Ref) -> str:
    """Return a document's name: origin#leaf index#leaf hash."""
    return f"{ref.origin}#{ref.leaf_index}#{ref.leaf_hash.hex()}"


def one_line(text: str) -> str:
    """Return a text with each run of white space and invisible characters as one space."""
    if text.isprintable():  # most are: no letter needs a look
        return " ".join(text.split())
    return " ".join("".join(" " if _is_unseen(mark) else mark for mark in text).split())


def _is_unseen(mark: str) -> bool:
    """Say whether a character is a control, a format, a blank or none at all.

    One that this Unicode does not know yet, or that is for private use, is a letter: of rare names.
    """
    number = ord(mark)
    is_none = number & _NO_CHARACTER == _NO_CHARACTER or number in _NO_CHARACTERS
    return is_none or unicodedata.category(mark) in _UNSEEN


def plain_words(text: str) -> str:
    """Return a text in one line whose punctuation means nothing to hledger and ledger."""
    return one_line(text).translate(_WIDE)
