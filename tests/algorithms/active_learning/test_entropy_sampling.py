from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy

from algorithms.active_learning.entropy_sampling import entropy_sampling
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 1000), st.integers(1, 6), st.integers(2, 4))
def test_equals_scipy(seed: int, T: int, K: int) -> None:
    P = np.random.default_rng(seed).dirichlet(np.ones(K), (T, 9))
    output = entropy_sampling(P.tolist(), 3)
    np.testing.assert_allclose(output["entropies"], entropy(P.mean(axis=0), axis=1))
    mutual = entropy(P.mean(axis=0), axis=1) - entropy(P, axis=2).mean(axis=0)
    np.testing.assert_allclose(output["bald"], mutual, atol=1e-9)
    assert output["selected"].tolist() == np.argsort(-output["entropies"])[:3].tolist()
    assert np.all(output["entropies"] <= output["max_entropy"] + 1e-12)


@given(st.integers(0, 1000))
def test_for_two_classes_it_ranks_like_least_confidence(seed: int) -> None:
    p = np.random.default_rng(seed).random(10)
    output = entropy_sampling([np.stack([p, 1 - p], axis=1).tolist()], 10)
    assert output["selected"].tolist() == output["selected_by_least_confidence"].tolist()


def test_noise_has_entropy_but_no_disagreement() -> None:
    output = load("entropy-sampling").run()
    assert output["entropies"][:2] == pytest.approx([np.log(2)] * 2)
    assert output["bald"][0] == pytest.approx(0, abs=1e-12)
    # ln 2 - H(0.95) = 0.6931 - 0.1985
    assert output["bald"][1] == pytest.approx(0.4946, abs=1e-4)
    assert (output["selected"], output["selected_by_bald"]) == ([0], [1])


def test_a_certain_prediction_has_no_entropy() -> None:
    assert entropy_sampling([[[1.0, 0.0, 0.0]]])["entropies"].tolist() == [0]


@pytest.mark.parametrize(
    "bad", [{"n_queries": 4}, {"passes": [[[0.5, 0.4]]]}, {"passes": [[[0.5, 0.5]], [[0.5, 0.5], [0.5, 0.5]]]}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("entropy-sampling").run(bad)
