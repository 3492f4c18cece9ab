"""Requests generated from the API's own schema: no crash, no status, media type or shape that it does not declare."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.app.conftest import NOTES, Build, Serve

SCHEMA = schemathesis.openapi.from_dict(json.loads(Path("docs/openapi.json").read_text(encoding="utf-8")))
OPERATIONS = {f"{o.method.upper()} {o.path}": o for o in (found.ok() for found in SCHEMA.get_all_operations())}
REFUSING = [name for name, operation in OPERATIONS.items() if operation.body or operation.query]
"""Operations that some request does not fit; any text fits a path."""
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def address(build: Build, serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("fuzzed")
    (home / "zorbs.md").write_text(NOTES)
    application = build(home)
    application.index([str(home / "zorbs.md")])
    with serve(application) as found:
        yield found


def attack(operation: Any, address: str, mode: GenerationMode, examples: int) -> None:
    """Send generated requests to one operation, each answer held against the schema."""

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        case.call_and_validate(base_url=address, checks=CHECKS, timeout=120)

    send()


@pytest.mark.parametrize("name", OPERATIONS)
def test_requests_that_fit_the_schema(address: str, name: str) -> None:
    attack(OPERATIONS[name], address, GenerationMode.POSITIVE, 5)


@pytest.mark.parametrize("name", REFUSING)
def test_requests_that_do_not(address: str, name: str) -> None:
    attack(OPERATIONS[name], address, GenerationMode.NEGATIVE, 5)


@pytest.mark.long
@pytest.mark.parametrize("name", OPERATIONS)
def test_many_requests_that_fit(address: str, name: str) -> None:
    attack(OPERATIONS[name], address, GenerationMode.POSITIVE, 150)


@pytest.mark.long
@pytest.mark.parametrize("name", REFUSING)
def test_many_requests_that_do_not(address: str, name: str) -> None:
    attack(OPERATIONS[name], address, GenerationMode.NEGATIVE, 150)
