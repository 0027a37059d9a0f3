"""INVALID_FIELD always says which field: it is raised with violations or not at all."""

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
