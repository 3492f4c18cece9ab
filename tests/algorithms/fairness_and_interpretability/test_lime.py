from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from algorithms.fairness_and_interpretability.lime import lime, weighted_ridge
from algorithms.registry import load
from core.errors import InputError

VECTOR = st.lists(st.floats(-3, 3), min_size=2, max_size=4)


@given(st.integers(0, 1000), st.floats(0.01, 10))
def test_surrogate_equals_sklearn(seed: int, ridge: float) -> None:
    rng = np.random.default_rng(seed)
    Z, f, pi = rng.standard_normal((20, 3)), rng.standard_normal(20), rng.uniform(0.1, 1, 20)
    model = Ridge(alpha=ridge).fit(Z, f, sample_weight=pi)
    slopes, intercept, r_squared = weighted_ridge(Z, f, pi, ridge)
    np.testing.assert_allclose(slopes, model.coef_, atol=1e-8)
    assert intercept == pytest.approx(model.intercept_) and r_squared == pytest.approx(
        model.score(Z, f, sample_weight=pi)
    )


@given(VECTOR, st.floats(0.1, 5), st.integers(0, 50))
@settings(max_examples=10)
def test_a_linear_model_is_explained_by_its_own_weights(weights: list[float], width: float, seed: int) -> None:
    r = lime([0.5] * len(weights), weights, bias=1.0, kernel_width=width, samples=100, ridge=1e-9, seed=seed)
    np.testing.assert_allclose(r["local_weights"], weights, atol=1e-5)
    assert r["surrogate_prediction"] == pytest.approx(r["prediction"], abs=1e-6)


def test_a_narrow_kernel_gives_the_gradient_and_a_wide_one_does_not() -> None:
    narrow, wide = (load("lime").run({"kernel_width": width}) for width in (0.01, 2.0))
    assert narrow["local_weights"] == pytest.approx(narrow["gradient"], rel=0.05) and narrow["r_squared"] > 0.99
    assert wide["r_squared"] < 0.9 and abs(wide["local_weights"][0] - wide["gradient"][0]) > 0.02


def test_gradient_of_the_black_box() -> None:
    # z = 2*0.5 + 3 - 0.5 = 3.5, p = 0.9707; dz = (2 - 1, -3 + 0.5)
    r = load("lime").run()
    p = 1 / (1 + np.exp(-3.5))
    assert r["gradient"] == pytest.approx([p * (1 - p), -2.5 * p * (1 - p)])
    assert r["seed_spread"] > 0


@pytest.mark.parametrize("bad", [{"weights": [1.0]}, {"kernel_width": 0}, {"samples": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("lime").run(bad)
