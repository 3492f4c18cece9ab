from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from app.application import Application
from app.cli.upkeep import register
from app.to_cluster import to_cluster
from core.errors import CorruptStore, InputError, NotFound, SettingsError
from indexing.stores import transfer
from tests.app.conftest import Build

pytest.importorskip("qdrant_client")
pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes")
NOTES = {
    "gears.md": "# Gears\n\nA gear is a wheel with teeth.\n\n## Ratio\n\nThe ratio counts the teeth of both wheels.\n",
    "belts.md": "# Belts\n\nA belt couples two pulleys by friction.\n\n## Slip\n\nA loose belt slips.\n",
    "cams.md": "# Cams\n\nA cam turns rotation into a push.\n",
}


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    for name, text in NOTES.items():
        (folder / name).write_text(text)
    return folder


def cluster(build: Build, home: Path, **flags: Any) -> Application:
    return build(home, store__qdrant__path=str(home / "qdrant"), **flags)


def top(application: Application, query: str) -> list[str]:
    return [hit.text for hit in application.search(query, 5).hits]


def test_a_collection_moves_and_everything_goes_on_there(
    build: Build, handbook_cache: Path, notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = cluster(build, tmp_path)
    before.index([str(notes)])
    expected = {query: top(before, query) for query in ("What is a cam?", "teeth", "loose belt")}
    monkeypatch.setattr(transfer, "CHUNKS_A_COMMIT", 1)
    asked = iter([False, True, True])
    assert to_cluster(before, "default", 10, cancelled=lambda: next(asked)) is None
    assert before.cluster.names() == []  # half of it is there, and nobody sees it
    found = to_cluster(before, "default", 10)
    assert found is not None and (found.documents, found.agreement) == (3, 1.0)
    assert found.questions == 5
    before.close()

    after = cluster(build, tmp_path, store__backend="qdrant")
    assert {query: top(after, query) for query in expected} == expected
    assert {d.state for d in after.index([str(notes)]).documents} == {"unchanged"}
    (notes / "cams.md").unlink()
    (notes / "ropes.md").write_text("# Ropes\n\nA rope is twisted yarn.\n")
    assert {d.source: d.state for d in after.index([str(notes)]).documents}["notes/cams.md"] == "removed"
    assert "twisted yarn" in top(after, "What is a rope?")[0]
    assert after.collections.names() == ["default"] or after.collections.names() == ["default", "handbook"]
    with pytest.raises(NotFound, match="cluster"):
        after.collections.open("other")
    after.collections.delete("default")
    assert not after.collections.exists("default")
    after.close()


def test_a_copy_that_differs_is_not_published(
    build: Build, handbook_cache: Path, notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = cluster(build, tmp_path)
    application.index([str(notes)])
    monkeypatch.setattr(transfer, "checksum", lambda side, progress=None: type(side).__name__)
    with pytest.raises(CorruptStore, match="not the same content"):
        to_cluster(application, "default", 5)
    assert application.cluster.names() == []
    application.close()


def test_what_cannot_be_moved_is_refused(build: Build, handbook_cache: Path, tmp_path: Path) -> None:
    application = build(tmp_path)
    with pytest.raises(InputError, match="every machine"):
        to_cluster(application, "handbook")
    with pytest.raises(SettingsError, match=r"store\.qdrant\.url"):
        to_cluster(application, "default")


def test_the_command_reports(
    build: Build, handbook_cache: Path, notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = cluster(build, tmp_path)
    application.index([str(notes)])
    monkeypatch.setattr("app.bootstrap.build", lambda: application)
    typer_app = typer.Typer()
    register(typer_app)
    result = CliRunner().invoke(typer_app, ["migrate", "--to", "cluster", "--questions", "3", "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["engine"], found["documents"], found["questions"]) == ("cluster", 3, 3)


def test_the_command_rebuilds_nothing_on_the_way() -> None:
    typer_app = typer.Typer()
    register(typer_app)
    result = CliRunner().invoke(typer_app, ["migrate", "--to", "cluster", "--chunk-tokens", "64"])
    assert isinstance(result.exception, InputError)


def test_what_lies_in_the_cluster_is_not_rebuilt_in_a_folder(
    build: Build, handbook_cache: Path, notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = cluster(build, tmp_path, store__backend="qdrant")
    application.index([str(notes)])
    with pytest.raises(InputError, match="lies in the cluster"):
        application.migrate()
    for command in (["doctor"], ["backup", str(tmp_path / "b.zip"), "--collection", "default"]):
        typer_app = typer.Typer()
        register(typer_app)
        monkeypatch.setattr("app.cli.upkeep.build", lambda: application)
        result = CliRunner().invoke(typer_app, command)
        assert isinstance(result.exception, InputError) and "works on files" in str(result.exception)
    assert not (tmp_path / "b.zip").exists()
    application.close()
