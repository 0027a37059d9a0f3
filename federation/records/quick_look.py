"""The quick look at a record: nearly every one that comes keeps the rules of its fields.

- It finds nothing only where the walk over the fields, and the search of the texts, would alter
  nothing and report nothing. At the first doubt it leaves the record to them: nothing is decided
  or worded here, and what is doubted may be quite right.
- For each shape a function is written out, as dataclasses write theirs, which reads the fields by
  name and compares codes and lengths. The texts are gathered on the way, and their characters
  looked at all together. It takes little more than half as long as walk and search, which a
  doubtful record has to go through all the same.
- Rules that bind several fields are not asked here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NoReturn, TypeAlias
from unicodedata import is_normalized

from federation.records.disclosure import DAMAGE, JOINT
from federation.records.fields import Field, Flag, Group, Many, Shape, known_to
from federation.records.findings import Report
from federation.records.personal_data import SIEVE, find_personal_data
from federation.records.text_fields import CHINESE_PATENT, Line, Prose, RegisterNumber

_BLANK_END: Final = f" {JOINT}"
_BLANK_START: Final = f"{JOINT} "
_CUT_ASKING: Final = f"?{JOINT}"
_CUT_OPEN: Final = f"…{JOINT}"
_CUT_DOTS: Final = f"...{JOINT}"


class _Doubt(Exception):  # noqa: N818 - no error: the walk decides
    """There may be something to alter or to report."""


class _Doubting(Report):
    """What kinds report to: whatever it is, it is a doubt."""

    __slots__ = ()

    def __init__(self) -> None:
        """Hold nothing: one serves all threads."""

    def add(self, *_: object, **__: object) -> NoReturn:
        """Raise _Doubt."""
        raise _Doubt

    def note_folded(self, *_: object) -> NoReturn:
        """Raise _Doubt."""
        raise _Doubt

    @property
    def texts(self) -> NoReturn:  # type: ignore[override] # nothing is kept here
        """Raise _Doubt."""
        raise _Doubt


_Keep: TypeAlias = Callable[[str], None]
_Look: TypeAlias = Callable[[Any, _Keep, _Keep], None]
"""(message, what keeps a line, what keeps a running text): raises _Doubt."""

_REPORT: Final = _Doubting()


class QuickLook:
    """The quick look at records whose three parts have these shapes; each has a title."""

    def __init__(self, public: Shape, members: Shape, origin: Shape) -> None:
        """Write out the look at each part."""
        self._public, self._members, self._origin = map(_written, (public, members, origin))

    def finds_nothing(self, record: Any) -> bool:
        """Tell whether all fields and texts of a record stand as they should, for certain."""
        public = record.public
        if not is_normalized("NFKC", public.title):  # full-width signs, the commonest doubt
            return False
        lines: list[str] = []
        proses: list[str] = []
        keep = lines.append, proses.append
        try:
            self._public(public, *keep)
            self._members(record.members, *keep)
            if _tell_personal_data(lines) or _tell_personal_data(proses):
                return False
            self._origin(record.origin, *keep)
        except _Doubt:
            return False
        return _are_right(_joined(lines), _joined(proses))


def _joined(texts: Sequence[str]) -> str:
    return f"{JOINT}{JOINT.join(texts)}{JOINT}"


def _tell_personal_data(texts: Sequence[str]) -> bool:
    if SIEVE.search(JOINT.join(texts)) is None:
        return False
    return any(next(find_personal_data(text), None) for text in texts)


def _are_right(lines: str, proses: str) -> bool:
    """Tell whether texts between joints are normal, and hold nothing invisible or damaged."""
    together = lines + proses.replace("\n", " ")
    return (
        together.isprintable()
        and DAMAGE not in together
        and _BLANK_END not in together
        and _BLANK_START not in together
        and "  " not in lines
        and _CUT_ASKING not in proses
        and _CUT_OPEN not in proses
        and _CUT_DOTS not in proses
        and is_normalized("NFKC", lines)
        and is_normalized("NFC", proses)
    )


def _written(shaped: Shape) -> _Look:
    """Return the look at messages of a shape."""
    writer = _Writer()
    for number, (name, kind) in shaped.fields.items():
        writer.field(name, kind, is_required=number in shaped.required)
    return writer.function()


class _Writer:
    """Writes the function that looks at messages of one shape."""

    def __init__(self) -> None:
        self._source = ["def look(message, line, prose):", "    pass"]
        self._given: dict[str, Any] = {"Doubt": _Doubt, "REPORT": _REPORT}

    def function(self) -> _Look:
        """Return what was written."""
        exec("\n".join(self._source), self._given)  # noqa: S102 - made of the shape's names only
        look: _Look = self._given["look"]
        return look

    def field(self, name: str, kind: Field, *, is_required: bool) -> None:
        """Write the look at a field: where it is set, at its value."""
        if isinstance(kind, Flag):
            return
        if isinstance(kind, Group):
            self._write(1, f"if message.HasField({name!r}):")
            self._value(2, f"message.{name}", kind)
        else:
            self._write(1, f"value = message.{name}")
            self._write(1, "if value:")
            self._value(2, "value", kind)
        if is_required:
            self._write(1, "else: raise Doubt")

    def _value(self, depth: int, value: str, kind: Field) -> None:
        if isinstance(kind, Group):
            look = self._name(_written(kind.shape))
            self._write(depth, f"{look}({value}, line, prose)")
        elif isinstance(kind, Many):
            self._write(depth, f"if len({value}) > {kind.most}: raise Doubt")
            self._write(depth, f"items = {value}[:]")  # a message's list is slow to go through
            if kind.distinct:
                twice = "len(items) > 1 and len(set(items)) < len(items)"
                self._write(depth, f"if {twice}: raise Doubt")
            self._write(depth, "for item in items:")
            self._value(depth + 1, "item", kind.of)
        elif isinstance(kind, Line):
            self._write(depth, f"if not {kind.least} <= len({value}) <= {kind.most}: raise Doubt")
            self._write(depth, f"line({value})")
        elif isinstance(kind, Prose):
            self._write(depth, f"if not 1 <= len({value}) <= {kind.most}: raise Doubt")
            self._write(depth, f"prose({value})")
        elif isinstance(kind, RegisterNumber):
            is_patent = self._name(CHINESE_PATENT.fullmatch)
            self._write(depth, f"if not {is_patent}({value}):")
            self._value(depth + 1, value, Line(kind.most))
        else:
            known, normal = self._name(known_to(kind)), self._name(kind.normal)
            altered = f"not {value} or {normal}({value}, '', REPORT) is not {value}"
            self._write(depth, f"if {value} not in {known} and ({altered}): raise Doubt")

    def _write(self, depth: int, text: str) -> None:
        self._source.append("    " * depth + text)

    def _name(self, thing: Any) -> str:
        """Return the name by which the function has a thing."""
        name = f"given_{len(self._given)}"
        self._given[name] = thing
        return name
