"""An operator has a peer tried again: who is woken, and what is refused."""

from __future__ import annotations

from typing import Any, cast

import pytest

from federation.log.errors import Refused
from node.services.errors import InvalidFields
from node.services.sync.peers import PeerBook
from node.services.sync.retrying import PeerRetry

ANHUI, CENTER = "ydx.example/anhui", "ydx.example/center"


class Woken:
    """A link or a follower that counts how often it was woken."""

    def __init__(self) -> None:
        self.times = 0

    def wake(self) -> None:
        self.times += 1


class Scene:
    """Two peers that both rest for anhui's log."""

    def __init__(self) -> None:
        self.book = PeerBook(["anhui", "center"], lambda: 1000.0, lambda: 0.5)
        self.links = {"anhui": Woken(), "center": Woken()}
        self.followers = {ANHUI: Woken(), CENTER: Woken()}
        for name in self.links:
            self.book.rest(name, ANHUI, "BAD_PROOF")

    def retry(self, member: str, origin: str = "") -> list[str]:
        again = PeerRetry(self.book, cast("Any", self.links), cast("Any", self.followers))
        return [one.origin for one in again.retry(member, origin)]

    def woken(self) -> tuple[list[int], list[int]]:
        return (
            [one.times for one in self.links.values()],
            [one.times for one in self.followers.values()],
        )


@pytest.mark.parametrize(
    ("origin", "ended", "followers"),
    [("", [ANHUI], [1, 1]), (ANHUI, [ANHUI], [1, 0]), (CENTER, [], [0, 1])],
    ids=["all", "one", "one without a rest"],
)
def test_the_link_and_the_followers_of_what_rested_are_woken(
    origin: str, ended: list[str], followers: list[int]
) -> None:
    scene = Scene()
    assert scene.retry("center", origin) == ended
    assert scene.woken() == ([0, 1], followers)
    assert scene.book.rests("anhui", ANHUI)
    assert scene.book.rests("center", ANHUI) is (not ended)


def test_who_is_no_peer_is_told_who_is() -> None:
    scene = Scene()
    with pytest.raises(InvalidFields, match=r"is no peer of this node \(anhui, center\)"):
        scene.retry("fujian")
    with pytest.raises(Refused, match="follows no log"):
        scene.retry("center", "ydx.example/fujian")
    assert scene.woken() == ([0, 0], [0, 0])
