"""Writes a commented configuration file from the model, so that it can never be out of date."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel

from node.config.settings import sections

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic.fields import FieldInfo

_HEAD = """\
# Configuration of one ydx node. Lines that begin with "# name =" show the default.
# The environment replaces each value: YDX_<SECTION>__<KEY>, for example YDX_LISTEN__WEB.
# `ydx config check` reads this file, `ydx config show` tells where each value comes from.
"""


def render(chosen: Mapping[str, object]) -> str:
    """Return the file with the chosen values ("section.key" to value) set, all others commented."""
    lines = [_HEAD]
    for section, model in sections().items():
        lines += [*_comment(model.__doc__ or ""), f"[{section}]"]
        for key, field in model.model_fields.items():
            name = f"{section}.{key}"
            lines += _comment(field.description or "")
            if name in chosen:
                lines.append(f"{key} = {_toml(chosen[name])}")
            else:
                lines.append(f"# {key} = {default_text(field)}".rstrip())
        lines.append("")
    return "\n".join(lines)


def default_text(field: FieldInfo) -> str:
    """Return the default of a setting as TOML, empty when there is none."""
    if field.is_required():
        return ""
    value = field.get_default(call_default_factory=True, validated_data={})
    return "" if value is None else _toml(value)


def _toml(value: object) -> str:
    if isinstance(value, BaseModel):
        value = value.model_dump()
    if isinstance(value, dict):
        pairs = ", ".join(f"{key} = {_toml(item)}" for key, item in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    return json.dumps(str(value) if isinstance(value, Path) else value, ensure_ascii=False)


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(" ".join(text.split()), 96)]
