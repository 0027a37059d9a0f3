"""The texts that are searched, and what is asked of them.

- `csl_zh`: Chinese abstracts, each the one right answer to the keywords that its authors chose; and
  halves of them, the second the one right answer to the first.
- `sbir_pairs`: demands and the supplies that answered them, English, titles of supplies removed.

Each has a half that is kept back for an independent check: choose parameters by classes of queries
on this half, never by single ones. What is drawn at random has a fixed stream of its own.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

DRAWS: Final = 3
"""Drawn queries an abstract, so that luck weighs less."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One query: a name or what was typed, a running text or "", and the right answers."""

    name: str
    text: str
    relevant: frozenset[int]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Texts by their number, and sets of queries by their name."""

    texts: list[str]
    queries: dict[str, list[Asked]]


def rows(file: Path) -> list[dict[str, Any]]:
    """Read one JSON object a line."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def known_items(abstracts: list[dict[str, Any]]) -> Corpus:
    """Return abstracts, each asked for by its keywords.

    `all`, the `first two` (authors put the main ones first), `two` and `one` drawn at random, and
    each keyword that is `absent` from the text.
    """
    texts = [row["abstract"] for row in abstracts]
    queries: dict[str, list[Asked]] = {
        name: [] for name in ("all", "first two", "two", "one", "absent")
    }
    random = Random("ydx/eval/known items")  # noqa: S311 draws queries, keeps no secret
    for number, row in enumerate(abstracts):
        keywords = row["keywords"]
        drawn = [random.sample(keywords, min(2, len(keywords))) for _ in range(DRAWS)]
        text = _plain(row["abstract"])
        for name, asked in (
            ("all", [keywords]),
            ("first two", [keywords[:2]]),
            ("two", drawn),
            ("one", [[random.choice(keywords)] for _ in range(DRAWS)]),
            ("absent", [[keyword] for keyword in keywords if _plain(keyword) not in text]),
        ):
            queries[name] += [Asked(" ".join(typed), "", frozenset({number})) for typed in asked]
    return Corpus(texts, queries)


def halved(abstracts: list[dict[str, Any]]) -> Corpus:
    """Return second halves of abstracts, each asked for by the first, with its title or without.

    Long Chinese texts on both sides, as demands and supplies are; labels as `known_items` has them.
    """
    texts: list[str] = []
    queries: dict[str, list[Asked]] = {"half, with title": [], "half": []}
    for number, row in enumerate(abstracts):
        first, second = _halves(row["abstract"])
        texts.append(second)
        for name, title in (("half, with title", row["title"]), ("half", "")):
            queries[name].append(Asked(title, first, frozenset({number})))
    return Corpus(texts, queries)


def _halves(text: str) -> tuple[str, str]:
    """Cut a text behind the sentence that its middle is in, or in the middle."""
    middle = len(text) // 2
    ends = [
        found.end() for found in re.finditer("[。；;]", text) if middle <= found.end() < len(text)
    ]
    at = ends[0] if ends else middle
    return text[:at], text[at:]


def answered_demands(demands: list[dict[str, Any]], supplies: list[dict[str, Any]]) -> Corpus:
    """Return supplies, asked for by whole demands and by their names alone."""
    numbers = {row["id"]: number for number, row in enumerate(supplies)}
    whole = [
        Asked(row["name"], row["description"], frozenset(numbers[name] for name in row["relevant"]))
        for row in demands
    ]
    typed = [Asked(asked.name, "", asked.relevant) for asked in whole]
    return Corpus([row["abstract"] for row in supplies], {"demand": whole, "typed name": typed})


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()
