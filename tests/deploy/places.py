"""Where the files of `deploy/` stand, and how the tools that check them are run."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import yaml

DEPLOY: Final = Path(__file__).parent.parent.parent / "deploy"
GUIDE: Final = DEPLOY / "README.md"
CONTRACTING: Final = DEPLOY / "from-search-to-contract.md"
SHARING: Final = DEPLOY / "sharing-income.md"
RUNBOOK: Final = DEPLOY / "prometheus" / "README.md"
ALERTS: Final = DEPLOY / "prometheus" / "alerts.yml"
ALERT_CASES: Final = sorted((DEPLOY / "prometheus").glob("*alerts_test.yml"))
SCRAPING: Final = DEPLOY / "prometheus" / "prometheus.yml"
DASHBOARD: Final = DEPLOY / "grafana" / "ydx.json"
COMPOSE: Final = DEPLOY / "compose.yaml"
DOCKERFILE: Final = DEPLOY / "Dockerfile"
FOUNDING: Final = DEPLOY / "found.sh"
UNIT: Final = DEPLOY / "systemd" / "ydx.service"


def read_yaml(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def rules() -> list[dict[str, Any]]:
    """Return every alert and every recorded series."""
    return [rule for group in read_yaml(ALERTS)["groups"] for rule in group["rules"]]


def alerts() -> list[dict[str, Any]]:
    return [rule for rule in rules() if "alert" in rule]


def promtool(*words: str) -> None:
    """Run promtool; what it finds wrong, or that it is missing, fails the test."""
    assert shutil.which("promtool"), "promtool is missing: apt-get install prometheus"
    run = subprocess.run(["promtool", *words], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
