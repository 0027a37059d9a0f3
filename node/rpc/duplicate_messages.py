"""Values of the duplicates to messages of ydx.exchange.v1."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from node.rpc.catalogue_messages import completeness
from node.search.duplicate_candidates import KeyPlace
from ydx.exchange.v1 import duplicate_pb2

if TYPE_CHECKING:
    from collections.abc import Iterable

    from federation.matching.duplicates import Compared
    from node.services.finding.duplicates import Candidate, DuplicateList, KeyPage


def duplicates_response(found: DuplicateList) -> duplicate_pb2.ListDuplicatesResponse:
    """Return the answer of ListDuplicates."""
    return duplicate_pb2.ListDuplicatesResponse(
        candidates=map(_candidate, found.candidates),
        shown=found.group.shown if found.group is not None else "",
        group=found.group.members if found.group is not None else (),
        origins=map(completeness, found.origins),
    )


def keys_response(page: KeyPage, token: str) -> duplicate_pb2.ListDuplicateKeysResponse:
    """Return the answer of ListDuplicateKeys."""
    return duplicate_pb2.ListDuplicateKeysResponse(
        keys=[
            duplicate_pb2.DuplicateKey(field=one.field, key=one.key, names=one.names)
            for one in page.keys
        ],
        next_page_token=token,
    )


def key_cursor(place: KeyPlace) -> bytes:
    """Return up to where keys were given as a cursor."""
    return json.dumps(place, ensure_ascii=False).encode()


def read_key_cursor(cursor: bytes) -> KeyPlace:
    """Read what `key_cursor` gave."""
    return KeyPlace(*json.loads(cursor))


def _candidate(one: Candidate) -> duplicate_pb2.DuplicateCandidate:
    return duplicate_pb2.DuplicateCandidate(
        listing=one.listing,
        likelihood=f"DUPLICATE_LIKELIHOOD_{one.evidence.likelihood.value}",
        rule=one.evidence.rule,
        agreeing=_fields(one.evidence.agreeing),
        differing=_fields(one.evidence.differing),
        text_permille=one.evidence.text_permille,
        confirmed=one.is_confirmed,
        dismissed=one.is_dismissed,
    )


def _fields(compared: Iterable[Compared]) -> list[duplicate_pb2.ComparedField]:
    return [
        duplicate_pb2.ComparedField(field=one.path, value=one.one, other=one.other)
        for one in compared
    ]
