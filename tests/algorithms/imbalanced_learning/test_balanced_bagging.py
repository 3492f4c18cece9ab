from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.imbalanced_learning.balanced_bagging import balanced_bagging, balanced_bootstraps
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.integers(0, 2), min_size=3, max_size=40), st.integers(1, 5))
def test_every_bootstrap_has_equal_class_counts(labels: list[int], members: int) -> None:
    y = np.array(labels)
    classes, counts = np.unique(y, return_counts=True)
    rows = balanced_bootstraps(y, members, np.random.default_rng(0))
    assert rows.shape == (members, len(classes) * counts.min())
    for sample in rows:
        assert [int(np.sum(y[sample] == c)) for c in classes] == [counts.min()] * len(classes)


@pytest.mark.parametrize("variant", ["balanced-bagging", "balanced-random-forest"])
def test_recall_rises_over_plain_bootstraps(variant: str) -> None:
    runs = [balanced_bagging(variant=variant, members=20, seed=s) for s in range(3)]
    mean = {key: np.mean([run[key] for run in runs]) for key in runs[0]}
    assert mean["recall"] > mean["plain_recall"] + 0.2
    assert mean["balanced_accuracy"] > mean["plain_balanced_accuracy"] + 0.05
    assert mean["precision"] < mean["plain_precision"]  # the price
    assert mean["auc"] > 0.8


def test_many_small_samples_use_most_of_the_majority() -> None:
    output = balanced_bagging(members=40)
    assert output["rows_per_member"] == 40
    assert output["majority_rows_used"] == pytest.approx(1 - (1 - 1 / 380) ** (20 * 40), abs=0.05)


@pytest.mark.parametrize("bad", [{"members": 1}, {"variant": "forest"}, {"n_positive": 1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("balanced-bagging").run(bad)
