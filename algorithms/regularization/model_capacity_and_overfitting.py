r"""Model capacity is how complicated a function a model can represent; more of it than the data can pin down allows
overfitting.

$$\text{parameters of an MLP} = \sum_l (n_{l-1} + 1)\,n_l, \qquad \text{polynomial of degree } d: \; d + 1$$

**Intuition.** A polynomial of degree $n - 1$ goes through any $n$ points, noise included. The training error falls with
every added degree, while the error on new points first falls, then rises: the gap between the two is what overfitting
means. More layers and neurons add parameters in the same way.

**When to use it.** To read learning curves: high error on both sets calls for more capacity, a wide gap for less
capacity, more data or regularisation.

**Cost.** One fit a size.

**Pitfalls.** Depth raises the *capacity*, not the power to generalise. Capacity alone does not decide either: far
beyond the interpolation threshold the test error often falls again (double descent), and gradient descent prefers
simple solutions. Counting parameters says little across model families. That a network can fit random labels shows
capacity, not that it memorises when the labels are real. Judge by held-out data, never by the training error.

**References.** Zhang et al., *Understanding deep learning requires rethinking generalization*, arXiv:1611.03530. Belkin
et al., arXiv:1812.11118. Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), chapter 7.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Degrees = Annotated[list[Annotated[int, Field(ge=0, le=30)]], Field(min_length=1, max_length=16)]
Layers = Annotated[list[Annotated[int, Field(ge=1, le=100_000)]], Field(min_length=2, max_length=50)]


def mlp_parameters(sizes: list[int]) -> int:
    """Weights and biases of a fully connected network with these layer sizes.

    Examples
    --------
    >>> mlp_parameters([784, 128, 10])
    101770
    """
    return sum((a + 1) * b for a, b in pairwise(sizes))


def fit_polynomial(x: Floats, y: Floats, degree: int) -> Floats:
    """Least-squares coefficients in the Legendre basis on [-1, 1], which keeps high degrees well conditioned.

    Examples
    --------
    >>> fit_polynomial(np.array([-1.0, 0.0, 1.0]), np.array([1.0, 1.0, 1.0]), 0).round(6).tolist()
    [1.0]
    """
    basis = np.polynomial.legendre.legvander(x, degree)  # (n, degree + 1)
    return np.asarray(np.linalg.lstsq(basis, y, rcond=None)[0])


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Training and validation error against the degree."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["degrees"], output["training_mse"], "o-", label="training")
    axes.plot(output["degrees"], output["validation_mse"], "o-", label="validation")
    axes.set(xlabel="degree", ylabel="mean squared error", yscale="log")
    axes.legend()
    return figure


@algorithm(
    id="model-capacity-and-overfitting",
    name="Model capacity and overfitting",
    aliases=(
        "model complexity",
        "number of layers",
        "parameter count",
        "reduce complexity",
        "polynomial overfitting",
        "number of parameters of an MLP",
    ),
    example={"degrees": [0, 1, 3, 5, 9, 14], "samples": 15, "noise": 0.3, "layer_sizes": [784, 128, 10], "seed": 0},
    figure=draw,
)
def model_capacity_and_overfitting(
    degrees: Degrees = [0, 1, 3, 5, 9, 14],  # noqa: B006
    samples: Annotated[int, Field(ge=2, le=500)] = 15,
    noise: Annotated[float, Field(ge=0, le=10)] = 0.3,
    layer_sizes: Layers = [784, 128, 10],  # noqa: B006
    seed: Seed = 0,
) -> Output:
    """Polynomials of rising degree fitted to noisy samples of sin(3x), and the parameter count of an MLP.

    Parameters
    ----------
    degrees : list of int, at most 16
        Degrees to fit; they are sorted.
    samples : int
        Training points, evenly spaced in [-1, 1].
    noise : float
        Standard deviation of the targets' noise.
    layer_sizes : list of int
        Input, hidden and output sizes of an MLP.
    seed : int
        Seed of the noise.

    Returns
    -------
    dict
        ``degrees`` in rising order with ``training_mse`` and ``validation_mse`` (noisy values at 500 other points) of
        each, and ``gaps``; ``best_degree`` by validation; ``random_label_mse``, the training error of the highest
        degree on shuffled targets, 0 if it can memorise them; ``mlp_parameters``.

    Examples
    --------
    >>> out = model_capacity_and_overfitting()
    >>> out["best_degree"], out["mlp_parameters"]
    (3, 101770)
    """
    rng = np.random.default_rng(seed)
    x = np.linspace(-1, 1, samples)  # (n,)
    y = np.sin(3 * x) + noise * rng.standard_normal(samples)  # (n,)
    grid = rng.uniform(-1, 1, 500)  # (500,)
    truth = np.sin(3 * grid) + noise * rng.standard_normal(500)  # (500,)
    order = sorted(set(degrees))
    training, validation = [], []
    for degree in order:
        c = fit_polynomial(x, y, degree)
        training.append(float(((np.polynomial.legendre.legval(x, c) - y) ** 2).mean()))
        validation.append(float(((np.polynomial.legendre.legval(grid, c) - truth) ** 2).mean()))
    shuffled = rng.permutation(y)
    memorised = np.polynomial.legendre.legval(x, fit_polynomial(x, shuffled, order[-1]))
    return {
        "degrees": order,
        "training_mse": training,
        "validation_mse": validation,
        "gaps": [v - t for t, v in zip(training, validation, strict=True)],
        "best_degree": order[int(np.argmin(validation))],
        "random_label_mse": ((memorised - shuffled) ** 2).mean(),
        "mlp_parameters": mlp_parameters(layer_sizes),
    }
