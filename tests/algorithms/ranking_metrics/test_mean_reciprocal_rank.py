from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, Qrel, ScoredDoc

from algorithms.ranking_metrics.mean_reciprocal_rank import mean_reciprocal_rank
from algorithms.registry import load
from core.errors import InputError

RANKS = st.lists(st.integers(0, 12), min_size=1, max_size=8)


@given(RANKS, st.integers(1, 12))
def test_equals_ir_measures(ranks: list[int], k: int) -> None:
    qrels = [Qrel(f"q{i}", f"d{r or 99}", 1) for i, r in enumerate(ranks)]
    run = [ScoredDoc(f"q{i}", f"d{j}", 100.0 - j) for i in range(len(ranks)) for j in range(1, 13)]
    expected = (RR @ k).calc_aggregate(qrels, run)
    assert mean_reciprocal_rank(ranks, k)["mrr"] == pytest.approx(expected)


@given(RANKS)
def test_equals_the_slow_loop(ranks: list[int]) -> None:
    output = mean_reciprocal_rank(ranks)
    assert output["mrr"] == pytest.approx(np.mean([1 / r if r else 0 for r in ranks]))
    assert output["found"] == sum(r > 0 for r in ranks)


def test_goldens() -> None:
    assert mean_reciprocal_rank([1, 2, 3])["mrr"] == pytest.approx(0.6111, abs=5e-5)
    assert mean_reciprocal_rank([1, 0])["mrr"] == 0.5  # the query without a hit stays in the average
    nine = mean_reciprocal_rank([1, 9])
    assert nine["mrr"] == pytest.approx(5 / 9)
    assert nine["mean_rank_when_found"] == 5
    assert mean_reciprocal_rank([0])["mean_rank_when_found"] is None


@pytest.mark.parametrize("bad", [{"ranks": []}, {"ranks": [-1]}, {"ranks": [1.5]}, {"k": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("mean-reciprocal-rank").run(bad)
