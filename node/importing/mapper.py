"""Turns a row into a listing and the problems that were met on the way; never raises.

- An unknown term, date or number refuses the row (quarantine): nothing is guessed.
- What was cut or skipped on purpose stands as a warning.
- Every problem names the column, so that the person who keeps the file can find it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from node.importing.codec import Target, new_listing, resolve
from node.importing.conversion import cleaned, elements
from node.importing.filling import put_texts, unit_told
from node.importing.mapping import aliases
from node.importing.packing import packed
from node.importing.problems import Term, known_terms, problem
from node.importing.rows import column_key

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from federation.records.codec import Listing
    from node.importing.mapping import FieldRule, MappingFile
    from node.importing.problems import Problem
    from node.importing.rows import Cell, Cells, Row

_DIGEST_CHARACTERS: Final = 20
_PLACEHOLDER: Final = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Mapped:
    """What became of a row: the listing as far as it could be filled, and all problems."""

    listing: Listing
    problems: tuple[Problem, ...]
    moved: Mapping[str, str] = field(default_factory=dict)
    """Of an element that stands elsewhere than its columns say, its place and that of these."""

    @property
    def refused(self) -> bool:
        """Whether a problem is more than a warning."""
        return any(not one.is_warning for one in self.problems)


class RowMapper(Protocol):
    """Maps the rows of one file."""

    def map_row(self, row: Row) -> Mapped:
        """Return the row's listing and its problems."""

    def cure(self, columns: Iterable[str]) -> str:
        """Return what to do where columns are missing, after what is told of them; or nothing."""

    def missing(self, columns: Iterable[str]) -> list[str]:
        """Return the columns that every row needs and that are not among these headings."""

    def absent(self, columns: Iterable[str]) -> list[str]:
        """Return what is named and not among these headings, with the field that stays empty."""

    def unread(self, keys: Iterable[str]) -> list[str]:
        """Return the column keys that go nowhere."""

    def nearest(self, key: str) -> str:
        """Return the field that a column was perhaps meant for, or ''."""

    def column_of(self, path: str) -> str:
        """Return the column that a field was filled from; empty for a constant."""

    def unit_of(self, path: str) -> tuple[str, str]:
        """Return what to say of the unit of an amount, in Chinese and in English."""

    def terms_of(self, path: str) -> Sequence[Term]:
        """Return what may stand in that column, where there is a choice."""


@dataclass(frozen=True, slots=True)
class _Step:
    """A rule made ready: headings as keys, the vocabulary looked up under keys."""

    rule: FieldRule
    target: Target
    sources: tuple[tuple[str, str], ...]  # column key, column
    terms: dict[str, list[str]] | None
    known: tuple[Term, ...]  # the terms as the mapping writes them

    @property
    def place(self) -> tuple[str, str]:
        """Where a term is added, in Chinese and in English."""
        if isinstance(self.rule.map, str):
            return (f"[maps.{self.rule.map}]",) * 2
        return f"{self.target.path} 的 map", f"the map of {self.target.path}"


class FileMapper:
    """Maps by a mapping file."""

    def __init__(self, mapping: MappingFile) -> None:
        """Make the rules ready."""
        self._steps = []
        for path, rule in mapping.fields.items():
            terms = mapping.terms(rule)
            self._steps.append(
                _Step(
                    rule,
                    resolve(path),
                    tuple((column_key(column), column) for column in rule.columns),
                    None
                    if terms is None
                    else {
                        column_key(term): [values] if isinstance(values, str) else values
                        for term, values in terms.items()
                    },
                    tuple(map(Term, terms or ())),
                )
            )
        self._known = {
            column_key(column) for step in self._steps for column in step.rule.used_columns()
        }
        self._columns = {step.target.path: step.rule.used_columns() for step in self._steps}
        self._terms = {step.target.path: step.known or step.target.choices for step in self._steps}
        self._seen: set[str] = set()

    def map_row(self, row: Row) -> Mapped:
        """Return the row's listing and its problems."""
        listing = new_listing()
        problems = list(row.problems)
        if not problems:
            self._seen.update(row.cells)
            for step in self._steps:
                _fill(listing, step, row.cells, problems)
        moved = {}
        if any(step.target.is_later for step in self._steps):
            moved = packed(listing, {one.field for one in problems if not one.is_warning})
        return Mapped(listing, tuple(problems), moved)

    def cure(self, columns: Iterable[str]) -> str:
        """Return nothing: the mapping says which columns there have to be."""
        del columns
        return ""

    def missing(self, columns: Iterable[str]) -> list[str]:
        """Return the columns that every row needs and that are not among these headings.

        They are the required ones, and all of templates and digests: without one a text would have
        a hole, and an identifier say less than it should.
        """
        present = {column_key(column) for column in columns}
        found = []
        for step in self._steps:
            rule = step.rule
            needed = rule.digest + rule.in_template()
            found += [heading for heading in needed if not _is_among(aliases(heading), present)]
            if rule.required and rule.columns and rule.default is None:
                found += [] if _is_among(rule.columns, present) else [rule.columns[0]]
        return list(dict.fromkeys(found))

    def absent(self, columns: Iterable[str]) -> list[str]:
        """Return what the mapping names and is not among these headings, with its field."""
        present = {column_key(column) for column in columns}
        found = []
        for step in self._steps:
            rule = step.rule
            groups = [rule.columns, (rule.when,) if rule.when else ()]
            groups += [aliases(heading) for heading in rule.digest + rule.in_template()]
            found += [
                f"{'|'.join(group)} ({step.target.path})"
                for group in groups
                if group and not _is_among(group, present)
            ]
        return found

    def unread(self, keys: Iterable[str]) -> list[str]:
        """Return the column keys that no rule reads."""
        return sorted(
            key for key in keys if key not in self._known and key.split("[")[0] not in self._known
        )

    def nearest(self, key: str) -> str:
        """Return '': which field a column is for the mapping says."""
        del key
        return ""

    def column_of(self, path: str) -> str:
        """Return the column of the field, or of the list or message that it belongs to.

        Of its headings that is the first that the rows have.
        """
        while path:
            if columns := self._columns.get(path):
                return _first_among(columns, self._seen)
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return ""

    def unit_of(self, path: str) -> tuple[str, str]:
        """Return what to say of the unit of an amount, in Chinese and in English."""
        rules = {step.target.path: step.rule for step in self._steps}
        return unit_told(rules.get(path))

    def terms_of(self, path: str) -> Sequence[Term]:
        """Return the terms of the vocabulary, or else the choices of the field."""
        return self._terms.get(path, ())


def _fill(listing: Listing, step: _Step, cells: Cells, problems: list[Problem]) -> None:
    rule = step.rule
    if rule.when and not cells.get(column_key(rule.when)):
        return
    column, cell = _source(step, cells)
    texts = [cell] if isinstance(cell, str) else list(cell)
    texts = [cleaned(text, rule.clean).strip() for text in texts]
    if rule.separators:
        texts = [piece for text in texts for piece in elements(text, rule.separators)]
    refusals = _refusals(problems)
    texts = _translated(step, column, [text for text in texts if text], problems)
    if not texts and rule.default is not None:
        texts = [rule.default]
    if rule.most and len(texts) > rule.most:
        detail = f"{len(texts)} > {rule.most}"
        problems.append(problem("E_CUT", column=column, field=step.target.path, detail=detail))
        texts = texts[: rule.most]
    if texts:
        put_texts(listing, step.target, rule, column, texts, problems)
    elif rule.required and _refusals(problems) == refusals:
        more = known_terms("", step.known or step.target.choices, ("", ""))
        problems.append(problem("REQUIRED", column=column, field=step.target.path, more=more))


def _is_among(headings: Iterable[str], present: set[str]) -> bool:
    return any(column_key(heading) in present for heading in headings)


def _refusals(problems: list[Problem]) -> int:
    return sum(not one.is_warning for one in problems)


def _source(step: _Step, cells: Cells) -> tuple[str, Cell]:
    """Return the column that the rule takes its text from, and the text."""
    rule = step.rule
    if rule.value is not None:
        return "", rule.value
    if rule.template is not None:
        text = _PLACEHOLDER.sub(lambda found: _one(cells, found[1]), rule.template)
        used = rule.used_columns()
        return _first_among(used, cells) if used else "", text
    if rule.digest:
        contents = [_one(cells, column) for column in rule.digest]
        column = _first_among(rule.used_columns(), cells)
        if not any(contents):
            return column, ""
        digest = hashlib.sha256("\x1f".join(contents).encode()).hexdigest()
        return column, digest[:_DIGEST_CHARACTERS]
    for key, column in step.sources:
        if cell := cells.get(key):
            return column, cell
    return _first_among(rule.columns, cells), ""


def _first_among(columns: Sequence[str], present: Container[str]) -> str:
    """Return the first of the columns that is there, without one the first."""
    return next((one for one in columns if column_key(one) in present), columns[0])


def _one(cells: Cells, column: str) -> str:
    found = (cells.get(column_key(heading), "") for heading in aliases(column))
    cell = next(filter(None, found), "")
    return cell.strip() if isinstance(cell, str) else "；".join(cell)


def _translated(step: _Step, column: str, texts: list[str], problems: list[Problem]) -> list[str]:
    """Return the terms of the field for the terms of the file."""
    if step.terms is None or step.rule.value is not None:
        return texts
    translated: list[str] = []
    for text in texts:
        terms = step.terms.get(column_key(text))
        if terms is None:
            rule = "E_SKIPPED" if step.rule.skip_unmapped else "UNKNOWN_TERM"
            more = known_terms(text, step.known, step.place)
            problems.append(
                problem(rule, column=column, field=step.target.path, value=text, more=more)
            )
        else:
            translated += [term for term in terms if term not in translated]
    return translated
