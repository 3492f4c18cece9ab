from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.application import Application
from app.cli import to_cluster as command
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
    import typer

    application = cluster(build, tmp_path)
    application.index([str(notes)])
    monkeypatch.setattr("app.bootstrap.build", lambda: application)
    app = typer.Typer()

    @app.command()
    def migrate(collection: str, to: command.To = None, questions: command.Questions = 200) -> None:
        assert to == "cluster"
        command.run(collection, questions, as_json=True)

    result = CliRunner().invoke(app, ["default", "--to", "cluster", "--questions", "3"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["to"], found["documents"], found["questions"]) == ("cluster", 3, 3)
