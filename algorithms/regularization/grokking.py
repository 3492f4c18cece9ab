r"""Grokking is generalisation that comes long after the training set has been fitted: validation accuracy stays low,
then suddenly jumps.

$$c = (a + b) \bmod p, \qquad \text{train on a part of the } p^2 \text{ pairs, validate on the rest}$$

**Intuition.** The network first finds a quick solution: memorise every pair, with large weights. Weight decay makes
that expensive and keeps pushing towards smaller weights. A regular solution (for modular addition, sums of a few
Fourier frequencies) needs less norm; it grows slowly beside the first and takes over once it is good enough.

**When to use it.** As a reminder that the training loss may hide what is still changing, and as a toy for
interpretability.

**Cost.** Thousands of full-batch steps here.

**Pitfalls.** The validation curve is flat *low*, near chance, for long and then rises; describing both curves as
becoming flat misses the point. It has been seen mainly on small algorithmic data sets with strong regularisation; on
natural data it is rare. Without weight decay (or something like it) it takes very much longer or does not happen. A
smaller training part delays it, too small a part prevents it. Early stopping on the validation loss would stop before.

**References.** Power et al., *Grokking: generalization beyond overfitting on small algorithmic datasets*,
arXiv:2201.02177. Nanda et al., *Progress measures for grokking via mechanistic interpretability*, arXiv:2301.05217.
Gromov, *Grokking modular arithmetic*, arXiv:2301.02679.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints


def modular_pairs(p: int) -> tuple[Floats, Ints]:
    """All pairs as two one-hot vectors side by side (p², 2p), and their sums modulo p.

    Examples
    --------
    >>> X, y = modular_pairs(3)
    >>> X.shape, y.tolist()
    ((9, 6), [0, 1, 2, 1, 2, 0, 2, 0, 1])
    """
    a, b = np.divmod(np.arange(p * p), p)
    eye = np.eye(p)
    return np.concatenate([eye[a], eye[b]], axis=1), (a + b) % p


class QuadraticNetwork:
    """Two-layer network with squared activation, trained by full-batch AdamW.

    Attributes
    ----------
    parameters : list of arrays
        Input weights (2p, h) and output weights (h, p).
    """

    def __init__(self, p: int, hidden: int, rng: np.random.Generator) -> None:
        shapes = [(2 * p, hidden), (hidden, p)]
        self.parameters = [rng.standard_normal(s) / np.sqrt(s[0]) for s in shapes]
        self.moments = [np.zeros_like(w) for w in self.parameters]
        self.squares = [np.zeros_like(w) for w in self.parameters]
        self.t = 0

    def logits(self, X: Floats) -> Floats:
        """Scores (n, p)."""
        return np.asarray((X @ self.parameters[0]) ** 2 @ self.parameters[1])

    def step(self, X: Floats, Y: Floats, rate: float, decay: float) -> None:
        """One AdamW step on the mean cross-entropy against one-hot rows Y."""
        W1, W2 = self.parameters
        pre = X @ W1  # (n, h)
        error = (softmax_along(pre**2 @ W2) - Y) / len(X)  # (n, p)
        gradients = [X.T @ (2 * pre * (error @ W2.T)), (pre**2).T @ error]
        self.t += 1
        for w, m, v, g in zip(self.parameters, self.moments, self.squares, gradients, strict=True):
            m += 0.1 * (g - m)
            v += 0.02 * (g * g - v)
            update = (m / (1 - 0.9**self.t)) / (np.sqrt(v / (1 - 0.98**self.t)) + 1e-8)
            w -= rate * (update + decay * w)

    def accuracy(self, X: Floats, y: Ints) -> float:
        """Share of right answers."""
        return float((self.logits(X).argmax(axis=1) == y).mean())

    def norm(self) -> float:
        """Root of the sum of all squared weights."""
        return float(np.sqrt(sum(float((w**2).sum()) for w in self.parameters)))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Both accuracies over the steps."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["steps"], output["training_accuracy"], label="training")
    axes.plot(output["steps"], output["validation_accuracy"], label="validation")
    axes.set(xlabel="step", ylabel="accuracy", ylim=(0, 1.05), title="grokking")
    axes.legend()
    return figure


@algorithm(
    id="grokking",
    name="Grokking (late generalisation)",
    aliases=("grooking", "delayed generalisation", "delayed generalization", "late generalization"),
    example={"p": 23, "hidden": 64, "train_share": 0.5, "weight_decay": 1.0, "steps": 2000, "seed": 0},
    cost="trains",
    figure=draw,
)
def grokking(
    p: Annotated[int, Field(ge=5, le=29)] = 23,
    hidden: Annotated[int, Field(ge=4, le=96)] = 64,
    train_share: Annotated[float, Field(ge=0.1, le=0.9)] = 0.5,
    weight_decay: Annotated[float, Field(ge=0, le=5)] = 1.0,
    learning_rate: Annotated[float, Field(gt=0, le=0.02)] = 0.01,
    steps: Annotated[int, Field(ge=50, le=2500)] = 2000,
    seed: Seed = 0,
) -> Output:
    """Train a two-layer network on addition modulo p and watch both accuracies.

    Parameters
    ----------
    p : int
        Modulus.
    hidden : int
        Hidden units.
    train_share : float
        Share of the p² pairs to train on.
    weight_decay : float
        Decoupled decay; 0 shows what happens without.
    learning_rate : float
        Step size of AdamW.
    steps : int
        Full-batch steps.
    seed : int
        Seed of the split and the weights.

    Returns
    -------
    dict
        ``steps``, ``training_accuracy``, ``validation_accuracy`` and ``weight_norms`` at 50 points; ``fitted_at`` and
        ``generalised_at``, the first listed steps with at least 0.99 and 0.9 accuracy on training and validation pairs,
        null if never; ``validation_accuracy_when_fitted``; ``chance``, 1/p.

    Examples
    --------
    >>> out = grokking(p=5, hidden=8, steps=50)
    >>> len(out["training_accuracy"]), out["chance"]
    (50, 0.2)
    """
    rng = np.random.default_rng(seed)
    X, y = modular_pairs(p)
    Y = np.eye(p)[y]  # (p², p)
    order = rng.permutation(p * p)
    n = round(train_share * p * p)
    train, validation = order[:n], order[n:]
    network = QuadraticNetwork(p, hidden, rng)
    shown = np.unique(np.linspace(1, steps, 50).astype(int))
    rows: dict[str, list[float]] = {"training_accuracy": [], "validation_accuracy": [], "weight_norms": []}
    for t in range(1, steps + 1):
        network.step(X[train], Y[train], learning_rate, weight_decay)
        if t in shown:
            rows["training_accuracy"].append(network.accuracy(X[train], y[train]))
            rows["validation_accuracy"].append(network.accuracy(X[validation], y[validation]))
            rows["weight_norms"].append(network.norm())
    fitted = np.flatnonzero(np.array(rows["training_accuracy"]) >= 0.99)
    generalised = np.flatnonzero(np.array(rows["validation_accuracy"]) >= 0.9)
    return {
        "steps": shown,
        **rows,
        "fitted_at": int(shown[fitted[0]]) if len(fitted) else None,
        "generalised_at": int(shown[generalised[0]]) if len(generalised) else None,
        "validation_accuracy_when_fitted": rows["validation_accuracy"][fitted[0]] if len(fitted) else None,
        "chance": 1 / p,
    }
