from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from algorithms.linear_models.qq_plot import qq_plot
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.integers(-50, 50), min_size=3, max_size=40), st.floats(0.1, 10), st.floats(-100, 100))
def test_equals_scipy_and_needs_no_units(data: list[int], a: float, b: float) -> None:
    assume(len(set(data)) > 1)
    output = qq_plot([float(v) for v in data])
    n = len(data)
    q = stats.norm.ppf((np.arange(1, n + 1) - 0.5) / n)
    np.testing.assert_allclose(output["theoretical_quantiles"], q, atol=1e-9)
    line = stats.linregress(q, np.sort(data))
    assert output["correlation"] == pytest.approx(line.rvalue)
    assert output["slope"] == pytest.approx(line.slope)
    np.testing.assert_allclose(output["standardised_sample"], stats.zscore(np.sort(data), ddof=1), atol=1e-9)
    moved = qq_plot([a * v + b for v in data])
    np.testing.assert_allclose(moved["standardised_sample"], output["standardised_sample"], atol=1e-6)
    assert moved["slope"] == pytest.approx(a * output["slope"])


def test_shapes_of_departure() -> None:
    rng = np.random.default_rng(0)
    normal = qq_plot((5 + 3 * rng.standard_normal(2000)).tolist())
    assert normal["correlation"] > 0.998
    assert normal["slope"] == pytest.approx(3, rel=0.05)  # raw values do not follow the 45-degree line
    assert (qq_plot(rng.standard_t(2, 2000).tolist())["tail_excess"] > 1).all()  # heavy on both sides
    left, right = qq_plot(rng.exponential(size=2000).tolist())["tail_excess"]
    assert left < 0 < right
    assert (qq_plot(rng.random(2000).tolist())["tail_excess"] < 0).all()  # light tails
    assert len(normal["theoretical_quantiles"]) == len(normal["standardised_sample"]) == 50


@pytest.mark.parametrize("bad", [{"data": [1.0, 2.0]}, {"data": [3.0] * 5}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("qq-plot").run(bad)
