from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import random as sparse_random

from algorithms.registry import load
from algorithms.retrieval.matrix_factorization import matrix_factorization, sgd_step
from core.errors import InputError


@given(st.integers(0, 1000), st.floats(0, 1), st.floats(1e-4, 0.1))
def test_step_equals_autograd(seed: int, lam: float, lr: float) -> None:
    rng = np.random.default_rng(seed)
    p, q, rating = rng.standard_normal(3), rng.standard_normal(3), 2.0
    P, Q = (torch.tensor(v, requires_grad=True) for v in (p, q))
    loss = 0.5 * (rating - P @ Q) ** 2 + 0.5 * lam * (P @ P + Q @ Q)
    loss.backward()
    new_p, new_q = sgd_step(p, q, rating, lr, lam)
    np.testing.assert_allclose(new_p, p - lr * P.grad.numpy(), atol=1e-12)
    np.testing.assert_allclose(new_q, q - lr * Q.grad.numpy(), atol=1e-12)


@given(st.integers(0, 1000))
def test_a_small_step_lowers_the_error_of_its_rating(seed: int) -> None:
    rng = np.random.default_rng(seed)
    p, q = rng.standard_normal(3), rng.standard_normal(3)
    after_p, after_q = sgd_step(p, q, 4.0, 1e-3, 0.0)
    assert (4 - after_p @ after_q) ** 2 < (4 - p @ q) ** 2


def test_learns_the_low_rank_ratings() -> None:
    r = load("matrix-factorization").run()
    # the noise is 0.1 and the signal has rank two about 3: a learner must come well below the spread of the ratings
    assert r["train_rmse"] < 0.3 < 1 < r["train_rmse_before"]
    assert r["test_rmse"] < 0.6 * r["test_rmse_of_the_mean"]
    assert r["online_error_after"] < r["online_error_before"]


def test_sparse_storage_equals_scipy() -> None:
    r = matrix_factorization(users=20, items=10, observed=0.3, epochs=1)
    matrix = sparse_random(20, 10, density=0.3, format="csr", random_state=0)
    assert r["ratings"] == matrix.nnz == 60 and r["density"] == pytest.approx(0.3)
    assert r["csr_bytes"] == matrix.data.nbytes + matrix.indices.nbytes + matrix.indptr.nbytes
    assert r["dense_bytes"] == matrix.toarray().nbytes


@pytest.mark.parametrize("bad", [{"learning_rate": 0}, {"factors": 17}, {"observed": 1.0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("matrix-factorization").run(bad)
