r"""The expected calibration error (ECE) is the mean gap between a model's confidence and its accuracy, over bins of confidence.

$$\text{ECE} = \sum_{b} \frac{n_b}{n}\, \big|\text{acc}_b - \text{conf}_b\big|, \qquad \text{Brier} = \frac1n \sum_i (p_i - y_i)^2$$

**Intuition.** Of all predictions made with 80 percent confidence, 80 percent should be right. The reliability diagram plots accuracy
against confidence; below the diagonal the model is overconfident.

**When to use it.** Before probabilities drive decisions, and to judge the confidence that a language model states for its answers.

**Cost.** One pass.

**Pitfalls.** A softmax output of 0.85 does not mean an 85 percent chance of being right: modern networks are overconfident unless
calibrated. Inputs from another distribution do not reliably get lower confidence either; softmax networks are often most
certain there. ECE is no proper score: always predicting the base rate gives 0, so read it beside the Brier score or the
log loss. It depends on the number of bins, and with few samples it is biased upwards. Equal-width bins leave most of them
empty; equal-count bins help. A small average can hide badly calibrated groups.

**References.** Guo et al., *On Calibration of Modern Neural Networks*, arXiv:1706.04599. Naeini, Cooper and Hauskrecht (2015). Brier
(1950).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Probability
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints


def bin_numbers(confidence: Floats, bins: int, rule: str) -> Ints:
    """Bin of each confidence (n,): equal widths ((b - 1)/B, b/B], or equal counts by rank."""
    if rule == "equal count":
        ranks = np.argsort(np.argsort(confidence, kind="stable"), kind="stable")
        return ranks * bins // len(confidence)
    return np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Reliability diagram: accuracy of each bin at its mean confidence."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], "k--", linewidth=1, label="perfect")
    axes.plot(output["bin_confidence"], output["bin_accuracy"], "o-", label=f"ECE {output['ece']:.3f}")
    axes.set(xlabel="confidence", ylabel="accuracy", xlim=(0, 1), ylim=(0, 1), title="reliability diagram")
    axes.legend()
    return figure


@algorithm(
    id="expected-calibration-error",
    name="Calibration error and reliability",
    aliases=(
        "ECE",
        "reliability diagram",
        "Brier score",
        "softmax overconfidence",
        "confidence vs actual accuracy of generated answers",
        "confidence assessment",
        "calibration error",
    ),
    example={
        "confidences": [0.95, 0.9, 0.9, 0.85, 0.8, 0.7, 0.65, 0.6, 0.55, 0.55],
        "correct": [True, True, False, True, True, False, True, False, True, False],
        "bins": 5,
    },
    figure=draw,
)
def expected_calibration_error(
    confidences: Annotated[list[Probability], Field(min_length=1, max_length=4_096)],
    correct: Annotated[list[bool], Field(min_length=1, max_length=4_096)],
    bins: Annotated[int, Field(ge=1, le=50)] = 10,
    binning: Literal["equal width", "equal count"] = "equal width",
) -> Output:
    """Calibration of stated confidences against what turned out right.

    Parameters
    ----------
    confidences : list of float, length n
        Probability the model gave to its answer.
    correct : list of bool, length n
        Whether the answer was right.
    bins : int
        Number of bins.
    binning : {"equal width", "equal count"}
        How confidences are grouped.

    Returns
    -------
    dict
        ``ece``; ``maximum_calibration_error``; ``brier``; ``accuracy`` and ``mean_confidence``, their difference
        ``overconfidence``; for each filled bin ``bin_confidence``, ``bin_accuracy`` and ``bin_count``.

    Raises
    ------
    ValueError
        If the lengths differ.

    Examples
    --------
    >>> r = expected_calibration_error([0.9, 0.9, 0.6, 0.6], [True, False, True, False])
    >>> round(r["ece"], 4), round(r["brier"], 4)
    (0.25, 0.335)
    """
    if len(confidences) != len(correct):
        raise ValueError(f"{len(confidences)} confidences for {len(correct)} outcomes; give one each")
    p, y = np.asarray(confidences, dtype=float), np.asarray(correct, dtype=float)  # (n,), (n,)
    which = bin_numbers(p, bins, binning)  # (n,)
    count = np.bincount(which, minlength=bins)  # (B,)
    filled = count > 0
    confidence = np.bincount(which, p, minlength=bins)[filled] / count[filled]
    accuracy = np.bincount(which, y, minlength=bins)[filled] / count[filled]
    gap = np.abs(accuracy - confidence)
    return {
        "ece": float((count[filled] / len(p)) @ gap),
        "maximum_calibration_error": float(gap.max()),
        "brier": float(np.mean((p - y) ** 2)),
        "accuracy": float(y.mean()),
        "mean_confidence": float(p.mean()),
        "overconfidence": float(p.mean() - y.mean()),
        "bin_confidence": confidence,
        "bin_accuracy": accuracy,
        "bin_count": count[filled],
    }
