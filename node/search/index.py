"""One index on disk: written by one thread, read by many, also of other processes.

- A commit makes everything since the last one visible together with its mark, or nothing: a process
  that is killed finds the last commit. The mark says which part of the change feed is in it.
- Readers work on a snapshot: the documents and the mark of one commit. Its files may be removed
  meanwhile.
- What cannot be read, or was written in another format, is no index: UnreadableIndexError, and who
  opened it builds a new one from the stored parts.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import tantivy
from google.protobuf.message import DecodeError

from federation.records.fold import FOLD_VERSION
from node.search.documents import FORMAT, build_schema, document_id, listing_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from node.search.documents import Indexable

WRITER_BYTES: Final = 24_000_000
_IN_MEMORY_BYTES: Final = 15_000_000
"""The least that a writer takes."""
_MARK_ID: Final = "mark"
_FORMAT: Final = f"{FORMAT}.{FOLD_VERSION}"


class UnreadableIndexError(Exception):
    """The files are no index that this program can use."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What an index has taken in: the change feed up to a position, and so each log up to a size.

    `sizes` are by origin id. The mark of an index that was never finished is at position 0.
    `erased_at_s` says, in Unix seconds, since when words of erased listings may lie in its files;
    None where none do.
    """

    position: int = 0
    sizes: Mapping[int, int] = field(default_factory=dict)
    erased_at_s: float | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One commit, to be read."""

    searcher: tantivy.Searcher
    schema: tantivy.Schema
    mark: Mark


class IndexReader:
    """What is committed in a folder, whoever writes there."""

    def __init__(self, folder: Path) -> None:
        """Open the index of a folder; raises UnreadableIndexError."""
        try:
            self._index = tantivy.Index.open(str(folder))
            self._index.config_reader("manual")
        except (ValueError, OSError) as error:
            raise UnreadableIndexError(f"{error}") from error

    def read(self) -> Snapshot:
        """Return the last commit; raises UnreadableIndexError."""
        try:
            return _read(self._index)
        except (ValueError, OSError) as error:
            raise UnreadableIndexError(f"{error}") from error


class ListingIndex:
    """An index of listings in a folder. `add`, `delete` and `commit` are for one thread."""

    def __init__(self, folder: Path) -> None:
        """Open the index of a folder, or begin one; raises UnreadableIndexError."""
        self._schema = build_schema()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self._index = tantivy.Index(self._schema, path=str(folder))
            self._index.config_reader("manual")
            self._writer: tantivy.IndexWriter | None = None
            self._snapshot = _read(self._index)
        except (ValueError, OSError) as error:
            raise UnreadableIndexError(f"{error}") from error

    @property
    def snapshot(self) -> Snapshot:
        """Return the last commit."""
        return self._snapshot

    def add(self, document: tantivy.Document) -> None:
        """Add a listing of which nothing is there, or was deleted."""
        self._open_writer().add_document(document)

    def delete(self, origin_id: int, subject: bytes) -> None:
        """Take a listing out, if it is there."""
        self._open_writer().delete_documents_by_term("id", document_id(origin_id, subject))

    def commit(self, mark: Mark) -> None:
        """Make everything since the last commit durable and visible, with a new mark."""
        document = tantivy.Document()
        document.add_text("id", _MARK_ID)
        document.add_text("mark", _mark_text(mark))
        writer = self._open_writer()
        writer.delete_documents_by_term("id", _MARK_ID)
        writer.add_document(document)
        writer.commit()
        self._snapshot = _read(self._index)

    def advance(self, mark: Mark) -> None:
        """Show a later mark where nothing was added or deleted; the next commit keeps one."""
        self._snapshot = replace(self._snapshot, mark=mark)

    def clear(self) -> None:
        """Take everything out, with the next commit."""
        self._open_writer().delete_all_documents()

    def close(self) -> None:
        """Give the files up; what is not committed is lost, what still merges is begun again."""
        self._writer = None

    def _open_writer(self) -> tantivy.IndexWriter:
        if self._writer is None:
            self._writer = self._index.writer(heap_size=WRITER_BYTES, num_threads=1)
        return self._writer


def in_memory(listings: Iterable[Indexable]) -> Snapshot:
    """Return a snapshot of listings that are in no folder, all but those whose part is void."""
    schema = build_schema()
    index = tantivy.Index(schema)
    index.config_reader("manual")
    writer = index.writer(heap_size=_IN_MEMORY_BYTES, num_threads=1)
    for listing in listings:
        with suppress(DecodeError):
            writer.add_document(listing_document(listing, schema))
    writer.commit()
    index.reload()
    return Snapshot(index.searcher(), schema, Mark())


def _read(index: tantivy.Index) -> Snapshot:
    index.reload()
    searcher, schema = index.searcher(), index.schema
    found = searcher.search(tantivy.Query.term_query(schema, "id", _MARK_ID, "basic"), limit=1).hits
    text = searcher.doc(found[0][1]).get_first("mark") if found else None
    if text is None and searcher.num_docs:
        raise UnreadableIndexError("it has no mark")
    return Snapshot(searcher, schema, Mark() if text is None else _read_mark(text))


def _mark_text(mark: Mark) -> str:
    sizes = {str(origin_id): size for origin_id, size in sorted(mark.sizes.items())}
    said = {
        "position": mark.position,
        "sizes": sizes,
        "has_erased": mark.erased_at_s is not None,
        "erased_at_s": mark.erased_at_s,
    }
    return json.dumps({"format": _FORMAT, **said})


def _read_mark(text: str) -> Mark:
    said = json.loads(text)
    if said["format"] != _FORMAT:
        raise UnreadableIndexError(f"it has format {said['format']}, this program writes {_FORMAT}")
    sizes = {int(key): size for key, size in said["sizes"].items()}
    # Before the time was kept, only the fact was: then it is long ago.
    erased_at_s = said.get("erased_at_s", 0.0) if said["has_erased"] else None
    return Mark(said["position"], sizes, erased_at_s)
