from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.distributed_systems.least_connections import fewest, least_connections, simulate
from algorithms.registry import load
from core.errors import InputError


def test_processor_sharing_by_hand() -> None:
    # sizes 1 and 2 at once on speed 1: both at rate 1/2 until t=2, then the rest alone until t=3; area 2*2 + 1
    chosen, area, end = simulate(np.zeros(2), np.array([1.0, 2.0]), np.array([1.0]), lambda *_: 0)
    assert chosen.tolist() == [0, 0] and area.tolist() == pytest.approx([5]) and end == pytest.approx(3)


def test_one_server_follows_the_formula_of_the_shared_queue() -> None:
    rng = np.random.default_rng(0)
    arrivals, work = np.cumsum(rng.exponential(2.0, 3000)), rng.exponential(1.0, 3000)
    _, area, end = simulate(arrivals, work, np.array([1.0]), lambda *_: 0)
    assert area[0] / end == pytest.approx(0.5 / (1 - 0.5), rel=0.15)  # rho / (1 - rho) for M/M/1 sharing


@given(st.lists(st.tuples(st.integers(0, 20), st.sampled_from([1.0, 2.0, 4.0])), min_size=1, max_size=8))
def test_choice_is_the_smallest_ratio(servers: list[tuple[int, float]]) -> None:
    active, weights = np.array([s[0] for s in servers]), np.array([s[1] for s in servers])
    j = fewest(active, weights)
    assert all((active[j] / weights[j], -weights[j]) <= (c / w, -w) for c, w in servers)


def test_weighted_choice_differs_from_plain() -> None:
    now = {"active_now": [2, 3, 5], "capacities": [1, 2, 4], "requests": 10}
    assert load("least-connections").run({**now, "mode": "plain"})["next_server"] == 0
    assert load("least-connections").run({**now, "mode": "weighted"})["next_server"] == 2


def test_busy_servers_hold_connections_in_proportion_to_their_weight() -> None:
    r = least_connections([1, 2, 4], load=0.95, requests=3000)
    np.testing.assert_allclose(r["mean_connections"] / r["mean_connections"].sum(), np.array([1, 2, 4]) / 7, atol=0.05)
    assert r["requests_per_server"].sum() == 3000
    assert r["mean_latency"] < 0.6 * r["round_robin_mean_latency"]


def test_even_servers_beat_round_robin_as_well() -> None:
    r = least_connections([1, 1, 1, 1], mode="plain", load=0.9, requests=2000)
    assert r["mean_latency"] < r["round_robin_mean_latency"]


@pytest.mark.parametrize("bad", [{"active_now": [1]}, {"load": 1.0}, {"capacities": [0]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("least-connections").run(bad)
