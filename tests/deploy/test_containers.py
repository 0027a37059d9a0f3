"""Dockerfile and compose file. Without an engine: what they name exists and fits together."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest

from node.config.settings import Listen, sections
from node.demo.founding import REGIONS
from tests.deploy.places import COMPOSE, DEPLOY, DOCKERFILE, SCRAPING, read_yaml

ROOT = DEPLOY.parent
USER = "10001"


def services() -> dict[str, Any]:
    found: dict[str, Any] = read_yaml(COMPOSE)["services"]
    return found


def instructions() -> list[tuple[str, str]]:
    """Return (instruction, rest) of the Dockerfile, continued lines joined."""
    text = re.sub(r"^#.*\n", "", DOCKERFILE.read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines]


def test_the_image_copies_only_what_exists_and_what_is_not_ignored() -> None:
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    assert "*" in ignored
    for instruction, rest in instructions():
        if instruction == "COPY" and "--from" not in rest:
            for source in rest.split()[:-1]:
                assert (ROOT / source).exists(), source
                assert f"!{source}" in ignored, source


def test_every_package_is_installed_by_its_hash_as_a_wheel() -> None:
    installs = [rest for what, rest in instructions() if what == "RUN" and "pip install" in rest]
    locked, own = installs
    assert {"--require-hashes", "--only-binary=:all:", "requirements.lock"} <= {
        *shlex.split(locked)
    }
    assert {"--no-deps", "--no-build-isolation", "."} <= {*shlex.split(own)}


def test_the_image_runs_the_node_as_nobody_special() -> None:
    last = dict(instructions())
    assert last["USER"] == f"{USER}:{USER}"
    assert last["ENTRYPOINT"] == '["ydx"]'
    assert last["CMD"] == '["serve"]'


def test_the_health_check_asks_for_life_where_the_node_answers() -> None:
    check = dict(instructions())["HEALTHCHECK"]
    port = Listen().telemetry.rpartition(":")[2]
    assert f"http://127.0.0.1:{port}/livez" in check
    assert "/readyz" not in check


def test_there_are_five_members_each_with_its_own_volume() -> None:
    nodes = {name: one for name, one in services().items() if name not in {"found", "prometheus"}}
    assert set(nodes) == set(REGIONS)
    for name, one in nodes.items():
        assert one["volumes"] == [f"{name}:/var/lib/ydx"]
        assert one["networks"]["federation"]["aliases"] == [f"{name}.ydx"]
        assert one["depends_on"] == {"found": {"condition": "service_completed_successfully"}}
    ports = [port for one in services().values() for port in one.get("ports", ())]
    assert len(set(ports)) == len(ports)
    assert all(port.startswith("127.0.0.1:") for port in ports)


@pytest.mark.parametrize("name", services())
def test_no_container_has_more_rights_than_it_needs(name: str) -> None:
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert set(service.get("cap_add", ())) <= (
        {"CHOWN", "DAC_OVERRIDE"} if name == "found" else set()
    )


def test_every_file_and_volume_that_compose_names_is_there() -> None:
    volumes = read_yaml(COMPOSE)["volumes"]
    for service in services().values():
        for mount in service.get("volumes", ()):
            source = mount.split(":")[0]
            assert (DEPLOY / source).is_file() if source.startswith("./") else source in volumes
        if build := service.get("build"):
            assert (DEPLOY / build["context"]).resolve() == ROOT
            assert ROOT / build["dockerfile"] == DOCKERFILE


def test_compose_sets_only_settings_that_exist() -> None:
    known = {
        f"YDX_{section}__{key}".upper()
        for section, model in sections().items()
        for key in model.model_fields
    }
    names = {name for one in services().values() for name in one.get("environment", ())}
    assert names
    assert names - known == set()


def test_prometheus_looks_where_the_members_are() -> None:
    (job,) = read_yaml(SCRAPING)["scrape_configs"]
    targets = {one["labels"]["instance"]: one["targets"] for one in job["static_configs"]}
    port = Listen().telemetry.rpartition(":")[2]
    assert targets == {name: [f"{name}.ydx:{port}"] for name in REGIONS}
