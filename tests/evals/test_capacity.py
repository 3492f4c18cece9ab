from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.capacity import (
    Costs,
    Machine,
    erlang_c,
    expected_slowest,
    exponential,
    mean_response,
    plan,
    queue,
    resampled,
    simulate,
    slowest,
)
from evals.capacity_run import open_loop, replay, reproduce

MACHINE = Machine(cores=16, ram_bytes=128e9, disk_bytes=4e12, usable=0.7, dollars_an_hour=1.0)
COSTS = Costs(
    ram_bytes=6e3, disk_bytes=8e4, fixed_seconds=2e-3, seconds_a_chunk=1e-9, query_seconds=0.05, encode_seconds=0.05
)


@given(st.integers(1, 30), st.floats(0.01, 0.99))
def test_erlang_c_is_its_definition(servers: int, utilisation: float) -> None:
    load = servers * utilisation
    below = sum(load**k / math.factorial(k) for k in range(servers))
    last = load**servers / math.factorial(servers) / (1 - utilisation)
    assert erlang_c(servers, load) == pytest.approx(last / (below + last), rel=1e-9)


@pytest.mark.parametrize(("utilisation", "servers"), [(0.3, 1), (0.7, 1), (0.7, 4), (0.8, 2)])
def test_the_simulator_has_the_mean_of_m_m_c(utilisation: float, servers: int) -> None:
    rate = utilisation * servers / 0.01
    found = np.mean([simulate(rate, exponential(0.01), servers=servers, seed=s).mean() for s in range(4)])
    assert found == pytest.approx(mean_response(rate, 0.01, servers), rel=0.06)


def test_the_simulator_has_the_tail_of_m_m_1() -> None:
    # response times of M/M/1 are exponential with rate μ - λ: the 99th percentile is ln(100) / (100 - 50)
    found = np.quantile(simulate(50.0, exponential(0.01), number=60_000, seed=1), 0.99)
    assert found == pytest.approx(math.log(100) / 50, rel=0.06)


def test_m_d_1_waits_half_as_long_as_m_m_1() -> None:
    # Pollaczek and Khinchine: the wait is ρ / (1 - ρ) · s · (1 + cv²) / 2
    waits = simulate(60.0, lambda rng, n: np.full(n, 0.01), number=40_000, seed=2).mean() - 0.01
    assert waits == pytest.approx(0.6 / 0.4 * 0.01 / 2, rel=0.06)


@pytest.mark.parametrize("shards", [1, 4, 16])
def test_without_a_queue_the_slowest_shard_has_its_order_statistics(shards: int) -> None:
    found = simulate(0.001, exponential(0.01), shards=shards, number=20_000, seed=3)
    assert found.mean() == pytest.approx(expected_slowest(0.01, shards), rel=0.03)
    # quantile of the largest of k exponentials: -ln(1 - q^(1/k))
    assert np.median(found) == pytest.approx(-math.log(1 - 0.5 ** (1 / shards)) * 0.01, rel=0.03)
    sample = np.random.default_rng(4).exponential(0.01, 200_000)
    assert slowest(sample, shards, 0.5) == pytest.approx(-math.log(1 - 0.5 ** (1 / shards)) * 0.01, rel=0.03)


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(0, 3)), min_size=1, max_size=30), st.integers(1, 4))
def test_more_servers_never_answer_later_and_nobody_before_its_service(
    jobs: list[tuple[float, float]], servers: int
) -> None:
    arrivals = np.cumsum([gap for gap, _ in jobs])
    services = np.array([service for _, service in jobs])
    fewer, more = queue(arrivals, services, servers), queue(arrivals, services, servers + 1)
    assert (more <= fewer + 1e-9).all()
    assert (more >= services - 1e-9).all()


def test_a_queue_without_a_steady_state_is_refused() -> None:
    with pytest.raises(ValueError, match="steady state"):
        mean_response(11.0, 0.1)


def test_a_measured_queue_is_reproduced_from_its_service_times() -> None:
    run = open_loop(lambda i: time.sleep(0.004), rate=100.0, number=120, workers=1, seed=5)
    assert (run.responses >= run.services - 1e-3).all()
    assert run.services.min() >= 0.004
    drawn = resampled(run.services.tolist())(np.random.default_rng(0), 50)
    assert set(drawn) <= set(run.services)
    found = reproduce(run, repetitions=20)
    assert found.measured_mean == run.responses.mean()
    again = replay(run)
    # the threads' hand-over is all that the replayed queue leaves out
    assert np.mean(run.responses) * (1 + again.mean_error) <= np.mean(run.responses) + 1e-9
    assert found.mean_error == pytest.approx(found.simulated_mean / found.measured_mean - 1)


@pytest.mark.parametrize("chunks", [10**7, 10**8, 10**9])
@pytest.mark.parametrize("rate", [1.0, 50.0, 2000.0])
def test_a_plan_holds_what_it_promises(chunks: int, rate: float) -> None:
    found = plan(chunks, rate, COSTS, MACHINE)
    assert found.machines * MACHINE.ram_bytes * MACHINE.usable >= found.ram_bytes == chunks * found.copies * 6e3
    assert found.machines * MACHINE.disk_bytes * MACHINE.usable >= found.disk_bytes
    work = found.shards * 2e-3 + chunks * 1e-9 + 0.05
    assert found.query_core_seconds == pytest.approx(work)
    assert rate * work <= found.machines * MACHINE.cores * 0.5
    assert found.dollars_a_thousand_queries == pytest.approx(found.machines / (rate * 3600) * 1000)
    if found.bottleneck == "processor":  # one copy less would not do
        assert rate * work > (found.copies - 1) * found.machines / found.copies * MACHINE.cores * 0.5


def test_the_corpus_takes_shards_and_the_rate_takes_copies() -> None:
    small, large = (plan(n, 1.0, COSTS, MACHINE) for n in (10**8, 10**9))
    assert small.bottleneck in {"memory", "disk"}
    assert large.machines == pytest.approx(10 * small.machines, rel=0.1)
    busy = plan(10**8, 2000.0, COSTS, MACHINE)
    assert (busy.shards, busy.bottleneck) == (small.shards, "processor")
    assert plan(10**5, 1.0, COSTS, MACHINE).bottleneck == "replication"
