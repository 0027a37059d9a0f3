"""Whether every query of the alerts and the dashboard is answered by what a node exports.

`unanswered` takes the text of a scrape: the /metrics of all five members, one after the other, be
they fresh or those of the demo. A selector is answered if some series has its name and all its
labels; of `=~"A|B"` each alternative must be met, so that a misspelt reason is found too. Labels
that a query groups by, or that its legend or text shows, must be on what it selects. `instance` and
`job` come from Prometheus itself, as does `up`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from tests.deploy.places import DASHBOARD, rules

FROM_PROMETHEUS: Final = frozenset({"instance", "job"})
_GROUPING: Final = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
_RANGE: Final = re.compile(r"\[[^\]]*\]")
_SELECTOR: Final = re.compile(
    r"(?<![\w.:])(?P<name>[a-zA-Z_:][\w:]*)\b(?!\s*\()\s*(?:\{(?P<matchers>[^}]*)\})?"
)
_MATCHER: Final = re.compile(r'(?P<label>\w+)\s*(?P<operator>=~|!~|!=|=)\s*"(?P<value>[^"]*)"')
_OPERATORS: Final = frozenset({"and", "or", "unless", "bool", "offset"})
_LEGEND_LABEL: Final = re.compile(r"\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}")
_VARIABLE: Final = re.compile(r"label_values\((?P<name>\w+), (?P<label>\w+)\)")


@dataclass(frozen=True, slots=True)
class Query:
    """An expression, where it stands, and the labels that its reader is shown."""

    place: str
    expression: str
    shown_labels: frozenset[str]


@dataclass(frozen=True, slots=True)
class Selector:
    """A series name with its matchers (label, operator, value)."""

    name: str
    matchers: tuple[tuple[str, str, str], ...]


def queries() -> Iterator[Query]:
    """Yield every query of the rules, the dashboard's panels and its variables."""
    for rule in rules():
        text = " ".join(rule.get("annotations", {}).values())
        place = rule.get("alert") or rule["record"]
        yield Query(place, rule["expr"], frozenset(_LEGEND_LABEL.findall(text)))
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()):
            shown = frozenset(_LEGEND_LABEL.findall(target["legendFormat"]))
            yield Query(f"panel {panel['title']}", target["expr"], shown)
    for variable in dashboard["templating"]["list"]:
        if found := _VARIABLE.fullmatch(variable["query"]):
            yield Query(f"variable {variable['name']}", found["name"], frozenset({found["label"]}))


def selectors(expression: str) -> list[Selector]:
    """Return what a PromQL expression selects. Written for the queries here, not for all."""
    bare = _RANGE.sub("", _GROUPING.sub("", expression))
    return [
        Selector(
            found["name"],
            tuple(
                (one["label"], one["operator"], one["value"])
                for one in _MATCHER.finditer(found["matchers"] or "")
            ),
        )
        for found in _SELECTOR.finditer(bare)
        if found["name"] not in _OPERATORS
    ]


def grouping_labels(expression: str) -> frozenset[str]:
    """Return the labels that an expression groups or joins by."""
    return frozenset(
        label.strip() for clause in _GROUPING.findall(expression) for label in clause.split(",")
    ) - {"", "le"}


def unanswered(scrape: str) -> list[str]:
    """Return what is wrong with the queries, judged by the text of a scrape; empty when nothing."""
    series = _series(text_string_to_metric_families(scrape))
    return [fault for query in queries() for fault in _faults(query, series)]


def _series(families: Iterable[Metric]) -> dict[str, list[dict[str, str]]]:
    """Return the label sets by series name, with what Prometheus makes itself."""
    made: dict[str, list[dict[str, str]]] = {"up": [{}]}
    made |= {rule["record"]: [{}] for rule in rules() if "record" in rule}
    for family in families:
        for sample in family.samples:
            made.setdefault(sample.name, []).append(sample.labels)
    return made


def _faults(query: Query, series: dict[str, list[dict[str, str]]]) -> Iterator[str]:
    labels = set(FROM_PROMETHEUS)
    for selector in selectors(query.expression):
        found = series.get(selector.name)
        if not found:
            yield f"{query.place}: {selector.name} is not exported"
            continue
        for label_set in found:
            labels |= set(label_set)
        for matcher in selector.matchers:
            if matcher[0] not in FROM_PROMETHEUS:
                yield from (
                    f"{query.place}: {selector.name}: {one}" for one in _unmet(matcher, found)
                )
    for label in (query.shown_labels | grouping_labels(query.expression)) - labels:
        yield f"{query.place}: nothing that it selects has a label {label}"


def _unmet(matcher: tuple[str, str, str], series: list[dict[str, str]]) -> Iterator[str]:
    label, operator, value = matcher
    values = {one[label] for one in series if label in one}
    if not values:
        yield f"no label {label}"
    elif operator in {"!=", "!~"}:
        return
    for wanted in value.split("|") if operator == "=~" else [re.escape(value)]:
        if values and not any(re.fullmatch(wanted, one) for one in values):
            yield f"no {label} is {value if operator == '=' else wanted}"


def panels() -> Any:
    """Return the dashboard's panels."""
    return json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
