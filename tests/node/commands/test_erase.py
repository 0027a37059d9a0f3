"""`ydx erase`: asks before it erases, says what went, and is told what is wrong."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest

from node.services.catalogue.records import LISTING
from tests.node.services.own_node import PLATFORM, supply

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.node.commands.conftest import Served
    from tests.node.commands.running import Said


@pytest.fixture
def name(served: Served) -> str:
    node = served.node
    record = node.publishing.publish(PLATFORM, LISTING, supply(1), node.options()).record
    return str(record.name)


def test_it_erases_and_a_repeat_says_that_nothing_was_left(
    ydx: Callable[..., Said], served: Served, name: str
) -> None:
    asked = ("erase", name, "--part", "origin", "--part", "members", "--ground", "PIPL-47", "--yes")
    done = ydx(*asked, "--json").json
    assert (done["erased_parts"], done["erased_before"]) == (2, 0)
    assert done["leaf_index"] == served.node.sequencer.tree_size - 1
    again = ydx(*asked, "--json").json
    assert (again["erased_parts"], again["erased_before"], again["leaf_index"]) == (0, 2, 0)


def test_who_says_no_erases_nothing(
    ydx: Callable[..., Said], served: Served, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    size = served.node.sequencer.tree_size
    asked = ("erase", name, "--part", "origin", "--ground", "PIPL-47")
    for answer in (Terminal("n\n"), Terminal("")):
        monkeypatch.setattr(sys, "stdin", answer)
        said = ydx(*asked)
        assert said.code == 1
        assert "1 份内容" in said.err
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    said = ydx(*asked)
    assert said.code == 2
    assert "--yes" in said.err, "a program has nobody to answer"
    assert "--yes" in ydx(*asked, "--json").json["error"]["what"]
    assert served.node.sequencer.tree_size == size
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    assert ydx(*asked).code == 0


def test_a_wrong_part_is_told_with_its_field(ydx: Callable[..., Said], name: str) -> None:
    said = ydx("erase", name, "--part", "named", "--ground", "PIPL-47", "--yes")
    assert said.code == 1
    assert "parts[0]" in said.err
