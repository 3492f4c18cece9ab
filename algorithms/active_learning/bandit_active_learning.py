r"""Bandit active learning treats the choice of the next sample as a multi-armed bandit: each selection strategy or
region is an arm, its usefulness the reward.

$$a_t = \arg\max_a \Big[\bar r_a + c\,\sqrt{\frac{\ln t}{n_a}}\,\Big], \qquad r_t = \text{uncertainty or diversity of the sample found}$$

**Intuition.** Nobody knows beforehand which part of the pool, or which query rule, is most informative. Try each arm a
little, then favour the one whose samples turned out useful, but keep checking the others in proportion to the doubt.
Within an arm, picking items of low confidence explores what the model does not know, while items of high confidence
exploit what it does.

**When to use it.** When several selection rules or sources compete and none is known to be best.

**Cost.** A running mean and a count for each arm.

**Pitfalls.** Rewards drift: once a region is learned, its items stop being uncertain, so old rewards must fade (sliding
window, discount). Uncertainty as reward pays for noise: a region of coin-flip labels stays uncertain for ever and
attracts the whole budget. Reward should be scaled to $[0, 1]$ for UCB1. A reward based on accuracy needs a labelled
validation set.

**References.** Auer, Cesa-Bianchi and Fischer, *Finite-time analysis of the multiarmed bandit problem* (2002). Baram,
El-Yaniv and Luz, *Online choice of active learning algorithms*, JMLR (2004). Hsu and Lin, *Active learning by
learning*, AAAI (2015).
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Probability, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Errors = Annotated[list[Probability], Field(min_length=2, max_length=10)]


def upper_bounds(rewards: Floats, pulls: Floats, t: int, c: float) -> Floats:
    """Mean reward plus exploration bonus of each arm; infinity for an arm never pulled.

    Examples
    --------
    >>> upper_bounds(np.array([3.0, 0.0]), np.array([4.0, 0.0]), 4, 0.0).tolist()
    [0.75, inf]
    """
    n = np.maximum(pulls, 1)
    return np.where(pulls > 0, rewards / n + c * np.sqrt(np.log(max(t, 1)) / n), np.inf)


@algorithm(
    id="bandit-active-learning",
    name="Active learning as explore-exploit bandit",
    aliases=("bandit sample selection", "explore-exploit", "explore-exploit sampling", "active learning by learning"),
    example={"uncertainty": [0.1, 0.2, 0.6], "rounds": 300, "seed": 0},
)
def bandit_active_learning(
    uncertainty: Errors,
    rounds: Annotated[int, Field(ge=10, le=3000)] = 300,
    policy: Literal["ucb", "greedy", "random"] = "ucb",
    c: Annotated[float, Field(ge=0, le=10)] = 0.5,
    depletion: Annotated[float, Field(ge=0, le=0.2)] = 0.0,
    discount: Annotated[float, Field(ge=0.5, le=1)] = 1.0,
    seed: Seed = 0,
) -> Output:
    """Choose among regions of a pool whose items are uncertain with different probabilities.

    Parameters
    ----------
    uncertainty : list of float
        For each region, the probability that an item sampled from it turns out uncertain (reward 1).
    rounds : int
        Samples drawn.
    policy : {"ucb", "greedy", "random"}
        Upper confidence bound, best mean so far (after one try each), or uniform.
    c : float
        Strength of exploration.
    depletion : float
        Share by which a region's uncertainty falls with every label drawn from it.
    discount : float
        Factor on past rewards and counts in each round; below 1 forgets.
    seed : int
        Seed of the rewards.

    Returns
    -------
    dict
        ``pulls`` (by region), ``total_reward``, ``reward_rate``, ``best_fixed_rate`` (always the best region, in
        expectation), ``regret`` (expected reward lost against the best choice in each round), ``remaining_uncertainty``
        (by region).

    Examples
    --------
    >>> out = bandit_active_learning([0.1, 0.2, 0.6])
    >>> int(np.argmax(out["pulls"]))
    2
    """
    rng = np.random.default_rng(seed)
    level = np.asarray(uncertainty, dtype=np.float64)  # (A,)
    K = len(level)
    pulls, faded, rewards = np.zeros(K, dtype=int), np.zeros(K), np.zeros(K)
    total, regret = 0.0, 0.0
    for t in range(1, rounds + 1):
        if policy == "random":
            a = int(rng.integers(K))
        else:
            a = int(np.argmax(upper_bounds(rewards, faded, t, c if policy == "ucb" else 0.0)))
        reward = float(rng.random() < level[a])
        regret += float(level.max() - level[a])
        total += reward
        faded, rewards = faded * discount, rewards * discount
        faded[a] += 1
        rewards[a] += reward
        pulls[a] += 1
        level[a] *= 1 - depletion
    return {
        "pulls": pulls,
        "total_reward": total,
        "reward_rate": total / rounds,
        "best_fixed_rate": max(uncertainty),
        "regret": regret,
        "remaining_uncertainty": level,
    }
