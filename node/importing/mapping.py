"""Declarative mappings: which column of a file goes into which field of a listing.

A mapping is a TOML file; deploy/example/mappings holds examples and their README the reference.
It is checked when it is read: an unknown key, an unknown field path and a term that its field does
not have are refused with the nearest known one. Without a mapping the columns of a file are field
paths themselves (`PathMapping`).
"""

from __future__ import annotations

import difflib
import hashlib
from datetime import date
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from federation.log.errors import Refused
from node.config.toml_text import parse_toml
from node.importing.codec import UnknownPathError, resolve
from node.importing.conversion import iso_date

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pydantic_core import ErrorDetails

_HASH_BYTES: Final = 8
_ANY_DAY: Final = date(2027, 12, 31)


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_as_list)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class ReadOptions(_Table):
    """How the file is read, where its name and content do not say it."""

    format: Literal["", "csv", "xlsx", "json", "jsonl"] = ""
    encoding: str = ""
    sheet: str = ""
    list: str = ""  # dotted path of the list in a JSON file


def aliases(heading: str) -> tuple[str, ...]:
    """Return the headings that `a|b` stands for: its parts, then itself as a file may have it."""
    parts = tuple(part.strip() for part in heading.split("|"))
    return (heading,) if len(parts) == 1 else (*parts, heading)


class FieldRule(_Table):
    """How one field is filled. Exactly one of columns, value, template and digest is its source."""

    columns: Texts = Field(default=(), alias="from")  # heading and its aliases: first not empty
    value: str | None = None  # a constant
    template: str | None = None  # text with {headings}, each with aliases: {heading|alias}
    digest: Texts = ()  # an identifier made from the content of these columns, or their aliases
    when: str = ""  # only where this column is not empty
    map: str | dict[str, str | list[str]] | None = None  # a vocabulary, or the name of one
    skip_unmapped: bool = False  # leave an unknown term out with a warning
    default: str | None = None  # where the source is empty or skipped
    separators: str = ""  # characters between the elements of a list
    most: int = Field(default=0, ge=0)  # longer lists lose their end, with a warning
    dates: Texts = ()  # strptime formats; the field gets YYYY-MM-DD
    unit: Literal["", "fen", "yuan", "wan_yuan"] = ""  # money; the field gets fen
    clean: tuple[Literal["escapes", "html"], ...] = ()
    cut: int = Field(default=0, ge=0)  # longer texts are cut, with a warning
    required: bool = False

    def in_template(self) -> tuple[str, ...]:
        """Return what stands in the braces of a template: headings, with their aliases."""
        return tuple(piece.split("}", 1)[0] for piece in (self.template or "").split("{")[1:])

    def used_columns(self) -> tuple[str, ...]:
        """Return the headings that the rule reads, and their aliases."""
        aliased = (heading for one in self.digest + self.in_template() for heading in aliases(one))
        when = (self.when,) if self.when else ()
        return self.columns + tuple(aliased) + when


def _long_form(rule: object) -> object:
    """Return the rule of a field that was given as just its column."""
    return {"from": rule} if isinstance(rule, str) else rule


class MappingFile(_Table):
    """The content of a mapping file."""

    title: str
    match: Texts = ()  # globs of the files that it is for
    member: str = ""  # who publishes the rows
    spread: tuple[str, ...] = ()  # or several, each row by the hash of its source id
    read: ReadOptions = ReadOptions()
    maps: dict[str, dict[str, str | list[str]]] = {}
    fields: dict[str, Annotated[FieldRule, BeforeValidator(_long_form)]]

    def member_of(self, source_id: str) -> str:
        """Return who publishes the row with this source id; empty where the mapping leaves it."""
        if not self.spread:
            return self.member
        digest = hashlib.sha256(source_id.encode()).digest()
        return self.spread[int.from_bytes(digest[:_HASH_BYTES]) % len(self.spread)]

    def terms(self, rule: FieldRule) -> dict[str, str | list[str]] | None:
        """Return the vocabulary of a rule."""
        return self.maps[rule.map] if isinstance(rule.map, str) else rule.map


def load_mapping(path: Path) -> MappingFile:
    """Read and check a mapping file. Raises Refused (BAD_FILE) naming the key and the cure."""
    try:
        content = parse_toml(path.read_text(encoding="utf-8"))
        mapping = MappingFile.model_validate(content)
        for field_path, rule in mapping.fields.items():
            _check_rule(mapping, field_path, rule)
    except ValidationError as error:
        raise _refusal(path, _fault(error.errors())) from error
    except (OSError, ValueError, UnknownPathError) as error:
        raise _refusal(path, str(error)) from error
    return mapping


def _fault(details: Sequence[ErrorDetails]) -> str:
    """Return the first fault; an unknown key first, since it may be the one that is missing."""
    unknown = [one for one in details if one["type"] == "extra_forbidden"]
    detail = (*unknown, *details)[0]
    steps = [str(step) for step in detail["loc"]]
    key = ".".join(steps)
    if not unknown:
        return f"{key}: {detail['msg']}"
    tables: dict[str, type[_Table]] = {"fields": FieldRule, "read": ReadOptions}
    table = tables.get(steps[0], MappingFile)
    known = [field.alias or name for name, field in table.model_fields.items()]
    for nearest in difflib.get_close_matches(steps[-1], known, n=1, cutoff=0.5):
        return f"there is no key {key}; do you mean {nearest}?"
    return f"there is no key {key}; there are {', '.join(known)}"


def _refusal(path: Path, what: str) -> Refused:
    return Refused("BAD_FILE", f"mapping {path.name}: {what}", file=str(path))


def _check_rule(mapping: MappingFile, path: str, rule: FieldRule) -> None:
    target = resolve(path)
    sources = (bool(rule.columns), rule.value is not None, rule.template is not None)
    if sum(sources) + bool(rule.digest) != 1:
        raise ValueError(f"{path}: give exactly one of from, value, template, digest")
    if isinstance(rule.map, str) and rule.map not in mapping.maps:
        raise ValueError(f"{path}: there is no map {rule.map!r}, only {', '.join(mapping.maps)}")
    for form in rule.dates:
        if not _gives_dates(form):
            raise ValueError(f"{path}: {form!r} is no strptime format of a date")
    constants = [text for text in (rule.value, rule.default) if text is not None]
    for term in (mapping.terms(rule) or {}).values():
        constants += [term] if isinstance(term, str) else term
    for text in constants:
        if not target.is_indicator:
            try:
                target.convert(text)
            except ValueError as error:
                if target.choices:
                    terms = ", ".join(term.text for term in target.choices)
                    raise ValueError(f"{path}: {text!r} is none of its terms: {terms}") from error
                raise ValueError(f"{path}: {text!r} breaks {error}") from error


def _gives_dates(form: str) -> bool:
    try:
        return iso_date(_ANY_DAY.strftime(form), (form,)).startswith(f"{_ANY_DAY.year}")
    except ValueError:
        return False


def find_mapping(file: Path, folder: Path) -> Path | None:
    """Return the mapping file of a folder whose `match` fits the file's path, if there is one."""
    for path in sorted(folder.glob("*.toml")):
        mapping = load_mapping(path)
        if any(file.match(glob) for glob in mapping.match):
            return path
    return None
