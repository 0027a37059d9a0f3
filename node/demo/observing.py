"""Looking at the demo from outside: every member asked, compared, and shown."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from federation.log.errors import Unreachable, YdxError
from node.demo.founding import DemoMember
from node.rpc.exchange_client import CallFailedError, ExchangeClient

POLL_S: Final = 0.25
_PAGE: Final = 200
_OPEN: Final = 1
"""WRITE_STATE_OPEN."""


@dataclass(frozen=True, slots=True)
class OriginRow:
    """One origin as one member holds it."""

    member: str
    stored_size: int
    tree_size: int
    verified_size: int
    confirmed_size: int
    lag_s: float


@dataclass(frozen=True, slots=True)
class MemberView:
    """What one member says; `why` tells why it cannot be asked."""

    name: str
    origins: tuple[OriginRow, ...] = ()
    public_digest: str = ""
    members_digest: str = ""
    open_for_writes: bool = False
    why: str = ""


class Observer:
    """Asks all members again and again over kept channels."""

    def __init__(self, members: Sequence[DemoMember]) -> None:
        self._members = members
        self._clients = {
            one.name: ExchangeClient(one.api, one.tokens["operator"]) for one in members
        }

    def look(self, *, with_digests: bool = True) -> list[MemberView]:
        """Return what every member says now; one that does not answer is a row too."""
        return [self._view(one, with_digests=with_digests) for one in self._members]

    def wait(
        self,
        done: Callable[[list[MemberView]], bool],
        timeout_s: float,
        what: str,
        *,
        with_digests: bool = True,
        check: Callable[[], None] = lambda: None,
    ) -> list[MemberView]:
        """Look until `done`; raises OUT_OF_REACH saying who is behind when the time is over.

        `check` is called before each look: what it raises ends the waiting.
        """
        until = time.monotonic() + timeout_s
        while True:
            check()
            views = self.look(with_digests=with_digests)
            if done(views):
                return views
            if time.monotonic() > until:
                told = not_open(views) + differences(views)
                raise Unreachable("OUT_OF_REACH", f"{what}: {'; '.join(told)}")
            time.sleep(POLL_S)

    def count_listings(self) -> int:
        """Return how many listings the first member that answers shows; 0 where none does."""
        for client in self._clients.values():
            try:
                pages = client.pages("ListListings", "listings", repeat=False, page_size=_PAGE)
                return sum(1 for _ in pages)
            except CallFailedError:
                continue
        return 0

    def _view(self, member: DemoMember, *, with_digests: bool) -> MemberView:
        client = self._clients[member.name]
        try:
            node = client.call("GetNode", repeat=False)
            sync = client.call("GetSyncStatus", repeat=False)
            digests = client.call("GetStateDigest", repeat=False) if with_digests else None
        except CallFailedError as failure:
            return MemberView(member.name, why=failure.call.code)
        return MemberView(
            name=member.name,
            origins=tuple(
                OriginRow(
                    row.member,
                    row.stored_size,
                    row.tree_size,
                    row.verified_size,
                    row.confirmed_size,
                    row.lag_s,
                )
                for row in sync.origins
            ),
            public_digest=digests.public_digest if digests else "",
            members_digest=digests.members_digest if digests else "",
            open_for_writes=node.write_state == _OPEN,
        )


def all_open(views: Sequence[MemberView]) -> bool:
    """Tell whether every member takes writes."""
    return not not_open(views)


def not_open(views: Sequence[MemberView]) -> list[str]:
    """Say, a line each, who takes no writes."""
    return [f"{view.name} takes no writes" for view in views if not view.open_for_writes]


def all_confirmed(views: Sequence[MemberView]) -> bool:
    """Tell whether every member's copy of every log is complete and confirmed."""
    return not differences(views)


def differences(views: Sequence[MemberView]) -> list[str]:
    """Say, a line each, who is not where the others are; empty where all are equal."""
    return log_differences(views) or _digest_differences(views)


def own_sizes(views: Sequence[MemberView]) -> dict[str, int]:
    """Return how many entries each member has written, also those that are not signed yet."""
    return {
        view.name: row.stored_size
        for view in views
        for row in view.origins
        if row.member == view.name
    }


def log_differences(views: Sequence[MemberView]) -> list[str]:
    """Say, a line each, whose copy of which log is not verified and confirmed to its end."""
    told = [f"{view.name} does not answer ({view.why})" for view in views if view.why]
    own = own_sizes(views)
    for view in views:
        for row in view.origins:
            size = own.get(row.member, row.tree_size)
            if (row.verified_size, row.confirmed_size) != (size, size):
                told.append(
                    f"{view.name} has {row.member} verified {row.verified_size}, "
                    f"confirmed {row.confirmed_size} of {size}"
                )
    return told


def _digest_differences(views: Sequence[MemberView]) -> list[str]:
    told = []
    for name in ("public_digest", "members_digest"):
        digests = [getattr(view, name) for view in views]
        usual = max(set(digests), key=digests.count, default="")
        told += [
            f"{view.name} computes another {name} ({getattr(view, name)[:12] or 'none'})"
            for view in views
            if getattr(view, name) != usual
        ]
    return told


def raise_if_different(views: Sequence[MemberView]) -> None:
    """Raise INTERNAL naming the differing members, unless all are equal."""
    told = differences(views)
    if told:
        raise YdxError("INTERNAL", "; ".join(told))
