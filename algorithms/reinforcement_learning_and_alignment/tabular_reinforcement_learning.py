r"""Tabular Q-learning is a reinforcement-learning method in which an agent learns the value of each action in each
state by trying actions in its environment.

$$Q(s, a) \leftarrow Q(s, a) + \alpha\,\big(r + \gamma \max_{a'} Q(s', a') - Q(s, a)\big), \qquad
Q^*(s, a) = \mathbb{E}\big[r + \gamma \max_{a'} Q^*(s', a')\big]$$

**Intuition.** Agent and environment take turns: state, action, reward, next state. The bracket is a surprise: what was
got, plus the best that may follow, against what was expected. Moving a little towards it each time leads to the values
of the Bellman equation, and acting greedily on them is optimal. Rewards that come later count through $\gamma$: a
recommender that maximises engagement over time learns to prefer quality to clickbait.

**When to use it.** For small sets of states and actions; with function approximation for large ones.

**Cost.** $O(|A|)$ a step and a table of $|S|\,|A|$.

**Pitfalls.** Without exploration the agent never tries the better action. A constant step size does not converge under
noise; let it fall with the visits. Q-learning is off-policy: it learns the greedy policy's values, not those of the
exploring one. Shares of a portfolio must sum to 100%. At terminal states nothing follows. A reward is got literally:
what it leaves out will be sacrificed.

**References.** Watkins and Dayan, *Q-learning* (1992). Sutton and Barto, *Reinforcement Learning* (2018).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Probability, Seed
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
World = tuple[Floats, Floats, list[str], list[str]]
Environment = Literal["gridworld", "recommender", "portfolio"]
ALLOCATIONS = {"70% stock, 10% cash, 20% bond": (0.7, 0.1, 0.2), "20% stock, 40% cash, 40% bond": (0.2, 0.4, 0.4), "all cash": (0.0, 1.0, 0.0)}  # fmt: skip


def gridworld(slip: float = 0.1) -> World:
    """3 × 3 cells; the goal (bottom right, +1) and a pit (centre, -1) end the episode; each step costs 0.04."""
    P, R = np.zeros((9, 4, 9)), np.full((9, 4), -0.04)
    moves = [(-1, 0), (0, 1), (1, 0), (0, -1)]
    for s in range(9):
        for a in range(4):
            if s in (4, 8):
                P[s, a, s], R[s, a] = 1.0, 0.0
                continue
            for turn, probability in ((0, 1 - slip), (1, slip / 2), (3, slip / 2)):
                row, column = s // 3 + moves[(a + turn) % 4][0], s % 3 + moves[(a + turn) % 4][1]
                to = row * 3 + column if 0 <= row < 3 and 0 <= column < 3 else s
                P[s, a, to] += probability
                R[s, a] += probability * {8: 1.0, 4: -1.0}.get(to, 0.0)
    return P, R, [f"cell {s}" for s in range(9)], ["up", "right", "down", "left"]


def recommender() -> World:
    """Clickbait earns more now and drives users away; quality earns less and keeps them."""
    P = np.array([[[0.4, 0.6, 0.0], [0.95, 0.05, 0.0]], [[0.0, 0.4, 0.6], [0.2, 0.6, 0.2]], [[0, 0, 1], [0, 0, 1]]])
    R = np.array([[1.0, 0.7], [0.3, 0.1], [0.0, 0.0]])
    return P, R, ["engaged", "bored", "gone"], ["clickbait", "quality"]


def portfolio() -> World:
    """Yearly return less a penalty for risk, in a bull or bear market that changes by itself."""
    change = np.array([[0.8, 0.2], [0.4, 0.6]])
    returns = np.array([[0.12, 0.02, 0.04], [-0.10, 0.02, 0.05]])  # (market, asset)
    risk = np.array([0.04, 0.0, 0.004])  # variance of each asset
    weights = np.array(list(ALLOCATIONS.values()))  # (action, asset), rows sum to 1
    R = returns @ weights.T - 0.5 * (weights**2 @ risk)  # (market, action)
    return np.repeat(change[:, None, :], len(weights), axis=1), R, ["bull", "bear"], list(ALLOCATIONS)


WORLDS = {"gridworld": gridworld, "recommender": recommender, "portfolio": portfolio}


def value_iteration(P: Floats, R: Floats, gamma: float) -> Floats:
    """Q* (S, A) of a known world, to 1e-10."""
    Q = np.zeros_like(R)
    while True:
        new = R + gamma * P @ Q.max(axis=1)  # (S, A)
        if np.abs(new - Q).max() < 1e-10 * (1 - gamma):
            return np.asarray(new)
        Q = new


def q_learning(P: Floats, R: Floats, gamma: float, epsilon: float, steps: int, rng: np.random.Generator) -> Floats:
    """Learn Q from sampled steps; restarts in a random state after 20 steps or in an absorbing state."""
    S, A = R.shape
    Q, visits = np.zeros((S, A)), np.zeros((S, A))
    cumulative = P.cumsum(axis=2)
    absorbing = [bool((P[s, :, s] == 1).all()) for s in range(S)]
    s = int(rng.integers(S))
    for step, (u, explore, pick) in enumerate(rng.random((steps, 3))):
        a = int(pick * A) if explore < epsilon else int(Q[s].argmax())
        to = min(int(np.searchsorted(cumulative[s, a], u, side="right")), S - 1)
        visits[s, a] += 1
        rate = visits[s, a] ** -0.7
        Q[s, a] += rate * (R[s, a] + gamma * Q[to].max() - Q[s, a])
        s = int(rng.integers(S)) if absorbing[to] or step % 20 == 19 else to
    return Q


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Learnt against optimal values."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 4), layout="constrained")
    axes = figure.subplots()
    learnt, best = np.ravel(output["q"]), np.ravel(output["q_optimal"])
    axes.plot(best, learnt, "o")
    axes.axline((float(best[0]), float(best[0])), slope=1, linestyle="--")
    axes.set(xlabel="optimal value", ylabel="learnt value", title=inputs["environment"])
    return figure


@algorithm(
    id="tabular-reinforcement-learning",
    name="Reinforcement-learning agent (tabular Q-learning)",
    aliases=("RL", "Q-learning", "policy", "agent and environment", "Bellman equation", "reinforcement learning"),
    example={"environment": "gridworld"},
    cost="trains",
    figure=draw,
)
def tabular_reinforcement_learning(
    environment: Environment = "gridworld",
    gamma: Annotated[float, Field(ge=0, le=0.98)] = 0.9,
    epsilon: Probability = 0.3,
    steps: Annotated[int, Field(ge=1, le=100_000)] = 30_000,
    seed: Seed = 0,
) -> Output:
    """Learn to act in a small world and compare with the optimum.

    Parameters
    ----------
    environment : {"gridworld", "recommender", "portfolio"}
        The world the agent acts in.
    gamma : float
        Discount γ of later rewards.
    epsilon : float
        Probability of a random action.
    steps : int
        Actions taken while learning.
    seed : int
        Seed of the agent and the world.

    Returns
    -------
    dict
        ``q`` learnt and ``q_optimal`` (S, A); ``largest_gap``; ``policy`` greedy action names by state; ``policy_is_optimal`` whether each chosen action has the
        best value; ``states``; ``actions``.

    Examples
    --------
    >>> tabular_reinforcement_learning("recommender", gamma=0.0, steps=3000)["policy"]["engaged"]
    'clickbait'
    >>> tabular_reinforcement_learning("recommender", gamma=0.9)["policy"]["engaged"]
    'quality'
    """
    P, R, states, actions = WORLDS[environment]()
    Q = q_learning(P, R, gamma, epsilon, steps, np.random.default_rng(seed))
    best = value_iteration(P, R, gamma)
    greedy = Q.argmax(axis=1)  # (S,)
    chosen = best[np.arange(len(states)), greedy]
    return {
        "q": Q,
        "q_optimal": best,
        "largest_gap": float(np.abs(Q - best).max()),
        "policy": {state: actions[a] for state, a in zip(states, greedy, strict=True)},
        "policy_is_optimal": bool((chosen >= best.max(axis=1) - 1e-6).all()),
        "states": states,
        "actions": actions,
    }
