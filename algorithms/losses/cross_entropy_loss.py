r"""Cross-entropy loss, or log loss, is the mean negative logarithm of the probability that a classifier gave to the
true class.

$$L = -\frac1N \sum_{i=1}^{N} \sum_{j=1}^{K} y_{ij} \log p_{ij}, \qquad p = \mathrm{softmax}(z), \qquad
\frac{\partial L}{\partial z_i} = \frac{p_i - y_i}{N}$$

With two classes it is binary cross-entropy, $-[y \log p + (1 - y)\log(1 - p)]$.

**Intuition.** It is the surprise at the right answer: $0$ for a certain and right prediction, $\ln K$ for a uniform
guess, without bound for a certain and wrong one. Minimising it is maximum likelihood. The gradient by the logits is
simply prediction minus target.

**When to use it.** For classifiers and for the next token of a language model, where the mean over tokens is $\log$
perplexity.

**Cost.** $O(NK)$.

**Pitfalls.** *Sparse* in `sparse_categorical_crossentropy` means integer labels instead of one-hot rows; the value is
the same, and it has nothing to do with a contrast to mean squared error. Give logits where logits are expected:
log-softmax stays finite where a rounded probability of 0 gives infinity (else clip). Mask padding with `ignore_index`
and divide by the tokens that count. The loss is convex in the logits, not in the weights of a deep network: calling
neural losses convex is a common error.

**References.** Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.2.2. Bishop, *Pattern Recognition
and Machine Learning* (2006), section 4.3.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.activations.log_softmax import log_softmax_along
from algorithms.inputs import Labels, Matrix
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints


def cross_entropy_from_logits(z: Floats, labels: Ints) -> tuple[float, Floats]:
    """Mean cross-entropy of integer labels and its gradient by the logits (n, k).

    Examples
    --------
    >>> loss, gradient = cross_entropy_from_logits(np.zeros((2, 4)), np.array([0, 3]))
    >>> round(loss, 4), gradient[0].tolist()
    (1.3863, [-0.375, 0.125, 0.125, 0.125])
    """
    rows = np.arange(len(z))
    log_p = log_softmax_along(z)  # (n, k)
    gradient = np.exp(log_p)  # (n, k)
    gradient[rows, labels] -= 1
    return float(-log_p[rows, labels].mean()), gradient / len(z)


def log_probabilities(values: Floats, kind: str, epsilon: float, binary: bool) -> Floats:
    """Log-probabilities (n, k) from logits or probabilities; a binary column becomes two classes.

    Raises
    ------
    ValueError
        If probabilities lie outside [0, 1] or do not sum to one.

    Examples
    --------
    >>> np.exp(log_probabilities(np.array([[0.25]]), "probabilities", 1e-12, binary=True)).tolist()
    [[0.75, 0.25]]
    """
    if binary:
        if values.shape[1] != 1:
            raise ValueError("binary cross-entropy takes one column: the score or probability of class 1")
        other = np.zeros_like(values) if kind == "logits" else 1 - values
        values = np.concatenate([other, values], axis=1)  # (n, 2)
    if kind == "logits":
        return log_softmax_along(values)
    if values.min() < 0 or values.max() > 1 or not np.allclose(values.sum(axis=1), 1, atol=1e-3):
        raise ValueError('each row of probabilities must lie in [0, 1] and sum to 1; set kind="logits" for scores')
    return np.log(np.clip(values, epsilon, 1.0))


def target_rows(labels: Labels, targets: Matrix | None, shape: tuple[int, ...], ignore_index: int) -> Floats:
    """Targets as rows (n, k) that sum to one; rows of ignored labels are zero.

    Raises
    ------
    ValueError
        If a label is no class or the shapes differ.

    Examples
    --------
    >>> target_rows([1, -100], None, (2, 3), -100).tolist()
    [[0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]
    """
    if targets is not None:
        y = np.asarray(targets, dtype=np.float64)  # (n, k)
        if y.shape != shape:
            raise ValueError(f"targets have the shape {y.shape}, predictions {shape}")
        return y
    if len(labels) != shape[0]:
        raise ValueError(f"give one label for each row of predictions: {shape[0]} rows, {len(labels)} labels")
    y = np.zeros(shape)
    for i, label in enumerate(labels):
        if label != ignore_index:
            if not 0 <= label < shape[1]:
                raise ValueError(f"label {label} is not one of the classes 0 to {shape[1] - 1}")
            y[i, label] = 1
    return y


@algorithm(
    id="cross-entropy-loss",
    name="Cross-entropy loss (log loss)",
    aliases=(
        "log loss",
        "negative log-likelihood",
        "NLL",
        "CE",
        "categorical cross-entropy",
        "Token-level cross-entropy",
        "sparse categorical cross-entropy",
        "ignore_index",
        "per-token loss",
        "Gradient of softmax + cross-entropy",
        "p - y",
        "Binary cross-entropy",
        "BCE",
        "Bernoulli NLL",
        "cross entropy",
    ),
    example={
        "predictions": [[0.9, 0.05, 0.05], [0.05, 0.9, 0.05], [0.1, 0.1, 0.8], [0.65, 0.2, 0.15]],
        "labels": [0, 1, 2, 0],
        "kind": "probabilities",
    },
)
def cross_entropy_loss(
    predictions: Matrix,
    labels: Labels,
    kind: Literal["logits", "probabilities"] = "logits",
    variant: Literal["categorical", "binary"] = "categorical",
    targets: Matrix | None = None,
    ignore_index: Annotated[int, Field(ge=-1000, le=1000)] = -100,
    epsilon: Annotated[float, Field(gt=0, le=0.1)] = 1e-12,
) -> Output:
    """Cross-entropy of predictions against labels, with its gradient by the logits.

    Parameters
    ----------
    predictions : list of rows, (n, k)
        Logits or probabilities, one row a sample or token; one column (of class 1) for ``binary``.
    labels : list of int, length n
        True classes, counted from 0; `ignore_index` marks rows that don't count.
    kind : {"logits", "probabilities"}
        What the predictions are.
    variant : {"categorical", "binary"}
        Softmax over k classes, or one sigmoid.
    targets : list of rows, (n, k), or null
        One-hot or soft targets, used instead of `labels` if given; for ``binary`` (n, 2).
    ignore_index : int
        Label of rows to leave out, such as padding.
    epsilon : float
        Probabilities are clipped to at least this.

    Returns
    -------
    dict
        ``loss``, the mean over rows that count; ``losses`` of the first 50 rows; ``perplexity``, e to the loss;
        ``counted`` rows; ``uniform_loss``, ln k; ``gradient`` of the loss by the logits of the first row, (p - y) /
        counted (for ``binary`` by class).

    Raises
    ------
    ValueError
        If shapes, labels or probabilities don't fit, or every row is ignored.

    Examples
    --------
    >>> cross_entropy_loss([[0.5]], [1], kind="probabilities", variant="binary")["loss"]
    0.6931471805599453
    """
    log_p = log_probabilities(np.asarray(predictions, dtype=np.float64), kind, epsilon, variant == "binary")  # (n, k)
    y = target_rows(labels, targets, log_p.shape, ignore_index)  # (n, k)
    weights = y.sum(axis=1)  # (n,), 0 where ignored
    counted = int((weights > 0).sum())
    if counted == 0:
        raise ValueError("every row is ignored; at least one label must be a class")
    losses = -(y * log_p).sum(axis=1) + 0.0  # (n,)
    loss = float(losses.sum() / counted)
    return {
        "loss": loss,
        "losses": losses[:50],
        "perplexity": np.exp(min(loss, 700.0)),
        "counted": counted,
        "uniform_loss": np.log(log_p.shape[1]),
        "gradient": (weights[0] * np.exp(log_p[0]) - y[0]) / counted,
    }
