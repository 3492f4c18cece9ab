from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from algorithms.registry import load
from algorithms.statistics.bernoulli_and_binomial_distributions import (
    bernoulli_and_binomial_distributions as binomial,
)
from algorithms.statistics.bernoulli_and_binomial_distributions import binomial_probabilities
from core.errors import InputError


@given(st.integers(1, 200), st.floats(0, 1), st.data())
def test_equals_scipy(n: int, p: float, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    output = binomial(n, p, k)
    law = stats.binom(n, p)
    assert output["exactly_k"] == pytest.approx(law.pmf(k), rel=1e-6, abs=1e-12)
    assert output["at_most_k"] == pytest.approx(law.cdf(k), abs=1e-9)
    assert output["at_least_k"] == pytest.approx(law.sf(k - 1), abs=1e-9)
    assert (output["mean"], output["variance"]) == pytest.approx((law.mean(), law.var()))


def test_two_or_fewer_heads_in_six_flips() -> None:
    output = binomial(n=6, p=0.5, k=2)
    assert output["at_most_k"] == 0.34375 == 22 / 64
    assert output["exactly_k"] == 15 / 64
    assert len(output["probabilities"]) == 7  # the sample space is {0, ..., 6}
    assert (output["mean"], output["variance"]) == (3, 1.5)


def test_bernoulli_is_one_trial_with_two_points() -> None:
    output = binomial(n=1, p=0.3, k=1)
    assert output["probabilities"].tolist() == [0.7, 0.3]
    assert output["variance"] == pytest.approx(0.21)


def test_largest_n_still_sums_to_one() -> None:
    for p in (0.0, 0.01, 0.5, 1.0):
        assert binomial_probabilities(1000, p).sum() == pytest.approx(1)
    assert np.isfinite(binomial_probabilities(1000, 0.5)).all()


@pytest.mark.parametrize("bad", [{"k": 7}, {"p": 1.1}, {"n": 0}, {"n": 2000}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("bernoulli-and-binomial-distributions").run(bad)
