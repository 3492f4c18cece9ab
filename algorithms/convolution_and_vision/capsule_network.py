r"""A capsule network groups units into vectors, capsules, whose length says how likely a part is and whose direction
describes its pose.

$$v_j = \frac{\lVert s_j \rVert^2}{1 + \lVert s_j \rVert^2}\,\frac{s_j}{\lVert s_j \rVert}, \qquad s_j = \sum_i c_{ij}\,\hat u_{j|i}, \qquad c_{i\cdot} = \mathrm{softmax}(b_{i\cdot}), \qquad
b_{ij} \leftarrow b_{ij} + \hat u_{j|i} \cdot v_j$$

**Intuition.** Each lower capsule predicts the pose of each whole: a nose says where the face should be. If many
predictions for a whole agree, that whole is there. Routing by agreement finds this out: it starts with equal weights
and sends more to the wholes whose output agrees with the prediction. The squash keeps the length below one.

**When to use it.** For research on viewpoint and overlapping objects; convolutional networks and Transformers remain
the practical choice.

**Cost.** Each routing round touches every pair of capsules.

**Pitfalls.** The coupling coefficients of a *lower* capsule sum to one over the higher ones, not the reverse. They are
recomputed for each input, and are no learned weights. Two to three rounds are enough; more overfit. Squash divides by
the norm: guard against zero. The lengths are no distribution over classes: they need not sum to one, hence the margin
loss.

**References.** Sabour, Frosst and Hinton, *Dynamic routing between capsules*, arXiv:1710.09829.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Number, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def squash(s: Floats) -> Floats:
    """Vectors along the last axis, shortened to length n² / (1 + n²).

    Examples
    --------
    >>> squash(np.array([3.0, 4.0])).round(6).tolist()
    [0.576923, 0.769231]
    """
    norm = np.linalg.norm(s, axis=-1, keepdims=True)
    return np.asarray(norm / (1 + norm**2) * s)


def route(predictions: Floats, rounds: int) -> tuple[Floats, list[Floats]]:
    """Output capsules (J, D) of predictions (I, J, D), and the couplings (I, J) of each round.

    Examples
    --------
    >>> v, couplings = route(np.ones((2, 3, 4)), 1)
    >>> couplings[0].round(4).tolist()
    [[0.3333, 0.3333, 0.3333], [0.3333, 0.3333, 0.3333]]
    """
    b = np.zeros(predictions.shape[:2])  # (I, J)
    history = []
    v = np.zeros(predictions.shape[1:])  # (J, D)
    for _ in range(rounds):
        c = softmax_along(b, axis=1)  # (I, J)
        history.append(c)
        v = squash((c[:, :, None] * predictions).sum(axis=0))
        b = b + (predictions * v).sum(axis=2)
    return v, history


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Couplings after the last round."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 3), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(np.asarray(output["couplings"]), vmin=0, vmax=1)
    figure.colorbar(image)
    axes.set(xlabel="higher capsule", ylabel="lower capsule", title="couplings")
    return figure


@algorithm(
    id="capsule-network",
    name="Capsule network (squash + dynamic routing)",
    aliases=("CapsNet", "dynamic routing", "squash", "routing by agreement", "capsules"),
    example={"vector": [3.0, 4.0], "lower": 8, "higher": 3, "agreeing": 1, "rounds": 3, "seed": 0},
    figure=draw,
)
def capsule_network(
    vector: Annotated[list[Number], Field(min_length=1, max_length=50)] = [3.0, 4.0],  # noqa: B006
    lower: Annotated[int, Field(ge=2, le=50)] = 8,
    higher: Annotated[int, Field(ge=2, le=10)] = 3,
    agreeing: Annotated[int, Field(ge=0, le=9)] = 1,
    rounds: Annotated[int, Field(ge=1, le=10)] = 3,
    seed: Seed = 0,
) -> Output:
    """Squash a vector, and route predictions of which only one higher capsule's agree.

    Parameters
    ----------
    vector : list of float
        Vector to squash.
    lower : int
        Lower capsules I.
    higher : int
        Higher capsules J.
    agreeing : int
        Index of the higher capsule for which all predictions are nearly the same, below `higher`.
    rounds : int
        Routing rounds.
    seed : int
        Seed of the predictions, vectors of 4 numbers.

    Returns
    -------
    dict
        ``squashed``, and its ``squashed_norm`` below 1; ``lengths`` (J,) of the output capsules and
        ``lengths_first_round``; ``winner``; ``couplings`` (I, J), at most 12 rows, and ``mean_coupling_by_round`` of
        the agreeing capsule, from 1/J; ``coupling_sums`` (I,), all 1.

    Raises
    ------
    ValueError
        If `agreeing` is no higher capsule.

    Examples
    --------
    >>> out = capsule_network()
    >>> out["winner"], float(out["squashed_norm"].round(6))
    (1, 0.961538)
    """
    if agreeing >= higher:
        raise ValueError(f"agreeing must be below {higher}, the number of higher capsules")
    rng = np.random.default_rng(seed)
    predictions = rng.standard_normal((lower, higher, 4))  # (I, J, D)
    pose = rng.standard_normal(4)
    pose = 2 * pose / np.linalg.norm(pose)
    predictions[:, agreeing] = pose + 0.1 * rng.standard_normal((lower, 4))
    v, history = route(predictions, rounds)
    first, _ = route(predictions, 1)
    squashed = squash(np.asarray(vector, dtype=np.float64))
    lengths = np.linalg.norm(v, axis=1)
    return {
        "squashed": squashed,
        "squashed_norm": np.linalg.norm(squashed),
        "lengths": lengths,
        "lengths_first_round": np.linalg.norm(first, axis=1),
        "winner": int(lengths.argmax()),
        "couplings": history[-1][:12],
        "mean_coupling_by_round": [float(c[:, agreeing].mean()) for c in history],
        "coupling_sums": history[-1].sum(axis=1),
    }
