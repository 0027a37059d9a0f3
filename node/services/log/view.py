"""What a write sees: the own log as the writes before it left it, committed or in the same group.

- One `Stage` a group holds what the group adds; one `LogView` a write adds to it. What a write
  added counts only once the write has succeeded: `Stage.keep`.
- The tables are folded at the commit, by `batches.apply`; until then the stage answers for what it
  holds itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from federation.log.entry import Audience, Operation
from federation.records.facets import RecordState
from node.services.log.contents import content_of, contents_of
from node.storage import catalogue, mirrors, parts, sealed, sources, write_groups
from node.storage.sealed import NamedPart, Sealed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from node.services.log.drafts import Draft, Encoded, Encoder, SealedDocument
    from node.storage.transaction import Transaction

Source: TypeAlias = tuple[str, str]
"""(source_platform, source_id)."""

_HISTORY_PAGE: Final = 16


class Standing(NamedTuple):
    """The latest entry of an own record, and the contents of its parts that are held."""

    leaf_index: int
    kind: int
    revision: int
    leaf_hash: bytes
    recorded_at_ms: int
    is_withdrawn: bool
    is_provisional: bool
    contents: Mapping[Audience, bytes]


class Stage:
    """What one group adds to the log."""

    def __init__(
        self,
        tx: Transaction,
        encoder: Encoder,
        tree_size: int,
        sources: Collection[Source] = (),
    ) -> None:
        """Look up at once the numbers that the group will ask for."""
        self.tx = tx
        self.encoder = encoder
        self.first_leaf_index = tree_size
        self.encoded: list[Encoded] = []
        self.sealed: list[Sealed] = []
        self.standings: dict[bytes, Standing] = {}
        self.sources: dict[Source, bytes | None] = dict.fromkeys(sources)
        self.sources.update(write_groups.find_sources(tx, self.sources))

    def keep(self, view: LogView) -> None:
        """Let what a write added count."""
        self.encoded += view.added
        self.sealed += view.sealed
        self.standings |= view.standings
        self.sources |= view.sources


class LogView:
    """The log before one write, and what this write adds; `request` marks its entries."""

    def __init__(self, stage: Stage, request: bytes = b"") -> None:
        self._stage = stage
        self._request = request
        self.added: list[Encoded] = []
        self.sealed: list[Sealed] = []
        self.standings: dict[bytes, Standing] = {}
        self.sources: dict[Source, bytes | None] = {}

    @property
    def transaction(self) -> Transaction:
        """Return the transaction of the write; what the group adds is not in its tables yet."""
        return self._stage.tx

    def standing(self, subject: bytes) -> Standing | None:
        """Return the latest entry of an own record, or None if there is no such record."""
        staged = self.standings.get(subject) or self._stage.standings.get(subject)
        if staged is not None:
            return staged
        row = catalogue.find(self._stage.tx, self._stage.encoder.origin, subject)
        if row is None:
            return None
        return Standing(
            row.leaf_index,
            row.kind,
            row.revision,
            row.leaf_hash,
            row.recorded_at_ms,
            row.state == RecordState.WITHDRAWN,
            row.is_provisional,
            contents_of(row.parts),
        )

    def erased_audiences(self, subject: bytes) -> Collection[Audience]:
        """Return the audiences of the parts that were erased of any revision of an own record."""
        origin = self._stage.encoder.origin
        origin_id = mirrors.get(self._stage.tx, origin).origin_id
        found: set[Audience] = set()
        after_revision = 0
        while page := catalogue.history(
            self._stage.tx, origin, subject, after_revision, _HISTORY_PAGE
        ):
            for revision in page:
                found |= parts.erased_audiences(self._stage.tx, origin_id, revision.leaf_index)
            after_revision = page[-1].revision
        return found

    def subject_of(self, source: Source) -> bytes | None:
        """Return the subject of the live own record with a platform's number, or None."""
        for staged in (self.sources, self._stage.sources):
            if source in staged:
                return staged[source]
        return sources.find(self._stage.tx, *source)

    def publics(self, subject: bytes) -> Iterator[bytes]:
        """Yield the contents of the PUBLIC parts that are held of an own record, oldest first."""
        after_revision = 0
        while page := catalogue.history(
            self._stage.tx, self._stage.encoder.origin, subject, after_revision, _HISTORY_PAGE
        ):
            for revision in page:
                if 0 in revision.parts:  # the PUBLIC part comes first
                    yield content_of(revision.parts[0])
            after_revision = page[-1].revision
        for encoded in (*self._stage.encoded, *self.added):
            if encoded.draft.subject == subject and encoded.public is not None:
                yield encoded.public

    def staged_parts(self, subject: bytes) -> Iterator[tuple[int, int, Audience]]:
        """Yield leaf index, number and audience of the parts that this group gives a record."""
        written = (*self._stage.encoded, *self.added)
        for leaf_index, encoded in enumerate(written, start=self._stage.first_leaf_index):
            if encoded.draft.subject == subject:
                for number, (audience, _) in enumerate(encoded.commitments):
                    yield leaf_index, number, audience

    def hide(self, subject: bytes, audiences: Collection[Audience]) -> None:
        """Take parts out of a record for the writes behind: an entry of this one erases them."""
        standing = self.standing(subject)
        if standing is not None:
            left = {one: said for one, said in standing.contents.items() if one not in audiences}
            self.standings[subject] = standing._replace(contents=left)

    def append(
        self, draft: Draft, source: Source | None = None, was: Source | None = None
    ) -> Standing:
        """Add an entry; its record stands for `source` from now on, and for `was` no longer."""
        encoded = self._stage.encoder.encode(draft, self._request)
        added = Standing(
            self.next_leaf_index,
            draft.kind,
            draft.revision,
            encoded.leaf_hash,
            encoded.recorded_at_ms,
            draft.operation == Operation.WITHDRAW,
            True,  # noqa: FBT003 - nothing new is confirmed
            dict(draft.contents),
        )
        self.added.append(encoded)
        if draft.subject:
            self.standings[draft.subject] = added
        if was is not None:
            self.sources[was] = None
        if source is not None:
            self.sources[source] = draft.subject
        return added

    def documents(self, subject: bytes) -> list[Sealed]:
        """Return all sealed entries of a document's subject that are readable here.

        Of all logs, the own one as it stands before this write, in the order of each.
        """
        return [
            *sealed.by_subject(self._stage.tx, subject),
            *(one for one in self.staged() if one.header.subject == subject),
        ]

    def staged(self) -> list[Sealed]:
        """Return the SEALED entries of this group so far: the tables do not have them yet."""
        return [*self._stage.sealed, *self.sealed]

    def seal(self, document: SealedDocument) -> Sealed:
        """Add a SEALED entry; refuses what `Encoder.encode_sealed` does."""
        encoded = self._stage.encoder.encode_sealed(document, self._request)
        origin = self._stage.encoder.origin
        opened = [
            NamedPart(document.header_of(which, origin, number), content)
            for number, (which, content) in enumerate(document.contents.items())
        ]
        added = Sealed(
            origin,
            self.next_leaf_index,
            encoded.leaf_hash,
            False,  # noqa: FBT003 - nothing new is confirmed
            *opened,
            *[None] * (2 - len(opened)),
        )
        self.added.append(encoded)
        self.sealed.append(added)
        return added

    def document_at(self, origin: str, leaf_index: int) -> Sealed | None:
        """Return the sealed entry that is readable at a place, those of this group too."""
        for one in self.staged():
            if (one.origin, one.leaf_index) == (origin, leaf_index):
                return one
        return sealed.at(self._stage.tx, origin, leaf_index)

    @property
    def next_leaf_index(self) -> int:
        """Return where the next entry of this write will stand."""
        return self._stage.first_leaf_index + len(self._stage.encoded) + len(self.added)
