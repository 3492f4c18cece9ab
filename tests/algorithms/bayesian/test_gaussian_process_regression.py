from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel

from algorithms.bayesian.gaussian_process_regression import gaussian_process_regression as gp
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 1000), st.floats(0.3, 3), st.floats(0.5, 3), st.floats(0.1, 1))
def test_equals_sklearn(seed: int, length: float, signal: float, noise: float) -> None:
    rng = np.random.default_rng(seed)
    x, y, new = rng.uniform(-3, 3, 10), rng.standard_normal(10), np.linspace(-5, 5, 7)
    kernel = ConstantKernel(signal**2, "fixed") * RBF(length, "fixed")
    oracle = GaussianProcessRegressor(kernel, alpha=noise**2, optimizer=None).fit(x[:, None], y)
    mean, sd = oracle.predict(new[:, None], return_std=True)
    output = gp(x.tolist(), y.tolist(), new.tolist(), length, signal, noise)
    np.testing.assert_allclose(output["mean"], mean, atol=1e-6)
    np.testing.assert_allclose(output["sd"], sd, atol=1e-5)
    assert output["log_marginal_likelihood"] == pytest.approx(oracle.log_marginal_likelihood_value_, abs=1e-5)


def test_without_noise_it_interpolates() -> None:
    x, y = [-2.0, 0.0, 1.5], [1.0, -1.0, 2.0]
    output = gp(x, y, [*x, 100.0])
    np.testing.assert_allclose(output["mean"], [*y, 0.0], atol=1e-6)
    np.testing.assert_allclose(output["sd"], [0, 0, 0, 1], atol=1e-5)


@given(st.lists(st.floats(-3, 3), min_size=2, max_size=8), st.floats(-10, 10))
def test_variance_never_grows_with_data_and_ignores_targets(x: list[float], scale: float) -> None:
    new = [-1.0, 0.3, 2.0]
    y = [float(i) for i in range(len(x))]
    full = gp(x, y, new, noise_sd=0.3)
    fewer = gp(x[:-1], y[:-1], new, noise_sd=0.3)
    assert (full["sd"] <= fewer["sd"] + 1e-9).all()
    assert gp(x, [scale * v for v in y], new, noise_sd=0.3)["sd"].tolist() == full["sd"].tolist()


@pytest.mark.parametrize("bad", [{"y": [1.0]}, {"length_scale": 0}, {"x_new": []}, {"noise_sd": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("gaussian-process-regression").run(bad)
