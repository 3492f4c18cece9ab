r"""Softmax temperature divides the logits by a number before the softmax, which sharpens or flattens the distribution.

$$p_i = \frac{e^{z_i / \tau}}{\sum_j e^{z_j / \tau}}$$

**Intuition.** Dividing by $\tau < 1$ stretches the gaps between logits, so the largest takes almost all the
probability; as $\tau \to 0$ the result is the argmax. Dividing by $\tau > 1$ shrinks the gaps; as $\tau \to \infty$ the
result is uniform. The order of the classes never changes, and the entropy rises with $\tau$ unless all logits are
equal.

**When to use it.** To steer how varied a language model's samples are, to soften a teacher's outputs in distillation,
and to calibrate a classifier after training (temperature scaling).

**Cost.** $O(n)$ for $n$ logits.

**Pitfalls.** $\tau = 1$ is the model's own distribution, not a high setting. Temperature is not a regulariser when it
is changed at inference: the weights stay as they are. A sharper distribution is more confident, not better calibrated.
$\tau = 0$ can't be computed; treat it as greedy decoding. Expecting larger or instruction-tuned models to give more
varied answers is an error: variety comes from the distribution and the decoding, and tuning usually narrows it.

**References.** Hinton, Vinyals and Dean, arXiv:1503.02531. Guo et al., *On calibration of modern neural networks*,
arXiv:1706.04599.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Positive, Vector
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def entropy(p: Floats) -> float:
    """Entropy in nats; zero probabilities count as zero.

    Examples
    --------
    >>> round(entropy(np.array([0.5, 0.5, 0.0])), 4)
    0.6931
    """
    positive = p[p > 0]
    return float(-(positive * np.log(positive)).sum()) + 0.0


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Probabilities of each class against the temperature."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    temperatures = np.geomspace(0.05, 20, 80)
    z = np.asarray(inputs["logits"])[:20]
    axes.semilogx(temperatures, [softmax_along(z / t) for t in temperatures])
    axes.axvline(inputs["temperature"], color="grey", linestyle=":")
    axes.set(xlabel="temperature", ylabel="probability", title="softmax temperature")
    return figure


@algorithm(
    id="temperature-softmax",
    name="Softmax temperature",
    aliases=("temperature", "sampling temperature", "softmax with temperature tau", "temperature scaling of logits"),
    example={"logits": [2.0, 1.0, 0.0], "temperature": 0.7, "compare": [0.1, 1.0, 2.0]},
    figure=draw,
)
def temperature_softmax(
    logits: Vector,
    temperature: Positive = 1.0,
    compare: Annotated[list[Positive], Field(max_length=12)] = [0.1, 0.7, 1.0, 2.0],  # noqa: B006
) -> Output:
    """Distribution and entropy at one temperature, beside those at others.

    Parameters
    ----------
    logits : list of float, length n
        Unnormalised scores.
    temperature : float
        Divides the logits; 1 leaves the model's distribution unchanged.
    compare : list of float, at most 12
        Other temperatures to compare with.

    Returns
    -------
    dict
        ``probabilities`` (n,) and ``entropy`` (nats) at the temperature; ``argmax``, the same at each; ``comparison``,
        one entry of ``temperature``, ``entropy`` and the (at most 20) largest ``probabilities`` in falling order.

    Examples
    --------
    >>> temperature_softmax([1.0, 2.0, 3.0], temperature=0.5)["probabilities"].round(4).tolist()
    [0.0159, 0.1173, 0.8668]
    """
    z = np.asarray(logits, dtype=np.float64)  # (n,)
    p = softmax_along(z / temperature)  # (n,)
    comparison = []
    for other in compare:
        q = softmax_along(z / other)  # (n,)
        comparison.append({"temperature": other, "entropy": entropy(q), "probabilities": np.sort(q)[::-1][:20]})
    return {"probabilities": p, "entropy": entropy(p), "argmax": int(z.argmax()), "comparison": comparison}
