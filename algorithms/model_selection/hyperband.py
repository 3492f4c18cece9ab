r"""Hyperband runs successive halving several times with different trade-offs between many short and few long training
runs.

$$s_{\max} = \lfloor \log_\eta R \rfloor, \qquad n_s = \Big\lceil \frac{s_{\max} + 1}{s + 1}\, \eta^s \Big\rceil, \qquad
r_s = R\, \eta^{-s}$$

Bracket $s$ starts $n_s$ configurations with $r_s$ units of budget each, keeps the best $1/\eta$, gives them $\eta$
times more, and so on up to $R$.

**Intuition.** Bad settings often show early, so stop them and give their budget to the rest. But how early can one
tell? If curves cross late, short runs discard the winner. Hyperband hedges: its brackets go from very aggressive (many
starts, tiny budget) to plain random search with full budget. For $R = 81$, $\eta = 3$ they start (81, 1), (34, 3), (15,
9), (8, 27) and (5, 81).

**When to use it.** When training can be stopped and resumed, and partial scores predict final ones.

**Cost.** Each bracket spends about $(s_{\max} + 1) R$ units.

**Pitfalls.** It is a bandit method with early stopping and random sampling, not a kind of Bayesian optimization, under
which it is sometimes listed; BOHB combines the two. Learning rates with decay look bad early and are dropped wrongly.
Scores at different budgets must be compared within a rung only. Rounding differs between implementations.

**References.** Li, Jamieson, DeSalvo, Rostamizadeh and Talwalkar, *Hyperband*, JMLR (2018), arXiv:1603.06560. Jamieson
and Talwalkar, *Non-stochastic best arm identification* (2016). Falkner, Klein and Hutter, *BOHB* (2018).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def plan(R: int, eta: int) -> list[list[tuple[int, float]]]:
    """Rungs (configurations, budget) of every bracket, most aggressive first.

    Examples
    --------
    >>> plan(9, 3)
    [[(9, 1.0), (3, 3.0), (1, 9.0)], [(5, 3.0), (1, 9.0)], [(3, 9.0)]]
    """
    s_max = 0
    while eta ** (s_max + 1) <= R:
        s_max += 1
    brackets = []
    for s in range(s_max, -1, -1):
        n = -(-(s_max + 1) * eta**s // (s + 1))  # ceiling
        brackets.append([(n // eta**i, R * float(eta) ** (i - s)) for i in range(s + 1)])
    return brackets


def loss_at(final: Floats, speed: Floats, budget: float) -> Floats:
    """Loss of each configuration after `budget` units: it falls from 1 to its final value at its own speed."""
    return np.asarray(final + (1 - final) * np.exp(-speed * budget))


@algorithm(
    id="hyperband",
    name="Hyperband / successive halving",
    aliases=("successive halving", "early-stopping bandit", "SHA", "Hyperband brackets"),
    example={"R": 81, "eta": 3},
)
def hyperband(
    R: Annotated[int, Field(ge=1, le=729)] = 81, eta: Annotated[int, Field(ge=2, le=9)] = 3, seed: Seed = 0
) -> Output:
    """List the brackets, and run them on simulated learning curves.

    Parameters
    ----------
    R : int
        Largest budget of one configuration.
    eta : int
        Factor by which a rung cuts the configurations and raises the budget.
    seed : int
        Seed of the simulated configurations.

    Returns
    -------
    dict
        ``starts`` (configurations and budget at the start of every bracket), ``rungs`` (all), ``budget_by_bracket``
        (each rung paid in full), ``best_loss`` found, ``random_search_loss`` (mean over 50 repeats, same total budget
        at R a run), ``configurations_tried``, ``random_search_tried``.

    Examples
    --------
    >>> hyperband(81, 3)["starts"]
    [(81, 1.0), (34, 3.0), (15, 9.0), (8, 27.0), (5, 81.0)]
    """
    rng = np.random.default_rng(seed)

    def configurations(n: int) -> tuple[Floats, Floats]:
        return rng.beta(2, 5, n), 10 ** rng.uniform(-1.5, 0, n) * 10 / R  # final losses and speeds

    brackets = plan(R, eta)
    best, tried = np.inf, 0
    for rungs in brackets:
        final, speed = configurations(rungs[0][0])
        tried += len(final)
        for i, (n, budget) in enumerate(rungs):
            losses = loss_at(final, speed, budget)
            keep = np.argsort(losses, kind="stable")[: rungs[i + 1][0] if i + 1 < len(rungs) else n]
            best = min(best, float(losses.min())) if i + 1 == len(rungs) else best
            final, speed = final[keep], speed[keep]
    spent = [sum(n * r for n, r in rungs) for rungs in brackets]
    affordable = max(int(sum(spent) // R), 1)
    rivals = [float(loss_at(*configurations(affordable), float(R)).min()) for _ in range(50)]
    return {
        "starts": [rungs[0] for rungs in brackets],
        "rungs": brackets,
        "budget_by_bracket": spent,
        "best_loss": best,
        "random_search_loss": float(np.mean(rivals)),
        "configurations_tried": tried,
        "random_search_tried": affordable,
    }
