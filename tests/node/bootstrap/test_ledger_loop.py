"""The loop of the ledger: what one part of a step fails at holds back no other part."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from federation.log.errors import YdxError
from node.bootstrap.loops import Loops
from node.bootstrap.running import add_ledger_loop
from node.services.catalogue.changes import Bell

if TYPE_CHECKING:
    from collections.abc import Callable


class Taken(Loops):
    """Loops that only note their step."""

    step: Callable[[], None]

    def add(
        self, name: str, step: Callable[[], None], wake: Callable[[], None] | None = None
    ) -> None:
        del name, wake
        self.step = step


@pytest.mark.parametrize("is_center", [True, False])
def test_a_center_decides_though_it_cannot_accept_by_one_of_its_own_policies(
    *, is_center: bool
) -> None:
    decided: list[int] = []

    def damaged() -> int:
        raise YdxError("COPY_DAMAGED", "a version of an agreement is not what came")

    def decides() -> int:
        decided.append(1)
        return 1

    ledger = SimpleNamespace(
        bell=Bell(),
        view=SimpleNamespace(recheck=lambda: None, step=lambda: False),
        acceptor=SimpleNamespace(step=damaged),
        bookkeeper=SimpleNamespace(step=decides),
        is_center=lambda: is_center,
    )
    loops = Taken()
    add_ledger_loop(loops, cast("Any", SimpleNamespace(ledger=ledger)))
    with pytest.raises(YdxError, match="COPY_DAMAGED"):
        loops.step()
    assert len(decided) == is_center
