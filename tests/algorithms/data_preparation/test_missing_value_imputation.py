from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer, SimpleImputer
from sklearn.linear_model import LinearRegression

from algorithms.data_preparation.missing_value_imputation import missing_value_imputation
from algorithms.registry import load
from core.errors import InputError

ROWS = st.lists(st.lists(st.none() | st.integers(-9, 9), min_size=2, max_size=2), min_size=2, max_size=12).filter(
    lambda rows: all(any(r[j] is not None for r in rows[:2]) for j in range(2))
)
SKLEARN = {"mean": "mean", "median": "median", "mode": "most_frequent"}


@given(ROWS, st.sampled_from(list(SKLEARN)), st.integers(2, 12))
def test_constants_equal_sklearn_fitted_on_the_training_rows(
    rows: list[list[int | None]], how: str, train: int
) -> None:
    X = np.array([[np.nan if v is None else v for v in r] for r in rows], dtype=float)
    expected = SimpleImputer(strategy=SKLEARN[how]).fit(X[:train]).transform(X)
    output = missing_value_imputation(rows, how, train)  # type: ignore[arg-type]
    np.testing.assert_allclose(output["filled"], expected)
    assert output["imputed"] == np.isnan(X).sum()


def test_model_equals_sklearn_and_uses_the_other_feature() -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((40, 3)) @ np.array([[1, 0.8, 0], [0, 0.6, 0.5], [0, 0, 0.8]])
    holes = X.copy()
    holes[rng.random(X.shape) < 0.15] = np.nan
    rows = [[None if np.isnan(v) else float(v) for v in r] for r in holes]
    oracle = IterativeImputer(LinearRegression(), max_iter=20, tol=0, imputation_order="roman")
    with pytest.warns(Warning, match="Early stopping"):
        expected = oracle.fit_transform(holes)
    output = missing_value_imputation(rows, "model")
    np.testing.assert_allclose(output["filled"], expected, atol=1e-3)
    gaps = np.isnan(holes)
    by_mean = missing_value_imputation(rows, "mean")["filled"]
    assert np.abs(output["filled"] - X)[gaps].mean() < 0.8 * np.abs(by_mean - X)[gaps].mean()


@pytest.mark.parametrize("strategy", ["mean", "median", "mode", "model"])
def test_nothing_leaks_from_later_rows(strategy: str) -> None:
    rows = [[1.0, 2.0], [2.0, None], [3.0, 6.0], [4.0, 8.5], [5.0, None]]
    far = [*rows[:3], [4000.0, -900.0], rows[4]]
    a = missing_value_imputation(rows, strategy, train_rows=3)["filled"]  # type: ignore[arg-type]
    b = missing_value_imputation(far, strategy, train_rows=3)["filled"]  # type: ignore[arg-type]
    np.testing.assert_allclose(a[[0, 1, 2, 4]], b[[0, 1, 2, 4]])


def test_mean_imputation_shrinks_the_spread_and_interpolation_follows_the_order() -> None:
    output = missing_value_imputation([[0.0], [None], [None], [6.0]], "mean")
    assert output["sd_filled"][0] < output["sd_observed"][0]
    assert output["fill_values"].tolist() == [3]
    line = missing_value_imputation([[0.0], [None], [None], [6.0]], "interpolation")
    assert line["filled"].reshape(-1).tolist() == [0, 2, 4, 6]


@pytest.mark.parametrize(
    "bad",
    [
        {"rows": [[None], [None]]},
        {"rows": [[None], [1]], "train_rows": 1},
        {"strategy": "guess"},
        {"rows": [[1.0] * 21] * 3, "strategy": "model"},
    ],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("missing-value-imputation").run(bad)
