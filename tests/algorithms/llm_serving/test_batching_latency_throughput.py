from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.llm_serving.batching_latency_throughput import batching_latency_throughput, mean_in_system, serve
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 64), st.floats(1, 400), st.integers(0, 1000))
def test_littles_law_holds_exactly_for_a_run_that_starts_and_ends_empty(size: int, rate: float, seed: int) -> None:
    r = batching_latency_throughput(batch_size=size, arrival_rate=rate, requests=200, seed=seed)
    assert r["mean_concurrency"] == pytest.approx(r["throughput_times_latency"])
    assert r["p50"] <= r["p95"] <= r["p99"] and r["mean_batch"] <= size


def test_model_throughput_and_latency_both_rise_with_the_size() -> None:
    r = batching_latency_throughput(fixed_time=0.02, time_per_item=0.002)
    assert (np.diff(r["throughput"]) > 0).all() and (np.diff(r["batch_latency"]) > 0).all()
    assert r["throughput"][3] == pytest.approx(8 / 0.036) and r["throughput"][-1] < 1 / 0.002
    assert r["capacity"] == pytest.approx(8 / 0.036)


def test_single_requests_are_a_queue_by_lindleys_recursion() -> None:
    arrivals = np.cumsum(np.random.default_rng(0).exponential(1.0, 50))
    departures, batches = serve(arrivals, 1, 0.5, 0.3)
    previous = 0.0
    for arrival, departure in zip(arrivals, departures, strict=True):
        previous = max(previous, arrival) + 0.8
        assert departure == pytest.approx(previous)
    assert batches == 50


def test_batches_share_the_fixed_time() -> None:
    # the first leaves alone at 1.1; the three that came meanwhile leave together 1 + 3 * 0.1 later
    departures, batches = serve(np.array([0.0, 0.2, 0.4, 1.1]), 8, 1.0, 0.1)
    assert departures.tolist() == pytest.approx([1.1, 2.4, 2.4, 2.4]) and batches == 2
    # one request over [0, 2], a second over [1, 2]: area 3 over 2 s
    assert mean_in_system(np.array([0.0, 1.0]), np.array([2.0, 2.0])) == pytest.approx(1.5)


def test_an_overloaded_server_is_rescued_by_batching() -> None:
    slow, batched = (batching_latency_throughput(batch_size=b, arrival_rate=150) for b in (1, 16))
    assert slow["capacity"] < 150 < batched["capacity"]
    assert slow["p99"] > 20 * batched["p99"]


@pytest.mark.parametrize("bad", [{"fixed_time": 0}, {"batch_size": 0}, {"requests": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("batching-latency-throughput").run(bad)
