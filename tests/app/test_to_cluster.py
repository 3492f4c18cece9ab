from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from app.application import Application
from app.cli.upkeep import register
from app.to_cluster import to_cluster
from core.errors import Conflict, CorruptStore, InputError, NotFound, SettingsError
from indexing.stores import transfer
from indexing.stores.transfer import checksum
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
    application.close()


def test_what_others_added_in_the_cluster_survives_a_second_migration(
    build: Build, handbook_cache: Path, notes: Path, tmp_path: Path
) -> None:
    before = cluster(build, tmp_path)
    before.index([str(notes)])
    first = to_cluster(before, "default", 3)
    assert to_cluster(before, "default", 3) == first  # compared again, nothing written
    before.close()
    after = cluster(build, tmp_path, store__backend="qdrant")
    (notes / "ropes.md").write_text("# Ropes\n\nA rope is twisted yarn.\n")
    after.index([str(notes)])
    with pytest.raises(Conflict, match="4 documents, this machine's has 3 and 1 differ"):
        to_cluster(after, "default", 3)
    assert len(after.collections.documents("default")) == 4
    after.close()


def test_a_database_of_jobs_is_no_collection_to_move(
    build: Build, handbook_cache: Path, notes: Path, tmp_path: Path
) -> None:
    application = cluster(build, tmp_path, store__backend="qdrant")
    application.index([str(notes)])
    with pytest.raises(NotFound, match="lies on this machine"):
        to_cluster(application, "default", 3)
    assert len(application.collections.documents("default")) == 3
    application.close()


MIGRATION = """
import sys
from pathlib import Path
from functools import partial
from app.application import Application
from app.configuration import configure
from app.to_cluster import to_cluster
from indexing.stores import transfer
from tests.indexing.hash_encoder import HashEncoder
from tests.indexing.upkeep import chunker_for

transfer.CHUNKS_A_COMMIT = 1
home = Path(sys.argv[1])
flags = {"store.qdrant.path": str(home / "qdrant"), "store.qdrant.lease_seconds": 2}
chosen = configure(flags, environment={"VOUCH_HOME": str(home)}, folder=home)
application = Application(
    chosen.settings, chosen.home, encoder=HashEncoder, chunker=chunker_for, reranker=lambda: None,
    reader=lambda: None, language_model=lambda: None,
)
found = to_cluster(application, "default", 20, progress=lambda done, total, what: print(what, done, flush=True))
print(found.documents, found.chunks, found.agreement, application.cluster.names())
application.close()
"""


def test_a_migration_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    from tests.indexing.hash_encoder import HashEncoder
    from tests.indexing.upkeep import ANIMALS, add, open_with

    encoder = HashEncoder()
    source = open_with(tmp_path / "collections" / "default", encoder)
    add(source, encoder)
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd()), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-W", "ignore", "-c", MIGRATION, str(tmp_path)]
    first = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert first.stdout is not None
    for line in first.stdout:
        if line.split()[-1] == "3":  # three documents are there, the fourth is on its way
            time.sleep(0.02)
            first.send_signal(signal.SIGKILL)
            break
    first.wait()
    second = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    *steps, last = second.stdout.splitlines()
    copied = [step for step in steps if not step.startswith(("adding up", "asking"))]
    assert 0 < len(copied) <= len(ANIMALS) - 3  # the first three were not copied again
    assert last.split(maxsplit=3)[0] == str(len(ANIMALS))
    assert last.endswith("1.0 ['default']")
    assert len(source.snapshot().documents()) == len(ANIMALS)
    source.close()


def test_a_backup_of_the_cluster_comes_back_to_either_engine(
    build: Build, handbook_cache: Path, notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = cluster(build, tmp_path, store__backend="qdrant")
    application.index([str(notes)])
    monkeypatch.setattr("app.cli.upkeep.build", lambda: application)
    monkeypatch.setattr(application, "close", lambda: None)
    settings = {"VOUCH_HOME": str(tmp_path), "VOUCH_STORE__BACKEND": "qdrant"}
    for key, value in settings.items():
        monkeypatch.setenv(key, value)

    def invoke(*command: str) -> Any:
        typer_app = typer.Typer()
        register(typer_app)
        return CliRunner().invoke(typer_app, [*command])

    file = tmp_path / "backup.tar"
    made = invoke("backup", str(file), "--json")
    assert made.exit_code == 0, made.output
    assert list(json.loads(made.stdout)["collections"]) == ["default"]
    assert isinstance(invoke("backup", str(file)).exception, Conflict)
    expected = checksum(application.collections.open("default").snapshot())

    back = invoke("restore", str(file))
    assert isinstance(back.exception, Conflict) and "in the cluster" in str(back.exception)
    application.collections.delete("default")
    back = invoke("restore", str(file), "--json")
    assert back.exit_code == 0, back.output
    assert json.loads(back.stdout)["restored"]["default"] >= 1
    assert checksum(application.collections.open("default").snapshot()) == expected
    assert {d.state for d in application.index([str(notes)]).documents} == {"unchanged"}

    here = build(tmp_path / "here")
    from indexing.backup import restore

    assert list(restore(file, tmp_path / "here")) == ["default"]
    assert checksum(here.collections.open("default").snapshot()) == expected
    here.close()
    monkeypatch.undo()
    application.close()


def test_the_doctor_reads_the_cluster(
    build: Build, handbook_cache: Path, notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = cluster(build, tmp_path, store__backend="qdrant")
    application.index([str(notes)])
    monkeypatch.setattr("app.cli.upkeep.build", lambda: application)
    monkeypatch.setattr(application, "close", lambda: None)
    typer_app = typer.Typer()
    register(typer_app)
    sound = CliRunner().invoke(typer_app, ["doctor", "--json"])
    assert (sound.exit_code, json.loads(sound.stdout)["findings"]) == (0, [])
    from indexing.stores.qdrant.points import Conditions

    store: Any = application.collections.open("default")
    store.points.delete(Conditions(ids=(0,)))
    broken = CliRunner().invoke(typer_app, ["doctor", "--json"])
    assert broken.exit_code == 3
    assert [finding["kind"] for finding in json.loads(broken.stdout)["findings"]] == ["missing_chunk"]
    mended = CliRunner().invoke(typer_app, ["doctor", "--repair", "--json"])
    assert mended.exit_code == 0, mended.output
    assert json.loads(mended.stdout)["repair"]["remaining"] == []
    monkeypatch.undo()
    application.close()
