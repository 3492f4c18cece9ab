from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge
from sklearn.preprocessing import OneHotEncoder

from algorithms.data_preparation.one_hot_encoding import one_hot, one_hot_encoding
from algorithms.registry import load
from core.errors import InputError

CATEGORIES = st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=2, max_size=20).filter(lambda c: len(set(c)) > 1)


@given(
    CATEGORIES, st.lists(st.sampled_from(["a", "b", "z"]), min_size=1, max_size=8), st.sampled_from(["none", "first"])
)
def test_equals_sklearn(categories: list[str], new: list[str], drop: str) -> None:
    output = one_hot_encoding(categories, drop, new)  # type: ignore[arg-type]
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False, drop=None if drop == "none" else "first")
    expected = encoder.fit_transform(np.array(categories)[:, None])
    assert output["encoded"].tolist() == expected.tolist()
    assert output["counts"].tolist() == expected.sum(axis=0).tolist()
    assert output["unseen"] == sum(c not in categories for c in new)
    assert output["encoded_new"].tolist() == one_hot(new, output["levels"]).tolist()
    design = np.column_stack([np.ones(len(categories)), expected])
    assert output["rank_with_intercept"] == np.linalg.matrix_rank(design)
    assert output["trapped"] == (drop == "none")


def test_four_seasons() -> None:
    seasons = ["spring", "summer", "autumn", "winter"]
    output = one_hot_encoding(seasons)
    assert (output["columns_with_intercept"], output["rank_with_intercept"]) == (5, 4)
    assert (np.array(output["encoded"]).sum(axis=1) == 1).all()  # the columns add up to the intercept
    kept = one_hot_encoding(seasons, "first")
    assert kept["levels"] == ["spring", "summer", "winter"]
    assert not kept["trapped"]


def test_with_a_penalty_the_dropped_level_matters() -> None:
    categories, y = ["a", "a", "b", "b", "c", "c"], np.array([0.0, 0, 3, 3, 9, 9])
    levels = ["a", "b", "c"]
    fits = []
    for dropped in levels:
        X = one_hot(categories, [level for level in levels if level != dropped])
        fits.append(Ridge(alpha=1.0).fit(X, y).predict(X))
    assert np.abs(fits[0] - fits[2]).max() > 0.5


@pytest.mark.parametrize(
    "bad", [{"categories": []}, {"categories": ["a"], "drop": "first"}, {"categories": [str(i) for i in range(51)]}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("one-hot-encoding").run(bad)
