r"""Validation loss and accuracy can rise together, because accuracy looks at a threshold and the loss at the confidence.

$$L = -\frac1n \sum_i \log p_i, \qquad \text{accuracy} = \frac1n\, \#\{ i : p_i > \tfrac12 \}$$

with $p_i$ the probability that the model gives to the true class of sample $i$.

**Intuition.** Suppose many samples move from 0.45 to 0.55 while a few move from 0.4 to 0.001. Accuracy gains all of the
first group; the loss gains little from them and pays $\log 400 \approx 6$ for each of the second. Both numbers rise.

**When to use it.** When the curves of a training run seem to contradict each other. It is common late in training: the
network becomes more confident, right or wrong, so its errors cost more although there are fewer of them. It is a sign of
overconfidence, that is bad calibration, not of a bug.

**Cost.** $O(n)$.

**Pitfalls.** It is often claimed to be impossible; the numbers here show that it is not. Which checkpoint to keep depends on
what is used: labels (follow accuracy) or probabilities (follow the loss). Temperature scaling, label smoothing or early
stopping repair the confidence. A loss that includes regularisation terms can also rise for that reason alone.

**References.** Guo et al., *On calibration of modern neural networks*, arXiv:1706.04599. Goodfellow, Bengio and Courville,
*Deep Learning* (2016), section 5.2.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.registry import Output, algorithm

TrueClassProbabilities = Annotated[list[Annotated[float, Field(gt=0, le=1)]], Field(min_length=1, max_length=4096)]


def loss_and_accuracy(p: NDArray[np.float64]) -> tuple[float, float]:
    """Mean cross-entropy and accuracy of probabilities (n,) of the true class of a binary problem.

    Examples
    --------
    >>> loss_and_accuracy(np.array([1.0, 1.0]))
    (0.0, 1.0)
    """
    return float(-np.log(p).mean() + 0.0), float((p > 0.5).mean())


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Loss and accuracy before and after, side by side."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    for axes, key in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        axes.bar(["before", "after"], [output[f"{key}_before"], output[f"{key}_after"]])
        axes.set_title(key)
    return figure


@algorithm(
    id="loss-and-accuracy-increase-together",
    name="Validation loss and accuracy rising together",
    aliases=("loss vs accuracy", "loss increases while accuracy increases", "validation loss up accuracy up"),
    example={"before": [0.45] * 6 + [0.9] * 3 + [0.4], "after": [0.55] * 6 + [0.9] * 3 + [0.001]},
    figure=draw,
)
def loss_and_accuracy_increase_together(before: TrueClassProbabilities, after: TrueClassProbabilities) -> Output:
    """Loss and accuracy of two checkpoints from the probabilities of the true class.

    Parameters
    ----------
    before, after : list of float, length n
        Probability that each checkpoint gives to each sample's true class (binary problem).

    Returns
    -------
    dict
        ``loss_before``, ``loss_after``, ``accuracy_before``, ``accuracy_after``; ``both_rise``;
        ``largest_loss_share``, the share of the later loss that its worst sample causes.

    Raises
    ------
    ValueError
        If the lists differ in length.

    Examples
    --------
    >>> loss_and_accuracy_increase_together([0.45, 0.45, 0.4], [0.55, 0.55, 0.001])["both_rise"]
    True
    """
    if len(before) != len(after):
        raise ValueError(f"before has {len(before)} samples and after {len(after)}; they must be the same ones")
    old, new = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)  # (n,), (n,)
    (loss_before, accuracy_before), (loss_after, accuracy_after) = loss_and_accuracy(old), loss_and_accuracy(new)
    total = float(-np.log(new).sum())
    return {
        "loss_before": loss_before,
        "loss_after": loss_after,
        "accuracy_before": accuracy_before,
        "accuracy_after": accuracy_after,
        "both_rise": loss_after > loss_before and accuracy_after > accuracy_before,
        "largest_loss_share": float(-np.log(new.min()) / total) if total > 0 else 0.0,
    }
