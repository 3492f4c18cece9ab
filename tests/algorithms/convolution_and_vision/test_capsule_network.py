from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.convolution_and_vision.capsule_network import capsule_network, route, squash
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=8))
def test_squash_keeps_the_direction_and_bounds_the_length(vector: list[float]) -> None:
    s = np.array(vector)
    v, n = squash(s), np.linalg.norm(s)
    assert np.linalg.norm(v) < 1
    assert np.linalg.norm(v) == pytest.approx(n**2 / (1 + n**2), abs=1e-12)
    np.testing.assert_allclose(v * n, s * np.linalg.norm(v), atol=1e-9)


def test_golden() -> None:
    # |(3, 4)| = 5: length 25 / 26, direction (0.6, 0.8)
    np.testing.assert_allclose(squash(np.array([3.0, 4.0])), np.array([0.6, 0.8]) * 25 / 26)
    assert squash(np.zeros(3)).tolist() == [0, 0, 0]


def test_two_rounds_by_hand() -> None:
    # one lower capsule, two higher ones, one dimension; c starts at 1/2
    u = np.array([[[2.0], [0.0]]])
    v, couplings = route(u, 2)
    first = 0.5 * 2  # s = 1, so v = 1/2 and b = 2 · 1/2 = 1
    assert squash(np.array([first]))[0] == 0.5
    c = np.exp(1) / (np.exp(1) + 1)
    np.testing.assert_allclose(couplings[1][0], [c, 1 - c])
    s = 2 * c
    assert v[0, 0] == pytest.approx(s**2 / (1 + s**2))
    assert v[1, 0] == 0


@given(st.integers(2, 10), st.integers(2, 5), st.integers(1, 5), st.integers(0, 50))
def test_couplings_of_each_lower_capsule_sum_to_one(lower: int, higher: int, rounds: int, seed: int) -> None:
    predictions = np.random.default_rng(seed).normal(size=(lower, higher, 3))
    for c in route(predictions, rounds)[1]:
        np.testing.assert_allclose(c.sum(axis=1), 1)


@pytest.mark.parametrize("seed", range(5))
def test_agreement_wins(seed: int) -> None:
    output = load("capsule-network").run({"seed": seed, "agreeing": 2, "higher": 4, "lower": 20})
    assert output["winner"] == 2
    rounds = output["mean_coupling_by_round"]
    assert rounds[0] == pytest.approx(0.25)
    assert rounds[0] < rounds[1] < rounds[2]


@pytest.mark.parametrize("bad", [{"agreeing": 5}, {"rounds": 0}, {"vector": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("capsule-network").run(bad)


def test_lengths_are_no_distribution() -> None:
    assert sum(capsule_network()["lengths_first_round"]) > 1.2
