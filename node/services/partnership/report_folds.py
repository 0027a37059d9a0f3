"""What reports count: pure folds over rows, in integers, whatever the order of the rows.

- A contract counts once both sides stand behind a version and unless it was cancelled, with the
  amounts of the last version that both stand behind. What one side alone claims counts nowhere;
  nor does an enquiry that a contract quotes and that was not between its two sides.
- Months are those of Asia/Shanghai. A contract belongs to the month of its signing, an enquiry to
  that of its submission, a listing to that of its newest version. What has no such day counts only
  where no months are asked for.
- A region is told by its province: GB/T 2260, the last four digits 0000.
- The median is in whole hours, rounded down; of an even number it is the mean of the middle two.
- Sums end at the greatest number that the answer can say, which means: so much or more. Nobody
  here may write amounts that come to it; what others wrote may.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from federation.partnership.steps import StepKind
from federation.partnership.terms import Registration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from node.storage.contracts import ContractRow, QuotedEnquiry
    from node.storage.enquiries import EnquiryRow

INT64_MAX: Final = (1 << 63) - 1
_HOUR_MS: Final = 3_600_000
_SHANGHAI_MS: Final = 8 * _HOUR_MS
_DAY_MS: Final = 24 * _HOUR_MS
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_MONTH_CHARS: Final = len("YYYY-MM")
_PROVINCE_DIGITS: Final = 2
_INSTITUTION: Final = "02"


class Months(NamedTuple):
    """First and last month, YYYY-MM; an empty one is no bound."""

    first: str = ""
    last: str = ""

    def hold(self, month: str) -> bool:
        """Tell whether a month is among them; "" is, where there is no bound."""
        if not month:
            return not (self.first or self.last)
        return self.first <= month and (not self.last or month <= self.last)


EVERY_MONTH: Final = Months()


class Flow(NamedTuple):
    """Contracts from a seller's province to a buyer's."""

    seller_region: str
    buyer_region: str
    month: str
    type: int
    contracts: int
    contract_amount_fen: int
    technical_amount_fen: int


class Funnel(NamedTuple):
    """What became of the listings of one member."""

    member: str
    month: str
    listed: int
    enquired: int
    accepted: int
    introduced: int
    contracted: int
    registered: int


class Answers(NamedTuple):
    """How fast one member answers."""

    member: str
    month: str
    answered: int
    open: int
    median_hours: int
    expired: int
    """Without an answer."""


class Managers(NamedTuple):
    """Technology managers of one member."""

    member: str
    level: int
    integrity_status: int
    managers: int


class Target(NamedTuple):
    """An amount to reach; `measure` is one of MEASURES, `until` the last day that counts."""

    measure: str
    amount: int
    until: str


class Progress(NamedTuple):
    """How far a target is reached."""

    target: str
    measure: str
    amount: int
    until: str
    reached: int
    permille: int


def month_of_day(day: str) -> str:
    """Return the month of YYYY-MM-DD, "" of ""."""
    return day[:_MONTH_CHARS]


def month_of_ms(time_ms: int) -> str:
    """Return the month of Unix milliseconds in Asia/Shanghai; "" of 0 and after 9999."""
    ordinal = _EPOCH_DAY + (time_ms + _SHANGHAI_MS) // _DAY_MS
    if time_ms <= 0 or ordinal > date.max.toordinal():
        return ""
    return date.fromordinal(ordinal).isoformat()[:_MONTH_CHARS]


def counts(row: ContractRow) -> bool:
    """Tell whether a contract counts."""
    return row.is_agreed and not row.is_cancelled


def flows(rows: Iterable[ContractRow], months: Months, member: str) -> list[Flow]:
    """Return the flows, ascending by regions, month and type."""
    found: dict[tuple[str, str, str, int], list[int]] = {}
    for row in rows:
        month = month_of_day(row.signed_on)
        if not counts(row) or not months.hold(month):
            continue
        if member and member not in {row.buyer, row.seller}:
            continue
        key = (_province(row.seller_region), _province(row.buyer_region), month, row.type)
        sums = found.setdefault(key, [0, 0, 0])
        sums[0] += 1
        sums[1] += row.contract_amount_fen
        sums[2] += row.technical_amount_fen
    return [
        Flow(*key, *(min(one, INT64_MAX) for one in sums)) for key, sums in sorted(found.items())
    ]


def funnel(
    listed: Mapping[tuple[str, str], int],
    enquiries: Iterable[EnquiryRow],
    contracts: Iterable[tuple[ContractRow, Sequence[QuotedEnquiry]]],
    months: Months,
    member: str,
) -> list[Funnel]:
    """Return the funnel of each member and month; `listed` is by (member, month)."""
    found: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * 6)
    for key, count in listed.items():
        found[key][0] += count
    for enquiry in enquiries:
        if enquiry.state:
            stages = found[enquiry.listing_member, month_of_ms(enquiry.submitted_at_ms)]
            for stage, kind in enumerate(_STAGES, 1):
                stages[stage] += enquiry.reached >> kind & 1
    for row, quoted in contracts:
        if counts(row):
            is_registered = row.registration == Registration.REGISTERED
            sides = {row.buyer, row.seller}
            of_both = [one for one in quoted if {one.enquirer, one.listing_member} == sides]
            for listing_member in {one.listing_member for one in of_both}:
                stages = found[listing_member, month_of_day(row.signed_on)]
                stages[4] += 1
                stages[5] += is_registered
    return [
        Funnel(*key, *stages)
        for key, stages in sorted(found.items())
        if any(stages) and months.hold(key[1]) and (not member or key[0] == member)
    ]


def answers(rows: Iterable[EnquiryRow], months: Months, member: str) -> list[Answers]:
    """Return how fast each member answers, by month of submission."""
    took_ms: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    waiting: defaultdict[tuple[str, str], int] = defaultdict(int)
    expired: defaultdict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        month = month_of_ms(row.submitted_at_ms)
        if not row.state or not months.hold(month) or (member and row.listing_member != member):
            continue
        key = (row.listing_member, month)
        if row.answered_at_ms and row.submitted_at_ms:
            took_ms[key].append(max(0, row.answered_at_ms - row.submitted_at_ms))
        elif not row.answered_at_ms and not row.is_ended:
            waiting[key] += 1
        elif not row.answered_at_ms and row.state == StepKind.EXPIRED:
            expired[key] += 1
    return [
        Answers(
            *key,
            len(took_ms[key]),
            waiting[key],
            median(took_ms[key]) // _HOUR_MS,
            expired[key],
        )
        for key in sorted({*took_ms, *waiting, *expired})
    ]


def median(values: Sequence[int]) -> int:
    """Return the median, rounded down; 0 of nothing."""
    if not values:
        return 0
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) // 2


def managers(rows: Iterable[tuple[str, int, int]], member: str) -> list[Managers]:
    """Return how many there are by (member, level, integrity status)."""
    found: defaultdict[tuple[str, int, int], int] = defaultdict(int)
    for row in rows:
        if not member or row[0] == member:
            found[row] += 1
    return [Managers(*key, count) for key, count in sorted(found.items())]


CONTRACT_MEASURES: Final[Mapping[str, Callable[[ContractRow], int]]] = {
    "contracts": lambda _row: 1,
    "contract_amount_fen": lambda row: row.contract_amount_fen,
    "technical_amount_fen": lambda row: row.technical_amount_fen,
    "institution_amount_fen": lambda row: (
        row.contract_amount_fen if row.seller_nature.startswith(_INSTITUTION) else 0
    ),
    "registered_contracts": lambda row: int(row.registration == Registration.REGISTERED),
}
"""What is summed over contracts that were signed in the months asked for, until the target's day.

institution_amount_fen: of sellers whose nature code is 02x, public institutions: 科研, 高校, 医疗.
"""

RECORD_MEASURES: Final = ("managers", "transfer_organisations")
"""What is counted as it stands now: 技术经理人, and organisations of the type 技术转移机构."""

MEASURES: Final = (*CONTRACT_MEASURES, *RECORD_MEASURES)


def progress(
    targets: Mapping[str, Target],
    rows: Iterable[ContractRow],
    records: Mapping[str, int],
    months: Months,
    member: str,
) -> list[Progress]:
    """Return how far each target is reached, by name; `records` is by RECORD_MEASURES."""
    counted = [
        row
        for row in rows
        if counts(row)
        and months.hold(month_of_day(row.signed_on))
        and (not member or member in {row.buyer, row.seller})
    ]
    found = []
    for name, target in sorted(targets.items()):
        measure = CONTRACT_MEASURES.get(target.measure)
        reached = records.get(target.measure, 0)
        if measure is not None:
            reached = sum(measure(row) for row in counted if row.signed_on <= target.until)
        reached = min(reached, INT64_MAX)
        permille = min(reached * 1000 // target.amount, _PERMILLE_MAX)
        found.append(Progress(name, *target, reached, permille))
    return found


_STAGES: Final = (StepKind.SUBMITTED, StepKind.ACCEPTED, StepKind.INTRODUCED)
_PERMILLE_MAX: Final = (1 << 32) - 1


def _province(region: str) -> str:
    return region[:_PROVINCE_DIGITS].ljust(len(region), "0")
