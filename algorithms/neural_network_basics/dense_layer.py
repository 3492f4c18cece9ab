r"""A dense or fully connected layer is an affine map of its input followed by an activation function.

$$z = Wx + b, \qquad a = f(z)$$

**Intuition.** Each output unit, a neuron, takes a weighted sum of all inputs, adds a bias and bends the result. A row
of $W$ is one unit's template: $z_i$ is large where the input resembles it. Every connection has a weight of its own.

**When to use it.** As the building block of multilayer perceptrons, for the heads of networks, and inside Transformer
blocks, where the same layer acts on every token.

**Cost.** $n_{in}\,n_{out} + n_{out}$ parameters and as many multiply-adds for each sample.

**Pitfalls.** The number of inputs is fixed; flatten, pool or pad what varies. On raw images the count explodes: $224
\cdot 224 \cdot 3$ inputs to 1000 units are 150 million weights. Mind the layout: the formula uses $W$ of shape
$(n_{out}, n_{in})$ and a column vector, while code with samples in rows computes $XW^\top + b$. Formulas that run $z =
Wx + b$ and $a = f(z)$ together are misprints. Without the activation, stacked dense layers are one linear map. A bias
before batch normalization is wasted.

**References.** Goodfellow, Bengio and Courville, *Deep Learning* (2016), chapter 6.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.activations.gelu import gaussian_error_linear
from algorithms.activations.relu import rectify
from algorithms.activations.sigmoid import logistic
from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Number, rectangular
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Activation = Literal["identity", "relu", "tanh", "sigmoid", "gelu", "softmax"]
Rows = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=128)]],
    Field(min_length=1, max_length=128),
    AfterValidator(rectangular),
]
Bias = Annotated[list[Number], Field(min_length=1, max_length=128)]


def activate(z: Floats, activation: Activation) -> Floats:
    """Activation of pre-activations whose last axis is the units.

    Examples
    --------
    >>> activate(np.array([-1.0, 2.0]), "relu").tolist()
    [0.0, 2.0]
    """
    functions: dict[str, Callable[[Floats], Floats]] = {
        "identity": lambda v: v,
        "relu": rectify,
        "tanh": np.tanh,
        "sigmoid": logistic,
        "gelu": gaussian_error_linear,
        "softmax": softmax_along,
    }
    return np.asarray(functions[activation](z))


def affine(X: Floats, W: Floats, b: Floats) -> Floats:
    """Pre-activations (n, out) of samples in rows X (n, in), weights W (out, in) and bias b (out,).

    Examples
    --------
    >>> affine(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]]), np.array([0.5])).tolist()
    [[11.5]]
    """
    return np.asarray(X @ W.T + b)


@algorithm(
    id="dense-layer",
    name="Fully connected (dense) layer",
    aliases=(
        "fully connected",
        "FC",
        "linear layer",
        "neuron",
        "z=Wx+b",
        "dense layer",
        "affine layer",
        "fully connected layer",
    ),
    example={
        "inputs": [[1.0, 2.0, -1.0]],
        "weights": [[0.5, -0.2, 0.1], [0.3, 0.8, -0.5]],
        "bias": [0.1, -0.4],
        "activation": "relu",
    },
)
def dense_layer(inputs: Rows, weights: Rows, bias: Bias | None = None, activation: Activation = "relu") -> Output:
    """Pre-activations and activations of a dense layer, and its number of parameters.

    Parameters
    ----------
    inputs : list of rows, (n, n_in)
        One sample a row.
    weights : list of rows, (n_out, n_in)
        One output unit a row.
    bias : list of float, length n_out, or null
        One an output unit; none if null.
    activation : {"identity", "relu", "tanh", "sigmoid", "gelu", "softmax"}
        Function f.

    Returns
    -------
    dict
        ``z`` and ``a`` (n, n_out), at most the first 8 rows and 16 columns; ``parameters``; ``multiply_adds`` for all
        samples.

    Raises
    ------
    ValueError
        If the shapes don't fit.

    Examples
    --------
    >>> dense_layer([[1.0, 2.0]], [[3.0, -4.0]], [1.0])["z"].tolist()
    [[-4.0]]
    """
    X, W = np.asarray(inputs, dtype=np.float64), np.asarray(weights, dtype=np.float64)  # (n, in), (out, in)
    b = np.zeros(len(W)) if bias is None else np.asarray(bias, dtype=np.float64)  # (out,)
    if X.shape[1] != W.shape[1]:
        raise ValueError(f"inputs have {X.shape[1]} features, weights expect {W.shape[1]}")
    if len(b) != len(W):
        raise ValueError(f"bias needs {len(W)} entries, one a row of weights")
    z = affine(X, W, b)  # (n, out)
    return {
        "z": z[:8, :16],
        "a": activate(z, activation)[:8, :16],
        "parameters": W.size + (0 if bias is None else len(b)),
        "multiply_adds": len(X) * W.size,
    }
