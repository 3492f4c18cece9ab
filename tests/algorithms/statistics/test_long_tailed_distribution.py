from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from algorithms.registry import load
from algorithms.statistics.long_tailed_distribution import long_tailed_distribution as long_tail
from algorithms.statistics.long_tailed_distribution import share_of_top
from core.errors import InputError


def test_80_20_rule() -> None:
    output = long_tail(0.2, 0.8)
    assert output["alpha"] == pytest.approx(math.log(5) / math.log(4))
    assert output["alpha"] == pytest.approx(1.161, abs=5e-4)
    shares = dict(zip(output["cause_shares"], output["outcome_shares"], strict=True))
    assert shares[0.2] == pytest.approx(0.8)
    assert shares[0.04] == pytest.approx(0.64)  # the rule repeats inside the head
    assert output["tail_share"] == pytest.approx(0.2)  # the 80% that form the tail


@given(st.floats(0.05, 0.4), st.floats(0.05, 0.5))
def test_share_equals_the_integral_of_the_pareto_quantiles(cause: float, extra: float) -> None:
    output = long_tail(cause, cause + extra, amounts=[1.0, 2.0])
    alpha = output["alpha"]
    # top share q of the mass: integral over the top quantiles of u^(-1/alpha), divided by the mean alpha/(alpha-1)
    q = cause
    assert (q ** (1 - 1 / alpha) / (1 - 1 / alpha)) / (alpha / (alpha - 1)) == pytest.approx(cause + extra)


def test_sample_follows_the_pareto_law() -> None:
    # a mild exponent, whose sample shares settle: 20% bring 40%
    output = long_tail(0.2, 0.4, n=200_000)
    assert output["measured_share"] == pytest.approx(0.4, abs=0.02)
    assert output["median"] == pytest.approx(stats.pareto(output["alpha"]).median(), rel=0.01)
    assert output["mean"] > output["median"]


@given(st.lists(st.floats(0.1, 100), min_size=2, max_size=30))
def test_share_of_top_is_monotone_and_complete(amounts: list[float]) -> None:
    x = np.array(amounts)
    shares = [share_of_top(x, q) for q in (0.1, 0.5, 0.9, 1.0)]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)
    assert share_of_top(x, 1 / len(x)) == pytest.approx(x.max() / x.sum())
    assert shares[1] >= 0.5 - 1e-12


def test_own_amounts() -> None:
    assert long_tail(amounts=[8.0, 0.5, 0.5, 0.5, 0.5])["measured_share"] == 0.8


@pytest.mark.parametrize("bad", [{"outcome_share": 0.1}, {"cause_share": 0}, {"amounts": [0.0, 0.0]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("long-tailed-distribution").run(bad)
