from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.optimizers.woodbury_identity import woodbury_identity, woodbury_inverse
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 12), st.integers(1, 5), st.integers(0, 1000))
def test_equals_the_direct_inverse(n: int, k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    A = np.diag(rng.uniform(1, 3, n)) + 0.1 * rng.normal(size=(n, n))
    U, V = 0.3 * rng.normal(size=(n, k)), 0.3 * rng.normal(size=(k, n))
    C = np.diag(rng.uniform(0.5, 2, k))
    direct = np.linalg.inv(A + U @ C @ V)
    scale = np.abs(direct).max()
    np.testing.assert_allclose(woodbury_inverse(np.linalg.inv(A), U, C, V), direct, atol=1e-8 * scale**2)


def test_sherman_morrison_by_hand() -> None:
    # A = diag(2, 4), u = v = (1, 1): A⁻¹u = (1/2, 1/4), 1 + vᵀA⁻¹u = 7/4,
    # inverse = diag(1/2, 1/4) - (4/7) [[1/4, 1/8], [1/8, 1/16]] = [[5/14, -1/14], [-1/14, 3/14]]
    output = load("woodbury-identity").run()
    np.testing.assert_allclose(output["inverse"], [[5 / 14, -1 / 14], [-1 / 14, 3 / 14]])
    assert output["largest_difference"] < 1e-15
    assert output["residual"] < 1e-14


def test_a_small_change_is_cheaper_than_inverting_again() -> None:
    n = 60
    output = woodbury_identity(np.eye(n).tolist(), np.ones((n, 1)).tolist(), [[1.0]], np.ones((1, n)).tolist())
    assert output["woodbury_operations"] < 0.1 * output["direct_operations"]


@pytest.mark.parametrize(
    "bad",
    [
        {"A": [[0.0, 0.0], [0.0, 0.0]]},
        {"C": [[0.0]]},
        {"V": [[1.0]]},
        {"C": [[-4 / 3]]},
        {"U": [[1.0], [1.0, 2.0]]},
    ],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("woodbury-identity").run(bad)
