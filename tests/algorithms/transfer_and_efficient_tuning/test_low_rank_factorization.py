from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.transfer_and_efficient_tuning.low_rank_factorization import low_rank_factorization
from core.errors import InputError


@settings(max_examples=40)
@given(st.integers(1, 7), st.integers(1, 7), st.integers(0, 1000), st.data())
def test_equals_numpy_svd(d: int, k: int, seed: int, data: st.DataObject) -> None:
    W = np.random.default_rng(seed).standard_normal((d, k))
    r = data.draw(st.integers(1, min(d, k)))
    output = low_rank_factorization(W.tolist(), r)
    s = np.linalg.svd(W, compute_uv=False)
    np.testing.assert_allclose(output["singular_values"], s, atol=1e-12)
    assert output["error"] == pytest.approx(np.sqrt((s[r:] ** 2).sum()), abs=1e-10)  # Eckart-Young
    np.testing.assert_allclose(output["B"] @ output["A"], output["approximation"], atol=1e-12)
    assert output["B"].shape == (d, r) and output["A"].shape == (r, k)


@settings(max_examples=20)
@given(st.integers(1, 4), st.integers(0, 1000))
def test_a_product_of_thin_matrices_is_recovered_exactly(rank: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    W = rng.standard_normal((6, rank)) @ rng.standard_normal((rank, 5))
    output = low_rank_factorization(W.tolist(), rank)
    assert output["rank"] == np.linalg.matrix_rank(W) == rank
    assert output["rank_deficiency"] == 5 - rank
    assert output["exact"] and output["error"] < 1e-10


def test_golden() -> None:
    # diag(3, 4): singular values 4, 3; dropping the smaller leaves diag(0, 4) and an error of 3
    output = low_rank_factorization([[3, 0], [0, 4]], 1)
    assert output["singular_values"].tolist() == [4, 3]
    np.testing.assert_allclose(output["approximation"], [[0, 0], [0, 4]])
    assert output["error"] == 3 and output["exact"] is False


def test_zero_matrix_has_rank_zero() -> None:
    output = low_rank_factorization([[0, 0], [0, 0]], 1)
    assert output["rank"] == 0 and output["rank_deficiency"] == 2


@pytest.mark.parametrize("bad", [{"r": 4}, {"r": 0}, {"matrix": [[1, 2], [3]]}, {"matrix": [[0.0] * 40]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("low-rank-factorization").run(bad)
