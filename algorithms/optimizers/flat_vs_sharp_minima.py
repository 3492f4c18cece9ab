r"""A flat minimum is one around which the loss hardly changes; around a sharp minimum a small shift of the weights
raises it a lot.

$$\text{sharpness} = \lambda_{\max}(H) \quad\text{or}\quad \max_{\lVert \epsilon \rVert \le \rho} L(\theta + \epsilon) - L(\theta)
\approx \tfrac12 \rho^2 \lambda_{\max}$$

**Intuition.** The test loss is, roughly, the training loss shifted a little. In a wide valley a shift costs nothing; in
a narrow one the same shift climbs the wall. Two minima of equal training loss may thus differ in test loss.

**When to use it.** To compare solutions found with different batch sizes or rates, and as the idea behind
sharpness-aware minimisation (SAM) and weight averaging.

**Cost.** The largest eigenvalue by power iteration: one Hessian-vector product an iteration.

**Pitfalls.** Flatness goes with better generalisation *often*, not always: it depends on the parametrisation. In a ReLU
network one can scale one layer up and the next down, which leaves the function as it is and makes the minimum as sharp
as desired. Compare only under the same scaling. Large batches are said to overfit; what was found is a generalisation
gap together with sharper minima. The two measures agree only for small $\rho$.

**References.** Hochreiter and Schmidhuber, *Flat minima* (1997). Keskar et al., arXiv:1609.04836. Dinh et al., *Sharp
minima can generalize for deep nets*, arXiv:1703.04933. Foret et al., *Sharpness-aware minimization*, arXiv:2010.01412.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Curvature = Annotated[float, Field(gt=0, le=1000)]


def loss(x: Floats, sharp: float, flat: float) -> Floats:
    """Lower envelope of two parabolas: a sharp one around -2 and a flat one around +2, both reaching zero.

    Examples
    --------
    >>> loss(np.array([-2.0, -1.0, 2.0, 3.0]), 50.0, 1.0).tolist()
    [0.0, 4.5, 0.0, 0.5]
    """
    return np.minimum(0.5 * sharp * (x + 2) ** 2, 0.5 * flat * (x - 2) ** 2)


def largest_eigenvalue(gradient: Callable[[Floats], Floats], at: Floats, iterations: int = 50) -> float:
    """Largest Hessian eigenvalue by power iteration on differences of gradients.

    Examples
    --------
    >>> round(largest_eigenvalue(lambda v: np.array([2.0, 50.0]) * v, np.zeros(2)), 4)
    50.0
    """
    h = 1e-4
    v = np.ones_like(at) / np.sqrt(len(at))  # (d,)
    value = 0.0
    for _ in range(iterations):
        product = (gradient(at + h * v) - gradient(at - h * v)) / (2 * h)  # (d,), H v
        value = float(v @ product)
        v = product / max(float(np.linalg.norm(product)), 1e-300)
    return value


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Training loss and the shifted test loss."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    x = np.linspace(-4, 5, 400)
    sharp, flat = inputs["sharp_curvature"], inputs["flat_curvature"]
    axes.plot(x, loss(x, sharp, flat), label="training loss")
    axes.plot(x, loss(x - inputs["shift"], sharp, flat), "--", label="test loss (shifted)")
    axes.set(xlabel="weight", ylabel="loss", ylim=(0, 4))
    axes.legend()
    return figure


@algorithm(
    id="flat-vs-sharp-minima",
    name="Flat vs sharp minima",
    aliases=("sharpness", "curvature of minima", "flat minima", "sharp minimum"),
    example={"sharp_curvature": 50.0, "flat_curvature": 1.0, "radius": 0.1, "shift": 0.3},
    figure=draw,
)
def flat_vs_sharp_minima(
    sharp_curvature: Curvature = 50.0,
    flat_curvature: Curvature = 1.0,
    radius: Annotated[float, Field(gt=0, le=1)] = 0.1,
    shift: Annotated[float, Field(ge=0, le=1)] = 0.3,
) -> Output:
    """Sharpness of two minima of equal training loss, by curvature and in a ball, and their loss under a shift.

    Parameters
    ----------
    sharp_curvature : float
        Second derivative of the minimum at -2.
    flat_curvature : float
        Second derivative of the minimum at +2; not above the other.
    radius : float
        Radius ρ of the ball.
    shift : float
        How far the test loss is displaced from the training loss.

    Returns
    -------
    dict
        For ``sharp`` and ``flat`` each: ``training_loss`` (0), ``curvature`` by power iteration, ``worst_in_ball``,
        ``test_loss``; ``rescaled_curvature`` of the flat minimum after writing its weight as w / 10, one hundred times
        as sharp for the same function.

    Raises
    ------
    ValueError
        If `flat_curvature` exceeds `sharp_curvature`.

    Examples
    --------
    >>> out = flat_vs_sharp_minima(50.0, 1.0, radius=0.1, shift=0.3)
    >>> round(out["sharp"]["test_loss"], 4), round(out["flat"]["test_loss"], 4)
    (2.25, 0.045)
    """
    if flat_curvature > sharp_curvature:
        raise ValueError("flat_curvature must not exceed sharp_curvature")

    def slope(x: Floats, scale: float = 1.0) -> Floats:
        h = 1e-5
        up, down = (
            loss(x * scale + h, sharp_curvature, flat_curvature),
            loss(x * scale - h, sharp_curvature, flat_curvature),
        )
        return scale * (up - down) / (2 * h)

    output: Output = {}
    for name, place in [("sharp", -2.0), ("flat", 2.0)]:
        ball = place + np.linspace(-radius, radius, 201)
        output[name] = {
            "training_loss": float(loss(np.array(place), sharp_curvature, flat_curvature)),
            "curvature": largest_eigenvalue(slope, np.array([place])),
            "worst_in_ball": float(loss(ball, sharp_curvature, flat_curvature).max()),
            "test_loss": float(loss(np.array(place - shift), sharp_curvature, flat_curvature)),
        }
    # with x = 10 u the same function has 10² times the curvature in u
    output["rescaled_curvature"] = largest_eigenvalue(lambda u: slope(u, 10.0), np.array([0.2]))
    return output
