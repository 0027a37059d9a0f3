"""The note that proves an entry to a client: quorum-cosigned if one covers it, else published."""

from __future__ import annotations

from node.services.catalogue.receipts import PublishableNote
from node.services.sync.heads import HeadBoard


class ClientNotes:
    """Gives notes for receipts; what it gave last is kept as long as the heads stand still."""

    def __init__(self, board: HeadBoard) -> None:
        self._board = board
        self._kept: dict[str, tuple[int, tuple[PublishableNote, ...]]] = {}

    def over(self, origin: str, leaf_index: int) -> PublishableNote | None:
        """Return the note that covers a leaf of an origin's log, or None if none does yet."""
        version = self._board.origin(origin).version
        kept_version, notes = self._kept.get(origin, (-1, ()))
        if kept_version != version:
            notes = self._notes(origin)
            self._kept[origin] = (version, notes)
        return next((note for note in notes if leaf_index < note.tree_size), None)

    def _notes(self, origin: str) -> tuple[PublishableNote, ...]:
        notes = []
        confirmed = self._board.confirmed(origin)
        if confirmed is not None:
            note, checkpoint = confirmed
            notes.append(PublishableNote(note, checkpoint.tree_size, is_confirmed=True))
        published = self._board.publishable(origin)
        if published is not None:
            note, checkpoint = published
            notes.append(PublishableNote(note, checkpoint.tree_size, is_confirmed=False))
        return tuple(notes)
