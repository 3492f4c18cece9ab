r"""A multi-armed bandit chooses again and again among arms of unknown reward and must balance exploring them with
exploiting the best one seen.

$$\text{UCB1: } \arg\max_a\ \hat\mu_a + \sqrt{\frac{2 \ln t}{n_a}}, \qquad
\text{Thompson: } \arg\max_a\ \theta_a,\ \theta_a \sim \mathrm{Beta}(1 + w_a,\, 1 + l_a), \qquad
\text{regret} = \sum_t (\mu^* - \mu_{a_t})$$

**Intuition.** An A/B test gives every variant the same traffic until the end. A bandit shifts traffic to what works
during the test. Epsilon-greedy explores at random; UCB1 is optimistic about arms it knows little of; Thompson sampling
draws each arm's rate from its posterior and plays the best draw.

**When to use it.** When each trial costs or earns something: recommendations, headlines, adaptive experiments.

**Cost.** $O(K)$ a step.

**Pitfalls.** With a constant $\epsilon$ regret grows linearly, $\epsilon$ times the mean gap each step; for UCB1 and
Thompson sampling it grows like $\ln t$. Plain means of adaptively collected data are biased. It is not true that
treatments cannot be analysed after a bandit: log the probability of each assignment and weight by its inverse. Delayed
or drifting rewards need other versions. A bandit has no states; actions that change the situation need reinforcement
learning.

**References.** Auer, Cesa-Bianchi and Fischer, *Finite-time analysis of the multiarmed bandit problem* (2002). Thompson
(1933). Lattimore and Szepesvári, *Bandit Algorithms* (2020).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Probability, Seed
from algorithms.registry import Output, algorithm


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Mean regret over time."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["regret_steps"], output["regret_curve"])
    axes.set(xlabel="step", ylabel="regret", title=inputs["method"])
    return figure


@algorithm(
    id="multi-armed-bandit",
    name="Multi-armed bandit",
    aliases=("MAB", "epsilon-greedy", "UCB1", "UCB", "Thompson sampling", "exploration-exploitation", "regret"),
    example={"probabilities": [0.3, 0.5, 0.7], "method": "thompson"},
    cost="seconds",
    figure=draw,
)
def multi_armed_bandit(
    probabilities: Annotated[list[Probability], Field(min_length=2, max_length=10)],
    method: Literal["epsilon-greedy", "ucb1", "thompson", "uniform"] = "thompson",
    horizon: Annotated[int, Field(ge=10, le=5000)] = 2000,
    epsilon: Probability = 0.1,
    runs: Annotated[int, Field(ge=1, le=50)] = 20,
    seed: Seed = 0,
) -> Output:
    """Play Bernoulli arms, averaged over independent runs.

    Parameters
    ----------
    probabilities : list of float, length K
        True success rate of each arm.
    method : {"epsilon-greedy", "ucb1", "thompson", "uniform"}
        Rule of choice; uniform is an A/B test.
    horizon : int
        Steps a run.
    epsilon : float
        Share of random choices of epsilon-greedy.
    runs : int
        Runs to average over.
    seed : int
        Seed of arms and choices.

    Returns
    -------
    dict
        ``regret`` mean total; ``regret_at_half``; ``regret_steps`` and ``regret_curve`` (at most 40 points); ``pull_shares`` (K,); ``mean_reward`` a step;
        ``estimates`` (K,) plain means; ``weighted_estimates`` (K,) by inverse propensity, where the probabilities of choice are known (epsilon-greedy, uniform), else None.

    Examples
    --------
    >>> result = multi_armed_bandit([0.2, 0.8], "thompson", horizon=500)
    >>> result["pull_shares"].argmax()
    np.int64(1)
    """
    mu = np.asarray(probabilities, dtype=np.float64)  # (K,)
    K, rng, rows = len(mu), np.random.default_rng(seed), np.arange(runs)
    wins, pulls, weighted = np.zeros((runs, K)), np.zeros((runs, K)), np.zeros((runs, K))
    regret = np.zeros(horizon)
    for t in range(horizon):
        means = wins / np.maximum(pulls, 1)  # (runs, K)
        propensity = np.full((runs, K), 1 / K)
        if method == "epsilon-greedy":
            best = (means + 1e-9 * rng.random((runs, K))).argmax(axis=1)  # ties are broken at random
            propensity *= epsilon
            propensity[rows, best] += 1 - epsilon
            arms = np.where(rng.random(runs) < epsilon, rng.integers(0, K, runs), best)
        elif method == "ucb1":
            bonus = np.sqrt(2 * np.log(t + 1) / np.maximum(pulls, 1))
            arms = np.where(pulls == 0, np.inf, means + bonus).argmax(axis=1)  # every arm once first
        elif method == "thompson":
            arms = rng.beta(1 + wins, 1 + pulls - wins).argmax(axis=1)
        else:
            arms = rng.integers(0, K, runs)
        rewards = (rng.random(runs) < mu[arms]).astype(np.float64)  # (runs,)
        wins[rows, arms] += rewards
        pulls[rows, arms] += 1
        weighted[rows, arms] += rewards / propensity[rows, arms]
        regret[t] = (mu.max() - mu[arms]).mean()
    curve = regret.cumsum()
    points = np.unique(np.linspace(0, horizon - 1, 40).astype(int))
    known = method in ("epsilon-greedy", "uniform")
    return {
        "regret": float(curve[-1]),
        "regret_at_half": float(curve[horizon // 2 - 1]),
        "regret_steps": points + 1,
        "regret_curve": curve[points],
        "pull_shares": pulls.sum(axis=0) / pulls.sum(),
        "mean_reward": float(wins.sum() / pulls.sum()),
        "estimates": wins.sum(axis=0) / np.maximum(pulls.sum(axis=0), 1),
        "weighted_estimates": weighted.mean(axis=0) / horizon if known else None,
    }
