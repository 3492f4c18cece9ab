"""``vouch eval`` on the command line, over the bundled encoder and a small collection."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import app.speed
from app.cli.main import app as vouch
from app.evaluation import answers, device, question_sets, retrieval
from core.errors import InputError, NotFound
from evals.datasets.beir import read_beir_qrels
from evals.datasets.seeds import read_seeds

FOLDER = Path(__file__).parent.parent / "golden" / "planets"
RUNNER = CliRunner()


@pytest.fixture
def home(build, tmp_path, monkeypatch) -> Path:
    application = build(tmp_path / "home")
    for module in (answers, device, question_sets, retrieval, app.speed):
        monkeypatch.setattr(module, "build", lambda *args, **flags: application)
    (tmp_path / "notes.md").write_text(
        "# Zorbs\n\nA zorb is a small blue widget that stores flux for the winter months.\n\n"
        "The casing of every new zorb withstands exactly 42 units of pressure.\n"
    )
    application.index([str(tmp_path / "notes.md")])
    return tmp_path


def call(*arguments: str) -> str:
    result = RUNNER.invoke(vouch, ["eval", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def test_retrieval_then_compare(home):
    out = home / "out"
    history = ("--history", str(home / "history.jsonl"))
    text = call("retrieval", "--dataset", str(FOLDER), "--systems", "bm25,full", "--out", str(out), "--json", *history)
    found = json.loads(text)
    assert set(found) == {"planets"}
    assert set(found["planets"]) == {"bm25", "full"}
    assert set(found["planets"]["full"]["nDCG@10"]) == {"value", "low", "high"}
    assert found == json.loads((out / "results.json").read_text())
    names = {"planets.bm25.run", "planets.full.run", "planets.per_query.csv", "report.html", "report.md"}
    assert names <= {path.name for path in out.iterdir()}
    assert "all-MiniLM-L6-v2" in (out / "report.html").read_text()
    assert len((home / "history.jsonl").read_text().splitlines()) == 1

    good = out / "planets.bm25.run"
    broken = out / "reversed.run"
    lines = [line.split() for line in good.read_text().splitlines()]
    broken.write_text("".join(f"{q} {z} {d} {r} {-float(s)!r} {t}\n" for q, z, d, r, s, t in lines))
    same = json.loads(
        call(
            "compare",
            str(good),
            str(out / "planets.full.run"),
            "--dataset",
            str(FOLDER),
            "--json",
            "--tolerance",
            "0.5",
        )
    )
    assert same["regressions"] == []
    result = RUNNER.invoke(
        vouch, ["eval", "compare", str(good), str(broken), "--dataset", str(FOLDER), "--out", str(out / "c")]
    )
    assert result.exit_code == 3
    assert "WORSE" in result.stdout
    assert (out / "c" / "report.html").is_file()


def test_a_folder_and_committed_values_gate_a_pipeline(home):
    """A broken stage fails against the evaluation of yesterday and against the committed values."""
    good, bad = home / "good", home / "bad"
    call("retrieval", "--dataset", str(FOLDER), "--systems", "bm25", "--out", str(good))
    run = home / "planets.bm25.run"
    lines = [line.split() for line in (good / "planets.bm25.run").read_text().splitlines()]
    run.write_text("".join(f"{q} {z} {d} {r} {-float(s)!r} {t}\n" for q, z, d, r, s, t in lines))
    call("retrieval", "--dataset", str(FOLDER), "--systems", "", "--run", str(run), "--out", str(bad))
    value = json.loads((good / "results.json").read_text())["planets"]["bm25"]["RR"]["value"]
    expected = home / "planets.yaml"
    row = f"{{system: bm25, measure: RR, value: {value:.4f}, tolerance: 0.01, source: this test}}"
    expected.write_text(f"dataset: planets\nsplit: test\nvalues:\n  - {row}\n")
    gate = json.loads(call("compare", str(good), "--expected", str(expected), "--json"))
    assert (gate["expected_measured"], gate["deviations"]) == (1, [])
    result = RUNNER.invoke(vouch, ["eval", "compare", str(good), str(bad), "--expected", str(expected), "--json"])
    assert result.exit_code == 3
    found = json.loads(result.stdout)
    assert {"name": str(bad), "measure": "planets bm25 nDCG@10"} in found["regressions"]
    assert len(found["deviations"]) == 1
    expected.write_text("dataset: other\nsplit: test\nvalues: []\n")
    with pytest.raises(InputError, match="no expected value"):
        call("compare", str(good), "--expected", str(expected))
    with pytest.raises(InputError, match="nothing to hold"):
        call("compare", str(good))


def test_answers_over_a_set_that_synth_made(home):
    seeds = home / "seeds.jsonl"
    summary = json.loads(call("synth", "--out", str(seeds), "--json"))
    assert summary["questions"] == len(read_seeds(seeds)) >= 2
    found = json.loads(call("answers", "--questions", str(seeds), "--out", str(home / "answers"), "--json"))
    measures = found["seeds"]["vouch"]
    assert measures["evidence_recall@5"]["value"] == 1.0
    assert measures["quote_exact"]["value"] == 1.0
    assert found["errors"] == {}
    assert "Calibration" in (home / "answers" / "report.md").read_text()


def test_feedback_becomes_judgements(home):
    from indexing.feedback import Feedback, record

    application = question_sets.build()
    document = application.snapshot_or_none("default").documents()[0].id
    record(application.collections, Feedback(answer_id="a1", rating=1, document_id=document, start=9, end=30))
    record(application.collections, Feedback(answer_id="a2", rating=-1))
    file = home / "qrels.txt"
    assert json.loads(call("synth", "--from-feedback", "--out", str(file), "--json"))["judgements"] == 1
    assert file.read_text() == f"a1 0 {document}-9-30 1\n"


def test_speed(home):
    out = home / "speed"
    options = ("--sizes", "12,24", "--systems", "bm25s", "--queries", "3", "--rounds", "1")
    found = json.loads(call("speed", "--dataset", str(FOLDER), *options, "--out", str(out), "--json"))
    assert set(found["growth"]) == {"12", "24"}
    assert set(found["latency_ms"]) == {"vouch bm25", "vouch dense", "vouch full", "bm25s"}
    assert found["ratio_ours_over_peer"]["bm25s"]["low"] > 0


def test_the_self_check_passes_on_the_processor(home, monkeypatch):
    few = dict(list(device.catalog().items())[:12])
    monkeypatch.setattr(device, "catalog", lambda: few)
    found = json.loads(call("gpu", "--device", "cpu", "--no-llm", "--json"))
    assert found["passed"]
    assert found["parity"]["least_cosine"] > 0.99
    assert {"encode", "exact search, one by one"} <= {item["name"] for item in found["measured"]}


def test_mistakes_are_refused_before_anything_runs(home):
    out = home / "none"
    for wrong in (["--systems", "nonsense"], ["--measures", "nonsense"], ["--split", "nonsense"]):
        with pytest.raises((InputError, NotFound)):
            call("retrieval", "--dataset", str(FOLDER), "--out", str(out), *wrong)
    with pytest.raises(NotFound):
        call("retrieval", "--dataset", str(home / "nowhere"), "--out", str(out))
    assert not list(out.glob("*.run"))


def test_the_golden_judgements_name_documents_that_exist():
    ids = {json.loads(line)["_id"] for line in (FOLDER / "corpus.jsonl").read_text().splitlines()}
    judged = read_beir_qrels(FOLDER / "qrels" / "test.tsv")
    assert {document for grades in judged.values() for document in grades} <= ids
