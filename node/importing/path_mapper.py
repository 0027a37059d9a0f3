"""Maps a file whose columns are the paths of fields: what is published without a mapping."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from node.formulas import csv_plain
from node.importing.codec import (
    Target,
    UnknownPathError,
    nearest_to_column,
    new_listing,
    resolve,
    with_indices,
)
from node.importing.conversion import elements
from node.importing.filling import put_texts, unit_told
from node.importing.mapper import Mapped
from node.importing.packing import packed
from node.importing.problems import problem
from node.importing.rows import column_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from node.importing.problems import Problem, Term
    from node.importing.rows import Cell, Row

_DEFAULT_SEPARATORS: Final = ";；"
_PATHS_KEPT: Final = 4_096


class PathMapper:
    """Maps a file whose columns are field paths; other columns are unread."""

    def __init__(self, *, is_table: bool = False) -> None:
        """`is_table`: the file is a table such as `ydx export` writes, with apostrophes."""
        self._is_table = is_table
        self._columns: dict[str, str] = {}  # of a path, the column as the file spells it

    def map_row(self, row: Row) -> Mapped:
        """Return the row's listing and its problems."""
        listing = new_listing()
        problems = list(row.problems)
        filled: dict[str, tuple[Target, dict[str, list[str]]]] = {}
        for key, cell in row.cells.items():
            target = _target(key)
            if target is None or not cell:
                continue
            if key != target.path:
                self._columns[target.path] = key
            if texts := self._texts(target, cell):
                filled.setdefault(target.path, (target, {}))[1][key] = texts
        for target, columns in filled.values():
            if len(columns) > 1 and not target.repeated:
                problems.append(_same_field(target, list(columns)))
            else:
                texts = [text for some in columns.values() for text in some]
                put_texts(listing, target, None, next(iter(columns)), texts, problems)
        moved = {}
        if any(target.is_later for target, _ in filled.values()):
            moved = packed(listing, {one.field for one in problems if not one.is_warning})
        return Mapped(listing, tuple(problems), moved)

    def _texts(self, target: Target, cell: Cell) -> list[str]:
        if isinstance(cell, tuple):
            return [text for text in cell if text]
        text = csv_plain(cell) if self._is_table else cell
        if target.repeated and not target.is_indicator:
            return [text for text in elements(text, _DEFAULT_SEPARATORS) if text]
        return [text.strip()] if text.strip() else []

    def missing(self, columns: Iterable[str]) -> list[str]:
        """Return public.title where no column is a field path."""
        columns = list(columns)
        return ["public.title"] if not columns or len(self.unread(columns)) == len(columns) else []

    def cure(self, columns: Iterable[str]) -> str:
        """Return that the columns have to be paths, with those that were perhaps meant."""
        found = ((column, self.nearest(column_key(column))) for column in columns)
        meant = [f"{column} → {nearest}" for column, nearest in found if nearest]
        if not meant:
            return "without --mapping FILE the columns have to be field paths"
        columns_meant = ", ".join(meant)
        return f"without --mapping FILE the columns have to be field paths, as {columns_meant}"

    def absent(self, columns: Iterable[str]) -> list[str]:
        """Return nothing: no mapping names columns."""
        del columns
        return []

    def unread(self, keys: Iterable[str]) -> list[str]:
        """Return the keys that are no field paths."""
        return sorted(key for key in keys if _target(column_key(key)) is None)

    def nearest(self, key: str) -> str:
        """Return the path that is most like a column, or ''."""
        return nearest_to_column(key)

    def column_of(self, path: str) -> str:
        """Return the column of the path, where it is spelt in another way, else the path itself."""
        return self._columns.get(path, path)

    def unit_of(self, path: str) -> tuple[str, str]:
        """Return what to say of the unit of an amount, in Chinese and in English."""
        del path
        return unit_told(None)

    def terms_of(self, path: str) -> Sequence[Term]:
        """Return the choices of the field."""
        target = _target(path)
        return target.choices if target is not None else ()


def _same_field(target: Target, columns: Sequence[str]) -> Problem:
    more = f"：{'、'.join(columns)}", f": {', '.join(columns)}"
    return problem("SAME_FIELD", column=columns[0], field=target.path, more=more)


@lru_cache(maxsize=_PATHS_KEPT)
def _target(key: str) -> Target | None:
    try:
        return resolve(with_indices(key))
    except UnknownPathError:
        return None
