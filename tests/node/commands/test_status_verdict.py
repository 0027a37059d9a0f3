"""The verdict: never better than its worst part, unknown never well, every member a row."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.commands.status_verdict import (
    FINDINGS,
    SeenOrigin,
    SeenPeer,
    Sight,
    Status,
    Verdict,
    compared,
    is_settled,
    judge,
    worst,
)

NOW_S = 1_790_000_000.0
DAY_S = 86_400.0
MEMBERS = ("anhui", "center", "jiangsu")


def origin(member: str, **changes: Any) -> SeenOrigin:
    seen = SeenOrigin(
        member=member,
        origin=f"ydx.example/{member}",
        stored_size=9,
        tree_size=9,
        verified_size=9,
        confirmed_size=9,
        lag_s=1.0,
    )
    return replace(seen, **changes)


def sight(member: str = "anhui", **changes: Any) -> Sight:
    """Return what a node says when all is well."""
    seen = Sight(
        address="127.0.0.1:1",
        member=member,
        write_state="OPEN",
        origins=tuple(origin(name) for name in MEMBERS),
        peers=tuple(SeenPeer(member=name, up=True) for name in MEMBERS if name != member),
        trust_expires_s=NOW_S + 7 * DAY_S,
        registry_version=4,
    )
    return replace(seen, **changes)


def status(*sights: Sight, members: tuple[str, ...] = ()) -> Status:
    return judge(sights, members, now_s=NOW_S, lag_s_max=60.0)


def findings(found: Status) -> dict[str, list[str]]:
    return {row.member: row.findings for row in found.rows if row.findings}


def test_when_all_is_well_every_member_is_a_row_and_ok() -> None:
    found = status(sight())
    assert [row.member for row in found.rows] == list(MEMBERS)
    assert (found.verdict, found.registry_version) == (Verdict.OK, 4)
    assert [row.asked for row in found.rows] == [True, False, False]


def peers(**changes: Any) -> dict[str, Any]:
    return {"peers": (SeenPeer(member="center", **({"up": True} | changes)),)}


def center(**changes: Any) -> dict[str, Any]:
    return {"origins": (origin("anhui"), origin("center", **changes), origin("jiangsu"))}


@pytest.mark.parametrize(
    ("changes", "where", "finding", "verdict"),
    [
        pytest.param(
            {"write_state": "STARTING"}, "anhui", "starting", "DEGRADED", id="it is starting"
        ),
        pytest.param(
            {"write_state": "DISK_FULL"}, "anhui", "disk_full", "DEGRADED", id="its disk is full"
        ),
        pytest.param(
            {"write_state": "DATABASE_ERROR"},
            "anhui",
            "database_error",
            "DOWN",
            id="its database takes no writes",
        ),
        pytest.param(
            {"error_reason": "DATABASE_ERROR"},
            "anhui",
            "database_error",
            "DOWN",
            id="its database answers nothing",
        ),
        pytest.param(
            {"write_state": "RESTORED_BEHIND"},
            "anhui",
            "restored_behind",
            "DOWN",
            id="an older database was put back",
        ),
        pytest.param(
            {"write_state": "STOPPED"}, "anhui", "signing_stopped", "DOWN", id="it signs no more"
        ),
        pytest.param(
            {"write_state": "UNSPECIFIED"},
            "anhui",
            "writes_unknown",
            "UNKNOWN",
            id="a write state that this version does not know",
        ),
        pytest.param(
            {"index_behind_s": 61.0}, "anhui", "index_behind", "DEGRADED", id="its index is behind"
        ),
        pytest.param({"is_ready": False}, "anhui", "not_ready", "DOWN", id="it is not ready"),
        pytest.param(
            {"is_ready": None}, "anhui", "readiness_unknown", "UNKNOWN", id="no probe answers"
        ),
        pytest.param(
            peers(up=False, consecutive_failures=2),
            "center",
            "unreachable",
            "DOWN",
            id="a peer is out of reach",
        ),
        pytest.param(peers(up=False), "center", "not_seen", "UNKNOWN", id="a peer was never tried"),
        pytest.param(
            peers(clock_skew_s=-6.0), "center", "clock_skew", "DEGRADED", id="its clock is off"
        ),
        pytest.param(center(frozen=True), "center", "frozen", "DOWN", id="a log forked"),
        pytest.param(
            center(state="PARTIAL"), "center", "partial", "DEGRADED", id="a part is wanted"
        ),
        pytest.param(
            center(state="UNSPECIFIED"),
            "center",
            "partial",
            "DEGRADED",
            id="a completeness that this version does not know",
        ),
        pytest.param(center(lag_s=61.0), "center", "lagging", "DEGRADED", id="a log lags"),
        pytest.param(
            center(lag_s=None), "center", "lagging", "DEGRADED", id="a log was never proven current"
        ),
        pytest.param(
            center(short_of=frozenset({"behind"})),
            "center",
            "behind",
            "DEGRADED",
            id="it is behind",
        ),
        pytest.param(
            center(short_of=frozenset({"unconfirmed"})),
            "center",
            "unconfirmed",
            "DEGRADED",
            id="witnesses are missing",
        ),
    ],
)
def test_one_fault_is_found_where_it_is(
    changes: dict[str, Any], where: str, finding: str, verdict: str
) -> None:
    found = status(sight(**changes))
    assert findings(found) == {where: [finding]}
    assert found.verdict is Verdict[verdict]


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"trust_stale": True}, "trust_stale"),
        ({"trust_expires_s": NOW_S + DAY_S / 2}, "trust_expires"),
    ],
)
def test_trust_that_ends_is_a_finding_of_the_whole(changes: dict[str, Any], finding: str) -> None:
    found = status(sight(**changes), sight("center", **changes))
    assert (found.findings, found.verdict) == ([finding], Verdict.DEGRADED)
    assert findings(found) == {}


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [("OUT_OF_REACH", Verdict.DOWN), ("TOKEN_INVALID", Verdict.UNKNOWN)],
)
def test_a_node_that_does_not_answer_is_a_row_and_so_is_everybody_it_would_speak_of(
    reason: str, verdict: Verdict
) -> None:
    silent = Sight(address="127.0.0.1:1", error_reason=reason, error_what="w")
    found = status(silent, members=MEMBERS)
    assert [row.member for row in found.rows] == ["127.0.0.1:1", *MEMBERS]
    assert found.verdict is verdict
    assert all(row.verdict is not Verdict.OK for row in found.rows)


def test_nothing_asked_and_nobody_known_is_unknown() -> None:
    assert status().verdict is Verdict.UNKNOWN


def test_of_what_several_nodes_see_the_worst_is_told() -> None:
    behind = sight(
        "jiangsu",
        origins=(origin("anhui", tree_size=12, verified_size=5, confirmed_size=3, lag_s=40.0),),
    )
    (row, *_) = status(sight(), behind).rows
    assert (row.tree_size, row.verified_size, row.confirmed_size) == (12, 5, 3)
    assert row.lag_s == 40.0


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"state": "PARTIAL"}, "partial"),
        ({"frozen": True}, "frozen"),
        ({"short_of": frozenset({"behind"})}, "behind"),
    ],
)
def test_a_closed_log_that_is_not_held_well_is_told(changes: dict[str, Any], finding: str) -> None:
    closed = origin("center", lag_s=9_999.0, tree_size=4, verified_size=4, confirmed_size=4)
    newer = origin("center", origin="ydx.example/center.2")
    others = (origin("anhui"), origin("jiangsu"), newer)
    assert status(sight(origins=(closed, *others))).verdict is Verdict.OK
    held_badly = replace(closed, **changes)
    assert findings(status(sight(origins=(held_badly, *others)))) == {"center": [finding]}


def test_a_member_is_shown_by_its_newest_log() -> None:
    logs = [origin("center", origin=f"ydx.example/center{end}") for end in (".10", "", ".2")]
    rows = {row.member: row for row in status(sight(origins=tuple(logs))).rows}
    assert rows["center"].origin == "ydx.example/center.10"


def test_a_known_fault_is_not_hidden_behind_an_unknown() -> None:
    assert worst([Verdict.UNKNOWN, Verdict.DOWN, Verdict.OK]) is Verdict.DOWN
    assert worst([Verdict.UNKNOWN, Verdict.DEGRADED]) is Verdict.UNKNOWN


def test_a_log_that_is_being_written_is_not_behind_but_one_that_stands_still_is() -> None:
    first = sight(**center(tree_size=20, verified_size=15, confirmed_size=10))
    assert not is_settled(first)
    assert is_settled(sight())
    moved = sight(**center(tree_size=30, verified_size=20, confirmed_size=15))
    assert findings(status(compared(first, moved))) == {}
    stuck = compared(first, sight(**center(tree_size=30, verified_size=19, confirmed_size=14)))
    assert findings(status(stuck)) == {"center": ["behind", "unconfirmed"]}


def test_what_is_written_and_still_not_signed_at_a_second_look_is_found() -> None:
    def anhui(stored_size: int, size: int) -> dict[str, Any]:
        own = origin(
            "anhui",
            stored_size=stored_size,
            tree_size=size,
            verified_size=size,
            confirmed_size=size,
        )
        return {"origins": (own, origin("center"), origin("jiangsu"))}

    first = sight(**anhui(12, 9))
    assert not is_settled(first)
    assert findings(status(compared(first, sight(**anhui(15, 12))))) == {}
    stuck = compared(first, sight(**anhui(15, 11)))
    assert findings(status(stuck)) == {"anhui": ["unsigned"]}


WORDS = st.sampled_from(["OPEN", "STARTING", "STOPPED", "UNSPECIFIED", "NEWER"])
SIGHTS = st.builds(
    sight,
    st.sampled_from(MEMBERS),
    write_state=WORDS,
    is_ready=st.sampled_from([True, False, None]),
    error_reason=st.sampled_from(["", "", "OUT_OF_REACH", "TOKEN_INVALID"]),
    trust_stale=st.booleans(),
)


@given(st.lists(SIGHTS, max_size=4))
def test_the_verdict_is_never_better_than_any_of_its_parts(sights: list[Sight]) -> None:
    found = status(*sights, members=MEMBERS)
    parts = [row.verdict for row in found.rows] + [FINDINGS[one][0] for one in found.findings]
    assert all(worst([found.verdict, part]) is found.verdict for part in parts)
    assert (found.verdict is Verdict.OK) == (set(parts) == {Verdict.OK})


@pytest.mark.parametrize(
    ("skews_s", "off_s"),
    [
        ({"center": 6.0, "jiangsu": 7.0}, {"anhui": -6.5}),
        ({"center": -9.0, "jiangsu": -8.0}, {"anhui": 8.5}),
        ({"center": 9.0, "jiangsu": -8.0}, {"center": 9.0, "jiangsu": -8.0}),
        ({"center": 9.0, "jiangsu": 0.1}, {"center": 9.0}),
        ({"center": 9.0}, {"center": 9.0}),
        ({"center": 5.0, "jiangsu": 7.0}, {"jiangsu": 7.0}),
    ],
)
def test_whose_clock_is_off_is_who_differs_from_all_others(
    skews_s: dict[str, float], off_s: dict[str, float]
) -> None:
    seen = tuple(
        SeenPeer(member=name, up=True, clock_skew_s=skew_s) for name, skew_s in skews_s.items()
    )
    found = status(sight(peers=seen, origins=tuple(map(origin, ("anhui", *skews_s)))))
    assert findings(found) == {name: ["clock_skew"] for name in off_s}
    told = {row.member: row.clock_skew_s for row in found.rows if row.member in off_s}
    assert told == off_s


def test_a_clock_of_who_is_out_of_reach_is_not_known() -> None:
    seen = SeenPeer(member="center", up=False, consecutive_failures=3, clock_skew_s=90.0)
    row = {one.member: one for one in status(sight(peers=(seen,))).rows}["center"]
    assert (row.findings, row.clock_skew_s) == (["unreachable"], None)
