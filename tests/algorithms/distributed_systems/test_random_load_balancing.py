from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from algorithms.distributed_systems.random_load_balancing import random_load_balancing
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 3000), st.integers(4, 200), st.integers(0, 100))
def test_requests_are_conserved(requests: int, servers: int, seed: int) -> None:
    r = random_load_balancing(requests, servers, seed)
    assert r["mean_load"] * servers == pytest.approx(requests)
    assert r["min_load"] <= r["mean_load"] <= r["max_load"] and sum(r["load_histogram"]) == servers


def test_equal_numbers_of_requests_and_servers() -> None:
    r = load("random-load-balancing").run()
    # mean number of servers with load >= m is 1000 P(Bin(1000, 1/1000) >= m): about 3.7 at 5 and 0.08 at 7
    assert 1000 * binom.sf(4, 1000, 1 / 1000) > 1 > 1000 * binom.sf(6, 1000, 1 / 1000)
    assert r["max_load"] in (5, 6, 7)
    assert r["idle_fraction"] == pytest.approx(1 / math.e, abs=0.04)
    assert r["expected_idle_fraction"] == pytest.approx(binom.pmf(0, 1000, 1 / 1000))
    assert r["ln_n_over_ln_ln_n"] == pytest.approx(3.574, abs=1e-3)


def test_spread_falls_with_the_square_root() -> None:
    r = random_load_balancing(requests=100_000, servers=100)
    assert r["relative_spread"] == pytest.approx(math.sqrt(99 / 100_000), rel=0.3)
    assert r["expected_relative_spread"] == pytest.approx(math.sqrt(99 / 100_000))
    assert r["sweep_spread"] == pytest.approx(r["sweep_expected_spread"], rel=0.3)
    assert r["sweep_expected_spread"][1] == pytest.approx(r["sweep_expected_spread"][0] / 2)


@pytest.mark.parametrize("bad", [{"servers": 1}, {"requests": 0}, {"requests": 10**9}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("random-load-balancing").run(bad)
