"""Measuring what `evals.capacity` is to reproduce: an open loop against something that answers, on this machine."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from evals.capacity import Seconds, resampled, simulate
from evals.capacity import queue as fifo


@dataclass(frozen=True)
class OpenLoop:
    """What became of queries that arrived by a Poisson process, whether or not the ones before were answered.

    Attributes
    ----------
    rate : float
        Arrivals a second.
    workers : int
        Threads that answered.
    due : (n,)
        When each arrived, in seconds from the start.
    services, responses : (n,)
        Seconds each took to be answered, and from when it was due: a queue shows in the second only.
    """

    rate: float
    workers: int
    due: Seconds
    services: Seconds
    responses: Seconds


@dataclass(frozen=True)
class Reproduction:
    """Measured and simulated response times in seconds, and the simulation's relative error."""

    measured_mean: float
    simulated_mean: float
    measured_p95: float
    simulated_p95: float

    @property
    def mean_error(self) -> float:
        """Of the mean."""
        return self.simulated_mean / self.measured_mean - 1

    @property
    def p95_error(self) -> float:
        """Of the 95th percentile."""
        return self.simulated_p95 / self.measured_p95 - 1


def open_loop(answer: Callable[[int], object], rate: float, number: int, workers: int = 1, seed: int = 0) -> OpenLoop:
    """Send `number` queries at a rate to some workers.

    Parameters
    ----------
    answer : callable
        Answers query `i`; called from `workers` threads.
    """
    due = np.cumsum(np.random.default_rng(seed).exponential(1 / rate, number))
    waiting: queue.SimpleQueue[int | None] = queue.SimpleQueue()
    services, responses = np.zeros(number), np.zeros(number)
    started = time.perf_counter()

    def work() -> None:
        while (i := waiting.get()) is not None:
            begun = time.perf_counter()
            answer(i)
            ended = time.perf_counter()
            services[i], responses[i] = ended - begun, ended - started - due[i]

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for i in range(number):
        time.sleep(max(0.0, due[i] - (time.perf_counter() - started)))
        waiting.put(i)
    for _ in threads:
        waiting.put(None)
    for thread in threads:
        thread.join()
    return OpenLoop(rate, workers, due, services, responses)


def replay(run: OpenLoop) -> Reproduction:
    """Serve the run's own arrivals and service times in their order: what is left is the error of the queue itself."""
    simulated = fifo(run.due, run.services, run.workers)
    return compared(run, simulated)


def compared(run: OpenLoop, simulated: Seconds) -> Reproduction:
    """Measured beside simulated response times."""
    return Reproduction(
        measured_mean=float(run.responses.mean()),
        simulated_mean=float(simulated.mean()),
        measured_p95=float(np.quantile(run.responses, 0.95)),
        simulated_p95=float(np.quantile(simulated, 0.95)),
    )


def reproduce(run: OpenLoop, repetitions: int = 200) -> Reproduction:
    """Predict a run from the distribution of its service times alone, as a plan must: arrivals and order are drawn anew."""
    number = len(run.services)
    simulated = np.concatenate(
        [
            simulate(
                run.rate, resampled(run.services.tolist()), servers=run.workers, number=number, warm_up=0, seed=seed
            )
            for seed in range(repetitions)
        ]
    )
    return compared(run, simulated)
