"""The gate of a start: when it opens, what it finishes, what it tells callers, when it closes."""

from __future__ import annotations

import pytest

from federation.log.checkpoint import Checkpoint
from federation.log.errors import YdxError
from federation.sync.start import SETTLE_DISAGREEING_S, SETTLE_S, StartQuestion, Verdict
from federation.trust.registry import TreeHead
from node.services.sync.starting import StartGate

ORIGIN = "ydx.example/shanghai"
OTHERS = frozenset({"anhui", "center", "jiangsu", "zhejiang"})


def root(size: int) -> bytes:
    return bytes([size]) * 32


class Scene:
    """A gate of a log of 5 entries."""

    def __init__(
        self, intent: TreeHead | None = None, file: TreeHead | None = None, size: int = 5
    ) -> None:
        self.now_s = 0.0
        self.size = size
        self.finished = 0
        question = StartQuestion(OTHERS, 3, lambda: self.size, root, intent, file)
        self.gate = StartGate(question, b"s" * 16, lambda: self.now_s, self._finish)

    def _finish(self) -> None:
        self.finished += 1

    def open(self) -> None:
        for name in ("anhui", "center"):
            self.gate.answered(name, None)
        self.now_s += SETTLE_S
        assert self.gate.verdict() is Verdict.OPEN


def head(size: int, at_root: bytes | None = None) -> Checkpoint:
    return Checkpoint(ORIGIN, size, root(size) if at_root is None else at_root)


def test_until_two_of_four_have_answered_and_three_seconds_more_nobody_may_write() -> None:
    scene = Scene()
    with pytest.raises(
        YdxError, match="STARTING: not yet answered: anhui, center, jiangsu, zhejiang"
    ):
        scene.gate.check()
    scene.gate.answered("anhui", None)
    scene.gate.answered("anhui", None)
    scene.gate.answered("a stranger", None)
    scene.now_s += 100.0
    with pytest.raises(YdxError, match="STARTING: not yet answered: center, jiangsu, zhejiang"):
        scene.gate.check()
    scene.gate.answered("center", head(5))
    scene.now_s += SETTLE_S - 0.1
    with pytest.raises(YdxError, match="STARTING"):
        scene.gate.check()
    scene.now_s += 0.1
    scene.gate.check()


def test_where_database_and_file_disagree_it_waits_for_thirty_seconds() -> None:
    scene = Scene(intent=TreeHead(5, root(5)), file=TreeHead(4, root(4)))
    scene.gate.answered("anhui", None)
    scene.gate.answered("center", None)
    scene.now_s += SETTLE_DISAGREEING_S - 0.1
    assert scene.gate.verdict() is Verdict.STARTING
    scene.now_s += 0.1
    assert scene.gate.verdict() is Verdict.OPEN


def test_the_interrupted_write_is_finished_once_before_listeners_hear_of_the_opening() -> None:
    scene, heard = Scene(), []
    scene.gate.subscribe(lambda: heard.append(scene.finished))
    scene.open()
    scene.gate.check()
    assert scene.gate.verdict() is Verdict.OPEN
    assert (scene.finished, heard) == (1, [1])


def test_a_gate_that_cannot_finish_the_write_stays_shut_and_tries_again() -> None:
    scene = Scene()
    for name in ("anhui", "center"):
        scene.gate.answered(name, None)
    scene.now_s += SETTLE_S

    def fails() -> None:
        raise YdxError("DISK_FULL", "no space for the file")

    scene.gate._finish_interrupted = fails
    with pytest.raises(YdxError, match="DISK_FULL"):
        scene.gate.check()
    scene.gate._finish_interrupted = scene._finish
    scene.gate.check()
    assert scene.finished == 1


@pytest.mark.parametrize("place", ["file", "anhui"])
def test_a_file_or_a_member_that_is_ahead_means_restored_behind(place: str) -> None:
    scene = Scene(file=TreeHead(7, root(7)) if place == "file" else None)
    scene.gate.answered("anhui", head(7) if place == "anhui" else None)
    with pytest.raises(YdxError, match=f"RESTORED_BEHIND: size 7 .* {place}") as told:
        scene.gate.check()
    assert told.value.metadata["size"] == "7"
    scene.now_s += 1000.0
    assert scene.gate.verdict() is Verdict.RESTORED_BEHIND
    assert scene.finished == 0


@pytest.mark.parametrize("place", ["file", "database", "anhui"])
def test_whoever_knows_another_history_stops_the_log(place: str) -> None:
    wrong = TreeHead(4, b"w" * 32)
    scene = Scene(
        intent=wrong if place == "database" else None, file=wrong if place == "file" else None
    )
    scene.gate.answered("anhui", head(4, b"w" * 32) if place == "anhui" else None)
    with pytest.raises(YdxError, match=f"SIGNING_STOPPED: .* {place}"):
        scene.gate.check()


@pytest.mark.parametrize(
    ("told", "reason"),
    [(head(6), "RESTORED_BEHIND"), (head(5, b"w" * 32), "SIGNING_STOPPED")],
    ids=["is ahead", "conflicts"],
)
def test_an_open_gate_closes_for_a_head_of_our_own_log_that(told: Checkpoint, reason: str) -> None:
    scene = Scene()
    scene.open()
    scene.gate.heard("jiangsu", head(5))
    scene.gate.check()
    scene.gate.heard("jiangsu", told)
    with pytest.raises(YdxError, match=reason):
        scene.gate.check()
