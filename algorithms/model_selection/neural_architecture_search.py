r"""Neural architecture search chooses the structure of a network, such as the widths of its layers, by an automated
search.

$$a^* = \arg\min_{a \in \mathcal A} L_{\text{val}}\big(w^*(a), a\big), \qquad w^*(a) = \arg\min_w L_{\text{train}}(w, a)$$

**Intuition.** Three parts: a search space of architectures, a strategy that proposes some, and a way to score them. The
simplest strategies are random draws and evolution: keep a population, copy a good member, change one thing, replace the
oldest or worst. Every candidate is trained briefly with the same budget and judged on validation rows.

**When to use it.** When many tasks need similar networks, or for hardware limits; for one small task a known
architecture is cheaper.

**Cost.** One training a candidate; weight sharing and predictors cut it.

**Pitfalls.** Random search in a good space is a strong baseline; compare with it under the same budget. The winner
overfits the validation set. Short training favours small or fast-learning networks. Different seeds can reorder near
ties. Most of the gain lies in the search space, which people design. Count the cost of the search when claiming
efficiency.

**References.** Elsken, Metzen and Hutter, *Neural architecture search: a survey*, JMLR (2019), arXiv:1808.05377. Real
et al., *Regularized evolution for image classifier architecture search*, AAAI (2019). Li and Talwalkar, *Random search
and reproducibility for NAS* (2019).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints, two_moons

WIDTHS = (1, 2, 4, 8, 16)
Architecture = tuple[int, ...]


def train_network(widths: Architecture, X: Floats, y: Floats, steps: int, seed: int) -> list[tuple[Floats, Floats]]:
    """Full-batch gradient descent with momentum on a tanh network with a sigmoid output; returns its layers."""
    rng = np.random.default_rng(seed)
    sizes = (X.shape[1], *widths, 1)
    layers = [(rng.standard_normal((a, b)) / np.sqrt(a), np.zeros(b)) for a, b in pairwise(sizes)]
    speed = [(np.zeros_like(W), np.zeros_like(b)) for W, b in layers]
    for _ in range(steps):
        hidden = [X]
        for W, b in layers[:-1]:
            hidden.append(np.tanh(hidden[-1] @ W + b))  # (n, width)
        delta = (logistic(hidden[-1] @ layers[-1][0] + layers[-1][1]) - y[:, None]) / len(X)  # (n, 1)
        for i in range(len(layers) - 1, -1, -1):
            W, b = layers[i]
            vW, vb = 0.9 * speed[i][0] - 0.5 * hidden[i].T @ delta, 0.9 * speed[i][1] - 0.5 * delta.sum(axis=0)
            if i:
                delta = (delta @ W.T) * (1 - hidden[i] ** 2)
            speed[i], layers[i] = (vW, vb), (W + vW, b + vb)
    return layers


def log_loss(layers: list[tuple[Floats, Floats]], X: Floats, y: Ints) -> float:
    """Mean log-loss of the network on X (n, d) and y (n,)."""
    h = X
    for W, b in layers[:-1]:
        h = np.tanh(h @ W + b)
    z = (h @ layers[-1][0] + layers[-1][1])[:, 0]
    return float(np.mean(np.logaddexp(0, z) - y * z))


@algorithm(
    id="neural-architecture-search",
    name="Neural architecture search",
    aliases=("NAS", "architecture search", "evolutionary architecture search", "search over layer widths"),
    example={"strategy": "evolution", "candidates": 10, "seed": 0},
    cost="trains",
)
def neural_architecture_search(
    strategy: Literal["random", "evolution"] = "evolution",
    candidates: Annotated[int, Field(ge=4, le=20)] = 10,
    steps: Annotated[int, Field(ge=20, le=300)] = 150,
    n: Annotated[int, Field(ge=40, le=200)] = 100,
    seed: Seed = 0,
) -> Output:
    """Search one to three layer widths of a small network on two moons.

    Parameters
    ----------
    strategy : {"random", "evolution"}
        Independent draws, or, after four random ones, mutations of the best so far.
    candidates : int
        Architectures trained.
    steps : int
        Gradient steps for each.
    n : int
        Training rows, and as many for validation.
    seed : int
        Seed of data, search and initial weights.

    Returns
    -------
    dict
        ``best`` (widths), ``best_loss`` and ``worst_loss`` (validation), ``test_loss`` of the winner on fresh rows,
        ``smallest_loss`` (validation, of the single-unit network), ``tried`` (architectures with their validation loss,
        in order).

    Examples
    --------
    >>> out = neural_architecture_search(candidates=6)
    >>> out["best_loss"] < out["worst_loss"]
    True
    """
    rng = np.random.default_rng(seed)
    (X, y), (V, v), (T, t) = (two_moons(n, 0.15, (seed + i) % 2**32) for i in range(3))

    def loss(widths: Architecture) -> float:
        return log_loss(train_network(widths, X, y.astype(np.float64), steps, seed), V, v)

    def fresh() -> Architecture:
        return tuple(int(w) for w in rng.choice(WIDTHS, rng.integers(1, 4)))

    def mutate(widths: Architecture) -> Architecture:
        new = list(widths)
        change = rng.integers(3)
        if change == 0 and len(new) < 3:
            new.insert(int(rng.integers(len(new) + 1)), int(rng.choice(WIDTHS)))
        elif change == 1 and len(new) > 1:
            new.pop(int(rng.integers(len(new))))
        else:
            new[int(rng.integers(len(new)))] = int(rng.choice(WIDTHS))
        return tuple(new)

    tried: list[tuple[float, Architecture]] = []
    for i in range(candidates):
        widths = fresh() if strategy == "random" or i < 4 else mutate(min(tried)[1])
        tried.append((loss(widths), widths))
    best = min(tried)
    return {
        "best": list(best[1]),
        "best_loss": best[0],
        "worst_loss": max(tried)[0],
        "test_loss": log_loss(train_network(best[1], X, y.astype(np.float64), steps, seed), T, t),
        "smallest_loss": loss((1,)),
        "tried": [{"widths": list(widths), "loss": value} for value, widths in tried],
    }
