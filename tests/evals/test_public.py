"""Published figures of public collections, where those lie beside the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.baselines.base import BaselineSystem, get_baseline
from evals.datasets.open_collection import open_collection
from evals.expected_values import deviations, read_expected
from evals.retrieval import evaluate_collection, to_json

DATA = Path(__file__).parents[2].parent / "shared" / "eval" / "data"
PUBLISHED = [item for item in read_expected() if item.system == "bm25s" and item.dataset != "planets"]


@pytest.mark.parametrize("dataset", sorted({item.dataset for item in PUBLISHED}))
def test_bm25_is_the_bm25_that_was_published(dataset, tmp_path):
    if not (DATA / dataset).is_dir():
        pytest.skip(f"the collection {dataset} is not here")
    collection = open_collection(DATA / dataset)
    passages = [passage for passage in collection.passages() if passage.text.strip()]
    result = evaluate_collection(
        collection, [lambda: BaselineSystem(get_baseline("bm25s"), passages)], tmp_path, measures=["AP", "nDCG@10"]
    )
    assert deviations(to_json([result]), PUBLISHED) == []
