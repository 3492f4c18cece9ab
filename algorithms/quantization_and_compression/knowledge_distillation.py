r"""Knowledge distillation trains a small student network on the softened output distribution of a large teacher, beside
the true labels.

$$L = \alpha\, T^2\, \mathrm{KL}\big(p_t^{(T)} \,\|\, p_s^{(T)}\big) + (1 - \alpha)\,\big(-\ln p_s^{(1)}[y]\big), \qquad p^{(T)} = \mathrm{softmax}(z / T)$$

**Intuition.** The wrong classes carry information: that a teacher finds a 7 more like a 1 than like an 8 is not in the
label. A temperature $T > 1$ raises these small probabilities so that they count. Gradients of the soft part shrink like
$1 / T^2$; the factor $T^2$ keeps both parts in balance when $T$ changes.

**When to use it.** To get a smaller, faster model of almost equal quality. DistilBERT has 40% fewer parameters than
BERT and keeps 97% of its score on GLUE.

**Cost.** A forward pass of the teacher for each example, which can be stored.

**Pitfalls.** The direction is KL(teacher‖student). Use the same temperature for both sides of the soft part and 1 for
the label part. Leaving out $T^2$ makes the soft part vanish at high temperatures. A student that is far too small
cannot follow; teachers also pass on their errors. Both must share the classes, and for language models the vocabulary.
PyTorch's `kl_div` wants log-probabilities of the student first and `reduction="batchmean"`.

**References.** Hinton, Vinyals and Dean, *Distilling the knowledge in a neural network* (2015), arXiv:1503.02531. Sanh
et al., *DistilBERT* (2019), arXiv:1910.01108.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Probability
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Logits = Annotated[list[Annotated[float, Field(ge=-500, le=500)]], Field(min_length=2, max_length=1024)]


def log_softmax(z: Floats) -> Floats:
    """Logarithm of the softmax of a vector, in one step."""
    top = z.max()
    return np.asarray(z - top - np.log(np.exp(z - top).sum()))


@algorithm(
    id="knowledge-distillation",
    name="Knowledge distillation",
    aliases=("teacher-student", "DistilBERT", "distillation temperature", "distillation loss", "soft targets"),
    example={"teacher_logits": [4.0, 2.0, -1.0], "student_logits": [2.0, 1.5, 0.5], "label": 0},
)
def knowledge_distillation(
    teacher_logits: Logits,
    student_logits: Logits,
    label: Annotated[int, Field(ge=0, le=1023)] = 0,
    temperature: Annotated[float, Field(ge=0.1, le=1000)] = 2.0,
    alpha: Probability = 0.5,
) -> Output:
    """Loss of one example and its gradient, and the student's fit after descending on it.

    Parameters
    ----------
    teacher_logits : list of float, length k
        The teacher's scores.
    student_logits : list of float, length k
        The student's scores.
    label : int
        True class, below k.
    temperature : float
        Temperature T of the soft part.
    alpha : float
        Weight of the soft part.

    Returns
    -------
    dict
        ``loss``; ``soft_loss`` = T² KL, ``kl``, ``hard_loss``; ``teacher_probabilities`` and ``student_probabilities`` (k,) at T; ``gradient`` (k,)
        with respect to the student's logits; ``loss_after_descent`` when the student's logits follow it for 100 steps.

    Raises
    ------
    ValueError
        If the logits differ in length or the label is no class.

    Examples
    --------
    >>> knowledge_distillation([2.0, 0.0], [2.0, 0.0], alpha=1.0)["loss"]
    0.0
    """
    t, s = np.asarray(teacher_logits, dtype=np.float64), np.asarray(student_logits, dtype=np.float64)  # (k,), (k,)
    if len(t) != len(s) or label >= len(s):
        raise ValueError("teacher and student need logits for the same classes, and the label must be one of them")
    T = temperature
    soft_target = softmax_along(t / T)  # (k,)
    one_hot = np.eye(len(s))[label]  # (k,)

    def losses(z: Floats) -> tuple[float, float]:
        divergence = float((soft_target * (log_softmax(t / T) - log_softmax(z / T))).sum())
        return max(0.0, divergence), float(-log_softmax(z)[label])

    def gradient(z: Floats) -> Floats:
        soft = T * (softmax_along(z / T) - soft_target)  # T² from the loss, 1/T from the chain rule
        return np.asarray(alpha * soft + (1 - alpha) * (softmax_along(z) - one_hot))

    kl, hard = losses(s)
    moved = s.copy()
    for _ in range(100):
        moved = moved - gradient(moved)
    kl_after, hard_after = losses(moved)
    return {
        "loss": alpha * T**2 * kl + (1 - alpha) * hard,
        "soft_loss": T**2 * kl,
        "kl": kl,
        "hard_loss": hard,
        "teacher_probabilities": soft_target,
        "student_probabilities": softmax_along(s / T),
        "gradient": gradient(s),
        "loss_after_descent": alpha * T**2 * kl_after + (1 - alpha) * hard_after,
    }
