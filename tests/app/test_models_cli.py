from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.main import app
from app.training_pairs import document_rows, own_pairs, pieces
from core.errors import InputError, NotFound
from core.settings import EncoderSettings
from core.types import Document, Section
from models.encoders.bundled import BundledEncoder
from models.training.gain import Gain
from models.training.recipes import accepted
from models.weights.bundle import bundled_names


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    monkeypatch.setenv("VOUCH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return CliRunner()


def test_the_list_names_what_ships(run: CliRunner) -> None:
    listed = json.loads(run.invoke(app, ["models", "list", "--json"]).stdout)
    assert [row["name"] for row in listed["weights"]] == bundled_names()
    assert sum(row["bytes"] for row in listed["weights"]) <= 16_000_000
    assert set(listed["in_force"]) == {"encoder", "reranker", "llm"}
    assert [row["name"] for row in listed["weights"] if row["in_force"]] == ["reader"]
    for row in listed["weights"]:
        assert row["name"] in run.invoke(app, ["models", "list"]).stdout


def test_training_on_nothing_is_refused(run: CliRunner, tmp_path: Path) -> None:
    result = run.invoke(app, ["models", "train", "late-interaction", "--no-handbook", "--out", str(tmp_path / "w")])
    assert isinstance(result.exception, InputError)
    assert "--data" in result.exception.fix
    missing = ["--data", str(tmp_path / "nowhere"), "--no-handbook", "--out", str(tmp_path / "w")]
    result = run.invoke(app, ["models", "train", "cross-encoder", *missing])
    assert isinstance(result.exception, InputError)
    assert "BEIR" in result.exception.fix


def test_adapting_to_an_unknown_collection_is_refused(run: CliRunner, tmp_path: Path) -> None:
    result = run.invoke(app, ["models", "adapt", "-c", "nothing", "--out", str(tmp_path / "w")])
    assert isinstance(result.exception, NotFound)


def document(name: str, text: str, headings: list[str]) -> Document:
    sections = []
    for heading in headings:
        start = text.index(f"# {heading}")
        later = [text.index(f"# {other}") for other in headings if text.index(f"# {other}") > start]
        end = min(later, default=len(text))
        sections.append(Section(heading=heading, level=1, start=start, end=end, body_start=start + len(heading) + 3))
    return Document(
        id=name,
        source=f"{name}.md",
        origin="here",
        title=headings[0],
        media_type="text/markdown",
        text=text,
        sha256="0" * 64,
        sections=tuple(sections),
        pages=(),
    )


BODY = "This part says quite a lot about what it is for and when to use it."


def test_a_heading_that_documents_share_gets_its_title() -> None:
    first = document(
        "a", f"# Lasso\n\n{BODY}\n\n# Pitfalls\n\nLasso drops one of two alike. {BODY}\n", ["Lasso", "Pitfalls"]
    )
    second = document(
        "b", f"# Ridge\n\n{BODY}\n\n# Pitfalls\n\nRidge keeps both of them. {BODY}\n", ["Ridge", "Pitfalls"]
    )
    rows = document_rows([first, second], {"a.md": ("L1 regression",)})
    assert [(source, heading) for source, heading, _, _ in rows] == [
        ("a.md:0", "Lasso"),
        ("a.md:1", "Lasso: pitfalls"),
        ("b.md:0", "Ridge"),
        ("b.md:1", "Ridge: pitfalls"),
    ]
    assert rows[1][2].startswith("Lasso. Lasso drops one")
    assert rows[0][3] == ("L1 regression",)
    headings, *_ = own_pairs("c", rows)
    asked = [pair.query for pair in headings.pairs if pair.positive == 0]
    assert len(asked) == 2
    assert "L1 regression" in asked[1]


def test_long_sections_are_cut_between_paragraphs() -> None:
    text = "\n\n".join(f"{n} {'word ' * 60}".strip() for n in range(9))
    parts = list(pieces(text))
    assert "\n\n".join(parts) == text
    assert len(parts) > 2
    assert all(len(part) <= 900 for part in parts)


def test_a_significant_loss_of_the_control_refuses() -> None:
    gain = Gain(0.5, 0.6, 0.01, 100)
    assert accepted(gain, [Gain(0.9, 0.895, 0.4, 100)])
    assert not accepted(gain, [Gain(0.9, 0.895, 0.04, 100)])


@pytest.mark.long
def test_from_data_to_an_encoder_that_loads(run: CliRunner, tmp_path: Path) -> None:
    chance = random.Random(0)
    words = [
        "gradient",
        "kernel",
        "prior",
        "batch",
        "token",
        "query",
        "margin",
        "noise",
        "depth",
        "graph",
        "state",
        "reward",
    ]
    folder = tmp_path / "data"
    (folder / "qrels").mkdir(parents=True)
    texts = [" ".join(chance.choices(words, k=14)) for _ in range(60)]
    (folder / "corpus.jsonl").write_text(
        "".join(json.dumps({"_id": f"d{n}", "title": "", "text": text}) + "\n" for n, text in enumerate(texts))
    )
    (folder / "queries.jsonl").write_text(
        "".join(json.dumps({"_id": f"q{n}", "text": " ".join(text.split()[:3])}) + "\n" for n, text in enumerate(texts))
    )
    rows = "".join(f"q{n}\td{n}\t1\n" for n in range(60))
    (folder / "qrels" / "train.tsv").write_text("query-id\tcorpus-id\tscore\n" + rows)
    out = tmp_path / "mine"
    command = ["--data", str(folder), "--no-handbook", "--minutes", "0.1", "--out", str(out), "--json"]
    result = json.loads(
        run.invoke(app, ["models", "train", "late-interaction", *command], catch_exceptions=False).stdout
    )
    if not result["kept"]:
        assert result["why"]
        return
    assert BundledEncoder(EncoderSettings(weights=str(out))).fingerprint.count(":mine:") == 1
    exported = tmp_path / "exported"
    made = run.invoke(app, ["models", "export", "--weights", str(out), "--out", str(exported), "--json"])
    assert json.loads(made.stdout)["folder"] == str(exported)
    assert (exported / "modules.json").is_file()
