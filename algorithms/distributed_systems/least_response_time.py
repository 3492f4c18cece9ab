r"""Least response time sends each request to the server with the smallest recent latency, usually a moving average of it.

$$\bar t_j \leftarrow (1 - \alpha)\,\bar t_j + \alpha\, t, \qquad j^* = \arg\min_j \bar t_j$$

**Intuition.** Latency contains everything: speed, load, network, garbage collection. An exponentially weighted moving average
(EWMA) follows it and forgets old measurements at a rate $\alpha$.

**When to use it.** For servers of unequal or changing speed, often combined with the number of open requests.

**Cost.** One update a response; one minimum a request.

**Pitfalls.** Feedback comes late, at the earliest with the response. While it is under way every request goes to the server that looked best, which fills up; then
all go to the next one. This herd effect grows with the delay of the measurements; choosing between two random servers, or
adding the requests in flight to the score, damps it. A server with one bad measurement gets no traffic and so is never
measured again: send a probe now and then. A large $\alpha$ chases noise, a small one reacts late. A server that answers
errors at once looks fastest.

**References.** Mitzenmacher, *How Useful Is Old Information?* (2000). Finagle and Envoy documentation, *peak EWMA* and *least
request*.
"""

from __future__ import annotations

import heapq
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints

ServiceTimes = Annotated[list[Annotated[float, Field(ge=0.01, le=100)]], Field(min_length=2, max_length=16)]


def simulate(
    service: Floats, gap: float, requests: int, alpha: float, delay: float, probe: int, in_flight: bool = False
) -> tuple[Ints, Floats]:
    """Chosen servers and latencies of requests that arrive every `gap`; a measurement counts `delay` after the response.

    With `in_flight` the estimate is multiplied by one more than the unanswered requests of the server (peak EWMA).
    """
    k = len(service)
    estimate = np.full(k, service.mean())  # (k,); at first all look alike
    free = np.zeros(k)  # (k,), when each first-come-first-served queue is empty
    open_requests = np.zeros(k)  # (k,)
    responses: list[tuple[float, int]] = []
    measured: list[tuple[float, int, float]] = []
    chosen, latency = np.zeros(requests, dtype=np.int64), np.zeros(requests)
    for i in range(requests):
        now = i * gap
        while responses and responses[0][0] <= now:
            open_requests[heapq.heappop(responses)[1]] -= 1
        while measured and measured[0][0] <= now:
            _, j, t = heapq.heappop(measured)
            estimate[j] = (1 - alpha) * estimate[j] + alpha * t
        score = estimate * (open_requests + 1) if in_flight else estimate
        j = (i // probe) % k if i % probe == 0 else int(score.argmin())
        free[j] = max(free[j], now) + service[j]
        chosen[i], latency[i] = j, free[j] - now
        open_requests[j] += 1
        heapq.heappush(responses, (free[j], j))
        heapq.heappush(measured, (free[j] + delay, j, latency[i]))
    return chosen, latency


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Latency over time, with and without delayed feedback."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["latency_curve"], label=f"feedback {inputs['feedback_delay']:g} late")
    axes.plot(output["latency_curve_with_in_flight"], label="counting requests in flight")
    axes.set(xlabel="part of the run", ylabel="mean latency", title="least response time")
    axes.legend()
    return figure


@algorithm(
    id="least-response-time",
    name="Least response time",
    aliases=("EWMA latency balancing", "peak EWMA", "fastest response load balancing", "herd effect"),
    example={"service_times": [1.0, 1.0, 2.0], "feedback_delay": 20},
    figure=draw,
)
def least_response_time(
    service_times: ServiceTimes,
    feedback_delay: Annotated[float, Field(ge=0, le=1_000)] = 20.0,
    alpha: Annotated[float, Field(gt=0, le=1)] = 0.3,
    load: Annotated[float, Field(gt=0, le=0.95)] = 0.7,
    probe_every: Annotated[int, Field(ge=2, le=1_000)] = 20,
    requests: Annotated[int, Field(ge=10, le=5_000)] = 2_000,
) -> Output:
    """Balance evenly spaced requests over first-come-first-served servers by an EWMA of their latency.

    Parameters
    ----------
    service_times : list of float
        Seconds a request takes on each idle server.
    feedback_delay : float
        Seconds after a response until the balancer knows its latency.
    alpha : float
        Weight of the newest measurement.
    load : float
        Arriving work as a share of the total capacity.
    probe_every : int
        Every so many requests one goes to a server in turn, so that each is measured again.
    requests : int
        Number of requests.

    Returns
    -------
    dict
        ``requests_per_server``; ``mean_latency``, ``p99_latency`` and ``longest_run``, most requests in a row to one server;
        the same three ``_without_delay``, and ``_with_in_flight``, where the score also counts unanswered requests;
        ``latency_curve`` in 40 parts for each.

    Examples
    --------
    >>> r = least_response_time([1.0, 1.0, 2.0], feedback_delay=20)
    >>> bool(r["mean_latency"] > r["mean_latency_without_delay"] > 2 * r["mean_latency_with_in_flight"])
    True
    """
    service = np.asarray(service_times)  # (k,)
    gap = float(1 / (load * (1 / service).sum()))
    runs = {
        "": simulate(service, gap, requests, alpha, feedback_delay, probe_every),
        "_without_delay": simulate(service, gap, requests, alpha, 0.0, probe_every),
        "_with_in_flight": simulate(service, gap, requests, alpha, feedback_delay, probe_every, in_flight=True),
    }
    parts = min(40, requests)
    output: Output = {"requests_per_server": np.bincount(runs[""][0], minlength=len(service))}
    for name, (chosen, latency) in runs.items():
        borders = np.concatenate([[-1], np.flatnonzero(np.diff(chosen)), [requests - 1]])
        output[f"mean_latency{name}"] = latency.mean()
        output[f"p99_latency{name}"] = np.percentile(latency, 99)
        output[f"longest_run{name}"] = int(np.diff(borders).max())
        output[f"latency_curve{name}"] = [part.mean() for part in np.array_split(latency, parts)]
    return output
