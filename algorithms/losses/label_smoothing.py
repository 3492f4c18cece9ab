r"""Label smoothing replaces a one-hot target by a weighted average of it and the uniform distribution.

$$\tilde y_k = (1 - a)\,y_k + \frac{a}{K} \qquad\text{or, over the other classes only,}\qquad
\tilde y_k = \begin{cases} 1 - a & k = y \\ a / (K - 1) & k \ne y \end{cases}$$

**Intuition.** With a one-hot target the loss falls as long as the gap between the true logit and the others grows:
there is no finite optimum. With a smoothed target the best prediction is the target itself, at a finite gap, and the
network has no reason to become ever more certain.

**When to use it.** In image classification and translation with $a = 0.1$, as a mild regulariser that also improves
calibration.

**Cost.** None to speak of.

**Pitfalls.** Two forms are in use. The original one (and PyTorch's) spreads $a$ over all $K$ classes including the true
one, so the target there is $1 - a + a/K$; the other spreads it over the remaining $K - 1$. They agree after changing
$a$. The method adds no random noise: it is deterministic, the expectation of random label flips. The loss no longer
reaches zero; its minimum is the entropy of the target. A teacher trained with smoothing makes a worse teacher for
distillation, since it forgets how classes resemble each other.

**References.** Szegedy et al., *Rethinking the Inception architecture*, arXiv:1512.00567. Müller, Kornblith and Hinton,
*When does label smoothing help?*, arXiv:1906.02629.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.activations.log_softmax import log_softmax_along
from algorithms.activations.temperature_softmax import entropy
from algorithms.inputs import Number, Probability
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def smooth(label: int, classes: int, smoothing: float, over: str = "all") -> Floats:
    """Smoothed target of one label.

    Examples
    --------
    >>> smooth(0, 4, 0.2).tolist(), smooth(0, 3, 0.2, "others").tolist()
    ([0.8500000000000001, 0.05, 0.05, 0.05], [0.8, 0.1, 0.1])
    """
    one_hot = np.asarray(np.eye(classes)[label])  # (k,)
    spread = smoothing / classes if over == "all" else smoothing / (classes - 1) * (1 - one_hot)
    return np.asarray((1 - smoothing) * one_hot + spread)


@algorithm(
    id="label-smoothing",
    name="Label smoothing",
    aliases=("soft labels", "smoothed labels", "label smoothing regularisation"),
    example={"logits": [4.0, 1.0, 0.0, 0.0], "label": 0, "smoothing": 0.1},
)
def label_smoothing(
    logits: Annotated[list[Number], Field(min_length=2, max_length=512)],
    label: Annotated[int, Field(ge=0, le=511)] = 0,
    smoothing: Probability = 0.1,
    over: Literal["all", "others"] = "all",
) -> Output:
    """Smoothed target of a label and the cross-entropy of logits against it.

    Parameters
    ----------
    logits : list of float, length k
        Scores of the classes.
    label : int
        Index of the true class, counted from 0.
    smoothing : float
        Weight a of the uniform distribution.
    over : {"all", "others"}
        Spread it over all classes (the original form) or over the wrong ones only.

    Returns
    -------
    dict
        ``target`` (k,), summing to one; ``loss`` against it; ``hard_loss`` against the one-hot label;
        ``lowest_possible_loss``, the entropy of the target; ``gradient`` (k,) of the loss by the logits.

    Raises
    ------
    ValueError
        If `label` is not an index of `logits`.

    Examples
    --------
    >>> label_smoothing([0.0, 0.0, 0.0, 0.0], 1, 0.2)["target"].round(2).tolist()
    [0.05, 0.85, 0.05, 0.05]
    """
    if label >= len(logits):
        raise ValueError(f"label {label} is not an index of {len(logits)} logits")
    log_p = log_softmax_along(np.asarray(logits, dtype=np.float64))  # (k,)
    target = smooth(label, len(log_p), smoothing, over)  # (k,)
    return {
        "target": target,
        "loss": -(target * log_p).sum() + 0.0,
        "hard_loss": -log_p[label] + 0.0,
        "lowest_possible_loss": entropy(target),
        "gradient": np.exp(log_p) - target,
    }
