"""Compaction and garbage collection change nothing that a reader sees."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import CorruptStore
from indexing.stores.base import Snapshot
from indexing.stores.compaction import MERGED_CHUNKS, SEGMENTS_KEPT, plan
from indexing.stores.embedded import SEGMENTS, EmbeddedStore
from tests.contracts.store_contract import encoding, new_document
from tests.contracts.test_embedded_store import open_store

WORDS = ["red", "blue", "green", "fox", "cat", "größe"]


def fill(store: EmbeddedStore, commits: int, seed: int = 0) -> None:
    """Commits that add, replace and remove documents of some chunks each."""
    rng = np.random.default_rng(seed)
    for number in range(commits):
        texts = [" ".join(rng.choice(WORDS, rng.integers(1, 6))) for _ in range(rng.integers(1, 4))]
        store.commit([new_document(f"{number % 7}.txt", *texts, seed=100 * number)], [])
        if number % 5 == 4:
            store.commit([], [store.snapshot().documents()[0].id])


def view(snapshot: Snapshot) -> dict[str, object]:
    """All that a reader can see, in a form that compares."""
    rows = np.arange(len(snapshot))
    found = snapshot.chunks(rows.tolist())
    codes, offsets = snapshot.token_codes(rows)
    query = encoding(5).sentence
    nearest, scores = snapshot.dense_search(query, 10)
    return {
        "documents": snapshot.documents(),
        "chunks": [found[row] for row in rows.tolist()],
        "vectors": snapshot.dense_vectors(rows).tolist(),
        "codes": codes.tolist(),
        "offsets": offsets.tolist(),
        "bm25": [snapshot.bm25([word], 1.5, 0.75).tolist() for word in WORDS],
        "nearest": nearest.tolist(),
        "similarities": scores.round(6).tolist(),  # sums are rounded by how the vectors are blocked
    }


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_maintenance_changes_nothing_that_is_seen(tmp_path: Path, seed: int) -> None:
    store = open_store(tmp_path)
    fill(store, 25, seed)
    before = view(store.snapshot())
    files = len(list((tmp_path / SEGMENTS).iterdir()))
    store.maintain()
    assert view(store.snapshot()) == before
    assert view(open_store(tmp_path).snapshot()) == before
    assert len(list((tmp_path / SEGMENTS).iterdir())) < files
    fill(store, 12, seed + 10)
    again = view(store.snapshot())
    store.maintain()
    store.maintain()
    assert view(store.snapshot()) == again


def test_a_held_snapshot_survives_collection_and_the_rest_is_deleted(tmp_path: Path) -> None:
    writer, reader = open_store(tmp_path), open_store(tmp_path)
    fill(writer, 6)
    held = reader.snapshot()
    before = view(held)
    fill(writer, 20, seed=3)
    writer.maintain()
    assert view(held) == before
    stored = "SELECT count(*) FROM documents WHERE removed IS NOT NULL"
    assert writer.connection.execute(stored).fetchone()[0] > 0
    held.release()
    reader.snapshot()  # moves on to the newest generation
    writer.maintain()
    assert writer.connection.execute(stored).fetchone()[0] == 0
    generations = writer.connection.execute("SELECT count(*) FROM generations").fetchone()[0]
    assert generations == 1


def test_collected_rows_stay_dead_in_a_segment_that_is_kept(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.commit([new_document(f"{n}.txt", "one", "two", seed=10 * n) for n in range(10)], [])
    gone = store.snapshot().documents()[3].id
    store.commit([], [gone])
    before = view(store.snapshot())
    store.maintain()  # one dead document in ten: the segment is not written anew
    assert view(store.snapshot()) == before
    assert len(store.snapshot()) == 18
    assert store.connection.execute("SELECT count(*) FROM documents").fetchone()[0] == 9


def test_rows_are_never_given_out_twice(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.commit([new_document("a", "one", "two")], [])
    store.commit([], [store.snapshot().documents()[0].id])
    store.maintain()
    assert len(store.snapshot()) == 0
    store.commit([new_document("b", "three", seed=4)], [])
    assert store.connection.execute("SELECT row FROM chunks").fetchone()[0] == 2


def test_damage_is_not_merged_into_a_valid_segment(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    fill(store, SEGMENTS_KEPT + 3)
    path = max((tmp_path / SEGMENTS).glob("*.dense.npy"))
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(CorruptStore, match=path.name):
        store.maintain()


@given(st.lists(st.tuples(st.integers(1, 2 * MERGED_CHUNKS), st.floats(0, 1)), max_size=30))
def test_a_plan_is_made_of_separate_runs_within_the_limit(items: list[tuple[int, float]]) -> None:
    sizes = [size for size, _ in items]
    live = [int(size * share) for size, share in items]
    runs = plan(sizes, live)
    covered = [index for first, last in runs for index in range(first, last)]
    assert len(covered) == len(set(covered))
    for first, last in runs:
        assert last - first == 1 or sum(live[first:last]) <= MERGED_CHUNKS
    for index in set(range(len(sizes))) - set(covered):
        assert sizes[index] - live[index] <= 0.25 * sizes[index]


def test_merging_in_tiers_writes_each_chunk_few_times() -> None:
    # a thousand commits of one chunk: written again at most a few times the logarithm of their number on average
    sizes: list[int] = []
    written = 0
    for _ in range(1000):
        sizes.append(1)
        for first, last in reversed(plan(sizes, sizes)):
            written += sum(sizes[first:last])
            sizes[first:last] = [sum(sizes[first:last])]
    assert len(sizes) <= SEGMENTS_KEPT
    assert written < 4 * 1000 * np.log2(1000)
