from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import rosen, rosen_der, rosen_hess

from algorithms.optimizers.newton_method import SURFACES, bfgs_update, newton_method
from algorithms.registry import load
from core.errors import InputError

COORDINATE = st.floats(-3, 3)


@given(COORDINATE, COORDINATE)
def test_rosenbrock_equals_scipy(x: float, y: float) -> None:
    p = np.array([x, y])
    surface = SURFACES["rosenbrock"]
    assert surface.value(p) == pytest.approx(rosen(p), abs=1e-9)
    np.testing.assert_allclose(surface.gradient(p), rosen_der(p), atol=1e-9)
    np.testing.assert_allclose(surface.hessian(p), rosen_hess(p), atol=1e-9)


@given(COORDINATE, COORDINATE)
def test_one_step_solves_the_bowl_and_lands_on_the_saddle(x: float, y: float) -> None:
    assert newton_method("bowl", [x, y], steps=1)["kind"] == "minimum"
    output = newton_method("saddle", [x, y], steps=1)
    np.testing.assert_allclose(output["point"], [0, 0], atol=1e-12)
    assert output["kind"] == "saddle point"
    assert output["hessian_eigenvalues"].tolist() == [-2, 2]


@pytest.mark.parametrize("method", ["newton", "bfgs"])
def test_both_methods_solve_rosenbrock(method: str) -> None:
    output = load("newton-method").run({"surface": "rosenbrock", "start": [-1.2, 1.0], "method": method, "steps": 200})
    np.testing.assert_allclose(output["point"], [1, 1], atol=1e-5)
    assert output["kind"] == "minimum"
    assert output["steps_taken"] < 60


def test_secant_condition_holds_after_each_update() -> None:
    output = newton_method("rosenbrock", [-1.2, 1.0], "bfgs", 100)
    assert output["secant_violation"] < 1e-8
    rng = np.random.default_rng(0)
    s, y = rng.normal(size=4), rng.normal(size=4)
    y = y * np.sign(y @ s)
    H = bfgs_update(np.eye(4), s, y)
    np.testing.assert_allclose(H @ y, s, atol=1e-9)
    np.testing.assert_allclose(H, H.T, atol=1e-9)


def test_bfgs_runs_down_the_saddle_instead() -> None:
    output = newton_method("saddle", [1.0, 0.5], "bfgs", 60)
    assert output["value"] < -1
    assert output["kind"] == "not stationary"


@pytest.mark.parametrize("bad", [{"start": [1.0]}, {"surface": "plane"}, {"steps": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("newton-method").run(bad)
