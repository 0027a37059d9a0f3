"""Income countersigned by two members and booked by the center, over five real processes.

Anhui and jiangsu sign, and both nodes accept by policy; the center decides. *Booked* is what all
three show as booked, so final for each of them. Throughput: many clerks propose at once, and the
clock runs from the first proposal until all three have booked the last. Latency: one income at a
time, from the beginning of ProposeIncome until each of the three shows it as final, with pauses of
a random length, so that incomes meet the cadence of checkpoints anywhere.
"""

from __future__ import annotations

import os
import random
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from federation.log.errors import YdxError
from node.rpc.exchange_client import ExchangeClient
from node.services.access import Access, Role
from node.storage.database import Database
from tests.bench.figures import Result
from tests.bench.load import quantile
from tests.bench.nodes import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from node.demo.founding import DemoMember
    from tests.bench.raw import PostgresPair
    from tests.bench.scales import Scale

_SIGNERS: Final = ("anhui", "jiangsu")
_KEEPERS: Final = (*_SIGNERS, "center")
_GROSS_FEN: Final = 100_000
_ASK_EVERY_S: Final = 0.02
_ASK_BALANCES_EVERY_S: Final = 0.2
"""Asking for balances has the node look at all that is open."""
_WITHIN_S: Final = 300.0
_CLERKS: Final = 8
_BATCH: Final = 100
_ALONE: Final = 8
"""One part of the incomes of a run is proposed one a call, which takes longer."""
_LATENCIES_MAX: Final = 20
_PAUSE_S_MAX: Final = 0.4
_FINAL: Final = 3
_ACTIVE: Final = 2
_CONTRACT: Final = {"origin": "ydx.example/anhui", "leaf_index": 0, "leaf_hash": bytes(32)}


class Deal:
    """One agreement of running members, and who proposes on it."""

    def __init__(self, world: World) -> None:
        self._clients = {
            (name, role): ExchangeClient(world.members[name].api, world.members[name].tokens[role])
            for name in _KEEPERS
            for role in ("clerk", "approver")
        }
        self._proposed = 0
        self.name = ""
        self.name = self._agree()

    def call(self, member: str, method: str, role: str = "clerk", **fields: Any) -> Any:
        """Call a member's node."""
        return self._clients[member, role].call(method, **fields)

    def propose(self, number: int) -> str:
        """Propose an income that anhui received; return its name."""
        answer = self.call(
            "anhui",
            "ProposeIncome",
            agreement=self.name,
            income=_income(number),
            request_id=str(uuid.uuid4()),
        )
        return str(answer.proposal.name)

    def propose_batch(self, numbers: Sequence[int]) -> None:
        """Propose incomes that anhui received in one call."""
        self.call(
            "anhui",
            "BatchProposeIncomes",
            agreement=self.name,
            incomes=[{"income": _income(number)} for number in numbers],
            request_id=str(uuid.uuid4()),
        )

    def booked(self, member: str) -> int:
        """Return how many incomes a member shows as booked."""
        lines = self.call(member, "GetBalances", agreement=self.name).lines
        received = sum(int(one.debit_fen) for one in lines if one.account == "CLEARING")
        return received // _GROSS_FEN

    def is_final(self, member: str, proposal: str) -> bool:
        """Say whether a member shows a proposal as final."""
        return bool(self.call(member, "GetProposal", name=proposal).proposal.state == _FINAL)

    def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            client.close()

    def _agree(self) -> str:
        parties = [
            {"party": party, "role": 6, "member": member, "display_name": party, "share_ppm": share}
            for party, member, share in (
                ("AH", "anhui", 400_000),
                ("JS", "jiangsu", 300_000),
                ("NETC", "center", 200_000),
                ("TM-7", "anhui", 100_000),
            )
        ]
        agreement = {
            "title": "服务费分配协议",
            "parties": parties,
            "base": 3,
            "effective_from": "2026-01-01",
            "effective_to": "2036-01-01",
            "signers": _SIGNERS,
        }
        name = str(
            until(lambda: self.call("anhui", "CreateAgreement", agreement=agreement)).agreement.name
        )
        for member in _SIGNERS:
            until(lambda member=member: self.call(  # type: ignore[misc] # bound now, not later
                member, "AcceptProposals", "approver", names=[name]
            ))  # fmt: skip
            self.call(
                member, "SetAcceptancePolicy", "approver", name=name, policy={"incomes": True}
            )
        for member in _KEEPERS:
            until(lambda member=member: self.call(  # type: ignore[misc] # bound now, not later
                member, "GetAgreement", name=name
            ).agreement.state == _ACTIVE)  # fmt: skip
        return name


def _income(number: int) -> dict[str, Any]:
    return {
        "contract": _CONTRACT | {"leaf_index": number},
        "instalment": str(number),
        "kind": 1,
        "income_date": "2026-01-02",
        "gross_fen": _GROSS_FEN,
        "received_by": "AH",
        "evidence_sha256": number.to_bytes(32),
    }


def until(look: Callable[[], Any], every_s: float = _ASK_EVERY_S) -> Any:
    """Return what is looked for, as soon as it is there; raises TimeoutError."""
    end = time.monotonic() + _WITHIN_S
    while time.monotonic() < end:
        try:
            found = look()
        except YdxError:
            found = None
        if found:
            return found
        time.sleep(every_s)
    raise TimeoutError(f"not there within {_WITHIN_S} s")


def on_sqlite(scale: Scale) -> Iterator[Result]:
    """Measure it on SQLite."""
    with World() as world:
        yield from _measure(scale, world, {}, "booking", "")


def on_postgresql(scale: Scale, postgres: PostgresPair) -> Iterator[Result]:
    """Measure it on PostgreSQL, all nodes on one server, a database each."""
    with World() as world:
        urls = {name: postgres.publisher.new_database() for name in world.members}
        for name, url in urls.items():
            _let_in(world.members[name], url)
        yield from _measure(scale, world, urls, "booking-postgresql", ", PostgreSQL")


def _let_in(member: DemoMember, url: str) -> None:
    """Make the tokens of who acts here in another database than the member was founded with."""
    database = Database.open(url)
    access = Access(database, clock=time.time, random_bytes=os.urandom)
    for role in (Role.CLERK, Role.APPROVER):
        member.tokens[role.value] = access.create([role], days=1)
    database.close()


def _measure(
    scale: Scale, world: World, urls: Mapping[str, str], name: str, on: str
) -> Iterator[Result]:
    with ThreadPoolExecutor(_CLERKS) as threads:
        world.start_all(*world.members, urls=urls)
        deal = Deal(world)
        rates, alone, latencies = [], [], []
        number = 0
        for _ in range(scale.runs):
            batches = [
                range(start, min(start + _BATCH, number + scale.incomes))
                for start in range(number, number + scale.incomes, _BATCH)
            ]
            rates.append(_rate(deal, threads.map(deal.propose_batch, batches), scale.incomes))
            number += scale.incomes
        for _ in range(scale.runs):
            count = scale.incomes // _ALONE
            alone.append(
                _rate(deal, threads.map(deal.propose, range(number, number + count)), count)
            )
            number += count
        for _ in range(scale.runs):
            count = min(scale.visible, _LATENCIES_MAX)
            latencies.append(_latencies_ms(deal, number, count))
            number += count
        cpu_s = {one: round(world.cpu_s(one), 1) for one in _KEEPERS}
        deal.close()
    yield Result(
        name=name,
        figure=f"incomes countersigned by two and booked by the center{on}",
        unit="/s",
        ours=rates,
        asked=300,
        at_least=True,
        notes={"incomes_a_run": scale.incomes, "a_call": _BATCH, "cpu_s": cpu_s},
    )
    yield Result(
        name=name,
        figure=f"the same, one income a call by 8 clerks{on}",
        unit="/s",
        ours=alone,
        asked=300,
        at_least=True,
        notes={"incomes_a_run": scale.incomes // _ALONE},
    )
    yield Result(
        name=name,
        figure=f"income proposed → final on all three, p50{on}",
        unit="ms",
        ours=[quantile(run, 0.5) for run in latencies],
        asked=1500,
        at_least=False,
        notes={"p99_ms": [quantile(run, 0.99) for run in latencies]},
    )


def _rate(deal: Deal, proposing: Iterator[Any], count: int) -> float:
    booked = deal.booked("center")
    started = time.perf_counter()
    for _ in proposing:
        pass
    for member in _KEEPERS:
        until(
            lambda member=member: deal.booked(member) >= booked + count,  # type: ignore[misc] # bound now
            _ASK_BALANCES_EVERY_S,
        )
    return count / (time.perf_counter() - started)


def _latencies_ms(deal: Deal, first: int, count: int) -> list[float]:
    pauses = random.Random(7)  # noqa: S311 - repeatable, not secret
    found = []
    for number in range(first, first + count):
        started = time.perf_counter()
        name = deal.propose(number)
        for member in _KEEPERS:
            until(lambda member=member: deal.is_final(member, name))  # type: ignore[misc] # noqa: B023 - called at once
        found.append((time.perf_counter() - started) * 1000)
        time.sleep(pauses.uniform(0, _PAUSE_S_MAX))
    return found
