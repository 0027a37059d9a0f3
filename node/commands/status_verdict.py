"""The verdict on a federation as some of its nodes see it. Pure.

- One row a member of the registry, whoever of them was asked, with its newest log; of its closed
  ones it is told if they are not held well. What several nodes see of one member
  is told as the worst: the least verified and confirmed size, the greatest lag.
- A row's verdict is its worst finding, the whole verdict the worst of rows and common findings, in
  the order ok < degraded < unknown < down: what cannot be seen is never well, and what is certainly
  down is not hidden behind it.
- A log that is behind, or not confirmed to its end, at one moment is a log that is being written.
  It is found behind only if a second look still has it short of where the first one saw its end.
- A node from which the clocks of all the others it meets, of two at least, differ the same way has
  the wrong clock itself; they are not blamed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum
from statistics import median
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CLOCK_SKEW_S_MAX: Final = 5.0
EXPIRES_SOON_S: Final = 86_400.0


class Verdict(IntEnum):
    """How it stands; the numbers are the exit codes of `ydx status`."""

    OK = 0
    DEGRADED = 1
    DOWN = 2
    UNKNOWN = 3


_RISING: Final = (Verdict.OK, Verdict.DEGRADED, Verdict.UNKNOWN, Verdict.DOWN)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst of the verdicts, of none OK."""
    return max(verdicts, key=_RISING.index, default=Verdict.OK)


FINDINGS: Final[dict[str, tuple[Verdict, str, str]]] = {
    "unreachable": (Verdict.DOWN, "无法连接", "cannot be reached"),
    "not_answered": (Verdict.UNKNOWN, "未能查询", "could not be asked"),
    "not_seen": (Verdict.UNKNOWN, "没有任何节点知道其状态", "no node that was asked knows of it"),
    "not_ready": (Verdict.DOWN, "未就绪", "says that it is not ready"),
    "readiness_unknown": (Verdict.UNKNOWN, "就绪探针无应答", "its readiness probe does not answer"),
    "starting": (Verdict.DEGRADED, "启动中，尚不接受写入", "is starting, takes no writes yet"),
    "disk_full": (Verdict.DEGRADED, "磁盘已满，不接受写入", "its disk is full, takes no writes"),
    "database_error": (
        Verdict.DOWN,
        "数据库出错，不接受写入",
        "its database fails, takes no writes",
    ),
    "restored_behind": (
        Verdict.DOWN,
        "数据库旧于已签名的日志",
        "restored behind: its database is older than what it signed",
    ),
    "signing_stopped": (Verdict.DOWN, "已停止签名", "has stopped signing"),
    "writes_unknown": (Verdict.UNKNOWN, "是否接受写入未知", "does not say if it takes writes"),
    "frozen": (Verdict.DOWN, "日志分叉，已冻结", "its log forked and is frozen"),
    "partial": (Verdict.DEGRADED, "副本不完整", "its log is held in part"),
    "unsigned": (
        Verdict.DEGRADED,
        "日志末尾尚未签名",
        "entries of its log wait to be signed",
    ),
    "behind": (Verdict.DEGRADED, "副本落后", "its log is held behind its end"),
    "unconfirmed": (Verdict.DEGRADED, "尚未达到法定见证数", "its log waits for witnesses"),
    "lagging": (Verdict.DEGRADED, "滞后过久", "its log was last proven current too long ago"),
    "resting": (
        Verdict.DEGRADED,
        "曾发来错误内容，暂停使用（ydx peers）",
        "sent something wrong and rests, see ydx peers",
    ),
    "clock_skew": (Verdict.DEGRADED, "时钟偏差过大", "its clock differs"),
    "index_behind": (
        Verdict.DEGRADED,
        "检索索引落后",
        "its search index does not follow",
    ),
    "trust_stale": (Verdict.DEGRADED, "信任文件已过期", "the trust files have expired"),
    "trust_expires": (
        Verdict.DEGRADED,
        "信任文件一天内到期",
        "the trust files expire within a day",
    ),
}
"""Finding → (verdict, text in Chinese, text in English)."""

_WRITE_STATES: Final = {
    "OPEN": "",
    "STARTING": "starting",
    "DISK_FULL": "disk_full",
    "DATABASE_ERROR": "database_error",
    "RESTORED_BEHIND": "restored_behind",
    "STOPPED": "signing_stopped",
}
_ERRORS: Final = {"OUT_OF_REACH": "unreachable", "DATABASE_ERROR": "database_error"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenOrigin:
    """A log as one node holds it; `lag_s` None: never proven current. `state` as in the API."""

    member: str
    origin: str
    stored_size: int = 0
    tree_size: int = 0
    verified_size: int = 0
    confirmed_size: int = 0
    lag_s: float | None = 0.0
    state: str = "COMPLETE"
    why: str = ""
    last_error: str = ""
    frozen: bool = False
    short_of: frozenset[str] = frozenset()
    """"unsigned", "behind" and "unconfirmed", once a second look has found so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPeer:
    """A member as another one's node meets it."""

    member: str
    up: bool
    consecutive_failures: int = 0
    last_error: str = ""
    clock_skew_s: float = 0.0
    is_resting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What one node that was asked says, or the reason why it says nothing."""

    address: str
    member: str = ""
    error_reason: str = ""
    error_what: str = ""
    write_state: str = ""
    write_state_why: str = ""
    version: str = ""
    is_ready: bool | None = True
    """What its readiness probe says; None: it does not answer. True where it was not asked."""
    origins: tuple[SeenOrigin, ...] = ()
    peers: tuple[SeenPeer, ...] = ()
    trust_stale: bool = False
    trust_expires_s: float = 0.0
    registry_version: int = 0
    index_behind_s: float = 0.0


@dataclass(slots=True)
class Row:
    """One member."""

    member: str
    origin: str = ""
    asked: bool = False
    tree_size: int | None = None
    verified_size: int | None = None
    confirmed_size: int | None = None
    lag_s: float | None = None
    clock_skew_s: float | None = None
    """Its clock minus that of who sees it so, where they differ most."""
    write_state: str = ""
    version: str = ""
    last_error: str = ""
    findings: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> Verdict:
        """Return the worst finding."""
        return worst(FINDINGS[one][0] for one in self.findings)

    def find(self, *findings: str) -> None:
        """Add findings, each once; "" is none."""
        self.findings += [one for one in findings if one and one not in self.findings]

    def take_clock_skew(self, skew_s: float) -> None:
        """Take how far its clock is off."""
        self.clock_skew_s = max(self.clock_skew_s or 0.0, skew_s, key=abs)
        self.find("clock_skew" if abs(skew_s) > CLOCK_SKEW_S_MAX else "")


@dataclass(frozen=True, slots=True)
class Status:
    """The answer of `ydx status`."""

    rows: list[Row]
    findings: list[str]
    registry_version: int

    @property
    def verdict(self) -> Verdict:
        """Return the worst of everything; of nothing it is unknown."""
        if not self.rows:
            return Verdict.UNKNOWN
        common = [FINDINGS[one][0] for one in self.findings]
        return worst([*common, *(row.verdict for row in self.rows)])


def is_settled(sight: Sight) -> bool:
    """Tell whether every log is held and confirmed to its end, so that one look is enough."""
    return all(
        row.confirmed_size >= row.verified_size >= max(row.tree_size, row.stored_size)
        for row in sight.origins
    )


def compared(first: Sight, second: Sight) -> Sight:
    """Return the second look at a node, its logs marked that are short of the first one's ends."""
    ends = {row.origin: row for row in first.origins}

    def marked(row: SeenOrigin) -> SeenOrigin:
        before = ends.get(row.origin)
        if before is None:
            return row
        short = {
            "unsigned": row.tree_size < before.stored_size,
            "behind": row.verified_size < before.tree_size,
            "unconfirmed": row.confirmed_size < before.verified_size,
        }
        return replace(row, short_of=frozenset(name for name, is_so in short.items() if is_so))

    return replace(second, origins=tuple(map(marked, second.origins)))


def judge(
    sights: Sequence[Sight], members: Iterable[str], *, now_s: float, lag_s_max: float
) -> Status:
    """Return the status that the sights amount to.

    `members` are those known from elsewhere: a member that nobody speaks of is a row too. Addresses
    that did not say whose they are stand as members, so that none is left out.
    """
    rows: dict[str, Row] = {name: Row(name) for name in members}
    common: list[str] = []
    for sight in sights:
        for peer in sight.peers:
            rows.setdefault(peer.member, Row(peer.member))
        _take_logs(rows, sight, lag_s_max)
        if not sight.error_reason:
            _take_trust(common, sight, now_s)
    for sight in sights:
        row = rows.setdefault(sight.member or sight.address, Row(sight.member or sight.address))
        _take_asked(row, sight)
        row.find("index_behind" if sight.index_behind_s > lag_s_max else "")
    for sight in sights:
        for peer in sight.peers:
            _take_peer(rows[peer.member], peer)
        _take_clocks(rows, sight)
    for row in rows.values():
        if not row.asked and row.tree_size is None:
            row.find("not_seen")
    version = max((sight.registry_version for sight in sights), default=0)
    return Status([rows[name] for name in sorted(rows)], common, version)


def _newest(origins: Iterable[SeenOrigin]) -> list[SeenOrigin]:
    """Return the newest log of each member: <domain>/<member>, then .2, .3 and so on."""
    newest: dict[str, SeenOrigin] = {}
    for row in sorted(origins, key=lambda one: (len(one.origin), one.origin)):
        newest[row.member] = row
    return list(newest.values())


def _take_logs(rows: dict[str, Row], sight: Sight, lag_s_max: float) -> None:
    newest = _newest(sight.origins)
    for seen in sight.origins:
        row = rows.setdefault(seen.member, Row(seen.member))
        if seen in newest:
            _take_origin(row, seen, own=seen.member == sight.member, lag_s_max=lag_s_max)
        else:  # closed: it does not lag, but it has to be held
            row.find(*_held_badly(seen))


def _take_origin(row: Row, seen: SeenOrigin, *, own: bool, lag_s_max: float) -> None:
    row.origin = seen.origin
    row.tree_size = max(row.tree_size or 0, seen.tree_size)
    row.verified_size = _least(row.verified_size, seen.verified_size)
    row.confirmed_size = _least(row.confirmed_size, seen.confirmed_size)
    row.last_error = row.last_error or seen.last_error
    if not own and seen.lag_s is not None:
        row.lag_s = max(row.lag_s or 0.0, seen.lag_s)
    lagging = not own and (seen.lag_s is None or seen.lag_s > lag_s_max)
    row.find(*_held_badly(seen), "lagging" if lagging else "")


def _held_badly(seen: SeenOrigin) -> tuple[str, ...]:
    """Return what is wrong with a log or our copy of it; "" is nothing."""
    return (
        "frozen" if seen.frozen else "",
        "partial" if seen.state not in {"COMPLETE", "STALE"} else "",
        *sorted(seen.short_of),
    )


def _take_asked(row: Row, sight: Sight) -> None:
    row.asked = True
    if sight.error_reason:
        row.last_error = f"{sight.error_reason}: {sight.error_what}"
        row.find(_ERRORS.get(sight.error_reason, "not_answered"))
        return
    row.write_state, row.version = sight.write_state, sight.version
    row.last_error = row.last_error or sight.write_state_why
    row.find(_WRITE_STATES.get(sight.write_state, "writes_unknown"))
    if sight.is_ready is None:
        row.find("readiness_unknown")
    elif not sight.is_ready:
        row.find("not_ready")


def _take_peer(row: Row, peer: SeenPeer) -> None:
    row.last_error = row.last_error or peer.last_error
    if not peer.up:
        row.find("unreachable" if peer.consecutive_failures else "not_seen")
    row.find("resting" if peer.is_resting else "")


def _take_clocks(rows: dict[str, Row], sight: Sight) -> None:
    skews = {peer.member: peer.clock_skew_s for peer in sight.peers if peer.up}
    least, greatest = min(skews.values(), default=0.0), max(skews.values(), default=0.0)
    if len(skews) > 1 and (least > CLOCK_SKEW_S_MAX or greatest < -CLOCK_SKEW_S_MAX):
        skews = {sight.member: -median(skews.values())}
    for member, skew_s in skews.items():
        rows[member].take_clock_skew(skew_s)


def _take_trust(common: list[str], sight: Sight, now_s: float) -> None:
    soon = sight.trust_expires_s - now_s < EXPIRES_SOON_S
    found = "trust_stale" if sight.trust_stale else "trust_expires" if soon else ""
    if found and found not in common:
        common.append(found)


def _least(known: int | None, seen: int) -> int:
    return seen if known is None else min(known, seen)
