from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.imbalanced_learning.random_resampling import random_resampling, resample
from algorithms.registry import load
from core.errors import InputError

LABELS = st.lists(st.integers(0, 2), min_size=3, max_size=40)


@given(LABELS, st.sampled_from(["over", "under"]))
def test_classes_are_balanced(labels: list[int], method: str) -> None:
    y = np.array(labels)
    counts = np.unique(y, return_counts=True)[1]
    rows = resample(y, method, np.random.default_rng(0))
    after = np.unique(y[rows], return_counts=True)[1]
    assert np.all(after == (counts.max() if method == "over" else counts.min()))
    if method == "over":
        assert set(rows) == set(range(len(y)))  # nothing is lost
    else:
        assert len(set(rows)) == len(rows)  # nothing is repeated


@pytest.mark.parametrize("method", ["over", "under"])
def test_it_acts_like_class_weights(method: str) -> None:
    output = random_resampling(method=method, repeats=20)
    np.testing.assert_allclose(output["coefficients"], output["coefficients_weighted"], atol=0.35)
    assert output["recall"] > output["recall_before"] + 0.2
    assert output["mean_probability"] > 3 * output["prevalence"]


def test_oversampling_agrees_more_closely_and_varies_less() -> None:
    over, under = random_resampling(method="over"), random_resampling(method="under")
    np.testing.assert_allclose(over["coefficients"], over["coefficients_weighted"], atol=0.05)
    assert over["coefficient_spread"] < 0.5 * under["coefficient_spread"]
    assert over["counts_after"].tolist() == [950, 950]
    assert under["counts_after"].tolist() == [50, 50]
    assert over["copies"] == 19


@pytest.mark.parametrize("bad", [{"method": "both"}, {"n_positive": 1}, {"repeats": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("random-resampling").run(bad)
