"""Well-formed entries and parts: fixed ones for tables, strategies for laws."""

from __future__ import annotations

from hypothesis import strategies as st

from federation.log.entry import CONTROL_KINDS, KIND_SEALED, RECORD_KINDS, Audience, Entry
from federation.log.part import PartHeader

ORIGIN = "ydx.example/shanghai"
SUBJECT = bytes(range(16))
COMMITMENT = bytes(range(32))

RECORD = Entry(
    kind=2,
    subject=SUBJECT,
    revision=1,
    operation=1,
    recorded_at_ms=1_790_000_000_000,
    request=bytes(16),
    parts=tuple((one, COMMITMENT) for one in (Audience.PUBLIC, Audience.MEMBERS, Audience.ORIGIN)),
)
SEALED = Entry(kind=KIND_SEALED, parts=((Audience.NAMED, COMMITMENT),) * 2)
CONTROL = Entry(kind=7, recorded_at_ms=5, body=b"\x0a\x01a\x10\x05")

U64 = st.integers(0, 2**64 - 1)
COMMITMENTS = st.binary(min_size=32, max_size=32)
REQUESTS = st.just(b"") | st.binary(min_size=16, max_size=16)
BODIES = st.binary(max_size=300)
SUBJECTS = st.binary(min_size=16, max_size=16)


def _parts(audiences: list[Audience]) -> st.SearchStrategy[tuple[tuple[Audience, bytes], ...]]:
    return st.tuples(*(st.tuples(st.just(one), COMMITMENTS) for one in audiences))


_RECORD_AUDIENCES = st.sets(st.sampled_from([1, 2, 4])).map(
    lambda found: [Audience(one) for one in sorted(found)]
)
RECORDS = st.builds(
    Entry,
    kind=st.sampled_from(sorted(RECORD_KINDS)),
    subject=SUBJECTS,
    revision=st.integers(1, 300) | st.integers(1, 2**64 - 1),
    operation=st.sampled_from([1, 2]),
    recorded_at_ms=U64,
    request=REQUESTS,
    body=BODIES,
    parts=_RECORD_AUDIENCES.flatmap(_parts),
)
SEALED_ENTRIES = st.builds(
    Entry,
    kind=st.just(KIND_SEALED),
    request=REQUESTS,
    body=BODIES,
    parts=st.integers(1, 2).flatmap(lambda count: _parts([Audience.NAMED] * count)),
)
CONTROLS = st.builds(
    Entry,
    kind=st.sampled_from(sorted(CONTROL_KINDS)),
    recorded_at_ms=U64,
    request=REQUESTS,
    body=BODIES,
)
ENTRIES = st.one_of(RECORDS, SEALED_ENTRIES, CONTROLS)

MEMBERS = st.sampled_from(["anhui", "center", "jiangsu", "zhejiang"])
HEADERS = st.builds(
    PartHeader,
    origin=st.sampled_from([ORIGIN, "a/b", "ydx.example/shanghai.2"]),
    subject=SUBJECTS,
    revision=U64,
    part_number=st.integers(0, 7),
    audience=st.sampled_from([Audience.PUBLIC, Audience.MEMBERS, Audience.ORIGIN]),
) | st.builds(
    PartHeader,
    origin=st.just(ORIGIN),
    subject=SUBJECTS,
    revision=U64,
    part_number=st.integers(0, 7),
    audience=st.just(Audience.NAMED),
    named=st.sets(MEMBERS).map(lambda found: tuple(sorted(found))),
)
