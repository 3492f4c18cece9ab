from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from algorithms.imbalanced_learning.adasyn import adasyn
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 1000), st.integers(1, 4))
def test_hardness_is_the_share_of_majority_neighbours(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    M, N = rng.standard_normal((6, 2)), rng.standard_normal((9, 2)) + 0.5
    everything = np.concatenate([M, N])
    order = np.argsort(cdist(M, everything), axis=1)[:, 1 : k + 1]
    output = adasyn(M.tolist(), N.tolist(), k, n_synthetic=30)
    np.testing.assert_allclose(output["hardness"], (order >= 6).mean(axis=1))
    if output["total"]:
        assert sum(output["synthetic_per_row"]) == output["total"] == 30
        exact = 30 * output["hardness"] / output["hardness"].sum()
        assert np.all(np.abs(output["synthetic_per_row"] - exact) < 1)


def test_the_surrounded_row_gets_the_most() -> None:
    output = load("adasyn").run()
    assert output["hardness"] == pytest.approx([1 / 3, 1 / 3, 1 / 3, 1.0])
    assert output["synthetic_per_row"] == [2, 2, 1, 5]  # 10 * (1 / 6, 1 / 6, 1 / 6, 1 / 2)
    assert output["parents"].count(3) == 5


def test_classes_that_do_not_touch_need_nothing_and_the_default_balances() -> None:
    far = adasyn([[0.0], [1.0], [2.0]], [[100.0], [101.0], [102.0], [103.0]], k=2)
    assert far["total"] == 0
    near = adasyn([[0.0], [1.0]], [[0.5], [0.6], [5.0], [6.0], [7.0]], k=1)
    assert near["total"] == 3


@pytest.mark.parametrize("bad", [{"k": 4}, {"majority": [[1.0]]}, {"n_synthetic": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("adasyn").run(bad)
