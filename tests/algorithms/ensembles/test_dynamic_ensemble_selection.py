from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from algorithms.ensembles.dynamic_ensemble_selection import dynamic_ensemble_selection, knora_eliminate, knora_union
from algorithms.registry import load
from core.errors import InputError

TABLE = arrays(float, (4, 5), elements=st.sampled_from([0.0, 1.0]))


@pytest.mark.parametrize("method", ["eliminate", "union"])
@pytest.mark.parametrize("seed", [0, 1])
def test_local_experts_beat_the_vote_of_all(method: str, seed: int) -> None:
    output = dynamic_ensemble_selection(method, seed=seed)
    assert output["selected_accuracy"] >= output["vote_accuracy"]
    assert output["selected_accuracy"] <= output["oracle_accuracy"]
    if method == "eliminate":
        assert output["selected_accuracy"] > output["vote_accuracy"] + 0.02
        assert output["mean_selected"] < 20


@given(TABLE)
def test_eliminate_keeps_models_right_on_the_longest_possible_prefix(correct: np.ndarray) -> None:
    prefix = np.array([int(np.argmin([*column, 0])) for column in correct.T])  # right answers before the first error
    expected = (prefix == prefix.max()).astype(float)
    np.testing.assert_array_equal(knora_eliminate(correct), expected)


@given(TABLE)
def test_union_counts_right_answers(correct: np.ndarray) -> None:
    counts = [sum(column) for column in correct.T]
    np.testing.assert_array_equal(knora_union(correct), counts if sum(counts) else np.ones(5))


@pytest.mark.parametrize("bad", [{"method": "all"}, {"k": 0}, {"members": 1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("dynamic-ensemble-selection").run(bad)
