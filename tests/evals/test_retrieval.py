"""The evaluation of retrieval end to end over a real store and the live cascade."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path

import pytest
import yaml

from core.errors import InputError, NotFound
from evals.baselines.base import BaselineSystem, get_baseline
from evals.collection_index import index_collection
from evals.compare import compare
from evals.datasets.beir import read_beir
from evals.datasets.collection import Collection, content_key
from evals.expected_values import deviations, read_expected
from evals.provenance import Weight
from evals.report import to_html, to_markdown
from evals.retrieval import CollectionResult, evaluate_collection, hardest, to_json
from evals.retrieval_report import retrieval_report
from evals.run_file import read_run, write_run
from evals.scored_files import Scored
from evals.systems import ENGINE, RememberingEncoder, engine_system
from indexing.chunking.outline_chunker import OutlineChunker
from tests.evals.small_collection import FOLDER, SETTINGS, HashEncoder

ENCODER = HashEncoder()
CHUNKER = OutlineChunker(ENCODER.token_offsets, 64)


@pytest.fixture(scope="module")
def collection() -> Collection:
    return read_beir(FOLDER)


@pytest.fixture(scope="module")
def index(collection, tmp_path_factory):
    return index_collection(collection, ENCODER, CHUNKER, tmp_path_factory.mktemp("cache"))


def builders(index, names=tuple(ENGINE)):
    encoder = RememberingEncoder(ENCODER)
    return [lambda name=name: engine_system(name, index, encoder, None, SETTINGS, 20) for name in names]


@pytest.fixture(scope="module")
def evaluated(collection, index, tmp_path_factory) -> tuple[CollectionResult, Path]:
    out = tmp_path_factory.mktemp("out")
    passages = list(collection.passages())
    systems = [*builders(index), lambda: BaselineSystem(get_baseline("bm25s"), passages)]
    return evaluate_collection(collection, systems, out, sizes=(len(passages), len(index.snapshot))), out


def test_every_system_has_every_measure(evaluated):
    result, _ = evaluated
    assert set(result.systems) == {*ENGINE, "bm25s"}
    for system in result.systems.values():
        assert len(system.per_query["nDCG@10"]) == 24
        for estimate in system.estimates.values():
            assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1


def test_json_has_the_promised_shape(evaluated):
    found = to_json([evaluated[0]])
    assert set(found["planets"]["bm25"]["nDCG@10"]) == {"value", "low", "high"}


def test_committed_values_hold(evaluated):
    expected = [item for item in read_expected() if item.dataset == "planets"]
    assert {item.system for item in expected} >= {"bm25", "full", "bm25s"}
    assert deviations(to_json([evaluated[0]]), expected) == []


def test_a_deviation_is_named(evaluated):
    moved = [dataclasses.replace(item, value=item.value - 0.2) for item in read_expected() if item.dataset == "planets"]
    problems = deviations(to_json([evaluated[0]]), moved)
    assert len(problems) == len(moved)
    assert "expected" in problems[0]


def test_runs_are_written_unrounded_and_read_back(evaluated):
    _, out = evaluated
    run, tag = read_run(out / "planets.full.run")
    assert tag == "full"
    copy = out / "copy.run"
    write_run(copy, run, "full")
    assert copy.read_bytes() == (out / "planets.full.run").read_bytes()
    with (out / "planets.per_query.csv").open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {row["system"] for row in rows} == {*ENGINE, "bm25s"}


def test_judgements_are_read_only_after_the_runs_are_written(collection, index, tmp_path):
    """The tripwire: reading the judgements fails unless all run files are there."""
    names = ("bm25", "full")

    def guarded(split: str):
        missing = [name for name in names if not (tmp_path / f"planets.{name}.run").is_file()]
        assert not missing, f"judgements were read before {missing} was written"
        return collection.read_qrels(split)

    wired = dataclasses.replace(collection, read_qrels=guarded)
    evaluate_collection(wired, builders(index, names), tmp_path, split="test")
    with pytest.raises(AssertionError, match="before"):
        wired.qrels("test") if not (tmp_path / "planets.full.run").unlink() else None


def test_opening_a_collection_reads_no_judgements(tmp_path):
    folder = tmp_path / "wired"
    (folder / "qrels").mkdir(parents=True)
    for name in ("corpus.jsonl", "queries.jsonl"):
        (folder / name).write_bytes((FOLDER / name).read_bytes())
    (folder / "qrels" / "test.tsv").write_text("header\nthis line would be refused\n")
    opened = read_beir(folder)
    assert opened.splits == ["test"]
    with pytest.raises(InputError, match=r"test\.tsv:2"):
        opened.qrels("test")


def test_external_runs_are_scored_on_equal_terms(collection, index, evaluated, tmp_path):
    _, out = evaluated
    external = tmp_path / "planets.theirs.run"
    external.write_bytes((out / "planets.dense.run").read_bytes())
    result = evaluate_collection(collection, builders(index, ("dense",)), tmp_path / "again", external=[external])
    assert result.systems["theirs"].per_query == result.systems["dense"].per_query


def test_the_report_says_all(evaluated):
    result, _ = evaluated
    report = retrieval_report([result], [Weight("bi-encoder", "hash", "this test", "nothing")])
    for text in (to_html(report), to_markdown(report)):
        for words in (
            "maximum of its chunks",
            "Hardest queries",
            "this test",
            "hybrid → full",
            "Judged@10",
            "did not run",
        ):
            assert words in text
    assert "http" not in to_html(report).replace("http-equiv", "")


def test_the_hardest_query_comes_first(evaluated):
    result, _ = evaluated
    found = hardest(result, "nDCG@10", 24)
    assert [value for *_, value in found] == sorted(value for *_, value in found)


def test_an_index_is_found_again_by_content(collection, tmp_path):
    class Counting(HashEncoder):
        texts = 0

        def encode_documents(self, texts, progress=None):
            self.texts += len(texts)
            return super().encode_documents(texts, progress)

    encoder = Counting()
    first = index_collection(collection, encoder, CHUNKER, tmp_path)
    encoded = encoder.texts
    again = index_collection(collection, encoder, CHUNKER, tmp_path)
    assert encoded == len(first.snapshot) == encoder.texts == len(again.snapshot)
    other = dataclasses.replace(collection, read_passages=lambda: iter(list(collection.passages())[1:]))
    assert content_key(other.passages()) != content_key(collection.passages())
    assert index_collection(other, encoder, CHUNKER, tmp_path).folder != first.folder


def test_an_interrupted_index_goes_on(collection, tmp_path, monkeypatch):
    monkeypatch.setattr("evals.collection_index.BATCH", 5)

    class Failing(HashEncoder):
        left = 2

        def encode_documents(self, texts, progress=None):
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt
            return super().encode_documents(texts, progress)

    with pytest.raises(KeyboardInterrupt):
        index_collection(collection, Failing(), CHUNKER, tmp_path)
    whole = index_collection(collection, ENCODER, CHUNKER, tmp_path)
    assert len(whole.passage_ids) == 24


def test_widening_changes_no_document_rank(collection, index):
    from evals.systems import best_of_documents
    from retrieval.pipeline import Cascade

    wide = Cascade(ENCODER, None, SETTINGS)
    narrow = Cascade(ENCODER, None, SETTINGS.model_copy(update={"hit_characters": 0}))
    for query in collection.queries.values():
        a = best_of_documents(wide.search(index.snapshot, query, 500), index.passage_ids)
        b = best_of_documents(narrow.search(index.snapshot, query, 500), index.passage_ids)
        assert list(a) == list(b)
        assert a == b


def test_a_broken_stage_is_caught(collection, index, evaluated, tmp_path, monkeypatch):
    """A dense stage whose sign is wrong must be a regression."""
    result, _ = evaluated
    good = Scored("good", result.systems["dense"].per_query)

    class Broken(HashEncoder):
        def encode_query(self, text):
            encoding = super().encode_query(text)
            return dataclasses.replace(encoding, sentence=-encoding.sentence)

    broken = evaluate_collection(
        collection, [lambda: engine_system("dense", index, Broken(), None, SETTINGS, 20)], tmp_path
    )
    verdict = compare([good, Scored("broken", broken.systems["dense"].per_query)])
    assert ("broken", "nDCG@10") in verdict.regressions
    assert compare([good, Scored("same", result.systems["dense"].per_query)]).regressions == ()


def test_systems_and_splits_are_checked(collection, index):
    with pytest.raises(InputError, match="no system 'nonsense'"):
        engine_system("nonsense", index, ENCODER, None, SETTINGS, 20)
    with pytest.raises(NotFound, match="no split 'dev'"):
        collection.split("dev")
    with pytest.raises(InputError, match="no baseline"):
        get_baseline("nonsense")


def test_stage_names_can_be_joined(collection, index):
    system = engine_system("bm25+dense", index, ENCODER, None, SETTINGS, 20)
    hybrid = engine_system("hybrid", index, ENCODER, None, SETTINGS, 20)
    queries = dict(list(collection.queries.items())[:3])
    assert system.run(queries) == hybrid.run(queries)


def test_a_sample_of_queries_is_said(collection, index, tmp_path):
    result = evaluate_collection(collection, builders(index, ("bm25",)), tmp_path, max_queries=10)
    assert len(result.queries) == 10
    assert result.sampled_from == 24
    assert "Only a sample" in to_markdown(retrieval_report([result], []))


def test_expected_files_are_well_formed():
    for item in read_expected():
        assert 0 <= item.value <= 1
        assert 0 < item.tolerance <= 0.05
        assert item.source


def test_a_malformed_expected_file_is_refused(tmp_path):
    (tmp_path / "x.yaml").write_text(yaml.safe_dump({"dataset": "d", "values": []}))
    assert read_expected(tmp_path) == []
    (tmp_path / "y.yaml").write_text(yaml.safe_dump({"dataset": "d", "split": "s", "values": [{"value": 1}]}))
    with pytest.raises(InputError, match=r"y\.yaml"):
        read_expected(tmp_path)


def test_runs_are_kept_only_where_they_would_come_out_the_same(collection, index, tmp_path):
    asked: list[str] = []

    class Asked(HashEncoder):
        def encode_query(self, text):
            asked.append(text)
            return super().encode_query(text)

    def run(settings=SETTINGS, resume=True, limit=3):
        asked.clear()
        build = [lambda: engine_system("dense", index, Asked(), None, settings, 20)]
        evaluate_collection(collection, build, tmp_path, max_queries=limit, measures=["RR"], resume=resume)
        return len(asked)

    assert run() == 3
    assert run() == 0
    assert run(resume=False) == 3
    assert run(limit=4) == 4
    assert run(SETTINGS.model_copy(update={"dense_weight": 0.9}), limit=4) == 4
    (tmp_path / "planets.dense.run.key").unlink()
    assert run(SETTINGS.model_copy(update={"dense_weight": 0.9}), limit=4) == 4


def test_ranking_without_hits_is_the_ranking_of_search(collection, index):
    for name in ENGINE:
        plain = engine_system(name, index, ENCODER, None, SETTINGS, 20)
        whole = dataclasses.replace(plain, joint=True)
        assert plain.run(collection.queries) == whole.run(collection.queries), name


def test_queries_are_encoded_together_and_once(collection, index):
    calls: list[int] = []

    class Batching(HashEncoder):
        def encode_queries(self, texts, progress=None):
            calls.append(len(texts))
            return self.encode_documents(texts)

        def encode_query(self, text):
            raise AssertionError("one by one")

    encoder = RememberingEncoder(Batching())
    runs = [
        engine_system(name, index, encoder, None, SETTINGS, 20).run(collection.queries) for name in ("dense", "full")
    ]
    assert calls == [24]
    assert runs[0] == engine_system("dense", index, ENCODER, None, SETTINGS, 20).run(collection.queries)


def test_encodings_of_another_state_of_the_collection_are_taken_over(collection, tmp_path):
    read: list[str] = []

    class Noting(HashEncoder):
        def encode_documents(self, texts, progress=None):
            read.extend(texts)
            return super().encode_documents(texts, progress)

    index_collection(collection, Noting(), CHUNKER, tmp_path)
    read.clear()
    fewer = dataclasses.replace(collection, read_passages=lambda: iter(list(collection.passages())[3:]))
    assert len(index_collection(fewer, Noting(), CHUNKER, tmp_path).passage_ids) == 21
    assert read == []


def test_the_index_holds_names_as_an_ingest_does(collection, index):
    from indexing.stores.names import name_key

    passage = next(passage for passage in collection.passages() if passage.title)
    rows = index.snapshot.named(name_key(f"What is {passage.title}?"))
    assert passage.id in {index.passage_of_row[row] for row in rows}
