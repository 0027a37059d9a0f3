"""Tokens on a real database: made once, known by their hash, ended by time or by hand."""

from __future__ import annotations

import itertools
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from federation.log.errors import Refused
from node.services.access import EXPIRY_DAYS_MAX, SEEN_FOR_S, Access, Caller, Role
from node.services.errors import InvalidFields
from node.services.ledger.four_eyes import person_of
from node.storage import tokens
from node.storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from node.storage.tokens import Token
    from node.storage.transaction import Transaction

DAY_S = 86_400.0
START = 1_800_000_000.0


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


def counter_bytes() -> Iterator[bytes]:
    for number in itertools.count(1):
        yield number.to_bytes(20, "big")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(f"sqlite:///{tmp_path / 'node.db'}")
    yield opened
    opened.close()


def open_access(database: Database, clock: Clock) -> Access:
    numbers = counter_bytes()
    return Access(database, clock=clock, random_bytes=lambda count: next(numbers)[-count:])


@pytest.fixture
def access(database: Database, clock: Clock) -> Access:
    return open_access(database, clock)


def is_refused(access: Access, text: str) -> bool:
    try:
        access.verify(text)
    except Refused as error:
        assert len(text) < 5 or text not in str(error)  # noqa: PT017 - both outcomes are asked for
        return error.reason == "TOKEN_INVALID"
    return False


def test_a_token_is_verified_as_the_caller_that_it_was_made_for(access: Access) -> None:
    platform = access.create([Role.PLATFORM], scope="sz-tech", days=1)
    partner = access.create([Role.PARTNER], scope="91310000MA1FL0000N", days=1)
    both = access.create([Role.OPERATOR, Role.SECURITY], days=1)
    ids = [token.id for token in access.every()]
    assert access.verify(platform) == Caller(
        frozenset({Role.PLATFORM}), token_id=ids[0], source_platform="sz-tech"
    )
    assert access.verify(partner) == Caller(
        frozenset({Role.PARTNER}), token_id=ids[1], organisation="91310000MA1FL0000N"
    )
    assert access.verify(both).roles == {Role.OPERATOR, Role.SECURITY}


def test_a_holder_has_one_name_however_it_is_typed(access: Access) -> None:
    names = ["李薇", "Wang  Min", " wang\tmin ", "\uff37ang Min"]
    callers = [access.verify(access.create([Role.APPROVER], holder=name, days=1)) for name in names]
    assert [one.holder for one in callers] == ["李薇", "Wang Min", "wang min", "Wang Min"]
    assert len({person_of(one) for one in callers}) == 2
    assert len({one.identity for one in callers}) == 4, "request ids stay those of each token"
    assert all(one.holder not in one.identity for one in callers)
    assert access.verify(access.create([Role.CLERK], days=1)).holder == ""
    found = {one.holder for one in access.every()}
    assert found == {"李薇", "Wang Min", "wang min", ""}


@pytest.mark.parametrize(
    "holder", [" ", "\u200b", "a\x00b", "x" * 121, "张三\ufe0f", "a\u034f", "\u3164"]
)
def test_a_holder_that_nobody_can_read_is_none(access: Access, holder: str) -> None:
    with pytest.raises(InvalidFields) as caught:
        access.create([Role.CLERK], holder=holder, days=1)
    assert caught.value.violations[0].field == "holder"
    assert access.every() == []


@pytest.mark.parametrize("scope", [" sz-tech", "sz-tech ", "sz\ntech", "sz\u200b", "x" * 61])
def test_a_scope_that_no_record_can_have_is_none(access: Access, scope: str) -> None:
    """Such a token would be refused at every write, and nobody would see why."""
    with pytest.raises(InvalidFields) as caught:
        access.create([Role.PLATFORM], scope=scope, days=1)
    assert caught.value.violations[0].field == "scope"
    assert access.every() == []
    access.create([Role.PLATFORM], scope="苏" * 60, days=1)
    access.create([Role.PARTNER], scope="苏州某某大学" * 20, days=1)


def test_only_the_hash_is_stored(access: Access, database: Database) -> None:
    text = access.create([Role.AUDITOR], label="审计", days=1)
    (row,) = access.every()
    assert row.sha256 == sha256(text.encode()).digest()
    assert row.label == "审计"
    prefix, token_id, secret = text.split("_")
    assert (prefix, token_id) == ("ydx", row.id)
    with database.read() as tx:
        assert secret not in repr(tokens.every(tx))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[:-1] + ("b" if text[-1] == "a" else "a"),
        lambda text: text.replace("ydx_", "ydx_b", 1),
        lambda text: text.upper(),
        lambda text: text + "\n",
        lambda text: text[:-1],
        lambda _: "",
        lambda _: "ydx_aaaaaaaa_" + "a" * 32,
        lambda _: "令牌",
    ],
    ids=[
        "another secret under a known id",
        "another id",
        "upper case",
        "a line feed after it",
        "cut short",
        "nothing",
        "an id that nobody has",
        "no ASCII",
    ],
)
def test_what_is_no_token_is_refused(access: Access, change) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    text = access.create([Role.AUDITOR], days=1)
    assert is_refused(access, change(text))
    assert not is_refused(access, text)


def test_a_token_ends_to_the_second_even_if_just_seen(access: Access, clock: Clock) -> None:
    text = access.create([Role.AUDITOR], days=1)
    clock.now = START + DAY_S - 0.001
    assert not is_refused(access, text)
    clock.now = START + DAY_S
    assert is_refused(access, text)


def test_a_revoked_token_is_refused_at_once_here_and_within_2_s_elsewhere(
    access: Access, database: Database, clock: Clock
) -> None:
    text = access.create([Role.AUDITOR], days=1)
    elsewhere = open_access(database, clock)
    assert not is_refused(elsewhere, text)
    assert not is_refused(access, text)
    access.revoke(access.every()[0].id)
    assert is_refused(access, text)
    assert SEEN_FOR_S < 2
    clock.now += SEEN_FOR_S
    assert is_refused(elsewhere, text)


def test_a_token_that_is_not_there_cannot_be_revoked(access: Access) -> None:
    with pytest.raises(Refused, match="RECORD_NOT_FOUND: there is no token none"):
        access.revoke("none")


def test_a_token_just_seen_costs_no_question_to_the_database(
    access: Access, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = access.create([Role.AUDITOR], days=1)
    asked: list[str] = []
    find = tokens.find

    def noted(tx: Transaction, token_id: str) -> Token | None:
        asked.append(token_id)
        return find(tx, token_id)

    monkeypatch.setattr(tokens, "find", noted)
    for _ in range(5):
        access.verify(text)
    assert len(asked) == 1
    clock.now += SEEN_FOR_S
    access.verify(text)
    assert len(asked) == 2


def test_what_was_refused_is_asked_again(access: Access) -> None:
    """A wrong token is never remembered, so guessing fills no memory."""
    for number in range(50):
        assert is_refused(access, f"ydx_aaaaaaaa_{number:a>32}".replace("0", "a"))
    assert not access._seen


def test_the_day_of_use_is_noted_once(access: Access, clock: Clock) -> None:
    text = access.create([Role.AUDITOR], days=5)
    assert access.every()[0].last_used_on == ""
    access.verify(text)
    assert access.every()[0].last_used_on == "2027-01-15"
    clock.now += DAY_S
    access.verify(text)
    assert access.every()[0].last_used_on == "2027-01-16"


@pytest.mark.parametrize(
    ("roles", "scope", "days", "field"),
    [
        ([], "", 1, "roles"),
        ([Role.MEMBER], "", 1, "roles"),
        ([Role.PLATFORM, Role.PARTNER], "x", 1, "roles"),
        ([Role.PLATFORM], "", 1, "scope"),
        ([Role.PARTNER, Role.CLERK], "", 1, "scope"),
        ([Role.OPERATOR], "x", 1, "scope"),
        ([Role.OPERATOR], "", 0, "days"),
        ([Role.OPERATOR], "", EXPIRY_DAYS_MAX + 1, "days"),
    ],
    ids=[
        "no role",
        "the role of members",
        "two scopes in one",
        "a platform of nowhere",
        "a partner for nobody",
        "a scope that binds no role",
        "no time at all",
        "more than a year",
    ],
)
def test_a_token_that_the_rules_do_not_allow_is_not_made(
    access: Access, roles: list[Role], scope: str, days: int, field: str
) -> None:
    with pytest.raises(InvalidFields) as caught:
        access.create(roles, scope=scope, days=days)
    assert caught.value.violations[0].field == field
    assert access.every() == []


def test_a_platform_writes_only_its_own_source_platform() -> None:
    platform = Caller(frozenset({Role.PLATFORM}), source_platform="sz")
    platform.check_writes_for("sz")
    for other in ("hz", ""):
        with pytest.raises(Refused, match="PLATFORM_MISMATCH"):
            platform.check_writes_for(other)


def test_members_parts_are_for_members_their_platforms_and_staff() -> None:
    readers = {role for role in Role if Caller(frozenset({role})).reads_members_parts}
    assert readers == set(Role) - {Role.PARTNER, Role.SECURITY}


def test_request_ids_are_remembered_under_who_asks_not_under_its_token() -> None:
    callers = [
        Caller(frozenset({Role.PLATFORM}), token_id="a", source_platform="sz"),
        Caller(frozenset({Role.PLATFORM}), token_id="b", source_platform="sz"),
        Caller(frozenset({Role.PARTNER}), token_id="c", organisation="sz"),
        Caller(frozenset({Role.MEMBER}), member="sz"),
        Caller(frozenset({Role.OPERATOR}), token_id="sz"),
    ]
    identities = [caller.identity for caller in callers]
    assert identities[0] == identities[1]
    assert len(set(identities)) == 4


def test_the_holder_of_a_token_is_told_until_it_ends(access: Access, clock: Clock) -> None:
    text = access.create([Role.PLATFORM], scope="sz", days=1)
    token_id = text.split("_")[1]
    assert access.current(token_id) == access.verify(text)
    for unknown in ("", "x"):
        with pytest.raises(Refused, match="TOKEN_INVALID"):
            access.current(unknown)
    clock.now += DAY_S
    with pytest.raises(Refused, match="TOKEN_INVALID"):
        access.current(token_id)
    other = access.create([Role.CLERK], days=1).split("_")[1]
    access.revoke(other)
    with pytest.raises(Refused, match="TOKEN_INVALID"):
        access.current(other)


def test_a_clock_that_is_set_back_keeps_no_revoked_token_alive(
    access: Access, database: Database, clock: Clock
) -> None:
    text = access.create([Role.AUDITOR], days=1)
    elsewhere = open_access(database, clock)
    clock.now += 3600.0
    assert not is_refused(elsewhere, text)
    clock.now -= 3600.0
    access.revoke(access.every()[0].id)
    assert is_refused(elsewhere, text)
