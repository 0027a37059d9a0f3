"""The normal forms that tell whether two listings name the same thing.

- Title: NFKC, lower case, letters and digits only, without a leading 一种 (patents' "a kind of").
- Patent number: upper case, letters and digits. A Chinese application loses ZL and its check digit
  and begins with CN (ZL 2023 1 0123456.6 and CN202310123456 are one); any other that begins with a
  country loses its kind code (US 10,123,456 B2 and US10123456 are one). A number without a digit
  is none.
- Organisation: its credit code, else its name (NFKC, lower case, letters and digits only). A masked
  name (**科技, 某公司) names nobody.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from federation.matching.shingles import normal_text
from federation.records import uscc
from federation.records.codec import OrganisationRef

_KIND_OF: Final = "一种"
_SIGNS: Final = re.compile(r"[^0-9A-Z]")
_CHINESE: Final = re.compile(r"(?:CN|ZL|CNZL)?((?:19|20)\d{10}|\d{8})[\dX]?", re.ASCII)
_CHECKED: Final = re.compile(r"(?:CN|ZL|CNZL)?(\d{12}|\d{8})\.[\dX]", re.ASCII)
_FOREIGN: Final = re.compile(r"([A-Z]{2}\d{5,})[A-Z]\d?", re.ASCII)
_MASKED: Final = re.compile("[*＊×□○某]")
_LONG_FORM_DIGITS: Final = 12  # since 2003; shorter ones could be publication numbers


def title_key(title: str) -> str:
    """Return the normal form of a title."""
    normal = normal_text(title)
    return normal.removeprefix(_KIND_OF) or normal


def patent_key(number: str) -> str:
    """Return the normal form of a patent or register number, empty where it is none."""
    upper = unicodedata.normalize("NFKC", number[:80]).upper().replace(" ", "")
    if match := _CHECKED.fullmatch(upper):
        return f"CN{match[1]}"
    plain = _SIGNS.sub("", upper)
    if not any(map(str.isdigit, plain)):
        return ""
    match = _CHINESE.fullmatch(plain)
    if match and (len(match[1]) == _LONG_FORM_DIGITS or plain.startswith("ZL")):
        return f"CN{match[1]}"
    match = _FOREIGN.fullmatch(plain)
    return match[1] if match else plain


def organisation_key(organisation: OrganisationRef) -> str:
    """Return `uscc:…` or `name:…`, empty where the reference names nobody."""
    if uscc.is_valid(organisation.uscc):
        return f"uscc:{organisation.uscc}"
    name = organisation_name_key(organisation.name)
    return f"name:{name}" if name else ""


def organisation_name_key(name: str) -> str:
    """Return the normal form of an organisation's name, empty where it is masked."""
    return "" if _MASKED.search(name) else normal_text(name)


def is_same_organisation(one: OrganisationRef, other: OrganisationRef) -> bool | None:
    """Say whether two references name one organisation; None where they do not tell.

    Two credit codes decide. Otherwise equal names do; different names tell nothing where one has
    no code, since one body has several names.
    """
    if uscc.is_valid(one.uscc) and uscc.is_valid(other.uscc):
        return one.uscc == other.uscc
    mine, theirs = organisation_name_key(one.name), organisation_name_key(other.name)
    return True if mine and mine == theirs else None
