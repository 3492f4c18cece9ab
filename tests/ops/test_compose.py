"""What can be checked of the deployment without a container engine: its files agree with each other and with the code."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.api.metrics import Metrics
from app.configuration import configure, from_environment
from core.types import Answer, ModelInfo

COMPOSE: dict[str, Any] = yaml.safe_load(Path("docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DASHBOARD = json.loads(Path("ops/grafana/dashboards/vouch.json").read_text(encoding="utf-8"))
DOCKERFILE = Path("Dockerfile").read_text(encoding="utf-8")


def test_profiles_start_what_they_promise() -> None:
    profiles: dict[str, set[str]] = {}
    for name, service in SERVICES.items():
        for profile in service.get("profiles", [""]):
            profiles.setdefault(profile, set()).add(name)
    assert profiles[""] == {"api"}
    assert "vllm" in profiles["gpu"]
    assert "qdrant" in profiles["cluster"]
    assert profiles["monitoring"] == {"prometheus", "grafana"}


def test_volumes_and_secrets_that_are_used_are_declared() -> None:
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in COMPOSE["volumes"] or Path(source).exists(), source
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
        assert set(service.get("depends_on", [])) <= set(SERVICES)


def test_ports_are_published_on_the_loopback_address_only() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_images_are_pinned() -> None:
    images = [service["image"] for service in SERVICES.values() if "build" not in service]
    assert images
    assert all(re.search(r":v?\d+\.\d+", image) for image in images)


def test_the_server_is_confined() -> None:
    api = SERVICES["api"]
    assert api["read_only"] is True
    assert api["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in api["security_opt"]
    limits = api["deploy"]["resources"]["limits"]
    assert (limits["cpus"], limits["memory"]) == ("2", "4G")


def test_every_setting_in_the_environment_is_a_setting() -> None:
    names = {
        name for service in SERVICES.values() for name in service.get("environment", {}) if name.startswith("VOUCH_")
    }
    assert len(from_environment(dict.fromkeys(names, "x"))) == len(names)


def test_the_defaults_of_the_environment_are_valid_settings(tmp_path: Path) -> None:
    given = {**SERVICES["api"]["environment"], "VOUCH_HOME": str(tmp_path)}
    defaults = {name: re.sub(r"^\$\{\w+:-(.*)\}$", r"\1", value) for name, value in given.items()}
    assert configure(environment=defaults, folder=tmp_path).settings.store.backend == "embedded"


def test_replicas_are_servers_behind_the_proxy() -> None:
    api, replica = SERVICES["api"], SERVICES["replica"]
    assert replica["environment"] == api["environment"] and replica["volumes"] == api["volumes"]
    assert "ports" not in replica
    proxied = Path("ops/haproxy.cfg").read_text(encoding="utf-8")
    assert re.findall(r"server-template (\w+) \d+ (\w+):8000", proxied) == [("api", "api"), ("replica", "replica")]


def stages() -> list[list[str]]:
    """Instructions of each stage of the image, continued lines joined."""
    lines = re.sub(r"\\\n\s*", "", DOCKERFILE).splitlines()
    found: list[list[str]] = []
    for line in lines:
        if line.startswith("FROM "):
            found.append([])
        if line and not line.startswith("#") and found:
            found[-1].append(line)
    return found


def test_the_image_runs_as_nobody_special_and_without_a_compiler() -> None:
    _, last = stages()
    users = [line.split()[1] for line in last if line.startswith("USER ")]
    assert users
    assert users[-1] not in {"root", "0"}
    assert not any("apt-get" in line or "pip install" in line for line in last)


def test_what_the_image_copies_is_there_and_not_ignored() -> None:
    first, _ = stages()
    ignored = Path(".dockerignore").read_text(encoding="utf-8").split()
    for line in first:
        if line.startswith("COPY "):
            for source in shlex.split(line)[1:-1]:
                assert Path(source).exists()
                assert source not in ignored
    for needed in ("app", "knowledge", "algorithms", "models", "pyproject.toml", "README.md"):
        assert needed not in ignored


def test_the_image_starts_with_a_command_that_exists() -> None:
    from typer.main import get_command

    from app.cli.main import app

    command = json.loads(DOCKERFILE[DOCKERFILE.rindex("CMD ") + 4 :])
    assert command[0] == "vouch"
    serve = get_command(app).commands[command[1]]  # type: ignore[attr-defined]
    serve.make_context("serve", command[2:])


@pytest.fixture(scope="module")
def exposed() -> set[str]:
    """Names of all samples that the server exposes once something happened."""
    metrics = Metrics()
    answer = Answer(
        question="q",
        standalone_question="q",
        answer="a",
        abstained=False,
        confidence=0.5,
        citations=(),
        executions=(),
        warnings=(),
        closest=None,
        answer_id="a",
        model=ModelInfo(llm="none", profile="bundled"),
        timings_ms={"llm": 1.0, "total": 1.0},
    )
    metrics.answer(answer)
    metrics.request("/", "GET", 200, 0.1)
    metrics.execution(True)
    metrics.job("done")
    metrics.freshness({"default": 1.0})
    metrics.limited.labels("rate").inc()
    text = metrics.text().decode()
    return set(re.findall(r"^(vouch_\w+)", text, re.MULTILINE)) | set(
        re.findall(r"^# TYPE (vouch_\w+)", text, re.MULTILINE)
    )


def test_the_dashboard_asks_for_what_is_exposed(exposed: set[str]) -> None:
    expressions = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
    assert len(expressions) >= 15
    asked = {name for expression in expressions for name in re.findall(r"vouch_\w+", expression)}
    assert asked <= exposed


def test_panels_do_not_overlap_and_use_the_provisioned_source() -> None:
    source = yaml.safe_load(Path("ops/grafana/provisioning/datasources/prometheus.yml").read_text(encoding="utf-8"))
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        assert panel["datasource"]["uid"] == source["datasources"][0]["uid"]
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken
        assert place["x"] + place["w"] <= 24
        taken |= cells


def test_prometheus_scrapes_the_route_of_the_metrics_with_the_mounted_key() -> None:
    (job,) = yaml.safe_load(Path("ops/prometheus.yml").read_text(encoding="utf-8"))["scrape_configs"]
    assert job["metrics_path"] == "/metrics"
    assert job["static_configs"][0]["targets"] == ["api:8000"]
    assert job["authorization"]["credentials_file"] == f"/run/secrets/{SERVICES['prometheus']['secrets'][0]}"
