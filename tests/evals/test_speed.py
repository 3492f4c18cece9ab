"""Speed and the self-check of a device, on small inputs."""

from __future__ import annotations

import dataclasses
import importlib.util

import numpy as np
import pytest

from core.errors import InputError, MissingDependency
from core.protocols import Prompt
from evals.baselines.base import PACKAGES, get_baseline
from evals.collection_index import CollectionIndex, as_document
from evals.datasets.beir import read_beir
from evals.gpu import LEAST_OVERLAP, measure_language_model, overlap, parity, self_check
from evals.load import LoadResult
from evals.machine import describe_machine, folder_bytes, resident_bytes
from evals.metrics.ranking import score_run
from evals.peers import engine_searches, judge, peer_searches
from evals.report import to_html, to_markdown
from evals.speed import (
    check_encoding,
    measure_encoding,
    measure_growth,
    measure_maxsim,
    measure_peers,
    measure_search,
    turn,
)
from evals.speed_report import speed_report
from indexing.chunking.outline_chunker import OutlineChunker
from retrieval.pipeline import Cascade
from tests.evals.small_collection import FOLDER, SETTINGS, HashEncoder

ENCODER = HashEncoder()
CHUNKER = OutlineChunker(ENCODER.token_offsets, 64)


def test_growth_peers_and_report(tmp_path):
    collection = read_beir(FOLDER)
    passages, queries = list(collection.passages()), list(collection.queries.values())[:4]
    cascade = Cascade(ENCODER, None, SETTINGS)
    growth, snapshot = measure_growth(passages, queries, [8, 100], ENCODER, CHUNKER, cascade, tmp_path / "store")
    assert [point.documents for point in growth] == [8, 24]
    assert growth[0].chunks < growth[1].chunks == len(snapshot)
    assert growth[1].disk_bytes > growth[0].disk_bytes > 0
    peers = [get_baseline(name, ENCODER) for name in ("bm25s", "faiss-flat", "qdrant-edge")]
    result = measure_peers(cascade, snapshot, peers, passages, queries, rounds=2)
    assert {len(values) for values in result.latencies_ms.values()} == {8}
    assert set(result.ratios) == {"bm25s", "faiss-flat", "qdrant-edge"}
    assert all(0 < ratio.low <= ratio.value <= ratio.high for ratio in result.ratios.values())
    assert {"bm25", "dense", "colbert", "total"} <= set(result.stages_ms)
    result.encoding = measure_encoding(ENCODER, [p.text for p in passages], 2, lambda texts: list(texts))
    result.growth = growth
    result.encoding_check = check_encoding(ENCODER, [p.text for p in passages], ENCODER, layers=1, size=64)
    result.kernels = measure_maxsim(ENCODER, snapshot, queries, candidates=10)
    assert result.encoding_check.least_cosine == pytest.approx(1.0, abs=1e-5)
    assert result.encoding_check.operations == 2 * 12 * 256**2 * result.encoding_check.tokens
    assert [len(values) for values in result.kernels.values()] == [4]
    by_name = {peer.name: peer for peer in result.peers}
    assert by_name["vouch bm25"].cost is None
    flat = by_name["faiss-flat"].cost
    assert (flat.units, flat.index_bytes, flat.bytes_a_unit) == (24, 24 * 64 * 4, 256)
    assert by_name["bm25s"].queries_per_second > 0
    ids = {as_document("speed", p).id: p.id for p in passages}
    searches = engine_searches(cascade, CollectionIndex(snapshot, ids, tmp_path), {"vouch full": None})
    qrels = collection.qrels("test")
    quality = judge(searches | peer_searches(peers), collection.queries, qrels)
    assert set(quality) == {"vouch full", "bm25s", "faiss-flat", "qdrant-edge"}
    run = {id: dict(peers[0].search(text, 100)) for id, text in collection.queries.items() if id in qrels}
    assert quality["bm25s"]["nDCG@10"] == pytest.approx(
        np.mean(list(score_run(run, qrels, ["nDCG@10"])["nDCG@10"].values()))
    )
    by_name["bm25s"].quality = quality["bm25s"]
    load = [
        LoadResult("open", 5.0, 1.0, (1.0, 2.0), (1.0, 1.5), {"HTTP 503": 1}),
        LoadResult("closed", 1, 1.0, (), (), {}),
    ]
    report = speed_report(result, load, describe_machine())
    assert "1 HTTP 503" in to_markdown(report)
    assert f"| bm25s | {quality['bm25s']['nDCG@10']:.3f} |" in to_markdown(report)
    assert "of float32 peak" in to_markdown(report)
    assert to_html(report).count("<svg") == 3


@pytest.mark.parametrize("name", ["bm25s", "faiss-flat", "qdrant-local", "qdrant-edge"])
def test_baselines_find_the_document_that_says_it(name):
    passages = list(read_beir(FOLDER).passages())
    baseline = get_baseline(name, ENCODER)
    baseline.index(passages)
    found = baseline.search(passages[5].text, 3)
    assert found[0][0] == passages[5].id
    scores = [score for _, score in found]
    assert scores == sorted(scores, reverse=True)
    assert len(found) == 3


@pytest.mark.parametrize("name", ["faiss-flat", "qdrant-local", "qdrant-edge"])
def test_dense_baselines_are_exact(name):
    passages = list(read_beir(FOLDER).passages())
    baseline = get_baseline(name, ENCODER)
    baseline.index(passages)
    vectors = np.stack(
        [e.sentence for e in ENCODER.encode_documents([f"{p.title}\n{p.text}".strip() for p in passages])]
    )
    query = "Which probe photographed braided rings?"
    exact = vectors @ ENCODER.encode_query(query).sentence
    found = dict(baseline.search(query, 24))
    assert [found[p.id] for p in passages] == pytest.approx(exact.tolist(), abs=1e-5)


@pytest.mark.parametrize(("name", "module"), [("txtai", "txtai"), ("plaid", "colbert")])
def test_a_baseline_that_is_not_installed_names_its_package(name, module):
    if importlib.util.find_spec(module) is not None:
        pytest.skip(f"{module} is installed")
    with pytest.raises(MissingDependency, match=PACKAGES[name]):
        get_baseline(name, ENCODER)


def test_contenders_take_turns():
    order: list[str] = []
    measure_search({name: lambda query, name=name: order.append(name) for name in "abc"}, ["q", "r", "s"], 1)
    assert order[-9:] == list("abcbcacab")
    assert turn(["a", "b"], 3) == ["b", "a"]


def test_nothing_cannot_be_measured():
    with pytest.raises(InputError):
        measure_encoding(ENCODER, [], 1)
    with pytest.raises(InputError):
        measure_search({}, [], 1)


def test_machine(tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 10)
    assert folder_bytes(tmp_path) == 10
    assert resident_bytes() > 10_000_000
    assert describe_machine()["cores"] >= 1


class Streaming:
    """A model that streams three pieces."""

    name = "fake"

    def stream(self, prompt: Prompt, *, max_tokens: int, temperature: float, stop=None):
        yield from ("a", "b", "c")


def test_self_check_on_the_processor():
    texts = [p.text for p in read_beir(FOLDER).passages()]
    found = self_check(
        ENCODER, ENCODER, "cpu", texts, ["probe", "lava world"], language_model=Streaming(), hidden=64, layers=1
    )
    assert found.passed
    assert found.parity == {"least_cosine": pytest.approx(1.0), "top_overlap": 1.0, "maxsim_overlap": 1.0}
    assert all(item.value > 0 for item in found.measured)
    assert {"encode", "exact search, one by one", "language model"} <= {item.name for item in found.measured}
    assert measure_language_model(None) == []


def test_a_device_that_ranks_otherwise_is_caught():
    class Wrong(HashEncoder):
        def encode_query(self, text):
            encoding = super().encode_query(text)
            return dataclasses.replace(encoding, sentence=-encoding.sentence, tokens=-encoding.tokens)

    texts = [p.text for p in read_beir(FOLDER).passages()]
    found = parity(ENCODER, Wrong(), texts, ["probe", "lava world"])
    assert found["top_overlap"] < LEAST_OVERLAP
    assert found["maxsim_overlap"] < LEAST_OVERLAP


def test_ties_at_the_cut_are_shared():
    assert overlap(np.array([3.0, 2.0, 2.0]), np.array([3.0, 2.0, 2.0]), k=2) == 1.0
    assert overlap(np.array([3.0, 0.0, 2.0]), np.array([0.0, 3.0, 2.0]), k=1) == 0.0
