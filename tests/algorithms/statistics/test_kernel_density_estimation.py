from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.neighbors import KernelDensity

from algorithms.registry import load
from algorithms.statistics.kernel_density_estimation import kernel_density_estimation as kde
from algorithms.statistics.kernel_density_estimation import silverman_bandwidth
from core.errors import InputError

DATA = st.lists(st.floats(-5, 5), min_size=2, max_size=20)


@given(DATA, st.floats(0.2, 3), st.sampled_from(["gaussian", "epanechnikov"]))
def test_equals_sklearn(data: list[float], h: float, kernel: str) -> None:
    points = [-4.0, -1.0, 0.5, 3.0]
    output = kde(data, points, bandwidth=h, kernel=kernel)  # type: ignore[arg-type]
    oracle = KernelDensity(bandwidth=h, kernel=kernel).fit(np.array(data)[:, None])
    expected = np.exp(oracle.score_samples(np.array(points)[:, None]))
    np.testing.assert_allclose(output["density"], expected, rtol=1e-6, atol=1e-12)
    assert output["integral"] == pytest.approx(1, abs=1e-3)
    assert len(output["grid"]) == len(output["grid_density"]) == 50


def test_equals_scipy_at_its_bandwidth() -> None:
    data = np.random.default_rng(0).standard_normal(50)
    oracle = stats.gaussian_kde(data)
    h = float(np.sqrt(oracle.covariance[0, 0]))
    np.testing.assert_allclose(kde(data.tolist(), [0.3], bandwidth=h)["density"], oracle([0.3]))


def test_silverman_of_normal_data() -> None:
    data = np.random.default_rng(1).standard_normal(1000)
    spread = min(data.std(ddof=1), stats.iqr(data) / 1.34)
    assert silverman_bandwidth(data) == pytest.approx(0.9 * spread / 1000**0.2)


def test_bandwidth_controls_the_number_of_peaks() -> None:
    data = [1.0, 1.3, 1.9, 2.2, 5.8, 6.1, 6.4]
    assert kde(data, [0.0], bandwidth=0.05)["peaks"] == 7
    assert kde(data, [0.0], bandwidth=0.6)["peaks"] == 2
    assert kde(data, [0.0], bandwidth=4.0)["peaks"] == 1


@pytest.mark.parametrize("bad", [{"bandwidth": 0}, {"data": [1.0]}, {"data": [2.0, 2.0]}, {"kernel": "box"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("kernel-density-estimation").run(bad)
