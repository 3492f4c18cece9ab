from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.main import app
from app.cli.reference import reference


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    monkeypatch.setenv("VOUCH_HOME", str(tmp_path))
    return CliRunner()


def test_keys_are_made_listed_and_revoked(run: CliRunner) -> None:
    made = json.loads(run.invoke(app, ["keys", "create", "--scopes", "ask,ingest", "--name", "ci", "--json"]).stdout)
    assert made["key"].startswith(f"vouch_{made['id']}_")
    listed = run.invoke(app, ["keys", "list", "--json"]).stdout
    assert [(key["id"], key["scopes"], key["name"]) for key in json.loads(listed)["items"]] == [
        (made["id"], ["ask", "ingest"], "ci")
    ]
    assert made["key"] not in listed
    assert json.loads(run.invoke(app, ["keys", "revoke", made["id"], "--json"]).stdout) == {"revoked": made["id"]}
    assert json.loads(run.invoke(app, ["keys", "list", "--json"]).stdout) == {"items": []}


def test_the_version_is_that_of_the_package(run: CliRunner) -> None:
    declared = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    done = run.invoke(app, ["--version"])
    assert (done.exit_code, done.stdout) == (0, f"vouch {declared}\n")


def test_the_kept_reference_is_in_step() -> None:
    """`python -m app.cli.reference` writes it."""
    assert Path("docs/cli.md").read_text(encoding="utf-8") == reference()
