"""Which index serves: one folder an index, and a file that names the one in use.

- A new index is built in a folder of its own and takes over by one atomic rename of that file, so a
  rebuild can be broken off at any moment. What is not named is removed at the next start.
- An index that cannot be read is put aside and a new one is begun: it holds nothing that the
  database does not.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Final

from node.search.index import ListingIndex, UnreadableIndexError

if TYPE_CHECKING:
    from pathlib import Path

_CURRENT: Final = "current"


def index_in_use(folder: Path) -> str | None:
    """Return the name of the index in use in a folder, None where there is none."""
    try:
        name = (folder / _CURRENT).read_text().strip()
    except FileNotFoundError:
        return None
    return name if name.isdigit() and (folder / name).is_dir() else None


class IndexFolder:
    """The folder of all indexes of a node; used by one process."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, made where it is missing."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._current = folder / _CURRENT
        self.remove_others()

    def open(self) -> tuple[str, ListingIndex]:
        """Open the index in use, or begin one; another one may be being built meanwhile."""
        old = index_in_use(self._folder)
        if old is not None:
            try:
                return old, ListingIndex(self._folder / old)
            except UnreadableIndexError:
                pass
        # Under another name than the old one: who reads that was told what was in it.
        name, index = self.begin()
        self.use(name)
        if old is not None:
            self.remove(old)
        return name, index

    def begin(self) -> tuple[str, ListingIndex]:
        """Begin an index beside the one in use; return its name and itself."""
        taken = [int(one.name) for one in self._folder.iterdir() if one.name.isdigit()]
        name = str(max(taken, default=0) + 1)
        return name, ListingIndex(self._folder / name)

    def use(self, name: str) -> None:
        """Make an index the one in use, durably."""
        written = self._folder / f"{_CURRENT}.new"
        with written.open("w") as file:
            file.write(name)
            file.flush()
            os.fsync(file.fileno())
        written.replace(self._current)

    def remove(self, name: str) -> None:
        """Remove an index that is not in use; readers that hold it go on."""
        shutil.rmtree(self._folder / name, ignore_errors=True)

    def remove_others(self) -> None:
        """Remove every index but the one in use."""
        name = index_in_use(self._folder)
        for stray in self._folder.iterdir():
            if stray.is_dir() and stray.name != name:
                self.remove(stray.name)

    @property
    def size_bytes(self) -> int:
        """Return what all indexes take on disk."""
        sizes = []
        for one in self._folder.rglob("*"):
            try:
                sizes.append(one.stat().st_size if one.is_file() else 0)
            except FileNotFoundError:  # a merge has removed it meanwhile
                continue
        return sum(sizes)
