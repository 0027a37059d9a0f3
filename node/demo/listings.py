"""The demo's records: 200 listings of five members, and any number of variations of them.

A variation is a plausible other listing of the same platform: another setting in its title, other
numbers, prices, dates and places. It keeps every rule that its original keeps, and has a source id
of its own. Equal arguments give equal bytes, on every machine.
"""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeVar

from google.protobuf import json_format

from federation.records.codec import Listing, Manager, Organisation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MEMBERS: Final = ("shanghai", "jiangsu", "zhejiang", "anhui", "center")

_WAN_YUAN_FEN: Final = 1_000_000
_LONGEST_RENEWAL_DAYS: Final = 180
_PERCENT: Final = range(80, 131)
_PATENT: Final = re.compile(r"CN([0-9]{5})[0-9]{7}\.[0-9X]")
_PATENT_WEIGHTS: Final = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
# Above every serial number that the office has given out in a year.
_PATENT_SERIALS: Final = 9_000_000
_SETTINGS: Final = (
    ("港口机械", "port machinery"), ("轨道交通", "rail transit"),
    ("海上平台", "offshore platforms"), ("山区站点", "mountain sites"),
    ("高湿车间", "humid workshops"), ("小批量产线", "small series"),
    ("老旧设备改造", "retrofits"), ("出口机型", "export models"), ("县域园区", "county parks"),
    ("冷链仓储", "cold storage"), ("沿海盐雾环境", "coastal salt spray"),
    ("洁净室", "clean rooms"), ("夜间连续作业", "night operation"),
    ("移动作业车", "mobile units"), ("社区服务点", "communities"), ("中试基地", "pilot plants"),
    ("数据中心", "data centres"), ("内河航道", "inland waterways"),
    ("丘陵农田", "hilly farmland"), ("医院改扩建", "hospital extensions"),
    ("特种车辆", "special vehicles"), ("高寒地区", "cold regions"), ("多品种混线", "mixed lines"),
    ("无人值守站", "unattended stations"), ("化工园区", "chemical parks"),
    ("教学实训", "training"), ("应急抢修", "emergency repair"), ("共享工厂", "shared factories"),
    ("海岛微网", "island microgrids"), ("地下空间", "underground spaces"),
    ("机场保障", "airport services"), ("临时设施", "temporary facilities"),
)  # fmt: skip
_VARIANTS: Final = (
    "轻量型", "低成本型", "高可靠型", "紧凑型", "模块化", "长寿命型", "快速交付型", "低能耗型",
    "大容量型", "免维护型", "耐高温型", "耐腐蚀型", "远程运维型", "高精度型", "国产化配套", "二代",
)  # fmt: skip

Record = TypeVar("Record", Organisation, Manager)


def load_listings(folder: Path) -> dict[str, list[Listing]]:
    """Return the listings of each member, in the order of its file."""
    return {
        member: [
            json_format.Parse(line, Listing())
            for line in (folder / f"{member}.jsonl").read_text(encoding="utf-8").splitlines()
        ]
        for member in MEMBERS
    }


def load_organisations(folder: Path) -> dict[str, list[Organisation]]:
    """Return the organisations of each member."""
    return _load(folder / "organisations.jsonl", "organisation", Organisation)


def load_managers(folder: Path) -> dict[str, list[Manager]]:
    """Return the technology managers of each member."""
    return _load(folder / "managers.jsonl", "manager", Manager)


def _load(path: Path, key: str, record: type[Record]) -> dict[str, list[Record]]:
    records: dict[str, list[Record]] = {member: [] for member in MEMBERS}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        records[row["member"]].append(json_format.ParseDict(row[key], record()))
    return records


def shares(count: int) -> dict[str, int]:
    """Return how many of `count` listings each member publishes: as even as can be."""
    each, rest = divmod(count, len(MEMBERS))
    return {member: each + (place < rest) for place, member in enumerate(MEMBERS)}


def multiply(listings: Sequence[Listing], count: int, seed: int) -> Iterator[Listing]:
    """Yield `count` listings: the given ones first, then variations of them.

    What is yielded belongs to the caller. (source_platform, source_id) is unique where it is among
    the given ones.
    """
    rng = random.Random(seed)  # noqa: S311 - the demo has to be repeatable
    originals = [_original(listing) for listing in listings]
    regions = sorted({listing.public.region for listing in listings})
    for number in range(count):
        original = originals[number % len(originals)]
        listing = Listing()
        listing.CopyFrom(original.listing)
        if number >= len(originals):
            _vary(listing, original, number, regions, rng)
        yield listing


@dataclass(frozen=True, slots=True)
class _Original:
    """A listing and what is worked out once for all its variations."""

    listing: Listing
    valid_until: int  # ordinal of the day, 0 where there is none
    indicators: tuple[tuple[int, int, int], ...]  # place, digits, decimals
    patents: tuple[tuple[int, str], ...]  # place, first five digits


def _original(listing: Listing) -> _Original:
    public = listing.public
    indicators = []
    for place, indicator in enumerate(public.supply.indicators or public.demand.indicators):
        if indicator.value and not indicator.value_max:
            _, digits, exponent = Decimal(indicator.value).as_tuple()
            number = int("".join(map(str, digits)))
            if isinstance(exponent, int) and exponent <= 0 and indicator.value[0].isdigit():
                indicators.append((place, number, -exponent))
    patents = [
        (place, found[1])
        for place, right in enumerate(public.supply.ip)
        if (found := _PATENT.fullmatch(right.number))
    ]
    day = date.fromisoformat(public.valid_until).toordinal() if public.valid_until else 0
    return _Original(listing, day, tuple(indicators), tuple(patents))


def _vary(
    listing: Listing, original: _Original, number: int, regions: list[str], rng: random.Random
) -> None:
    public = listing.public
    setting, setting_en = rng.choice(_SETTINGS)
    variant = rng.choice(_VARIANTS)
    percent = rng.choice(_PERCENT)
    public.source_id = f"{public.source_id}-{number:07d}"
    public.title = f"面向{setting}的{public.title}({variant})"
    if public.title_en:
        public.title_en = f"{public.title_en} for {setting_en}"
    if public.summary:
        public.summary = f"{variant}，适用于{setting}。{public.summary}"
    public.region = rng.choice(regions)
    if original.valid_until:
        later = original.valid_until + rng.randrange(_LONGEST_RENEWAL_DAYS)
        public.valid_until = date.fromordinal(later).isoformat()
    if public.HasField("supply"):
        _vary_rights(listing, original, number)
        indicators = public.supply.indicators
        prices = listing.members.price if listing.members.HasField("price") else None
    else:
        public.demand.problem = f"{setting}场景下，{public.demand.problem}"
        indicators = public.demand.indicators
        prices = listing.members.budget if listing.members.HasField("budget") else None
    if original.indicators:
        place, digits, decimals = rng.choice(original.indicators)
        indicators[place].value = _decimal(max(digits * percent // 100, 1), decimals)
    if prices is not None and not prices.negotiable:
        prices.amount_min_fen = _scaled(prices.amount_min_fen, percent)
        prices.amount_max_fen = _scaled(prices.amount_max_fen, percent)


def _vary_rights(listing: Listing, original: _Original, number: int) -> None:
    rights = listing.public.supply.ip
    for place, start in original.patents:
        digits = f"{start}{_PATENT_SERIALS + (number * 7 + place) % 990_000}"
        weighted = zip(digits, _PATENT_WEIGHTS, strict=True)
        check = sum(int(digit) * weight for digit, weight in weighted) % 11
        rights[place].number = f"CN{digits}.{'X' if check == 10 else check}"  # noqa: PLR2004 - 10 is X


def _scaled(amount_fen: int, percent: int) -> int:
    """Return the scaled amount in whole 万元; what was open stays open."""
    scaled = amount_fen * percent // 100 // _WAN_YUAN_FEN * _WAN_YUAN_FEN
    return max(scaled, _WAN_YUAN_FEN) if amount_fen else 0


def _decimal(digits: int, decimals: int) -> str:
    if not decimals:
        return str(digits)
    whole, fraction = divmod(digits, 10**decimals)
    return f"{whole}.{fraction:0{decimals}d}"
