r"""Curriculum learning presents training data in an order of rising difficulty instead of a random one.

$$S_1 \subseteq S_2 \subseteq \dots \subseteq S_K, \qquad \text{self-paced: } S(\lambda) = \{\, i : L_i(\theta) < \lambda \,\},\ \lambda \text{ growing}$$

**Intuition.** Easy examples give consistent gradients and lead to a good region; hard and noisy ones refine later. What
is easy can be given or learnt: a score of each example (distance from its class centre here), whole tasks from easy to
hard, classes from frequent to rare (head to tail), or, in self-paced learning, the model's own current loss under a
threshold $\lambda$ that rises.

**When to use it.** With noisy labels, long tails, several tasks of different difficulty, reinforcement learning with
sparse reward.

**Cost.** The scores, and their update a stage for self-paced learning.

**Pitfalls.** On clean data with enough training the gain is often nil: compare with a random order of the same length.
A curriculum on easy examples may drop the rare class for long; keep all classes in each stage, or start from head
classes on purpose. If $\lambda$ never grows enough, hard examples are never learnt; if it starts too low, nothing is
selected. Earlier stages must stay in later ones, or they are forgotten.

**References.** Bengio, Louradour, Collobert and Weston, *Curriculum learning* (2009). Kumar, Packer and Koller,
*Self-paced learning for latent variable models* (2010). Hacohen and Weinshall (2019), arXiv:1904.03626.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints, gaussian_blobs
from algorithms.toy_networks import accuracy, forward, new_network, train_classifier

CENTRES = np.array([[-6.0, 4.0], [-6.0, -4.0], [0.0, 2.5], [0.0, -2.5], [6.0, 1.5], [6.0, -1.5]])  # pairs ever closer
COUNTS = (120, 60, 40, 24, 16, 8)
Method = Literal["example-level", "task-level", "head-to-tail", "self-paced", "random"]


def example_losses(params: list[Floats], x: Floats, y: Ints) -> Floats:
    """Cross-entropy of each example (n,)."""
    p = softmax_along(forward(params, x)[-1])  # (n, k)
    return np.asarray(-np.log(np.maximum(p[np.arange(len(y)), y], 1e-300)))


def self_paced_selection(losses: Floats, threshold: float) -> Ints:
    """Numbers of the examples whose loss is below the threshold.

    Examples
    --------
    >>> self_paced_selection(np.array([0.1, 2.0, 0.4]), 0.5).tolist()
    [0, 2]
    """
    return np.flatnonzero(losses < threshold)


def difficulty_of(method: Method, x: Floats, y: Ints, params: list[Floats], rng: np.random.Generator) -> Floats:
    """A score (n,) for each example, higher is harder."""
    if method == "example-level":
        return np.asarray(np.linalg.norm(x - CENTRES[y], axis=1))
    if method == "task-level":
        return (y // 2).astype(np.float64)  # telling apart the classes of a pair is one task
    if method == "head-to-tail":
        return -np.array(COUNTS, dtype=np.float64)[y]
    return example_losses(params, x, y) if method == "self-paced" else rng.random(len(y))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Size and mean difficulty of each stage."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    stages = range(1, len(output["sizes"]) + 1)
    axes.bar(stages, output["sizes"], alpha=0.4)
    axes.set(xlabel="stage", ylabel="examples", title=inputs["method"])
    twin = axes.twinx()
    twin.plot(stages, output["mean_difficulty"], "o-")
    twin.set_ylabel("mean difficulty")
    return figure


@algorithm(
    id="curriculum-learning",
    name="Curriculum learning",
    aliases=(
        "easy-to-hard ordering",
        "task-level curriculum",
        "Head-to-tail curriculum",
        "curriculum for long tails",
        "Self-paced learning",
        "SPL",
        "loss-threshold curriculum",
    ),
    example={"method": "example-level"},
    cost="trains",
    figure=draw,
)
def curriculum_learning(
    method: Method = "example-level",
    stages: Annotated[int, Field(ge=2, le=6)] = 3,
    threshold: Annotated[float, Field(gt=0, le=100)] = 0.3,
    growth: Annotated[float, Field(gt=1, le=100)] = 10.0,
    steps_per_stage: Annotated[int, Field(ge=1, le=200)] = 60,
    seed: Seed = 0,
) -> Output:
    """Train a classifier of six long-tailed classes in stages.

    Parameters
    ----------
    method : {"example-level", "task-level", "head-to-tail", "self-paced", "random"}
        What makes an example easy; random is the control.
    stages : int
        Number of stages; the last one holds all examples, except in self-paced learning.
    threshold : float
        First loss threshold λ of self-paced learning.
    growth : float
        Factor of λ from a stage to the next.
    steps_per_stage : int
        Training steps a stage.
    seed : int
        Seed of data and weights.

    Returns
    -------
    dict
        ``sizes`` of the presented set a stage; ``mean_difficulty`` of it, non-decreasing for a fixed score; ``classes_present``; ``losses`` over all examples before the first and after each
        stage; ``accuracy`` on fresh balanced data; ``thresholds`` of self-paced learning, else empty.

    Examples
    --------
    >>> result = curriculum_learning("head-to-tail", stages=3, steps_per_stage=5)
    >>> result["sizes"], result["classes_present"]
    ([180, 244, 268], [2, 4, 6])
    """
    rng = np.random.default_rng(seed)
    parts = [gaussian_blobs(CENTRES[k : k + 1], n, 1.0, seed * 6 + k)[0] for k, n in enumerate(COUNTS)]
    x, y = np.concatenate(parts), np.repeat(np.arange(6), COUNTS)  # (268, 2), (268,)
    params = new_network((2, 32, 6), rng)
    losses = [float(example_losses(params, x, y).mean())]
    if method == "self-paced":
        train_classifier(params, x, y, 20, 0.02)  # the model must know something before its losses mean anything
    score = difficulty_of(method, x, y, params, rng)
    sizes, means, present, thresholds = [], [], [], []
    for stage in range(stages):
        if method == "self-paced":
            thresholds.append(threshold * growth**stage)
            score = example_losses(params, x, y)
            chosen = self_paced_selection(score, thresholds[-1])
            if not len(chosen):
                raise ValueError(f"no example has a loss below {thresholds[-1]:g}; raise threshold")
        elif method in ("task-level", "head-to-tail"):
            levels = np.unique(score)
            chosen = np.flatnonzero(score <= levels[-(-len(levels) * (stage + 1) // stages) - 1])
        else:
            chosen = np.argsort(score, kind="stable")[: -(-len(y) * (stage + 1) // stages)]
        train_classifier(params, x[chosen], y[chosen], steps_per_stage, 0.02)
        sizes.append(len(chosen))
        means.append(float(score[chosen].mean()))
        present.append(len(np.unique(y[chosen])))
        losses.append(float(example_losses(params, x, y).mean()))
    x_test, y_test = gaussian_blobs(CENTRES, 200, 1.0, seed + 1_000_003)
    return {
        "sizes": sizes,
        "mean_difficulty": means,
        "classes_present": present,
        "losses": losses,
        "accuracy": accuracy(params, x_test, y_test),
        "thresholds": thresholds,
    }
