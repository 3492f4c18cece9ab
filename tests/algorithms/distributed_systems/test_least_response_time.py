from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.distributed_systems.least_response_time import least_response_time, simulate
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.floats(0.5, 3), min_size=2, max_size=4), st.floats(0, 30), st.floats(0.1, 1), st.booleans())
@settings(max_examples=15)
def test_choices_and_latencies_equal_the_slow_rule(service: list[float], delay: float, alpha: float, fly: bool) -> None:
    chosen, latency = simulate(np.array(service), 0.7, 80, alpha, delay, 10, fly)
    free = [0.0] * len(service)
    done: list[tuple[float, int, float]] = []
    for i, (j, t) in enumerate(zip(chosen, latency, strict=True)):
        now = i * 0.7
        estimates = [float(np.mean(service))] * len(service)
        for end, server, measured in sorted((e + delay, s, m) for e, s, m in done):
            if end <= now:
                estimates[server] += alpha * (measured - estimates[server])
        unanswered = [sum(s == server and e > now for e, s, _ in done) for server in range(len(service))]
        scores = [e * (u + 1 if fly else 1) for e, u in zip(estimates, unanswered, strict=True)]
        assert scores[j] == pytest.approx(min(scores)) if i % 10 else j == i // 10 % len(service)
        free[j] = max(free[j], now) + service[j]
        assert t == pytest.approx(free[j] - now)
        done.append((free[j], int(j), float(t)))


def test_late_feedback_makes_a_herd_and_counting_requests_in_flight_breaks_it() -> None:
    r = load("least-response-time").run()
    assert r["mean_latency"] > 1.5 * r["mean_latency_without_delay"] > 3 * r["mean_latency_with_in_flight"]
    assert min(r["longest_run"], r["longest_run_without_delay"]) > 2 * r["longest_run_with_in_flight"]


def test_the_faster_server_gets_more() -> None:
    counts = least_response_time([1.0, 4.0], feedback_delay=0)["requests_per_server"]
    assert counts[0] > 2 * counts[1] > 0


def test_a_slow_server_is_only_probed() -> None:
    # 17.3 at first; server 0 answers in 1 and stays best; probes 0, 10, 20, … go to 0, 1, 2, 0, 1, 2, …
    chosen, _ = simulate(np.array([1.0, 1.0, 50.0]), 5.0, 100, 0.5, 0.0, 10)
    assert np.flatnonzero(chosen == 2).tolist() == [20, 50, 80]


@pytest.mark.parametrize("bad", [{"alpha": 0}, {"service_times": [1]}, {"load": 2}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("least-response-time").run(bad)
