"""``vouch models fusion`` on a real index: learned from one split, used on another, refused on its own, forgotten."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.main import app
from core.errors import InputError
from tests.evals.small_collection import FOLDER

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The planets with their judged queries three times under other ids, split in two."""
    folder = tmp_path_factory.mktemp("data") / "planets"
    shutil.copytree(FOLDER, folder)
    rows = [json.loads(line) for line in (folder / "queries.jsonl").read_text().splitlines() if line.strip()]
    with (folder / "queries.jsonl").open("a") as file:
        for row in rows:
            file.write(json.dumps({**row, "_id": f"train-{row['_id']}"}) + "\n")
    lines = (folder / "qrels" / "test.tsv").read_text().splitlines()
    train = [lines[0], *(f"train-{line}" for line in lines[1:])]
    (folder / "qrels" / "train.tsv").write_text("\n".join(train) + "\n")
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOUCH_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_learn_use_refuse(dataset: Path, home: Path, tmp_path: Path) -> None:
    found = RUNNER.invoke(app, ["models", "fusion", "--dataset", str(dataset), "--split", "train", "--json"])
    learned = json.loads(found.stdout)
    assert found.exit_code == (0 if learned["kept"] else 3)
    assert learned["queries"] == 24
    assert learned["judgements"] == "planets, split train"
    assert 0 < learned["p_value"] <= 1
    from app.evaluation.keeping import Keeping
    from app.evaluation.retrieval import RetrievalOptions, evaluate_retrieval

    options = RetrievalOptions(["learned"], split="train")

    with pytest.raises(InputError, match="learned from 24 queries of this split" if learned["kept"] else "no learned"):
        evaluate_retrieval([dataset], options, Keeping(tmp_path / "out"))


def test_weights_are_kept_with_an_indexed_collection_and_forgotten(home: Path, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    words = ["dropout", "attention", "gradient", "kernel", "entropy", "margin", "cluster", "boosting"]
    for word in words:
        (notes / f"{word}.md").write_text(f"# {word.title()}\n\nThis note explains {word} and why it works.\n")
    assert RUNNER.invoke(app, ["index", str(notes)]).exit_code == 0
    queries = [{"_id": f"{n}-{word}", "text": f"explain {word} {n}"} for n in range(3) for word in words]
    (tmp_path / "q.jsonl").write_text("".join(json.dumps(q) + "\n" for q in queries))
    sources = [row["source"] for row in json.loads(RUNNER.invoke(app, ["list", "--json"]).stdout)["items"]]
    source_of = {word: next(s for s in sources if word in s) for word in words}
    judged = [f"{q['_id']} 0 {source_of[q['_id'].split('-')[1]]} 1\n" for q in queries]
    (tmp_path / "qrels.txt").write_text("".join(judged))
    command = ["models", "fusion", "--queries", str(tmp_path / "q.jsonl"), "--qrels", str(tmp_path / "qrels.txt")]
    found = RUNNER.invoke(app, [*command, "--json"])
    learned = json.loads(found.stdout)
    # every note is found at once by the default: nothing can gain
    assert (found.exit_code, learned["kept"], learned["default"]) == (3, False, pytest.approx(1.0))
    searched = json.loads(RUNNER.invoke(app, ["search", "explain margin", "--json"]).stdout)
    assert searched["verdicts"]["fusion"].startswith("label-free")
    assert RUNNER.invoke(app, ["models", "fusion", "--forget"]).exit_code == 0
    assert RUNNER.invoke(app, ["models", "fusion"]).exit_code != 0


def test_a_snapshot_sees_what_was_learned_and_another_encoder_does_not(tmp_path: Path) -> None:
    from indexing.stores.database import connect, write_meta
    from indexing.stores.embedded import DATABASE, EmbeddedStore
    from tests.retrieval.test_fusion import learned as weights

    store = EmbeddedStore("c", tmp_path / "c", encoder_fingerprint="e", chunker_fingerprint="k", token_dimension=384)
    before = store.snapshot()
    generation = store.keep_fusion(weights(encoder=store.encoder_fingerprint))
    assert before.fusion is None  # it keeps its generation
    after = store.snapshot()
    assert (after.generation, after.fusion) == (generation, weights(encoder=store.encoder_fingerprint))
    connection = connect(tmp_path / "c" / DATABASE)
    write_meta(connection, "encoder", "another:sign")
    connection.close()
    from indexing.stores.snapshot import EmbeddedSnapshot

    assert EmbeddedSnapshot("c", tmp_path / "c", generation, []).fusion is None
    store.keep_fusion(None)
