"""Reads the settings: defaults, then the TOML file, then the environment.

- The later source wins, key by key, and each value remembers where it came from.
- An unknown key is refused with the nearest known one; so is an unknown `YDX_<SECTION>__<KEY>`.
- All faults are told at once, each with key, value, source and what is expected.
- Secrets are masked in every text made here.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError
from pydantic_settings import SettingsError

from federation.log.errors import Refused
from node.config.settings import Settings, sections
from node.config.toml_text import KEY, NAME, PATH, parse_toml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

_HEADER = re.compile(rf"\s*\[{PATH}\]\s*(#.*)?")
_SQLITE = "sqlite:///"
_URL_PASSWORD = re.compile(r"(?P<before>://[^:/@\s]*:)\S*(?=@)|(?P<name>[?&]password=)[^&\s'\"]*")


@dataclass(frozen=True)
class Loaded:
    """The settings, and for each key where its value came from.

    `sources` maps "section.key" to "default", "<file>:<line>" or "environment <NAME>".
    """

    settings: Settings
    sources: dict[str, str]


def load(file: Path | None) -> Loaded:
    """Return the settings from a file (None: from defaults and environment alone).

    Paths come back absolute. Raises `Refused` (BAD_CONFIG) that names every fault.
    """
    document, lines = _read(file) if file else ({}, {})
    sources = lines | _environment()
    try:
        settings = Settings(**{"node": {}, **document})
    except SettingsError as error:
        raise Refused("BAD_CONFIG", f"the environment cannot be read: {error}") from None
    except ValidationError as error:
        faults = [_fault(detail, sources) for detail in error.errors()]
        raise Refused("BAD_CONFIG", "\n".join(faults), faults=str(len(faults))) from None
    base = file.parent if file else Path()
    return Loaded(
        _with_absolute_paths(settings, base),
        {key: sources.get(key, "default") for key, _ in values(settings)},
    )


def values(settings: Settings) -> Iterator[tuple[str, Any]]:
    """Yield ("section.key", value) of every setting, in the order of the file."""
    for section in sections():
        model: BaseModel = getattr(settings, section)
        for key in type(model).model_fields:
            yield f"{section}.{key}", getattr(model, key)


def masked(value: object) -> str:
    """Return a value as text, without the password of a database URL."""
    return _URL_PASSWORD.sub(r"\g<before>\g<name>***", str(value))


def _read(file: Path) -> tuple[dict[str, Any], dict[str, str]]:
    try:
        text = file.read_text(encoding="utf-8")
        document = parse_toml(text)
    except OSError as error:
        raise Refused(
            "BAD_CONFIG", f"{file} cannot be read: {error.strerror}", file=str(file)
        ) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refused("BAD_CONFIG", f"{file} is not TOML: {error}", file=str(file)) from None
    return document, _lines(text, document, file)


def _lines(text: str, document: dict[str, Any], file: Path) -> dict[str, str]:
    """Return the place of each section and key that the file sets; a line scan finds most."""
    places: dict[str, str] = {}
    section: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.fullmatch(line):
            path = section = _names(header["path"])
        elif key := KEY.match(line):
            path = [*section, *_names(key["path"])]
        else:
            continue
        for depth in (1, 2):
            places.setdefault(".".join(path[:depth]), f"{file}:{number}")
    for name, table in document.items():  # what stands in a table on one line, for one
        whole = places.setdefault(name, f"{file}")
        for key in table if isinstance(table, dict) else ():
            places.setdefault(f"{name}.{key}", whole)
    return places


def _names(path: str) -> list[str]:
    """Return the names of a dotted key, without quotes."""
    return [name.strip("\"'") for name in re.findall(NAME, path)]


def _environment() -> dict[str, str]:
    """Return the place of each key that the environment sets; a name that sets none is refused."""
    places: dict[str, str] = {}
    known = _known_keys()
    for name in os.environ:
        if not name.upper().startswith("YDX_") or "__" not in name:
            continue
        key = ".".join(name[len("YDX_") :].lower().split("__")[:2])
        if key not in known:
            raise Refused(
                "BAD_CONFIG", f"environment {name} sets no setting{_nearest(key)}", key=key
            )
        places[key] = f"environment {name}"
    return places


def _known_keys() -> list[str]:
    return [
        f"{section}.{key}" for section, model in sections().items() for key in model.model_fields
    ]


def _nearest(key: str) -> str:
    names = list(sections()) if "." not in key else _known_keys()
    found = difflib.get_close_matches(key, names, n=1, cutoff=0.5)
    if found:
        return f"; do you mean {found[0]}?"
    return "" if "." in key else f"; there are {', '.join(names)}"


def _fault(detail: ErrorDetails, sources: dict[str, str]) -> str:
    path = [str(part) for part in detail["loc"] if part != "[key]"]
    key = ".".join(path)
    source = sources.get(".".join(path[:2]), sources.get(path[0], "no source"))
    match detail["type"]:
        case "missing":
            return f"{key} is not set: write it in the file or set {_variable(path)}"
        case "extra_forbidden":
            return f"{key} ({source}) is unknown{_nearest(key)}"
        case "value_error":
            return f"{key} ({source}): {detail['ctx']['error']}{_given(detail['input'])}"
        case _:
            return f"{key} ({source}): {detail['msg']}{_given(detail['input'])}"


def _given(value: object) -> str:
    return "" if isinstance(value, dict | BaseModel) else f"; it is {masked(value)!r}"


def _variable(path: list[str]) -> str:
    return "YDX_" + "__".join(path).upper()


def _with_absolute_paths(settings: Settings, base: Path) -> Settings:
    folder = (base / settings.node.folder).resolve()
    updates: dict[str, BaseModel] = {}
    for section in sections():
        model: BaseModel = getattr(settings, section)
        paths = {key: folder / value for key, value in model if isinstance(value, Path)}
        updates[section] = model.model_copy(update=paths)
    url = settings.database.url
    if url.startswith(_SQLITE):
        url = f"{_SQLITE}{folder / url.removeprefix(_SQLITE)}"
    updates["node"] = settings.node.model_copy(update={"folder": folder})
    updates["database"] = settings.database.model_copy(update={"url": url})
    return settings.model_copy(update=updates)
