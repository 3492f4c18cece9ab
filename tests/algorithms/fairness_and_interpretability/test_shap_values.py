from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.fairness_and_interpretability.shap_values import make_model, shap_values
from algorithms.registry import load
from core.errors import InputError


def case(seed: int, p: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.standard_normal(p), rng.standard_normal(p), rng.standard_normal((4, p))


@given(st.integers(0, 1000), st.sampled_from(["linear", "logistic"]), st.floats(-2, 2))
@settings(max_examples=15)
def test_equals_the_mean_over_all_orders(seed: int, link: str, interaction: float) -> None:
    x, w, background = case(seed)
    model = make_model(w, 0.3, interaction, link)
    expected = np.zeros(3)
    for order in permutations(range(3)):
        mixed = background.copy()
        before = model(mixed).mean()
        for j in order:
            mixed[:, j] = x[j]
            after = model(mixed).mean()
            expected[j] += (after - before) / 6
            before = after
    r = shap_values(x.tolist(), w.tolist(), background.tolist(), 0.3, interaction, link)
    np.testing.assert_allclose(r["values"], expected, atol=1e-12)
    assert r["sum_of_values"] == pytest.approx(r["prediction"] - r["base_value"])


@given(st.integers(0, 1000), st.integers(1, 6))
@settings(max_examples=15)
def test_linear_model_has_the_closed_form(seed: int, p: int) -> None:
    x, w, background = case(seed, p)
    r = shap_values(x.tolist(), w.tolist(), background.tolist())
    np.testing.assert_allclose(r["values"], w * (x - background.mean(axis=0)), atol=1e-10)


def test_an_interaction_is_shared_and_an_unused_feature_gets_nothing() -> None:
    r = shap_values([2.0, 3.0, 5.0], [0.0, 0.0, 0.0], [[0.0, 0.0, 0.0]], interaction=1.0)
    assert r["values"] == pytest.approx([3, 3, 0]) and r["ranking"].tolist()[-1] == 2


def test_example() -> None:
    # background means 0.5, 0.5, 0.5: 0.5 * 0.5, -1 * 1.5, 2 * -1.5
    r = load("shap-values").run()
    assert r["values"] == pytest.approx([0.25, -1.5, -3]) and r["ranking"] == [2, 1, 0]


@pytest.mark.parametrize("bad", [{"weights": [1.0]}, {"background": []}, {"x": [1.0] * 9}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("shap-values").run(bad)
