r"""A general sinusoid is a sine wave that is stretched, shifted and lifted by four numbers: amplitude, angular frequency, phase and centre line.

$$f(x) = A \sin(Bx + C) + D, \qquad \text{period } \frac{2\pi}{|B|}, \qquad f'(x) = A B \cos(Bx + C)$$

**Intuition.** $|A|$ is the height of the wave above its centre line $D$, so values lie in $[D - |A|, D + |A|]$. $B$ says how fast the angle
runs; doubling it halves the period. $C$ is where the angle starts. Cosine is the same wave with $C$ larger by $\pi/2$:
$\cos x = \sin(x + \pi/2)$.

**When to use it.** For seasonal signals, Fourier analysis, and to read sinusoidal positional encodings, in which each pair of dimensions
has its own $B$.

**Cost.** One sine a point.

**Pitfalls.** $B$ is the *angular* frequency in radians; the ordinary frequency, in cycles a unit of $x$, is $|B| / 2\pi$. The period is
$2\pi/|B|$, with the absolute value. $C$ is the phase, not the displacement: the graph moves horizontally by $-C/B$, to the left when $C$ and $B$ have
the same sign. A negative $A$ flips the wave and leaves the amplitude $|A|$. The derivative carries the factor $B$ of the chain rule. Angles are in
radians.

**References.** Bracewell, *The Fourier Transform and Its Applications*.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.registry import Output, algorithm

Coefficient = Annotated[float, Field(allow_inf_nan=False, ge=-1e6, le=1e6)]
Points = Annotated[list[Coefficient], Field(min_length=1, max_length=50)]


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Two periods of the wave, its centre line and the given points."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    wave = np.sin if inputs["function"] == "sin" else np.cos
    points = inputs["x"] or [0.0]
    start = min(points)
    x = np.linspace(start, start + 2 * output["period"], 300)
    axes.plot(x, inputs["A"] * wave(inputs["B"] * x + inputs["C"]) + inputs["D"])
    axes.axhline(inputs["D"], color="grey", linewidth=0.8)
    axes.plot(points, output["values"], "o")
    axes.set(xlabel="x", title=f"A {inputs['function']}(Bx + C) + D")
    return figure


@algorithm(
    id="sinusoidal-function",
    name="General sinusoid A sin(Bx+C)+D",
    aliases=("sine wave", "amplitude", "period", "frequency", "phase shift", "vertical shift", "sinusoid"),
    example={"A": 2.0, "B": 3.0, "C": 1.0, "D": 0.5, "x": [0.0, 1.0, 2.0]},
    figure=draw,
)
def sinusoidal_function(
    A: Coefficient = 1.0,
    B: Coefficient = 1.0,
    C: Coefficient = 0.0,
    D: Coefficient = 0.0,
    x: Points | None = None,
    function: Literal["sin", "cos"] = "sin",
) -> Output:
    """Values, derivative and characteristics of a sinusoid.

    Parameters
    ----------
    A : float
        Factor of the wave; its absolute value is the amplitude.
    B : float
        Angular frequency; not zero.
    C : float
        Phase in radians.
    D : float
        Centre line.
    x : list of float, optional
        Points to evaluate; 0 alone if not given.
    function : {"sin", "cos"}
        Sine or cosine.

    Returns
    -------
    dict
        ``values`` and ``derivatives`` at `x`; ``amplitude``; ``period``; ``frequency`` in cycles; ``angular_frequency``;
        ``horizontal_shift`` -C/B; ``minimum`` and ``maximum``.

    Raises
    ------
    ValueError
        If `B` is zero: a constant has no period.

    Examples
    --------
    >>> output = sinusoidal_function(B=-2.0, C=1.0)
    >>> round(output["period"], 6), output["horizontal_shift"]
    (3.141593, 0.5)
    """
    if abs(B) < 1e-300:
        raise ValueError("B is 0, which makes the function constant; give a B other than 0")
    angle = B * np.asarray([0.0] if x is None else x, dtype=np.float64) + C  # (n,)
    wave, slope = (np.sin(angle), np.cos(angle)) if function == "sin" else (np.cos(angle), -np.sin(angle))
    return {
        "values": A * wave + D,
        "derivatives": A * B * slope,
        "amplitude": abs(A),
        "period": 2 * np.pi / abs(B),
        "frequency": abs(B) / (2 * np.pi),
        "angular_frequency": abs(B),
        "horizontal_shift": -C / B,
        "minimum": D - abs(A),
        "maximum": D + abs(A),
    }
