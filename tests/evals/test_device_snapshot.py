"""A device's search against the processor's, through every system of the cascade."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.collection_index import index_collection
from evals.datasets.beir import read_beir
from evals.device_snapshot import DeviceSnapshot, batches
from evals.systems import ENGINE, RememberingEncoder, engine_system
from indexing.chunking.outline_chunker import OutlineChunker
from indexing.stores.base import FirstStages
from tests.evals.small_collection import FOLDER, SETTINGS, HashEncoder

ENCODER = HashEncoder()


class Batching(HashEncoder):
    """With queries in batches, and token vectors short enough to be kept as bytes."""

    fingerprint = "hash-48"
    token_dimension = 48

    def encode_queries(self, texts, progress=None):
        return self.encode_documents(texts)


@pytest.fixture(scope="module", params=[HashEncoder, Batching], ids=["signs", "bytes"])
def both(request, tmp_path_factory):
    encoder = request.param()
    chunker = OutlineChunker(encoder.token_offsets, 64)
    index = index_collection(read_beir(FOLDER), encoder, chunker, tmp_path_factory.mktemp("cache"))
    return encoder, index, index.on_device("cpu", encoder.token_dimension)


@pytest.mark.parametrize("name", ENGINE)
def test_ranks_are_equal_up_to_ties(both, name):
    encoder, index, moved = both
    queries = read_beir(FOLDER).queries
    ours = engine_system(name, index, RememberingEncoder(encoder), None, SETTINGS, 20).run(queries)
    theirs = engine_system(name, moved, RememberingEncoder(encoder), None, SETTINGS, 20).run(queries)
    for query in queries:
        assert set(ours[query]) == set(theirs[query])
        for document, score in ours[query].items():
            assert theirs[query][document] == pytest.approx(score, abs=2e-4)
        # walking down the device's ranking, the processor's score never rises by more than rounding
        walked = [ours[query][document] for document in theirs[query]]
        assert all(b <= a + 4e-4 for a, b in pairwise(walked))


def test_maxsim_is_the_slow_loop(both, monkeypatch):
    encoder, index, moved = both
    monkeypatch.setattr("evals.device_snapshot.TOKENS", 40)  # several batches
    query = encoder.encode_query("silver storms on a distant planet")
    codec = moved.snapshot._codec
    tokens = codec.rotate(query.tokens)
    rows = np.array([0, 3, 4, 11])
    request = FirstStages([], 1.5, 0.75, query.sentence, tokens, 5)
    found = moved.snapshot.scores(request, rows)
    for row, late, dense in zip(rows, found.maxsim, found.dense, strict=True):
        codes, _ = index.snapshot.token_codes(np.array([row]))
        slow = sum(max(float(d @ q) for d in codec.decode(codes)) for q in tokens)
        assert late == pytest.approx(slow, abs=1e-4)
        assert dense == pytest.approx(
            float(index.snapshot.dense_vectors(np.array([row]))[0] @ query.sentence), abs=1e-6
        )


def test_a_row_without_tokens_is_last_and_prepared_queries_are_not_searched_again(both):
    encoder, _, moved = both
    snapshot: DeviceSnapshot = moved.snapshot
    vector = encoder.encode_query("storms").sentence
    snapshot.prepare(vector[None, :], 3)
    first = snapshot.dense_search(vector, 3)
    assert snapshot.dense_search(vector, 3) is first
    assert list(first[1]) == sorted(first[1], reverse=True)
    offsets = snapshot._offsets.copy()
    try:
        snapshot._offsets = np.concatenate([offsets, offsets[-1:]])  # a further row that holds nothing
        assert snapshot._maxsim(encoder.encode_query("storms").tokens, np.array([len(offsets) - 1]))[0] == -np.inf
    finally:
        snapshot._offsets = offsets


@given(st.lists(st.integers(0, 20), max_size=30), st.integers(1, 30))
def test_batches_cover_every_row_once(lengths, most):
    found = list(batches(np.array(lengths, dtype=np.int64), most))
    assert [row for first, last in found for row in range(first, last)] == list(range(len(lengths)))
    for first, last in found:
        assert last - first == 1 or sum(lengths[first:last]) <= most
