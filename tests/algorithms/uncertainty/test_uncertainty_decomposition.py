from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import entropy

from algorithms.registry import load
from algorithms.uncertainty.uncertainty_decomposition import uncertainty_decomposition
from core.errors import InputError


@given(st.integers(0, 1000), st.integers(1, 6))
@settings(max_examples=8)
def test_law_of_total_variance_by_sampling_the_mixture(seed: int, models: int) -> None:
    rng = np.random.default_rng(seed)
    means, variances = rng.normal(0, 2, models), rng.uniform(0.1, 2, models)
    r = uncertainty_decomposition(means.tolist(), variances.tolist())
    pick = rng.integers(models, size=200_000)
    sample = means[pick] + np.sqrt(variances[pick]) * rng.standard_normal(200_000)
    assert r["total"] == pytest.approx(sample.var(), rel=0.05)
    assert r["total"] == pytest.approx(r["aleatoric"] + r["epistemic"])


def test_entropy_split_equals_scipy() -> None:
    P = np.random.default_rng(0).dirichlet(np.ones(4), 5)
    r = uncertainty_decomposition([0.0], [1.0], P.tolist())
    assert r["total_entropy"] == pytest.approx(entropy(P.mean(axis=0)))
    assert r["expected_entropy"] == pytest.approx(entropy(P, axis=1).mean())
    assert r["mutual_information"] == pytest.approx(np.mean([entropy(p, P.mean(axis=0)) for p in P]))


def test_coin_toss_against_contradiction() -> None:
    noise = uncertainty_decomposition([1.0, 1.0], [4.0, 4.0], [[0.5, 0.5], [0.5, 0.5]])
    assert noise["epistemic"] == 0 and noise["mutual_information"] == pytest.approx(0)
    doubt = uncertainty_decomposition([0.0, 2.0], [0.0, 0.0], [[1, 0], [0, 1]])
    assert doubt["aleatoric"] == 0 and doubt["epistemic"] == 1 and doubt["expected_entropy"] == 0


def test_data_reduce_the_epistemic_part_only() -> None:
    r = load("uncertainty-decomposition").run()
    assert np.all(np.diff(r["epistemic_by_size"]) < 0) and r["epistemic_by_size"][-1] < 0.1 * r["epistemic_by_size"][0]
    assert r["aleatoric_by_size"] == pytest.approx([0.25] * 4, abs=0.05)


@pytest.mark.parametrize("bad", [{"means": [1.0]}, {"variances": [-1.0] * 3}, {"probabilities": [[0.5, 0.6]]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("uncertainty-decomposition").run(bad)
