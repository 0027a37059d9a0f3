"""Drafts: what a write adds to the log, and their encoding into entries and parts.

- A draft has no leaf index and no salts; both come when it is encoded, in the order of the log.
- Contents are those of the parts, audiences ascending; the bytes that are hashed, stored and sent
  are made here, once, and never again.
- A sealed document stands in its parts alone: the entry has neither subject, revision nor time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from federation.log.batch import VerifiedBatch
from federation.log.entry import KIND_GENESIS, KIND_SEALED, Audience, Entry, encode_entry
from federation.log.errors import Refused
from federation.log.hashing import leaf_hash
from federation.log.part import SALT_BYTES, PartHeader, new_part, new_record_part
from federation.log.varint import bytes_field, number_field
from federation.records.facets import entry_facets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from federation.log.batch import Facets
    from federation.log.entry import ScannedEntry
    from federation.log.merkle import CompactRange


class Draft(NamedTuple):
    """One entry to be. `contents` are (audience, content), ascending."""

    kind: int
    subject: bytes = b""
    revision: int = 0
    operation: int = 0
    body: bytes = b""
    contents: Sequence[tuple[Audience, bytes]] = ()


@dataclass(frozen=True, slots=True)
class SealedDocument:
    """A document for named members: the entry that it is to be.

    `subject` (16 bytes) and `revision` are the document's own. `named` are the other members that
    may read it, ascending, without the own one. `content` is free of personal data; `personal`, if
    any, can be erased later, and is for `personal_named` alone, by default for all who are named.
    """

    subject: bytes
    revision: int
    named: tuple[str, ...]
    content: bytes = field(repr=False)
    personal: bytes | None = field(default=None, repr=False)
    personal_named: tuple[str, ...] | None = None

    @property
    def contents(self) -> dict[str, bytes]:
        """Return the contents of the parts, in order, by what they are called."""
        contents = {"content": self.content}
        if self.personal is not None:
            contents["personal"] = self.personal
        return contents

    def header_of(self, which: str, origin: str, part_number: int) -> PartHeader:
        """Return the header of one of the parts."""
        named = self.named_of(which)
        return PartHeader(origin, self.subject, self.revision, part_number, Audience.NAMED, named)

    def named_of(self, which: str) -> tuple[str, ...]:
        """Return whom a part names, by what the part is called."""
        if which == "personal" and self.personal_named is not None:
            return self.personal_named
        return self.named


class Encoded(NamedTuple):
    """A draft in its final bytes. `parts` are salt ‖ payload by part number."""

    draft: Draft
    entry: bytes
    leaf_hash: bytes
    recorded_at_ms: int
    parts: tuple[bytes, ...]
    commitments: tuple[tuple[Audience, bytes], ...]

    @property
    def scanned(self) -> ScannedEntry:
        """Return what `scan_entries` would find in the entry."""
        said = self.draft
        return ("", said.kind, said.operation, said.subject, said.revision, self.commitments)

    @property
    def public(self) -> bytes | None:
        """Return the content of the PUBLIC part."""
        for audience, content in self.draft.contents:
            if audience == Audience.PUBLIC:
                return content
        return None

    @property
    def facets(self) -> Facets:
        """Return what the catalogue will show of the record."""
        return entry_facets(self.draft.kind, self.draft.operation, self.public)


@dataclass(frozen=True, slots=True)
class Encoder:
    """Encodes drafts for one log. `clock` gives Unix seconds, `random_bytes` fresh random bytes."""

    origin: str
    clock: Callable[[], float]
    random_bytes: Callable[[int], bytes] = field(repr=False)

    def encode(self, draft: Draft, request: bytes) -> Encoded:
        """Give the entry of a draft and its parts, each under a fresh salt. Hot.

        Refuses PART_TOO_LARGE, and MALFORMED_ENTRY where the draft breaks the rules of its kind.
        """
        origin, subject, revision = self.origin, draft.subject, draft.revision
        parts, commitments = [], []
        salts = self.random_bytes(SALT_BYTES * len(draft.contents))
        for number, (audience, content) in enumerate(draft.contents):
            salt = salts[SALT_BYTES * number : SALT_BYTES * (number + 1)]
            wire, committed = new_record_part(
                origin, subject, revision, number, audience, content, salt
            )
            parts.append(wire)
            commitments.append((audience, committed))
        recorded_at_ms = int(self.clock() * 1000)
        entry = encode_entry(
            Entry(
                kind=draft.kind,
                subject=draft.subject,
                revision=draft.revision,
                operation=draft.operation,
                recorded_at_ms=recorded_at_ms,
                request=request,
                body=draft.body,
                parts=tuple(commitments),
            )
        )
        return Encoded(
            draft, entry, leaf_hash(entry), recorded_at_ms, tuple(parts), tuple(commitments)
        )

    def encode_sealed(self, document: SealedDocument, request: bytes) -> Encoded:
        """Give the entry of a document and its parts, filled up to one of the five sizes.

        Refuses PART_TOO_LARGE with the `field` that is, and MALFORMED_PART, MALFORMED_NAME where
        subject, revision or names break the rules of headers.
        """
        contents = document.contents
        salts = self.random_bytes(SALT_BYTES * len(contents))
        parts, commitments = [], []
        for number, (which, content) in enumerate(contents.items()):
            header = document.header_of(which, self.origin, number)
            salt = salts[SALT_BYTES * number : SALT_BYTES * (number + 1)]
            try:
                wire, committed = new_part(header, content, salt)
            except Refused as refusal:
                raise Refused(
                    refusal.reason,
                    f"{which}: {refusal.what}",
                    field=which,
                    cure=refusal.cure,
                    **refusal.metadata,
                ) from refusal
            parts.append(wire)
            commitments.append((Audience.NAMED, committed))
        entry = encode_entry(Entry(kind=KIND_SEALED, request=request, parts=tuple(commitments)))
        draft = Draft(KIND_SEALED, contents=[(Audience.NAMED, one) for one in contents.values()])
        return Encoded(draft, entry, leaf_hash(entry), 0, tuple(parts), tuple(commitments))

    def batch(self, after: CompactRange, encoded: Sequence[Encoded]) -> VerifiedBatch:
        """Give the batch that extends the log `after` which it stood; `after` itself stays."""
        entries = [one.entry for one in encoded]
        leaf_hashes = [one.leaf_hash for one in encoded]
        compact_range = after.copy()
        tile_hashes = compact_range.extend(leaf_hashes)
        return VerifiedBatch(
            origin=self.origin,
            first_leaf_index=after.size,
            entries=entries,
            leaf_hashes=leaf_hashes,
            scanned=[one.scanned for one in encoded],
            parts=[part for one in encoded for part in one.parts],
            facets=[one.facets for one in encoded],
            compact_range=compact_range,
            tile_hashes=tile_hashes,
        )


def genesis(federation: str, member: str, registry_version: int) -> Draft:
    """Give entry 0 of a member's first log."""
    body = (
        bytes_field(0x0A, federation.encode())
        + bytes_field(0x12, member.encode())
        + number_field(0x18, registry_version)
    )
    return Draft(kind=KIND_GENESIS, body=body)


def record_body(*, reason: int = 0, successor: str = "", replaces: str = "") -> bytes:
    """Give a canonical ydx.log.v1.RecordBody, the body of a record entry."""
    return (
        number_field(0x08, reason)
        + bytes_field(0x12, successor.encode())
        + bytes_field(0x22, replaces.encode())
    )
