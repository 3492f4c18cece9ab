from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedKFold

from algorithms.model_selection.stratified_split import stratified_folds, stratified_split
from algorithms.registry import load
from core.errors import InputError

LABELS = st.lists(st.integers(0, 2), min_size=5, max_size=60)


@given(LABELS, st.integers(2, 6))
def test_class_counts_and_fold_sizes_differ_by_at_most_one(labels: list[int], k: int) -> None:
    y = np.array(labels)
    fold = stratified_folds(y, k, np.random.default_rng(0))
    for c in np.unique(y):
        assert np.ptp(np.bincount(fold[y == c], minlength=k)) <= 1
    assert np.ptp(np.bincount(fold, minlength=k)) <= 1


def test_counts_equal_sklearn_where_classes_divide_evenly() -> None:
    labels = [0] * 20 + [1] * 10 + [2] * 5
    output = stratified_split(labels, folds=5)
    for _, test in StratifiedKFold(5).split(np.zeros(35), labels):
        expected = np.bincount(np.array(labels)[test])
        assert all(row.tolist() == expected.tolist() for row in output["counts_by_part"])
    assert output["largest_gap"] == pytest.approx(0)


@given(LABELS, st.floats(0.1, 0.9))
def test_hold_out_keeps_each_class(labels: list[int], share: float) -> None:
    output = stratified_split(labels, "hold-out", test_share=share)
    table, counts = output["counts_by_part"], output["class_counts"]
    np.testing.assert_array_equal(table.sum(axis=0), counts)
    assert np.all(np.abs(table[1] - share * counts) <= 0.5 + 1e-9)


def test_a_plain_split_can_miss_the_rare_class_and_a_stratified_one_cannot() -> None:
    y = np.array([0] * 95 + [1] * 5)
    plain = [np.random.default_rng(s).permutation(y)[:20].sum() for s in range(50)]
    assert min(plain) == 0
    for s in range(50):
        assert stratified_split(y.tolist(), "hold-out", test_share=0.2, seed=s)["counts_by_part"][1].tolist() == [19, 1]


@pytest.mark.parametrize("bad", [{"folds": 5}, {"labels": []}, {"test_share": 1.0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("stratified-split").run(bad)
