r"""The no-free-lunch theorem says that, averaged over all possible target functions, every learner has the same error
on inputs it has not seen.

$$\frac{1}{|\mathcal F|} \sum_{f \in \mathcal F} E_{\text{off-training}}(A \mid f) = \frac12 \quad
\text{for every learner } A \text{ and boolean targets}$$

**Intuition.** Fix the training rows. Among all boolean functions that agree with them, exactly half say 1 at any new
input and half say 0. Whatever a learner answers there, it is right for half of the functions. Nearest neighbours win on
smooth functions and lose, by the same amount, on their mirror images.

**When to use it.** As a reminder that the success of a method comes from a match between its assumptions and the
problems of this world, not from the method alone.

**Cost.** The check enumerates $2^{2^n}$ functions: 256 for three inputs.

**Pitfalls.** It is about a uniform average over all functions, nearly all of which are structureless noise. Real
problems are not drawn like that, so some methods are better in practice and benchmarks make sense. It speaks of inputs
outside the training set only. It does not say that all algorithms are equally good on your problem, nor that validation
is useless.

**References.** Wolpert, *The lack of a priori distinctions between learning algorithms*, Neural Computation (1996).
Wolpert and Macready, *No free lunch theorems for optimization* (1997).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.registry import Output, algorithm
from algorithms.toy_data import Ints

Learner = Callable[[Ints, Ints, Ints], int]


def nearest_neighbour(X: Ints, y: Ints, q: Ints) -> int:
    """Label of the training input with the fewest different bits."""
    return int(y[np.sum(q != X, axis=1).argmin()])


def majority(X: Ints, y: Ints, q: Ints) -> int:
    """The more frequent training label; 1 in a tie."""
    return int(2 * y.sum() >= len(y))


def anti_majority(X: Ints, y: Ints, q: Ints) -> int:
    """The opposite of `majority`."""
    return 1 - majority(X, y, q)


def parity(X: Ints, y: Ints, q: Ints) -> int:
    """Number of ones modulo 2, whatever the data say."""
    return int(q.sum() % 2)


LEARNERS: dict[str, Learner] = {
    "nearest_neighbour": nearest_neighbour,
    "majority": majority,
    "anti_majority": anti_majority,
    "parity": parity,
}


@algorithm(
    id="no-free-lunch-theorem",
    name="No-free-lunch theorem",
    aliases=("NFL", "no free lunch", "no best algorithm"),
    example={"n_inputs": 3, "training_rows": 5},
)
def no_free_lunch_theorem(
    n_inputs: Annotated[int, Field(ge=1, le=3)] = 3, training_rows: Annotated[int, Field(ge=1, le=7)] = 5
) -> Output:
    """Off-training error of several learners over all boolean functions.

    Parameters
    ----------
    n_inputs : int
        Boolean inputs of the targets.
    training_rows : int
        Inputs, in counting order, whose labels are shown.

    Returns
    -------
    dict
        ``functions`` (number of targets), ``mean_error`` by learner over all of them, ``mean_error_smooth`` by learner
        over the targets that depend on one input only, ``unseen`` (inputs off the training set).

    Raises
    ------
    ValueError
        If no input is left unseen.

    Examples
    --------
    >>> set(no_free_lunch_theorem(3, 5)["mean_error"].values())
    {0.5}
    """
    size = 2**n_inputs
    if training_rows >= size:
        raise ValueError(f"all {size} inputs are shown; keep training_rows below {size}")
    inputs = (np.arange(size)[:, None] >> np.arange(n_inputs)) & 1  # (size, n)
    targets = (np.arange(2**size)[:, None] >> np.arange(size)) & 1  # (2^size, size)
    X, Q = inputs[:training_rows], inputs[training_rows:]
    errors = {
        name: np.array(
            [
                np.mean([learn(X, f[:training_rows], q) != t for q, t in zip(Q, f[training_rows:], strict=True)])
                for f in targets
            ]
        )
        for name, learn in LEARNERS.items()
    }
    single = [f.tolist() for column in inputs.T for f in (column, 1 - column)]
    smooth = np.array([f.tolist() in single for f in targets])
    return {
        "functions": len(targets),
        "mean_error": {name: float(e.mean()) for name, e in errors.items()},
        "mean_error_smooth": {name: float(e[smooth].mean()) for name, e in errors.items()},
        "unseen": len(Q),
    }
