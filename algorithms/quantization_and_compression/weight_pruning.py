r"""Magnitude pruning removes the weights of smallest absolute value from a trained network and retrains the rest under
a fixed mask.

$$m_i = [\,|\theta_i| \text{ among the largest } k\,], \qquad \theta \leftarrow m \odot \theta; \qquad
\text{lottery ticket: retrain from } m \odot \theta_{\text{init}}$$

**Intuition.** Small weights change the output little, and a trained network has many. The lottery ticket hypothesis
says more: within the random start lies a sparse subnetwork which, trained alone from its original values, reaches the
accuracy of the whole. The mask finds it; rewinding the survivors to their initial values is essential.

**When to use it.** To shrink a model for storage, and to study redundancy.

**Cost.** A sort of the weights, plus one retraining a round. Pruning in several rounds keeps more accuracy than at
once.

**Pitfalls.** Zeros in a dense matrix save no time: speed needs structured pruning (whole neurons, heads, 2:4 patterns)
or sparse kernels. Keep the mask fixed in retraining; an optimizer with momentum or weight decay revives pruned weights
unless it is masked too. Compare with a random mask of the same size. Prune no biases. Large networks need rewinding to
an early step and not to step 0.

**References.** Han et al., *Learning both weights and connections* (2015), arXiv:1506.02626. Frankle and Carbin, *The
lottery ticket hypothesis* (2018), arXiv:1803.03635.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints, two_moons
from algorithms.toy_networks import Adam, accuracy, backward, cross_entropy, forward, new_network


def magnitude_mask(values: Floats, keep: float) -> NDArray[np.bool_]:
    """True for the round(keep * n) entries of largest magnitude; among equals the first.

    Examples
    --------
    >>> magnitude_mask(np.array([[0.1, -3.0], [2.0, 0.2]]), 0.5).tolist()
    [[False, True], [True, False]]
    """
    order = np.argsort(-np.abs(values).ravel(), kind="stable")
    mask = np.zeros(values.size, dtype=bool)
    mask[order[: round(keep * values.size)]] = True
    return mask.reshape(values.shape)


def train_masked(params: list[Floats], masks: list[Floats], x: Floats, y: Ints, steps: int) -> list[Floats]:
    """Train with pruned weights held at zero."""
    params = [p * m for p, m in zip(params, masks, strict=True)]
    optimizer = Adam(0.02)
    for _ in range(steps):
        layers = forward(params, x)
        grads, _ = backward(params, layers, cross_entropy(layers[-1], y)[1])
        optimizer.step(params, [g * m for g, m in zip(grads, masks, strict=True)])
    return params


@algorithm(
    id="weight-pruning",
    name="Magnitude pruning and lottery tickets",
    aliases=("pruning", "sparsity", "magnitude pruning", "lottery ticket hypothesis", "rewinding", "lottery ticket"),
    example={"keep": 0.1, "method": "lottery ticket"},
    cost="trains",
)
def weight_pruning(
    keep: Annotated[float, Field(gt=0, le=1)] = 0.1,
    method: Literal["magnitude", "lottery ticket", "random mask"] = "magnitude",
    rounds: Annotated[int, Field(ge=1, le=5)] = 3,
    steps: Annotated[int, Field(ge=1, le=300)] = 200,
    seed: Seed = 0,
) -> Output:
    """Prune a network on two moons round by round.

    Parameters
    ----------
    keep : float
        Share of the weights that is left after the last round.
    method : {"magnitude", "lottery ticket", "random mask"}
        Retrain from the trained values; from the initial values; or the latter with a random mask of the same size.
    rounds : int
        Rounds of pruning, each keeping the same share.
    steps : int
        Training steps at first and in each round.
    seed : int
        Seed of data, start and random mask.

    Returns
    -------
    dict
        ``dense_accuracy``; ``pruned_accuracy`` right after the last pruning and ``retrained_accuracy`` on fresh data; ``kept_fraction``
        exact; ``kept_weights`` and ``weights``; ``revived`` pruned weights that are not zero at the end (0).

    Examples
    --------
    >>> result = weight_pruning(keep=0.25, rounds=1, steps=50)
    >>> result["kept_weights"], result["weights"], result["revived"]
    (288, 1152, 0)
    """
    rng = np.random.default_rng(seed)
    (x, y), (x_test, y_test) = two_moons(300, 0.12, seed), two_moons(1000, 0.12, seed + 1)
    start = new_network((2, 32, 32, 2), rng)
    masks = [np.ones_like(p) for p in start]
    trained = train_masked(start, masks, x, y, steps)
    dense = accuracy(trained, x_test, y_test)
    flat_sizes = [p.size for p in start[0::2]]
    pruned = dense
    for index in range(1, rounds + 1):
        weights = np.concatenate([p.ravel() for p in trained[0::2]])  # all layers compete, biases stay
        alive = np.concatenate([m.ravel() for m in masks[0::2]]) > 0
        score = rng.random(weights.size) if method == "random mask" else np.abs(weights)
        mask = magnitude_mask(np.where(alive, score + 1e-12, 0.0), keep ** (index / rounds))
        pieces = np.split(mask.astype(np.float64), np.cumsum(flat_sizes)[:-1])
        for layer, piece in enumerate(pieces):
            masks[2 * layer] = piece.reshape(start[2 * layer].shape)
        pruned = accuracy([p * m for p, m in zip(trained, masks, strict=True)], x_test, y_test)
        trained = train_masked(trained if method == "magnitude" else start, masks, x, y, steps)
    kept = int(sum(m.sum() for m in masks[0::2]))
    return {
        "dense_accuracy": dense,
        "pruned_accuracy": pruned,
        "retrained_accuracy": accuracy(trained, x_test, y_test),
        "kept_fraction": kept / sum(flat_sizes),
        "kept_weights": kept,
        "weights": sum(flat_sizes),
        "revived": int(sum((p[m == 0] != 0).sum() for p, m in zip(trained, masks, strict=True))),
    }
