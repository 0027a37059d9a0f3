"""A database is its member's: that of another one is refused, and left as it is."""

from __future__ import annotations

from contextlib import closing

import pytest

from federation.log.errors import YdxError
from node.storage import mirrors
from node.storage.database import Database
from node.storage.opening import check_can_open

JIANGSU = "ydx.example/jiangsu"


def made(url: str, own: list[str], copies: list[str]) -> None:
    with closing(Database.open(url)) as database, database.write() as tx:
        for origin in own + copies:
            mirrors.add(tx, origin, is_own=origin in own)


@pytest.mark.parametrize(
    "own", ["ydx.example/shanghai", "other.example/jiangsu"], ids=["member", "federation"]
)
@pytest.mark.parametrize("is_copied", [True, False])
def test_the_database_of_another_member_is_refused(url: str, own: str, *, is_copied: bool) -> None:
    made(url, [own], [JIANGSU] * is_copied)
    text = f"database.url: this is the database of {own}, not of {JIANGSU}"
    for migrate in (True, False):
        with pytest.raises(YdxError, match=text) as refused:
            Database.open(url, migrate=migrate, origin=JIANGSU)
        assert refused.value.reason == "BAD_CONFIG"
    with pytest.raises(YdxError, match=text):
        check_can_open(url, JIANGSU)


def test_a_database_with_nothing_but_a_copy_of_our_log_is_refused(url: str) -> None:
    made(url, [], [JIANGSU])
    with pytest.raises(YdxError, match="another member"):
        Database.open(url, origin=JIANGSU)


@pytest.mark.parametrize("own", [JIANGSU, f"{JIANGSU}.2"], ids=["first log", "second log"])
def test_a_members_own_database_is_opened_with_whatever_copies(url: str, own: str) -> None:
    made(url, [own], ["ydx.example/shanghai"])
    check_can_open(url, JIANGSU)
    Database.open(url, origin=JIANGSU).close()


def test_a_database_that_is_empty_is_anybodys(url: str) -> None:
    Database.open(url, origin=JIANGSU).close()
    Database.open(url, origin="ydx.example/shanghai").close()
