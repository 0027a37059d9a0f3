"""The records that everything is measured with: real, valid listings of about 1.2 kB, repeatable.

They are variations of the demo's listings of one platform, topped up to the size that a listing
with a real description has: a PUBLIC part of about 1,130 bytes, a MEMBERS part of about 130, and an
ORIGIN part. Subjects are ULIDs that grow with the record, salts come from a seed.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

from federation.log.entry import KIND_LISTING, Operation
from federation.log.subject import new_subject
from federation.records.codec import serialise_parts
from node.demo.founding import FEDERATION
from node.demo.listings import load_listings, multiply
from node.services.log.drafts import Draft, Encoded, Encoder, genesis

if TYPE_CHECKING:
    from collections.abc import Iterator

    from federation.records.codec import Listing

MEMBER: Final = "shanghai"
PLATFORM: Final = "sh-techmarket"
ORIGIN: Final = f"{FEDERATION}/{MEMBER}"
_TIME_MS: Final = 1_790_000_000_000
_SALT_SEED: Final = 2
_DESCRIPTION: Final = (
    "成果已完成中试验证，具备规模化应用条件；技术团队可提供现场调试、人员培训与后续升级服务，"
    "并支持以许可、转让、作价入股等多种方式合作，欢迎长三角各地企业与园区洽谈。"
)
_TERMS: Final = "首付款与里程碑付款相结合，可按销售额提成。"


@cache
def _originals() -> tuple[Listing, ...]:
    folder = Path(__file__).parents[2] / "deploy" / "example" / "listings"
    return tuple(load_listings(folder)[MEMBER])


def listings(count: int, seed: int = 1) -> Iterator[Listing]:
    """Yield listings as a platform publishes them; another seed gives other source ids."""
    for listing in multiply(_originals(), count, seed):
        listing.public.source_id += f"-{seed}"
        listing.public.description += _DESCRIPTION
        listing.members.terms += _TERMS
        yield listing


def log(count: int) -> Iterator[Encoded]:
    """Yield a log of GENESIS and `count` listings, in its final bytes."""
    random = Random(_SALT_SEED)  # noqa: S311 - the same bytes in every run
    now_ms = _TIME_MS
    encoder = Encoder(ORIGIN, lambda: now_ms / 1000, random.randbytes)
    yield encoder.encode(genesis(FEDERATION, MEMBER, 1), b"")
    for listing in listings(count):
        now_ms += 1
        draft = Draft(
            kind=KIND_LISTING,
            subject=new_subject(now_ms, random.randbytes(10)),
            revision=1,
            operation=Operation.PUT,
            contents=serialise_parts(listing),
        )
        yield encoder.encode(draft, b"")
