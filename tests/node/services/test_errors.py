"""INVALID_FIELD says which field, RECORD_NOT_FOUND what lists the kind of what is missing."""

from __future__ import annotations

import ast
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from google.rpc import error_details_pb2

import federation
import node
from node.rpc.errors import error_status
from node.services.catalogue.reading import not_found
from node.services.errors import InvalidFields
from node.services.sync.state_digests import StateFolder


def _raises_invalid_field(tree: ast.AST) -> list[int]:
    """Return the lines of calls whose first argument is the reason itself."""
    return [
        call.lineno
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and call.args[0].value == "INVALID_FIELD"
    ]


def test_only_invalid_fields_says_invalid_field() -> None:
    found = [
        path.name
        for package in (node, federation)
        for path in Path(package.__path__[0]).rglob("*.py")
        for _ in _raises_invalid_field(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == ["errors.py"]


def test_a_digest_at_an_unconfirmed_size_names_the_field() -> None:
    origin = "ydx.example/anhui"
    board = SimpleNamespace(shown_sizes=lambda: {origin: 5})
    folder = StateFolder(cast("Any", None), cast("Any", board))

    with pytest.raises(InvalidFields) as refused:
        folder.fold({origin: 9})

    violations = error_details_pb2.BadRequest()
    assert any(detail.Unpack(violations) for detail in error_status(refused.value).details)
    assert [one.field for one in violations.field_violations] == ["sizes"]


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("nodes/anhui/listings/x", "ydx search"),
        ("nodes/anhui/enquiries/x", "ydx enquiry list"),
        ("nodes/anhui/contracts/x", "ydx contract list"),
        ("nodes/anhui/agreements/x", "ydx ledger agreements"),
        ("nodes/anhui/proposals/x", "ydx ledger proposals"),
        ("nodes/anhui/managers/x", ""),
        ("x", ""),
    ],
)
def test_what_is_not_there_is_told_with_what_lists_its_kind(name: str, command: str) -> None:
    refusal = not_found(name)
    assert refusal.reason == "RECORD_NOT_FOUND"
    for cure in refusal.cure or ():
        assert command in cure
        assert ("ydx" in cure) == bool(command)
