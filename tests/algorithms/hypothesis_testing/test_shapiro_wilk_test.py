from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from algorithms.hypothesis_testing.shapiro_wilk_test import shapiro_wilk_test, weights
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize("n", [3, 4, 5, 6, 11, 12, 50, 500, 3000])
@pytest.mark.parametrize("law", ["normal", "exponential"])
def test_equals_scipy(n: int, law: str) -> None:
    rng = np.random.default_rng(n)
    data = rng.standard_normal(n) if law == "normal" else rng.exponential(size=n)
    output, expected = shapiro_wilk_test(data.tolist()), stats.shapiro(data)
    assert output["w"] == pytest.approx(expected.statistic, abs=1e-5)
    assert output["p_value"] == pytest.approx(expected.pvalue, rel=0.01, abs=1e-6)


@given(st.lists(st.integers(-50, 50), min_size=4, max_size=30), st.floats(0.1, 10), st.floats(-100, 100))
def test_shift_and_scale_change_nothing(data: list[int], a: float, b: float) -> None:
    assume(len(set(data)) > 2)
    w = shapiro_wilk_test([float(v) for v in data])["w"]
    assert shapiro_wilk_test([-a * v + b for v in data])["w"] == pytest.approx(w, abs=1e-9)


@given(st.integers(3, 200))
def test_weights_are_antisymmetric_and_of_unit_length(n: int) -> None:
    a = weights(n)
    np.testing.assert_allclose(a, -a[::-1], atol=1e-12)
    assert a @ a == pytest.approx(1)


def test_rejects_skewed_data_and_keeps_its_level() -> None:
    rng = np.random.default_rng(0)
    assert shapiro_wilk_test(rng.exponential(size=100).tolist())["reject"]
    rejected = [shapiro_wilk_test(row)["reject"] for row in rng.standard_normal((300, 20)).tolist()]
    assert np.mean(rejected) == pytest.approx(0.05, abs=0.04)


@pytest.mark.parametrize("bad", [{"data": [1.0, 2.0]}, {"data": [5.0] * 9}, {"alpha": 1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("shapiro-wilk-test").run(bad)
