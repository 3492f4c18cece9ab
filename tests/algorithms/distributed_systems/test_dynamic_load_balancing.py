from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.distributed_systems.dynamic_load_balancing import feedback, gossip
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.floats(0, 100), min_size=2, max_size=10), st.integers(0, 99))
def test_gossip_conserves_the_total_and_lowers_the_variance(loads: list[float], seed: int) -> None:
    after, variances = gossip(np.array(loads), 5, seed)
    assert after.sum() == pytest.approx(sum(loads))
    assert all(b <= a + 1e-9 for a, b in pairwise(variances))
    assert variances[0] == pytest.approx(np.var(loads)) and variances[-1] == pytest.approx(after.var(), abs=1e-9)


def test_gossip_levels() -> None:
    r = load("dynamic-load-balancing").run({"gossip_rounds": 40})
    assert r["agent_loads"] == pytest.approx([3.0] * 8, abs=1e-3) and r["agent_total"] == pytest.approx([24, 24])


def test_fixed_weights_drown_the_slow_server() -> None:
    r = load("dynamic-load-balancing").run()
    # 0.8 * (12 - 3) = 7.2 a tick, a third of it to a server that does 1: the queue grows by 1.4 in each of 400 ticks
    assert r["final_queue_static"] == pytest.approx(1.4 * 400)
    assert r["final_queue_dynamic"] == pytest.approx(0, abs=1e-6)
    assert r["peak_queue_dynamic"] <= 1.4 * 20 + 1e-9  # the weights react within one window
    assert r["weights_after"] == pytest.approx([1 / 9, 4 / 9, 4 / 9])


def test_nothing_changes_without_a_slowdown() -> None:
    total, weights = feedback(np.array([1.0, 3.0]), 0, 1.0, 0.9, 100, 10, adapt=True)
    assert total.max() == 0 and weights.tolist() == pytest.approx([0.25, 0.75])


@pytest.mark.parametrize("bad", [{"slow_server": 3}, {"load": 1.0}, {"window": 0}, {"speeds": [1]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("dynamic-load-balancing").run(bad)
