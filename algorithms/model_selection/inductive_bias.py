r"""Inductive bias is the set of assumptions by which a learner prefers some hypotheses over others and so can answer
for inputs it has not seen.

$$|\mathcal H_{\text{all}}| = 2^{2^n} \ \text{boolean functions of } n \text{ inputs}, \qquad
m \ge \frac{1}{\varepsilon}\Big(\ln |\mathcal H| + \ln \frac1\delta\Big)$$

The second formula bounds the examples $m$ that a consistent learner needs for error $\varepsilon$ with confidence
$1 - \delta$.

**Intuition.** Any finite sample fits many functions. Without a preference every answer for a new input is as good as
any other. A restricted class (linear, smooth, local, invariant) rules most functions out, and a class that contains the
truth needs few examples: on linear data a line generalises from ten points where nearest neighbours need hundreds.

**When to use it.** As the question to ask of any model: what does it assume, and does this problem satisfy it?

**Cost.** The space of hypotheses grows doubly exponentially: 256 functions of three inputs, about $1.8 \cdot 10^{19}$
of six.

**Pitfalls.** A wrong bias costs more than none as data grow: the line never fits a sine. No learner is free of bias;
neural networks have that of their architecture and optimiser. It is not the statistical bias of an estimator, nor
social bias.

**References.** Mitchell, *The need for biases in learning generalizations* (1980) and *Machine Learning* (1997).
Wolpert (1996). Shalev-Shwartz and Ben-David, *Understanding Machine Learning* (2014).
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import NonNegative, Seed
from algorithms.neighbors_and_clustering.k_nearest_neighbors import nearest
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats
from algorithms.trees.decision_tree import grow, predict_tree


def line_at(X: Floats, y: Floats, Q: Floats) -> Floats:
    """Least-squares plane with intercept, fitted on X (n, d) and evaluated at Q (m, d)."""
    A, B = np.column_stack([np.ones(len(X)), X]), np.column_stack([np.ones(len(Q)), Q])
    return np.asarray(B @ np.linalg.lstsq(A, y, rcond=None)[0])


@algorithm(
    id="inductive-bias",
    name="Inductive bias",
    aliases=(
        "assumptions",
        "prior over hypotheses",
        "size of the hypothesis space",
        "search space",
        "2^(2^n) boolean functions",
        "hypothesis space",
    ),
    example={"n_inputs": 3, "target": "linear", "n": 15},
    cost="seconds",
)
def inductive_bias(
    n_inputs: Annotated[int, Field(ge=0, le=9)] = 3,
    target: Literal["linear", "sine"] = "linear",
    n: Annotated[int, Field(ge=8, le=200)] = 15,
    noise: Annotated[NonNegative, Field(le=5)] = 0.1,
    repeats: Annotated[int, Field(ge=1, le=20)] = 10,
    seed: Seed = 0,
) -> Output:
    """Count the boolean functions of `n_inputs`, and compare learners of different bias on few examples.

    Parameters
    ----------
    n_inputs : int
        Boolean inputs.
    target : {"linear", "sine"}
        True function of two inputs in the comparison.
    n : int
        Training points.
    noise : float
        Standard deviation of the target's noise.
    repeats : int
        Training sets.
    seed : int
        Seed of the data.

    Returns
    -------
    dict
        ``functions`` (number of boolean functions; a string of digits beyond 2^53), ``log2_functions``,
        ``examples_needed`` (bound for error 0.1 and confidence 0.95 over all of them), test errors ``mse_linear``,
        ``mse_nearest``, ``mse_tree``, and ``mse_linear_large`` with 200 points.

    Examples
    --------
    >>> out = inductive_bias(3)
    >>> out["functions"], out["mse_linear"] < out["mse_nearest"]
    (256, True)
    """
    rng = np.random.default_rng(seed)

    def truth(X: Floats) -> Floats:
        return np.asarray(X[:, 0] - 2 * X[:, 1] if target == "linear" else np.sin(3 * X[:, 0]) * 2)

    Q = rng.uniform(-1, 1, (200, 2))
    errors = []
    for _ in range(repeats):
        X, X_large = rng.uniform(-1, 1, (n, 2)), rng.uniform(-1, 1, (200, 2))
        y, y_large = (truth(A) + noise * rng.standard_normal(len(A)) for A in (X, X_large))
        predictions = [
            line_at(X, y, Q),
            y[nearest(Q, X, 3)[0]].mean(axis=1),
            predict_tree(grow(X, y[:, None], criterion="variance"), Q)[:, 0],
            line_at(X_large, y_large, Q),
        ]
        errors.append([float(np.mean((p - truth(Q)) ** 2)) for p in predictions])
    line, neighbours, tree, large = np.mean(errors, axis=0)
    count = 2 ** (2**n_inputs)
    return {
        "functions": count if count < 2**53 else str(count),
        "log2_functions": 2**n_inputs,
        "examples_needed": int(np.ceil((2**n_inputs * np.log(2) + np.log(20)) / 0.1)),
        "mse_linear": float(line),
        "mse_nearest": float(neighbours),
        "mse_tree": float(tree),
        "mse_linear_large": float(large),
    }
