r"""Categorical (ancestral) sampling draws a token from a probability distribution by comparing a uniform random number with the cumulative probabilities.

$$u \sim U(0, 1), \qquad \text{token} = \min\{\, i : p_0 + \dots + p_i \ge u \,\}$$

**Intuition.** Lay the probabilities end to end on the unit interval; $u$ falls into token $i$'s piece with probability $p_i$. A language model draws its text this way, one token after the other, each conditioned on the last (ancestral sampling). Frequencies converge to the probabilities.

**When to use it.** To generate varied text, for Monte Carlo estimates, and inside top-k and top-p sampling.

**Cost.** $O(V)$ for the cumulative sum, $O(\log V)$ to search it.

**Pitfalls.** The seed fixes the *stream of uniform numbers* and nothing else: it does not touch or "interpret" the probabilities. Randomness does not require that tokens have similar probabilities; the likeliest is merely drawn more often. Rounding may leave the last cumulative sum below one: clip the index. The error
of a frequency is about $\sqrt{p(1-p)/n}$, so a few draws prove little. As the temperature tends to zero the draw becomes the argmax.

**References.** Devroye, *Non-Uniform Random Variate Generation* (1986). Holtzman et al., *The Curious Case of Neural Text Degeneration*, arXiv:1904.09751.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.figures import whole_ticks
from algorithms.inputs import Probability, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Probabilities = Annotated[list[Probability], Field(min_length=1, max_length=50)]
"""1 to 50 probabilities that sum to one."""


def checked(probabilities: list[float]) -> Floats:
    """The probabilities as an array, divided by their sum.

    Raises
    ------
    ValueError
        If the sum is not 1 within a thousandth.

    Examples
    --------
    >>> checked([0.25, 0.75]).tolist()
    [0.25, 0.75]
    """
    p = np.asarray(probabilities, dtype=np.float64)
    if abs(p.sum() - 1) > 1e-3:
        raise ValueError(f"the probabilities sum to {p.sum():.4g}; they must sum to 1")
    return np.asarray(p / p.sum())


def draw_tokens(p: Floats, u: Floats) -> NDArray[np.int64]:
    """First index whose cumulative probability reaches each of the uniform numbers `u`.

    Examples
    --------
    >>> draw_tokens(np.array([0.5, 0.0, 0.5]), np.array([0.1, 0.5, 0.51, 1.0])).tolist()
    [0, 0, 2, 2]
    """
    index = np.searchsorted(np.cumsum(p), u, side="left")
    return np.asarray(np.minimum(index, np.flatnonzero(p)[-1]))  # rounding may leave the last sum below u


def draw_bars(probabilities: Any, frequencies: Any, title: str) -> Any:
    """Figure of probabilities beside measured frequencies."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    x = np.arange(len(probabilities))
    axes.bar(x - 0.2, probabilities, 0.4, label="probability")
    axes.bar(x + 0.2, frequencies, 0.4, label="frequency")
    whole_ticks(axes.xaxis)
    axes.set(xlabel="token", title=title)
    axes.legend()
    return figure


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Probabilities and frequencies."""
    return draw_bars(inputs["probabilities"], output["frequencies"], f"{inputs['draws']} draws")


@algorithm(
    id="categorical-sampling",
    name="Ancestral (categorical) sampling from a PRNG",
    aliases=("inverse CDF sampling", "multinomial sampling", "ancestral sampling", "sampling from a distribution"),
    example={"probabilities": [0.4, 0.3, 0.2, 0.1], "draws": 1000, "seed": 42},
    figure=draw,
)
def categorical_sampling(
    probabilities: Probabilities,
    draws: Annotated[int, Field(ge=1, le=100_000)] = 1000,
    u: Annotated[list[Probability], Field(min_length=1, max_length=50)] | None = None,
    temperature: Annotated[float, Field(gt=0, le=100)] = 1.0,
    seed: Seed = 0,
) -> Output:
    """Draw tokens from `probabilities`.

    Parameters
    ----------
    probabilities : list of float, (V,)
        Probability of each token.
    draws : int
        Tokens to draw.
    u : list of float, optional
        Uniform numbers to use instead of random ones.
    temperature : float
        Below 1 sharpens the distribution, above 1 flattens it.
    seed : int
        Seed of the uniform numbers.

    Returns
    -------
    dict
        ``distribution`` (V,) after the temperature; ``tokens``, the first 50 drawn; ``uniforms``, the first 10; ``frequencies`` (V,);
        ``largest_deviation`` from the distribution; ``expected_deviation``, the largest standard error.

    Raises
    ------
    ValueError
        If the probabilities do not sum to one.

    Examples
    --------
    >>> categorical_sampling([0.4, 0.3, 0.2, 0.1], draws=10, seed=42)["tokens"].tolist()
    [2, 1, 2, 1, 0, 3, 2, 2, 0, 1]
    """
    with np.errstate(divide="ignore"):
        logits = np.log(checked(probabilities)) / temperature  # (V,)
    e = np.exp(logits - logits.max())
    p = e / e.sum()  # (V,)
    uniforms = np.random.default_rng(seed).random(draws) if u is None else np.asarray(u, dtype=np.float64)
    tokens = draw_tokens(p, uniforms)
    frequencies = np.bincount(tokens, minlength=len(p)) / len(tokens)
    return {
        "distribution": p,
        "tokens": tokens[:50],
        "uniforms": uniforms[:10],
        "frequencies": frequencies,
        "largest_deviation": np.abs(frequencies - p).max(),
        "expected_deviation": np.sqrt(p * (1 - p) / len(tokens)).max(),
    }
