r"""MoCo, momentum contrast, learns by contrast against a queue of past keys that a slowly moving copy of the encoder
has computed.

$$\theta_k \leftarrow m\,\theta_k + (1 - m)\,\theta_q, \qquad L = -\log \frac{\exp(q \cdot k_+ / \tau)}{\exp(q \cdot k_+ / \tau) + \sum_{i=1}^{K} \exp(q \cdot k_i / \tau)}$$

**Intuition.** Contrastive learning wants many negatives. SimCLR takes them from a huge batch; MoCo keeps the keys of
the last batches in a queue, so the number of negatives no longer depends on the batch. The old keys must still be
comparable with new ones, so the key encoder may change only slowly: it is an exponential moving average of the query
encoder.

**When to use it.** For self-supervised pre-training on few GPUs; the moving-average teacher returned in BYOL and DINO.

**Cost.** A second forward pass and a queue of $K d$ numbers; $K = 65{,}536$ in the paper.

**Pitfalls.** No gradient flows into the key encoder or the queue. With $m = 0$ the keys age too fast and training
fails; $m = 0.999$ is typical. The queue is first in, first out: enqueue the *new* keys after the loss, or the positive
is among the negatives. Batch normalization leaks which samples belong together; shuffle it across devices. The loss at
chance is $\ln(K + 1)$.

**References.** He et al., *Momentum contrast for unsupervised visual representation learning*, arXiv:1911.05722. Chen
et al., *MoCo v2*, arXiv:2003.04297.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.activations.log_softmax import log_softmax_along
from algorithms.convolution_and_vision.nt_xent_loss import unit_rows
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def enqueue(queue: Floats, keys: Floats) -> Floats:
    """Queue (K, d), oldest first, after new keys (n, d) have pushed out the oldest ones.

    Examples
    --------
    >>> enqueue(np.array([[1.0], [2.0], [3.0]]), np.array([[4.0]])).ravel().tolist()
    [2.0, 3.0, 4.0]
    """
    return np.concatenate([queue, keys])[-len(queue) :]


def moco_loss(q: Floats, k: Floats, queue: Floats, temperature: float) -> tuple[float, Floats]:
    """Mean loss of unit queries and keys (n, d) against a queue (K, d), and its gradient by the queries.

    Examples
    --------
    >>> q = np.array([[1.0, 0.0]])
    >>> round(moco_loss(q, q, np.array([[1.0, 0.0]] * 3), 0.5)[0], 6) == round(float(np.log(4)), 6)
    True
    """
    positive = (q * k).sum(axis=1, keepdims=True)  # (n, 1)
    logits = np.concatenate([positive, q @ queue.T], axis=1) / temperature  # (n, 1 + K)
    log_p = log_softmax_along(logits)
    p = np.exp(log_p)  # (n, 1 + K)
    gradient = ((p[:, :1] - 1) * k + p[:, 1:] @ queue) / (temperature * len(q))  # (n, d)
    return float(-log_p[:, 0].mean()), gradient


def encoder_gradient(X: Floats, W: Floats, by_unit: Floats) -> Floats:
    """Gradient by the linear encoder W (out, in), through the normalisation of its outputs.

    Examples
    --------
    >>> encoder_gradient(np.array([[1.0, 0.0]]), np.array([[2.0, 0.0]]), np.array([[1.0]])).tolist()
    [[0.0, 0.0]]
    """
    z = X @ W.T  # (n, out)
    norms = np.linalg.norm(z, axis=1, keepdims=True)
    unit = z / norms
    by_z = (by_unit - unit * (by_unit * unit).sum(axis=1, keepdims=True)) / norms
    return np.asarray(by_z.T @ X)


def retrieval_accuracy(X: Floats, Y: Floats, W: Floats) -> float:
    """Share of first views whose nearest second view belongs to the same image.

    Examples
    --------
    >>> retrieval_accuracy(np.eye(3), np.eye(3), np.eye(3))
    1.0
    """
    similarities = unit_rows(X @ W.T) @ unit_rows(Y @ W.T).T
    return float((similarities.argmax(axis=1) == np.arange(len(X))).mean())


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Distance between the two encoders over the steps."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["encoder_gaps"])
    axes.set(xlabel="step (shown)", ylabel="‖θq - θk‖", title=f"momentum {inputs['momentum']:g}")
    return figure


@algorithm(
    id="moco",
    name="MoCo momentum contrast",
    aliases=("momentum encoder", "queue of negatives", "momentum contrast", "MoCo"),
    example={"momentum": 0.99, "queue_size": 128, "batch_size": 16, "steps": 300, "temperature": 0.2, "seed": 0},
    cost="trains",
    figure=draw,
)
def moco(
    momentum: Annotated[float, Field(ge=0, le=1)] = 0.99,
    queue_size: Annotated[int, Field(ge=1, le=1024)] = 128,
    batch_size: Annotated[int, Field(ge=1, le=64)] = 16,
    steps: Annotated[int, Field(ge=1, le=1000)] = 300,
    temperature: Annotated[float, Field(ge=0.05, le=10)] = 0.2,
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.3,
    seed: Seed = 0,
) -> Output:
    """Train a linear encoder by momentum contrast on vectors whose views share 4 of 20 directions; the rest is noise.

    Parameters
    ----------
    momentum : float
        Share m of the key encoder that is kept at each step; 0 copies the query encoder, 1 never moves.
    queue_size : int
        Negatives K.
    batch_size : int
        Queries a step.
    steps : int
        Number of steps.
    temperature : float
        Divides the cosine similarities.
    learning_rate : float
        Step size for the query encoder.
    seed : int
        Seed of data and weights.

    Returns
    -------
    dict
        ``loss_before`` and ``loss_after``, means over the first and the last 20 steps, and ``chance_loss``, ln(K + 1);
        ``accuracy_before`` and ``accuracy_after``, how often the nearest of 100 second views is the right one;
        ``encoder_gaps``, at most 50 distances between the encoders' weights; ``queue_age``, steps until a key leaves
        the queue; ``key_drift``, the mean distance between the keys in the queue and what the current key encoder would
        give.

    Examples
    --------
    >>> out = moco(steps=40)
    >>> round(float(out["chance_loss"]), 4), out["queue_age"]
    (4.8598, 8)
    """
    rng = np.random.default_rng(seed)

    def two_views(n: int) -> tuple[Floats, Floats]:
        shared = rng.standard_normal((n, 4))
        views = [np.concatenate([shared, 1.5 * rng.standard_normal((n, 16))], axis=1) for _ in range(2)]
        return views[0], views[1]  # (n, 20) each

    query = rng.standard_normal((8, 20)) / np.sqrt(20)  # (d, in)
    key = query.copy()
    waiting = two_views(queue_size)[1]  # the inputs of the queued keys, to measure how stale they are
    queue = unit_rows(waiting @ key.T)  # (K, d)
    test = two_views(100)
    before = retrieval_accuracy(*test, query)
    losses, gaps = [], []
    for _ in range(steps):
        X, Y = two_views(batch_size)
        keys = unit_rows(Y @ key.T)  # (n, d), no gradient flows here
        loss, by_query = moco_loss(unit_rows(X @ query.T), keys, queue, temperature)
        query = query - learning_rate * encoder_gradient(X, query, by_query)
        key = momentum * key + (1 - momentum) * query
        queue, waiting = enqueue(queue, keys), enqueue(waiting, Y)
        losses.append(loss)
        gaps.append(float(np.linalg.norm(query - key)))
    shown = np.unique(np.linspace(0, steps - 1, 50).astype(int))
    return {
        "loss_before": np.mean(losses[:20]),
        "loss_after": np.mean(losses[-20:]),
        "chance_loss": np.log(queue_size + 1),
        "accuracy_before": before,
        "accuracy_after": retrieval_accuracy(*test, query),
        "encoder_gaps": np.array(gaps)[shown],
        "queue_age": -(-queue_size // batch_size),
        "key_drift": np.linalg.norm(queue - unit_rows(waiting @ key.T), axis=1).mean(),
    }
