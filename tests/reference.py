"""Writes the reference tables of the guides, and the example configuration, from the code.

`make docs` runs it; `tests/test_guides.py` proves that what is committed is fresh. A table stands
between `<!-- NAME begin … -->` and `<!-- NAME end -->`; the prose around it is written by hand.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer.main

from node.commands.main import app
from node.config.example import default_text, render
from node.config.settings import sections
from node.rpc.error_table import MEANINGS
from node.rpc.policy import POLICY
from node.services.access import Role
from node.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ROOT: Final = Path(__file__).parent.parent
EXAMPLE: Final = ROOT / "deploy" / "example" / "ydx.toml"


def settings_rows() -> Iterator[tuple[str, ...]]:
    """Yield (setting, default, meaning) of every setting."""
    for section, model in sections().items():
        for key, field in model.model_fields.items():
            default = default_text(field)
            shown = f"`{default}`" if default else "–"
            yield f"`{section}.{key}`", shown, field.description or ""


def metrics_rows() -> Iterator[tuple[str, ...]]:
    """Yield (series, type, labels, meaning) of every metric."""
    metrics = Metrics(version="", member="a", reasons=[])
    metrics.name_members("a", ["a", "b"])
    metrics.calls.serve("/p.S/M", "unary")
    for family in sorted(metrics.registry.collect(), key=lambda one: one.name):
        name = family.name + ("_total" if family.type == "counter" else "")
        labels = {label for sample in family.samples for label in sample.labels} - {"le"}
        shown = ", ".join(f"`{label}`" for label in sorted(labels))
        yield f"`{name}`", family.type, shown or "–", family.documentation


def commands_rows() -> Iterator[tuple[str, ...]]:
    """Yield (command with its options, meaning) of every command."""
    yield from _commands("ydx", typer.main.get_command(app))


def _commands(path: str, command: Any) -> Iterator[tuple[str, ...]]:
    """Walk the tree; its classes are typer's own copy of click's and have no public name."""
    if children := getattr(command, "commands", None):
        for name, child in children.items():
            if not child.hidden:
                yield from _commands(f"{path} {name}", child)
        return
    words = [path]
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            word = parameter.name.upper()
            words.append(word if parameter.required else f"[{word}]")
        else:
            option = max(parameter.opts, key=len)
            words.append(option if parameter.required else f"[{option}]")
    yield f"`{' '.join(words)}`", command.help.split("\n\n")[0].replace("\n", " ")


def reasons_rows() -> Iterator[tuple[str, ...]]:
    """Yield (reason, status code, whether a retry can help, what to do) of every error reason."""
    for reason, meaning in MEANINGS.items():
        retry = "yes" if meaning.retry else "no"
        cure = f"{meaning.cure_zh}<br>{meaning.cure_en}"
        yield f"`{reason}`", f"`{meaning.code.name}`", retry, cure


def roles_rows() -> Iterator[tuple[str, ...]]:
    """Yield (method, roles that may call it) of every method of the exchange listener."""
    for path, roles in sorted(POLICY.items()):
        if Role.MEMBER not in roles:
            method = path.removeprefix("/ydx.exchange.v1.").replace("/", ".")
            yield f"`{method}`", ", ".join(sorted(roles))


TABLES: Final[dict[str, tuple[Path, tuple[str, ...], Callable[[], Iterable[tuple[str, ...]]]]]] = {
    "settings": (
        ROOT / "deploy" / "README.md",
        ("setting", "default", "meaning"),
        settings_rows,
    ),
    "metrics": (
        ROOT / "deploy" / "prometheus" / "README.md",
        ("series", "type", "labels", "meaning"),
        metrics_rows,
    ),
    "commands": (ROOT / "deploy" / "commands.md", ("command", "meaning"), commands_rows),
    "reasons": (
        ROOT / "proto" / "README.md",
        ("reason", "status", "retry", "what to do"),
        reasons_rows,
    ),
    "roles": (
        ROOT / "proto" / "README.md",
        ("method", "roles, one of which is needed"),
        roles_rows,
    ),
}


def table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    lines = [headings, tuple("---" for _ in headings), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("&lt;br>", "<br>")


def with_table(guide: str, name: str, text: str) -> str:
    """Return the guide with the table of that name replaced; raises LookupError without markers."""
    pattern = re.compile(rf"(<!-- {name} begin[^>]*-->\n).*?(\n?<!-- {name} end -->)", re.DOTALL)
    if not pattern.search(guide):
        raise LookupError(f"no markers <!-- {name} begin --> and <!-- {name} end -->")
    return pattern.sub(lambda match: f"{match[1]}{text}\n{match[2].lstrip()}", guide)


def example() -> str:
    """Return the example configuration."""
    return render({"node.member": "jiangsu", "node.federation": "delta.example"})


def write() -> None:
    """Write all tables and the example."""
    for name, (file, headings, rows) in TABLES.items():
        guide = file.read_text(encoding="utf-8")
        file.write_text(with_table(guide, name, table(headings, rows())), encoding="utf-8")
    EXAMPLE.parent.mkdir(parents=True, exist_ok=True)
    EXAMPLE.write_text(example(), encoding="utf-8")


if __name__ == "__main__":
    write()
