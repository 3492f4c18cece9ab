from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from algorithms.registry import load
from algorithms.statistics.normal_distribution import normal_cdf, normal_distribution, normal_quantile
from core.errors import InputError


@given(st.lists(st.floats(-30, 30), min_size=1, max_size=20), st.floats(-5, 5), st.floats(0.1, 10))
def test_equals_scipy(x: list[float], mean: float, sd: float) -> None:
    output = normal_distribution(x, mean, sd)
    np.testing.assert_allclose(output["density"], stats.norm.pdf(x, mean, sd), rtol=1e-9)
    np.testing.assert_allclose(output["cdf"], stats.norm.cdf(x, mean, sd), rtol=1e-9)


@given(st.floats(1e-12, 1 - 1e-9))
def test_quantile_equals_scipy_and_inverts_the_cdf(p: float) -> None:
    q = normal_quantile(np.array([p]))
    assert q[0] == pytest.approx(stats.norm.ppf(p), abs=1e-7)
    assert normal_cdf(q)[0] == pytest.approx(p)


def test_goldens() -> None:
    output = normal_distribution([0, 1])
    assert output["density"].tolist() == pytest.approx([0.39894, 0.24197], abs=5e-6)
    assert output["share_within_1_2_3_sd"].tolist() == pytest.approx([0.6827, 0.9545, 0.9973], abs=5e-5)
    assert output["false_alarm_rate"] == pytest.approx(0.0027, abs=5e-6)


def test_limits_use_the_mean_and_the_spread() -> None:
    output = normal_distribution([0], mean=120, sd=10)
    assert output["control_limits"].tolist() == [90, 150]
    assert output["reference_interval_95"].tolist() == pytest.approx([100.4, 139.6], abs=0.01)
    returns = normal_distribution([0], mean=0.01, sd=0.02, level=0.95)
    assert returns["value_at_risk"] == pytest.approx(-(0.01 - 1.645 * 0.02), abs=1e-5)


def test_density_integrates_to_one() -> None:
    x = np.linspace(-1, 9, 50)
    density = normal_distribution(x.tolist(), mean=4, sd=0.6)["density"]
    assert density.sum() * (x[1] - x[0]) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("bad", [{"sd": 0}, {"x": []}, {"level": 1}, {"x": [0.0] * 51}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("normal-distribution").run(bad)
