r"""Linear collapse: a deep network without non-linearities computes nothing that one linear layer could not.

$$W_2 (W_1 x + b_1) + b_2 = W x + b, \qquad W = W_2 W_1, \quad b = W_2 b_1 + b_2$$

**Intuition.** The composition of affine maps is an affine map. With the identity as activation, ten layers are one
matrix, and their ranks can only fall: the narrowest layer bounds the rank of the product. A non-linearity between the
layers breaks the chain, and depth begins to count.

**When to use it.** To answer why activation functions exist, to merge adjacent linear layers at inference (LoRA, batch
normalization into a convolution), and to read low-rank factorisations.

**Cost.** Multiplying the matrices once.

**Pitfalls.** The main reason for activations is non-linearity; that they keep outputs in certain ranges is a side
effect, and for ReLU not even true. A deep *linear* network still trains differently from a single layer: its loss is
non-convex in the factors, though its functions are the same. XOR cannot be fitted by any linear network, and is by two
ReLU units. Dropout or normalization between the layers are not linear maps of the input while training.

**References.** Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.1. Saxe, McClelland and Ganguli,
*Exact solutions to the nonlinear dynamics of learning in deep linear neural networks*, arXiv:1312.6120.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.activations.relu import rectify
from algorithms.inputs import Seed
from algorithms.neural_network_basics.backpropagation import Layer, initial_layers
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Sizes = Annotated[list[Annotated[int, Field(ge=1, le=64)]], Field(min_length=3, max_length=12)]
XOR = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
XOR_TARGET = np.array([0.0, 1.0, 1.0, 0.0])


def collapse(layers: list[Layer]) -> Layer:
    """The one affine map (W, b) that equals the chain.

    Examples
    --------
    >>> collapse([(np.array([[2.0]]), np.array([1.0])), (np.array([[3.0]]), np.array([-1.0]))])
    (array([[6.]]), array([2.]))
    """
    W, b = layers[0]
    for V, c in layers[1:]:
        W, b = V @ W, V @ b + c
    return W, b


def run(x: Floats, layers: list[Layer], nonlinear: bool) -> Floats:
    """Chain of layers, with ReLU between them or without.

    Examples
    --------
    >>> run(np.array([[-1.0]]), [(np.eye(1), np.zeros(1)), (np.eye(1), np.zeros(1))], nonlinear=True).tolist()
    [[0.0]]
    """
    for i, (W, b) in enumerate(layers):
        x = x @ W.T + b
        if nonlinear and i < len(layers) - 1:
            x = rectify(x)
    return x


def xor_errors() -> tuple[float, float]:
    """Lowest mean squared error of an affine map on XOR, and that of two ReLU units with hand-set weights.

    Examples
    --------
    >>> [round(error, 9) for error in xor_errors()]
    [0.25, 0.0]
    """
    design = np.column_stack([XOR, np.ones(4)])
    fitted = design @ np.linalg.lstsq(design, XOR_TARGET, rcond=None)[0]
    hidden = rectify(XOR @ np.ones((2, 2)) + np.array([0.0, -1.0]))  # x + y, and x + y - 1
    relu = hidden @ np.array([1.0, -2.0])
    return float(((fitted - XOR_TARGET) ** 2).mean()), float(((relu - XOR_TARGET) ** 2).mean())


@algorithm(
    id="linear-collapse",
    name="A deep network without non-linearity collapses to one linear map",
    aliases=(
        "linear activation",
        "identity activation",
        "why activations",
        "why do we need activation functions",
        "deep linear network",
    ),
    example={"layer_sizes": [4, 8, 3, 6, 2], "seed": 0},
)
def linear_collapse(
    layer_sizes: Sizes = [4, 8, 3, 6, 2],  # noqa: B006
    seed: Seed = 0,
) -> Output:
    """A chain of random layers with and without ReLU, and the single layer that equals the one without.

    Parameters
    ----------
    layer_sizes : list of int, 3 to 12
        Sizes of the layers, input first.
    seed : int
        Seed of the weights and of 20 inputs.

    Returns
    -------
    dict
        ``collapsed_shape`` of the single matrix; ``linear_difference``, the largest difference between the chain
        without ReLU and the single layer, 0 up to rounding; ``relu_difference``, the same with ReLU; ``rank`` of the
        single matrix and ``rank_bound``, the narrowest layer; ``chain_parameters`` and ``collapsed_parameters``;
        ``xor_linear_mse`` and ``xor_relu_mse``.

    Examples
    --------
    >>> out = linear_collapse([4, 8, 3, 6, 2])
    >>> bool(out["linear_difference"] < 1e-12), bool(out["relu_difference"] > 0.1), out["collapsed_shape"]
    (True, True, [2, 4])
    """
    rng = np.random.default_rng(seed)
    layers = [(W, rng.standard_normal(len(W))) for W, _ in initial_layers(layer_sizes, rng)]
    x = rng.standard_normal((20, layer_sizes[0]))  # (n, in)
    W, b = collapse(layers)
    single = x @ W.T + b  # (n, out)
    linear_error, relu_error = xor_errors()
    return {
        "collapsed_shape": list(W.shape),
        "linear_difference": np.abs(run(x, layers, nonlinear=False) - single).max(),
        "relu_difference": np.abs(run(x, layers, nonlinear=True) - single).max(),
        "rank": int(np.linalg.matrix_rank(W)),
        "rank_bound": min(layer_sizes),
        "chain_parameters": sum(V.size + c.size for V, c in layers),
        "collapsed_parameters": W.size + b.size,
        "xor_linear_mse": linear_error,
        "xor_relu_mse": relu_error,
    }
