"""What nodes tell in English, told in Chinese: what went wrong, why an answer is not complete.

- Errors carry one English sentence; the wire and JSON keep it. A person who reads Chinese is told
  it through the catalogue in the folder `zh`: English template = Chinese template, part by part of
  the program. What no template fits is told as it came.
- A template fits a whole text; of several, the one with the most fixed characters is taken. A hole
  stands for what was filled in, which stays as it is. But holes named in `_TEXTS` are texts, and
  one that has the name of a table (`_tables`) holds its codes.
- `place: text`, `text; text` and lines of texts are told part by part, unless one template says
  more of the whole.
- Nothing is read before the first text is told: commands that succeed read none of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from node.commands.output import say
from node.commands.times import zoned_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HOLE: Final = re.compile(r"\{(\w+)\}")
_TIME: Final = "started"
"""The hole of a time."""
_ROLES: Final = "roles"
_TEXTS: Final = ("why", "what", "source")
_VALUE: Final = "(?:(?!: ).)+?"
"""What stands in a hole: no place with a text behind it, and no more than one line."""
_FORMS: Final = {"why": ".+?", "what": ".+?", "detail": ".+?", "log": r"[\s\S]+"}
"""What may stand in holes of these names."""
_CONTRACT_VOIDS: Final = {"CANCELLED": "该合同已取消"}
"""Beside those of every document; the code is also that of a call that was cancelled."""
_PLACE_MAX: Final = 200
"""How far into a text its place may go: a node tells no longer ones."""


@dataclass(frozen=True, slots=True)
class _Template:
    english: str
    chinese: str
    fixed: tuple[str, ...]
    """What stands between the holes, and before and behind them."""

    @classmethod
    def of(cls, english: str, chinese: str) -> _Template:
        return cls(english, chinese, tuple(_HOLE.split(english)[::2]))

    @property
    def characters(self) -> int:
        """How many characters are fixed."""
        return sum(map(len, self.fixed))

    def filled(self, text: str) -> dict[str, str] | None:
        """Return what stands in the holes of a text; None where the template does not fit."""
        first, last = self.fixed[0], self.fixed[-1]
        if not (text.startswith(first) and text.endswith(last)):
            return None
        if len(self.fixed) == 1:
            return {} if text == first else None
        if not all(one in text for one in self.fixed):
            return None
        pieces = _HOLE.split(self.english)
        form = "".join(
            f"(?P<{piece}>{_FORMS.get(piece, _VALUE)})" if at % 2 else re.escape(piece)
            for at, piece in enumerate(pieces)
        )
        found = re.fullmatch(form, text)
        return found.groupdict() if found else None


@dataclass(frozen=True, slots=True)
class _Fit:
    """A template with what stands in its holes."""

    template: _Template
    filled: dict[str, str]

    @property
    def fixed(self) -> int:
        """How many characters of the text are the template's own."""
        return self.template.characters

    def text(self) -> str:
        """Return the Chinese."""
        values = {name: _value(name, value) for name, value in self.filled.items()}
        return self.template.chinese.format(**values)


def told(text: str) -> str:
    """Return a text of a node in the language of this run."""
    return say(in_chinese(text) or text, text)


def in_chinese(text: str) -> str | None:
    """Return a text in Chinese; None where the catalogue has no words for it."""
    if (whole := _listed(text)) is not None:
        return whole
    if "\n" in text:
        lines = [(line, in_chinese(line)) for line in text.split("\n")]
        is_known = any(chinese for _, chinese in lines)
        return "\n".join(chinese or line for line, chinese in lines) if is_known else None
    for place, rest in _places(text):
        if (chinese := _listed(rest)) is not None:
            where = _filled(place) if " " in place else None
            return f"{where or place}：{chinese}"
    return None


def _listed(text: str) -> str | None:
    """Return the Chinese of a text, or of several that semicolons part, all of them known.

    A template that fits the whole says more than those of the parts where it has more fixed
    characters than any of them: `{place} is for {what}` fits much.
    """
    whole, parts = _fitting(text), [_fitting(one) for one in text.split("; ")]
    known = [one for one in parts if one is not None]
    if len(known) < len(parts) or len(parts) == 1:
        return whole.text() if whole else None
    if whole and whole.fixed > max(one.fixed for one in known):
        return whole.text()
    return "；".join(one.text() for one in known)


def _filled(text: str) -> str | None:
    """Return the Chinese of the template that fits the whole text best."""
    found = _fitting(text)
    return found.text() if found else None


def _fitting(text: str) -> _Fit | None:
    """Return the template with the most fixed characters that fits the whole text."""
    for template in _templates():
        filled = template.filled(text)
        if filled is not None:
            return _Fit(template, filled)
    return None


def _places(text: str) -> Iterator[tuple[str, str]]:
    """Yield what may be a place, with the text behind it."""
    for found in re.finditer(": ", text[:_PLACE_MAX]):
        yield text[: found.start()], text[found.end() :]


def _value(name: str, value: str) -> str:
    if name == _TIME:
        return zoned_of(value)
    if name in _TEXTS:
        return in_chinese(value) or value
    if name == _ROLES:
        return value.replace(" or ", " 或 ")
    table = _tables().get(name)
    if table is None:
        return value
    codes = re.split("[ ,]+", value)
    if not any(code.upper() in table for code in codes) and (text := in_chinese(value)) is not None:
        return text
    return "、".join(table.get(code.upper(), code) for code in codes)


@cache
def _templates() -> tuple[_Template, ...]:
    """Return the catalogue, the templates with the most fixed characters first."""
    found = (_Template.of(english, chinese) for english, chinese in catalogue().items())
    return tuple(sorted(found, key=lambda one: -one.characters))


@cache
def catalogue() -> Mapping[str, str]:
    """Return each English template with the Chinese one."""
    import tomllib
    from importlib.resources import files

    found: dict[str, str] = {}
    for file in sorted(files("node.commands").joinpath("zh").iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml"):
            found |= tomllib.loads(file.read_text(encoding="utf-8"))
    return found


@cache
def _tables() -> dict[str, dict[str, str]]:
    """Return by the names of holes what their codes are called."""
    from node.choice_words import RECORD_STATES, REGISTRATIONS
    from node.commands import words

    # As they are typed: what a command takes stands beside what it is called.
    typed = {**words.STEPS, **words.CONTRACT_DOCUMENTS}
    states = REGISTRATIONS.items()
    return {
        "steps": {
            code.upper(): f"{zh.removeprefix('已')} {word}" for code, (zh, word) in typed.items()
        },
        "registrations": {code: f"{zh} {word}" for code, (zh, word) in states},
        "record_states": {code: zh for code, (zh, _) in RECORD_STATES.items()},
        "voids": {code: zh for code, (zh, _) in words.VOIDS.items()} | _CONTRACT_VOIDS,
    }
