"""Lies about logs, parts, heads, cosignatures and trust files.

Those with an `origin` lie about that log only and serve the others honestly, so that a test can see
that they go on.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, repeat
from typing import Final

from federation.log.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from federation.log.cosignature import make_cosignature
from federation.log.entry import scan_entries
from federation.log.keys import Signer
from federation.log.note import parse_note
from federation.sync.frames import (
    Batch,
    FetchedPart,
    Head,
    Meeting,
    PartMark,
    WitnessStanding,
)
from tests.simulation.network import Lie

Frames = Iterator[bytes | Batch]


class LogLie(Lie):
    """Serves one log as `change` makes it; `change` gets the target and the honest batches."""

    def __init__(self, origin: str, change: Callable[[bytes, list[Batch]], Frames]) -> None:
        self.origin = origin
        self.change = change

    def frames(self, origin: str, frames: Frames) -> Frames:
        if origin != self.origin:
            return super().frames(origin, frames)
        note, *batches = frames
        assert isinstance(note, bytes)
        return self.change(note, [one for one in batches if isinstance(one, Batch)])


class HeadLie(Lie):
    """Tells the heads of one log as `change` makes them."""

    def __init__(self, origin: str, change: Callable[[Head], Head]) -> None:
        self.origin = origin
        self.change = change

    def meeting(
        self, meeting: Meeting, evidence: tuple[bytes, ...]
    ) -> tuple[Meeting, tuple[bytes, ...]]:
        heads = tuple(
            self.change(head) if head.origin == self.origin else head for head in meeting.heads
        )
        return dataclasses.replace(meeting, heads=heads), evidence


class MeetingLie(Lie):
    """Answers meetings as `change` makes it."""

    def __init__(
        self, change: Callable[[Meeting, tuple[bytes, ...]], tuple[Meeting, tuple[bytes, ...]]]
    ) -> None:
        self.change = change

    def meeting(
        self, meeting: Meeting, evidence: tuple[bytes, ...]
    ) -> tuple[Meeting, tuple[bytes, ...]]:
        return self.change(meeting, evidence)


class WitnessLie(Lie):
    """Answers offers as `change` makes it, from the offered note and the honest answer."""

    def __init__(
        self, change: Callable[[bytes, bytes | WitnessStanding], bytes | WitnessStanding]
    ) -> None:
        self.change = change

    def cosigned(
        self, checkpoint: bytes, honest: Callable[[], bytes | WitnessStanding]
    ) -> bytes | WitnessStanding:
        return self.change(checkpoint, honest())


class BlindWitness(Lie):
    """Cosigns whatever it is offered, and forgets it: a dishonest or forgetful witness."""

    def __init__(self, signer: Callable[[], Signer], clock: Callable[[], float]) -> None:
        self.signer = signer
        self.clock = clock

    def cosigned(
        self, checkpoint: bytes, honest: Callable[[], bytes | WitnessStanding]
    ) -> bytes | WitnessStanding:
        del honest
        return make_cosignature(checkpoint, self.signer(), int(self.clock())).encode()


class GarbageTrust(Lie):
    """Claims newer trust files and serves garbage."""

    def meeting(
        self, meeting: Meeting, evidence: tuple[bytes, ...]
    ) -> tuple[Meeting, tuple[bytes, ...]]:
        versions = tuple((role, version + 1) for role, version in meeting.trust_versions)
        return dataclasses.replace(meeting, trust_versions=versions), evidence

    def trust_file(self, content: bytes | None) -> bytes | None:
        del content
        return b'{"signed": {}, "signatures": []}'


def tampered_root(note: bytes) -> bytes:
    """Return the note with another root under the same signature."""
    claimed = parse_checkpoint(parse_note(note).text)
    other = dataclasses.replace(claimed, root=bytes(32))
    return note.replace(claimed.body(), other.body())


def signed_by_a_stranger(note: bytes) -> bytes:
    """Return the same checkpoint signed by another key under the origin's name."""
    claimed = parse_checkpoint(parse_note(note).text)
    return sign_checkpoint(claimed, [Signer(claimed.origin, b"s" * 32)])


def beyond(claimed: Checkpoint, more: int, signer: Signer) -> bytes:
    """Return a checkpoint that reaches further, to a root that nobody has, signed by the origin."""
    return sign_checkpoint(
        Checkpoint(claimed.origin, claimed.tree_size + more, b"r" * 32), [signer]
    )


def records_of(batch: Batch) -> list[tuple[bytes, list[bytes]]]:
    """Return a batch's entries, each with what stands for its parts."""
    parts = iter(batch.parts)
    return [
        (entry, [next(parts) for _ in scanned[5]])
        for entry, scanned in zip(batch.entries, scan_entries(batch.entries), strict=True)
    ]


def rebuilt(batch: Batch, records: Sequence[tuple[bytes, list[bytes]]]) -> Batch:
    """Return the batch with other records; missing parts are marked WITHHELD."""
    parts = [part for _, own in records for part in own]
    marks = [PartMark.WITHHELD for part in parts if not part]
    entries = [entry for entry, _ in records]
    return dataclasses.replace(batch, entries=entries, parts=parts, marks=marks)


def spoilt_parts(batch: Batch, change: Callable[[bytes], bytes]) -> Batch:
    """Return the batch with every part that it carries changed."""
    return dataclasses.replace(batch, parts=[part and change(part) for part in batch.parts])


def without_parts(batch: Batch, mark: PartMark) -> Batch:
    """Return the batch with a mark in place of every part."""
    count = len(batch.parts)
    return dataclasses.replace(batch, parts=[b""] * count, marks=[mark] * count)


def endless(frame: bytes | Batch) -> Frames:
    return repeat(frame)


class RandomLogLie(Lie):
    """Serves every log wrongly."""

    def frames(self, origin: str, frames: Frames) -> Frames:
        del origin
        note, *rest = frames
        assert isinstance(note, bytes)
        return iter(self.change(note, [one for one in rest if isinstance(one, Batch)]))

    def change(self, note: bytes, batches: list[Batch]) -> Iterator[bytes | Batch] | list[bytes]:
        raise NotImplementedError


class Truncates(RandomLogLie):
    def change(self, note: bytes, batches: list[Batch]) -> Frames:
        return chain([note], batches[:-1])


class Reorders(RandomLogLie):
    def change(self, note: bytes, batches: list[Batch]) -> Frames:
        return chain([note], [rebuilt(one, records_of(one)[::-1]) for one in batches])


class SpoilsParts(RandomLogLie):
    def change(self, note: bytes, batches: list[Batch]) -> Frames:
        return chain([note], [spoilt_parts(one, lambda part: part[::-1]) for one in batches])


class WithholdsParts(Lie):
    def frames(self, origin: str, frames: Frames) -> Frames:
        for frame in super().frames(origin, frames):
            yield without_parts(frame, PartMark.ERASED) if isinstance(frame, Batch) else frame

    def parts(self, parts: list[FetchedPart]) -> list[FetchedPart]:
        return [FetchedPart(b"", PartMark.WITHHELD) for _ in parts]


class TampersWithHeads(Lie):
    def meeting(
        self, meeting: Meeting, evidence: tuple[bytes, ...]
    ) -> tuple[Meeting, tuple[bytes, ...]]:
        heads = tuple(
            dataclasses.replace(head, newest=head.newest and tampered_root(head.newest))
            for head in meeting.heads
        )
        return dataclasses.replace(meeting, heads=heads), (b"garbage", *evidence)


class ClaimsSizes(Lie):
    def meeting(
        self, meeting: Meeting, evidence: tuple[bytes, ...]
    ) -> tuple[Meeting, tuple[bytes, ...]]:
        heads = tuple(
            dataclasses.replace(head, verified_size=1 << 62, confirmed_size=1 << 62)
            for head in meeting.heads
        )
        return dataclasses.replace(meeting, heads=heads), evidence


class SignsGarbage(Lie):
    def cosigned(
        self, checkpoint: bytes, honest: Callable[[], bytes | WitnessStanding]
    ) -> bytes | WitnessStanding:
        del checkpoint
        answer = honest()
        return answer[::-1] if isinstance(answer, bytes) else WitnessStanding(1 << 62, 1 << 62)


RANDOM_LIES: Final[tuple[type[Lie], ...]] = (
    Lie,
    Truncates,
    Reorders,
    SpoilsParts,
    WithholdsParts,
    TampersWithHeads,
    ClaimsSizes,
    SignsGarbage,
    GarbageTrust,
)
