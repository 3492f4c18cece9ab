from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.optimizers.saddle_point_detection import FUNCTIONS, numerical_hessian, saddle_point_detection
from algorithms.registry import load
from core.errors import InputError


@given(st.floats(-2, 2), st.floats(-2, 2))
def test_hessian_equals_autograd(x: float, y: float) -> None:
    def rosenbrock(v: torch.Tensor) -> torch.Tensor:
        return (1 - v[0]) ** 2 + 100 * (v[1] - v[0] ** 2) ** 2

    expected = torch.autograd.functional.hessian(rosenbrock, torch.tensor([x, y], dtype=torch.float64))
    H = numerical_hessian(FUNCTIONS["rosenbrock"], np.array([x, y]))
    np.testing.assert_allclose(H, expected, rtol=1e-4, atol=2e-2)
    assert H[0, 1] == H[1, 0]


@pytest.mark.parametrize(
    ("function", "point", "kind"),
    [
        ("bowl", [0.0, 0.0], "minimum"),
        ("hill", [0.0, 0.0], "maximum"),
        ("saddle", [0.0, 0.0], "saddle point"),
        ("rosenbrock", [1.0, 1.0], "minimum"),
        ("monkey_saddle", [0.0, 0.0], "undecided: a curvature is zero"),
        ("bowl", [1.0, 0.0], "not stationary"),
    ],
)
def test_kinds(function: str, point: list[float], kind: str) -> None:
    assert load("saddle-point-detection").run({"function": function, "point": point})["kind"] == kind


def test_the_escape_direction_goes_down() -> None:
    output = saddle_point_detection()
    np.testing.assert_allclose(np.abs(output["escape_direction"]), [0, 1], atol=1e-6)
    np.testing.assert_allclose(output["eigenvalues"], [-2, 2], atol=1e-5)
    assert saddle_point_detection("bowl")["escape_direction"] is None


@given(st.lists(st.floats(0.1, 5), min_size=2, max_size=5), st.integers(0, 20))
def test_kind_of_a_given_hessian_does_not_depend_on_the_basis(sizes: list[float], seed: int) -> None:
    Q = np.linalg.qr(np.random.default_rng(seed).normal(size=(len(sizes), len(sizes))))[0]
    signs = np.array([1.0] * (len(sizes) - 1) + [-1.0])
    for eigenvalues, kind in [(np.array(sizes), "minimum"), (signs * sizes, "saddle point")]:
        H = (Q * eigenvalues) @ Q.T
        assert saddle_point_detection(hessian=((H + H.T) / 2).tolist())["kind"] == kind


@pytest.mark.parametrize(
    "bad", [{"hessian": [[1.0, 2.0]]}, {"hessian": [[1.0, 2.0], [3.0, 1.0]]}, {"point": [0.0]}, {"function": "x"}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("saddle-point-detection").run(bad)
