from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.attention.performer_attention import orthogonal_normals, performer_attention, positive_features
from algorithms.registry import load
from core.errors import InputError


def test_error_falls_with_the_number_of_features() -> None:
    errors = performer_attention([4, 32, 256, 1024])["relative_errors"]
    assert errors == sorted(errors, reverse=True)
    # a Monte Carlo error falls as 1/sqrt(m): 256 times the features, about a sixteenth of the error
    assert errors[0] / errors[3] == pytest.approx(16, rel=0.6)


def test_features_estimate_the_exponential_kernel() -> None:
    rng = np.random.default_rng(0)
    x, y = np.array([[0.5, -0.2, 0.1]]), np.array([[0.3, 0.4, -0.6]])
    estimate = positive_features(x, w := rng.standard_normal((200_000, 3))) @ positive_features(y, w).T
    np.testing.assert_allclose(estimate, np.exp(x @ y.T), rtol=0.02)
    assert (positive_features(-5 * x, w) > 0).all()


@given(st.integers(1, 20), st.integers(1, 8))
def test_frequencies_are_orthogonal_within_a_block(m: int, d: int) -> None:
    block = orthogonal_normals(m, d, np.random.default_rng(m))[:d]
    gram = block @ block.T
    np.testing.assert_allclose(gram - np.diag(np.diag(gram)), 0, atol=1e-9)


def test_counts_are_linear_in_n() -> None:
    a, b = performer_attention([8], n=16), performer_attention([8], n=32)
    assert b["multiplications"][0] == 2 * a["multiplications"][0] == 2 * 2 * 16 * 8 * 8
    assert b["multiplications_exact"] == 4 * a["multiplications_exact"]


@pytest.mark.parametrize("bad", [{"features": []}, {"features": [0]}, {"features": [2000]}, {"n": 500}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("performer-attention").run(bad)
