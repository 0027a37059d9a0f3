"""Collects from the source what errors say: each text that flows into the `what` of an error.

- A text is a literal, an f-string (its variable parts are holes), or a choice or sum of such.
- A name is followed to what is assigned to it; where it is a parameter, to what callers pass; a
  call of a function of ours, to what it returns. What is known only at run time is a hole.
- The texts that stand in a hole are collected for themselves.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

HOLE: Final = "{}"
_ERRORS: Final = {
    "YdxError": (1, "what"),
    "Refused": (1, "what"),
    "Unreachable": (1, "what"),
    "CallError": (2, "what"),
    "_SaidError": (0, ""),
    "_NotReadError": (0, ""),
    "UnreadableIndexError": (0, ""),
    "differs": (1, "what"),  # what `ydx log verify` finds
}
"""By class, which argument says what happened."""
_VALUE_ERRORS_TOLD: Final = ("node/config/", "node/commands/", "node/importing/mapping.py")
"""Where the text of a ValueError becomes part of what an error says."""
_NOT_FOLLOWED: Final = frozenset({"say", "text", "get", "pop", "call", "one", "run", "submit"})
"""Names that are used for much else."""
_CODE: Final = re.compile(r"[A-Z][A-Z0-9_]*")
_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass
class _Module:
    """A module with what has to be looked up in it."""

    path: str
    tree: ast.Module
    within: dict[ast.AST, tuple[_Function, ...]] = field(default_factory=dict)
    """Each node to the functions around it, the innermost last."""


@dataclass
class _Sources:
    modules: list[_Module]
    functions: dict[str, list[tuple[_Module, _Function]]]
    calls: dict[str, list[tuple[_Module, ast.Call]]]


def told_texts(root: Path, *packages: str) -> dict[str, set[str]]:
    """Return each text that an error of the packages can tell, with the modules that hold it."""
    sources = _read(root, packages)
    search = _Search(sources)
    for name, (index, keyword) in _ERRORS.items():
        search.follow_argument(name, index, keyword)
    for module, call in sources.calls["ValueError"]:
        if module.path.startswith(_VALUE_ERRORS_TOLD) and call.args:
            search.collect(module, call.args[0])
    return search.found


class _Search:
    def __init__(self, sources: _Sources) -> None:
        self.found: dict[str, set[str]] = defaultdict(set)
        self._sources = sources
        self._followed: set[tuple[str, int, str]] = set()
        self._seen: set[ast.AST] = set()

    def follow_argument(
        self, name: str, index: int, keyword: str, owner: _Module | None = None
    ) -> None:
        """Collect what all calls of a name pass as one argument, those of its module if private."""
        is_private = owner is not None and name.startswith("_")
        key = (name, index, owner.path if owner and is_private else "")
        if key in self._followed or name == "__init__":
            return
        self._followed.add(key)
        for module, call in self._sources.calls[name]:
            if is_private and module is not owner:
                continue
            if len(call.args) > index and not isinstance(call.args[index], ast.Starred):
                self.collect(module, call.args[index])
            for one in call.keywords:
                if one.arg and one.arg == keyword:
                    self.collect(module, one.value)

    def collect(self, module: _Module, expression: ast.expr) -> None:
        """Take up every text that an expression can be."""
        for text in self._texts(module, expression, 0):
            told = re.sub(r"(\{\})+", HOLE, text)
            if re.search("[a-z]", told.replace(HOLE, "")) and not _CODE.fullmatch(told):
                self.found[told].add(module.path)

    def _texts(self, module: _Module, expression: ast.expr, depth: int) -> Iterator[str]:
        deeper = depth + 1
        match expression:
            case ast.Constant(value=str(text)):
                yield text
            case ast.JoinedStr(values=values):
                yield from self._joined(module, values)
            case ast.IfExp() | ast.BoolOp() | ast.NamedExpr():
                for choice in _choices(expression):
                    yield from self._texts(module, choice, deeper)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                ends = [*self._texts(module, right, deeper)]
                for begin in self._texts(module, left, deeper):
                    yield from (begin + end for end in ends)
            case _ if depth > 0 or isinstance(expression, ast.Name | ast.Call | ast.Subscript):
                self._resolve(module, expression)
                yield HOLE
            case _:
                yield HOLE

    def _joined(self, module: _Module, values: list[ast.expr]) -> Iterator[str]:
        text = ""
        for value in values:
            if isinstance(value, ast.FormattedValue):
                self.collect(module, value.value)
                text += HOLE
            elif isinstance(value, ast.Constant):
                text += str(value.value)
        yield text

    def _resolve(self, module: _Module, expression: ast.expr) -> None:
        """Collect apart what a name, a call or an element stands for."""
        if expression in self._seen:
            return
        self._seen.add(expression)
        match expression:
            case ast.Name(id=name):
                self._resolve_name(module, expression, name)
            case ast.Call(func=ast.Attribute(attr="join"), args=[listed]):
                self._resolve_list(module, listed)
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                for owner, function in self._sources.functions[name]:
                    if name in _NOT_FOLLOWED:
                        continue
                    if name.startswith("_") and owner is not module:
                        continue
                    for one in _returned(function):
                        self.collect(owner, one)
            case ast.Subscript(value=table) | ast.Call(func=ast.Attribute(attr="get", value=table)):
                self._resolve_list(module, table)

    def _resolve_list(self, module: _Module, listed: ast.expr) -> None:
        match listed:
            case ast.GeneratorExp(elt=one) | ast.ListComp(elt=one):
                self.collect(module, one)
            case ast.List(elts=ones) | ast.Tuple(elts=ones) | ast.Dict(values=ones):
                for one in ones:
                    self.collect(module, one)
            case ast.Name(id=name):
                for value in _assigned(module, listed, name):
                    if not isinstance(value, ast.Name):
                        self._resolve_list(module, value)

    def _resolve_name(self, module: _Module, at: ast.expr, name: str) -> None:
        for value in _assigned(module, at, name):
            self.collect(module, value)
        for function in reversed(module.within.get(at, ())):
            names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
            keywords = [one.arg for one in function.args.kwonlyargs]
            if name in names + keywords and not isinstance(function, ast.Lambda):
                index = names.index(name) if name in names else 99
                if names[:1] in (["self"], ["cls"]):
                    index -= 1
                if index >= 0:
                    self.follow_argument(function.name, index, name, module)
                return


def _choices(expression: ast.IfExp | ast.BoolOp | ast.NamedExpr) -> list[ast.expr]:
    match expression:
        case ast.IfExp(body=body, orelse=other):
            return [body, other]
        case ast.BoolOp(values=values):
            return values
    return [expression.value]


def _assigned(module: _Module, at: ast.expr, name: str) -> Iterator[ast.expr]:
    """Yield what is assigned to a name in the functions around a place, or else in the module."""
    for scope in (*reversed(module.within.get(at, ())), module.tree):
        found = False
        for node in ast.walk(scope):
            if scope is module.tree and module.within.get(node):
                continue
            match node:
                case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                    found = True
                    yield value
                case (
                    ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value)
                    | ast.AugAssign(target=ast.Name(id=target), value=value)
                    | ast.NamedExpr(target=ast.Name(id=target), value=value)
                ) if target == name:
                    found = True
                    yield value
        if found:
            return


def _returned(function: _Function) -> Iterator[ast.expr]:
    if isinstance(function, ast.Lambda):
        yield function.body
        return
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value is not None:
            yield node.value


def _read(root: Path, packages: tuple[str, ...]) -> _Sources:
    sources = _Sources([], defaultdict(list), defaultdict(list))
    for file in sorted(path for package in packages for path in (root / package).rglob("*.py")):
        path = file.relative_to(root).as_posix()
        module = _Module(path, ast.parse(file.read_text(encoding="utf-8")))
        sources.modules.append(module)
        _enter(sources, module, module.tree, ())
    return sources


def _enter(
    sources: _Sources, module: _Module, node: ast.AST, around: tuple[_Function, ...]
) -> None:
    module.within[node] = around
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        sources.functions[node.name].append((module, node))
    if isinstance(node, ast.Call):
        match node.func:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                sources.calls[name].append((module, node))
    inner = (*around, node) if isinstance(node, _Function) else around
    for child in ast.iter_child_nodes(node):
        _enter(sources, module, child, inner)
