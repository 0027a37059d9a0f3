"""Messages of ydx.sync.v1 to values and back. The only place that knows their generated classes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from federation.log.errors import Refused
from federation.sync.frames import (
    PLACES_MAX,
    Batch,
    FetchedPart,
    Head,
    Meeting,
    PartMark,
    PartPlace,
    WitnessStanding,
)
from federation.sync.witness import CosignOffer
from ydx.sync.v1 import sync_service_pb2 as wire

HEADS_MAX = 1000


def head_to_wire(head: Head) -> wire.Head:
    """Return the message of a head."""
    return wire.Head(
        origin=head.origin,
        newest_checkpoint=head.newest,
        confirmed_checkpoint=head.confirmed,
        verified_size=head.verified_size,
        confirmed_size=head.confirmed_size,
        evidence_digests=head.evidence_digests,
    )


def heads_from_wire(messages: Sequence[wire.Head]) -> tuple[Head, ...]:
    """Return the heads; refuses MALFORMED_FRAME where there are too many or one comes twice."""
    if len(messages) > HEADS_MAX or len({head.origin for head in messages}) != len(messages):
        raise Refused("MALFORMED_FRAME", "a meeting has one head for each origin")
    return tuple(
        Head(
            origin=head.origin,
            newest=head.newest_checkpoint,
            confirmed=head.confirmed_checkpoint,
            verified_size=head.verified_size,
            confirmed_size=head.confirmed_size,
            evidence_digests=tuple(head.evidence_digests[:PLACES_MAX]),
        )
        for head in messages
    )


def meeting_to_wire(meeting: Meeting) -> wire.Meeting:
    """Return the message of a meeting."""
    return wire.Meeting(
        time_ms=meeting.time_ms,
        software_version=meeting.software_version,
        formats=meeting.formats,
        trust_versions=[
            wire.TrustVersion(role=role, version=version)
            for role, version in meeting.trust_versions
        ],
        heads=[head_to_wire(head) for head in meeting.heads],
    )


def meeting_from_wire(message: wire.Meeting) -> Meeting:
    """Return the meeting; refuses MALFORMED_FRAME."""
    if len(message.formats) > PLACES_MAX or len(message.trust_versions) > PLACES_MAX:
        raise Refused("MALFORMED_FRAME", "a meeting lists too much")
    return Meeting(
        time_ms=message.time_ms,
        software_version=message.software_version[:64],
        formats=tuple(message.formats),
        trust_versions=tuple((one.role, one.version) for one in message.trust_versions),
        heads=heads_from_wire(message.heads),
    )


def batch_to_wire(batch: Batch) -> wire.ReadLogResponse:
    """Return the frame of a batch."""
    return wire.ReadLogResponse(
        batch=wire.Batch(
            first_leaf_index=batch.first_leaf_index,
            entries=batch.entries,
            parts=batch.parts,
            marks=batch.marks,  # type: ignore[arg-type]  # open enum: any number of the wire
            proof=batch.proof,
        )
    )


def frame_from_wire(message: wire.ReadLogResponse) -> bytes | Batch:
    """Return the target note or the batch of a frame; refuses MALFORMED_FRAME."""
    which = message.WhichOneof("frame")
    if which == "target":
        return message.target.checkpoint
    if which != "batch":
        raise Refused("MALFORMED_FRAME", "the frame holds neither a target nor a batch")
    batch = message.batch
    return Batch(
        first_leaf_index=batch.first_leaf_index,
        entries=list(batch.entries),
        parts=list(batch.parts),
        marks=list(batch.marks),
        proof=list(batch.proof),
    )


def places_to_wire(places: Iterable[PartPlace]) -> wire.FetchPartsRequest:
    """Return the request for parts."""
    return wire.FetchPartsRequest(
        places=[
            wire.PartPlace(
                origin=place.origin, leaf_index=place.leaf_index, part_number=place.part_number
            )
            for place in places
        ]
    )


def places_from_wire(message: wire.FetchPartsRequest) -> list[PartPlace]:
    """Return the places asked for; refuses FRAME_TOO_LARGE."""
    if len(message.places) > PLACES_MAX:
        raise Refused("FRAME_TOO_LARGE", "at most 512 parts are asked for at once")
    return [PartPlace(one.origin, one.leaf_index, one.part_number) for one in message.places]


def fetched_to_wire(parts: Iterable[FetchedPart]) -> wire.FetchPartsResponse:
    """Return the response with parts."""
    return wire.FetchPartsResponse(
        parts=[
            wire.FetchedPart(content=part.content, mark=int(part.mark or 0))  # type: ignore[arg-type]  # open enum
            for part in parts
        ]
    )


def fetched_from_wire(message: wire.FetchPartsResponse, asked: int) -> list[FetchedPart]:
    """Return the parts; refuses MALFORMED_FRAME where there are more than asked for."""
    if len(message.parts) > asked:
        raise Refused("MALFORMED_FRAME", "more parts came than were asked for")
    fetched = []
    for part in message.parts:
        try:
            mark = None if part.content else PartMark(part.mark)
        except ValueError as error:
            raise Refused("MALFORMED_FRAME", "a part has neither content nor a mark") from error
        fetched.append(FetchedPart(part.content, mark))
    return fetched


def offer_to_wire(
    checkpoint: bytes, old_size: int, proof: Sequence[bytes], start_id: bytes
) -> wire.CosignRequest:
    """Return the request to cosign."""
    return wire.CosignRequest(
        checkpoint=checkpoint, old_size=old_size, proof=proof, start_id=start_id
    )


def offer_from_wire(message: wire.CosignRequest, origin: str) -> CosignOffer:
    """Return the offer that the member of `origin` makes."""
    return CosignOffer(
        origin, message.checkpoint, message.old_size, list(message.proof), message.start_id
    )


def outcome_to_wire(outcome: bytes | WitnessStanding) -> wire.CosignResponse:
    """Return the response to an offer."""
    if isinstance(outcome, bytes):
        return wire.CosignResponse(cosignature=outcome)
    return wire.CosignResponse(
        standing=wire.WitnessStanding(
            cosigned_size=outcome.cosigned_size, verified_size=outcome.verified_size
        )
    )


def outcome_from_wire(message: wire.CosignResponse) -> bytes | WitnessStanding:
    """Return the cosignature line or the standing; refuses MALFORMED_FRAME."""
    which = message.WhichOneof("outcome")
    if which == "cosignature":
        return message.cosignature
    if which != "standing":
        raise Refused("MALFORMED_FRAME", "the answer is neither a cosignature nor a standing")
    return WitnessStanding(message.standing.cosigned_size, message.standing.verified_size)
