"""Logs for tests: written entry by entry, cut into verified batches anywhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from federation.log.batch import Absence, VerifiedBatch
from federation.log.entry import (
    KIND_ERASE,
    KIND_LISTING,
    KIND_SEALED,
    Audience,
    Entry,
    Operation,
    encode_entry,
    scan_entries,
)
from federation.log.merkle import CompactRange, leaf_hashes
from federation.log.part import PartHeader, new_part
from federation.records.codec import ListingKind, ListingPublic, ListingStatus
from federation.records.codec_body import ErasedPart, erase_body
from federation.records.facets import entry_facets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ORIGIN: Final = "ydx.example/shanghai"
TIME_MS: Final = 1_790_000_000_000


def subject(number: int) -> bytes:
    """Return a subject that grows with the number."""
    return (TIME_MS + number).to_bytes(6) + sha256(b"%d" % number).digest()[:10]


def listing(title: str = "碳纤维", **values: object) -> bytes:
    """Return the content of a PUBLIC part."""
    said = ListingPublic(
        kind=ListingKind.LISTING_KIND_SUPPLY,
        title=title,
        region="310115",
        status=ListingStatus.LISTING_STATUS_PUBLISHED,
    )
    for name, value in values.items():
        setattr(said, name, value)
    return said.SerializeToString()


@dataclass
class MadeLog:
    """A log under construction, with all its parts; mirrors may be denied some of them."""

    origin: str = ORIGIN
    entries: list[bytes] = field(default_factory=list)
    parts: list[list[bytes]] = field(default_factory=list)
    publics: list[bytes | None] = field(default_factory=list)

    def put(
        self,
        number: int,
        revision: int = 1,
        public: bytes | None = None,
        kind: int = KIND_LISTING,
        members: bytes = b"terms",
    ) -> int:
        """Append a PUT with a PUBLIC, a MEMBERS and an ORIGIN part; return its leaf index."""
        public = listing(f"第{number}项 {revision}") if public is None else public
        contents = [
            (Audience.PUBLIC, public),
            (Audience.MEMBERS, members),
            (Audience.ORIGIN, b"contacts"),
        ]
        return self._record(number, revision, Operation.PUT, kind, contents)

    def withdraw(self, number: int, revision: int, kind: int = KIND_LISTING) -> int:
        """Append a WITHDRAW without parts."""
        return self._record(number, revision, Operation.WITHDRAW, kind, [])

    def sealed(self) -> int:
        """Append a SEALED entry with two parts that are withheld from us."""
        commitments = ((Audience.NAMED, bytes(32)), (Audience.NAMED, bytes(32)))
        return self.add(encode_entry(Entry(kind=KIND_SEALED, parts=commitments)), [b"", b""])

    def document(
        self,
        number: int,
        named: Sequence[str] = ("anhui",),
        content: bytes = b"document",
        personal: bytes | None = b"personal",
        personal_number: int | None = None,
    ) -> int:
        """Append a SEALED entry for members; its subject is made of the number.

        Part 1 may speak of another document than part 0: that with `personal_number`.
        """
        contents = [(number, content)]
        if personal is not None:
            of = number if personal_number is None else personal_number
            contents.append((of, personal))
        salt = sha256(b"salt %d" % len(self.entries)).digest()
        made = [
            new_part(
                PartHeader(self.origin, subject(of), 1, n, Audience.NAMED, tuple(named)),
                said,
                sha256(salt + bytes([n])).digest(),
            )
            for n, (of, said) in enumerate(contents)
        ]
        parts = tuple((Audience.NAMED, commitment) for _, commitment in made)
        entry = Entry(kind=KIND_SEALED, parts=parts)
        return self.add(encode_entry(entry), [wire for wire, _ in made])

    def erase(self, *places: tuple[int, int], origin: str = "") -> int:
        """Append an ERASE of (leaf index, part number)s."""
        lines = tuple(ErasedPart(origin or self.origin, *place) for place in places)
        entry = Entry(kind=KIND_ERASE, recorded_at_ms=TIME_MS, body=erase_body(lines, "PIPL-47"))
        return self.add(encode_entry(entry), [])

    def add(self, entry: bytes, parts: Sequence[bytes], public: bytes | None = None) -> int:
        """Append any bytes; return their leaf index."""
        self.entries.append(entry)
        self.parts.append(list(parts))
        self.publics.append(public)
        return len(self.entries) - 1

    def _record(
        self,
        number: int,
        revision: int,
        operation: Operation,
        kind: int,
        contents: Sequence[tuple[Audience, bytes]],
    ) -> int:
        name = subject(number)
        salt = sha256(b"salt %d" % len(self.entries)).digest()
        made = [
            new_part(PartHeader(self.origin, name, revision, n, audience), content, salt)
            for n, (audience, content) in enumerate(contents)
        ]
        entry = Entry(
            kind=kind,
            subject=name,
            revision=revision,
            operation=operation,
            recorded_at_ms=TIME_MS + len(self.entries),
            parts=tuple((a, c) for (a, _), (_, c) in zip(contents, made, strict=True)),
        )
        public = contents[0][1] if contents else None
        return self.add(encode_entry(entry), [wire for wire, _ in made], public)

    def batch(
        self, start: int, end: int, absences: dict[tuple[int, int], Absence] | None = None
    ) -> VerifiedBatch:
        """Return leaves start to end - 1 as a batch, without the parts that are absent."""
        absences = absences or {}
        compact_range = CompactRange()
        compact_range.extend(leaf_hashes(self.entries[:start]))
        entries = self.entries[start:end]
        hashes = leaf_hashes(entries)
        tile_hashes = compact_range.extend(hashes)
        wires = [
            b"" if (leaf_index, number) in absences else wire
            for leaf_index in range(start, end)
            for number, wire in enumerate(self.parts[leaf_index])
        ]
        publics = [
            None if (leaf_index, 0) in absences else self.publics[leaf_index]
            for leaf_index in range(start, end)
        ]
        scanned = scan_entries(entries)
        return VerifiedBatch(
            origin=self.origin,
            first_leaf_index=start,
            entries=entries,
            leaf_hashes=hashes,
            scanned=scanned,
            parts=wires,
            facets=[
                entry_facets(kind, operation, public)
                for (_, kind, operation, *_), public in zip(scanned, publics, strict=True)
            ],
            compact_range=compact_range,
            tile_hashes=tile_hashes,
            absences={place: why for place, why in absences.items() if start <= place[0] < end},
        )

    def batches(
        self, cuts: Sequence[int] = (), absences: dict[tuple[int, int], Absence] | None = None
    ) -> Iterator[VerifiedBatch]:
        """Yield the whole log, cut before the given leaf indexes."""
        places = sorted({0, len(self.entries), *cuts})
        for start, end in pairwise(places):
            if start < end <= len(self.entries):
                yield self.batch(start, end, absences)
