r"""NT-Xent, the loss of SimCLR, pulls two augmented views of one image together and pushes them away from all others in
the batch.

$$\ell_{i,j} = -\log \frac{\exp(\mathrm{sim}(z_i, z_j)/\tau)}{\sum_{k \ne i} \exp(\mathrm{sim}(z_i, z_k)/\tau)}, \qquad L = \frac{1}{2N} \sum_{\text{positives}} \ell_{i,j}$$

**Intuition.** It is cross-entropy in a classification where the classes are the other views of the batch: which of the
$2N - 1$ is my twin? The similarity is the cosine. A low temperature makes hard negatives count more.

**When to use it.** For self-supervised image representations; with text as the second view it is the InfoNCE loss of
CLIP and of sentence embeddings.

**Cost.** $O(N^2 d)$ for all similarities; large batches help, since they bring more negatives.

**Pitfalls.** Leave the self-similarity out of the denominator, but keep the positive in it. If all similarities are
equal, the loss is $\ln(2N - 1)$: a loss stuck there means collapse or no learning; the number depends on $N$, so losses
of different batch sizes are not comparable. Normalise the embeddings. Average over both directions. Two images of one
class in the batch count as negatives (false negatives). The projection head is thrown away afterwards: the layer before
it transfers better.

**References.** Chen et al., *A simple framework for contrastive learning of visual representations*, arXiv:2002.05709.
van den Oord, Li and Vinyals (InfoNCE), arXiv:1807.03748.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.inputs import Number, rectangular
from algorithms.losses.cross_entropy_loss import cross_entropy_from_logits
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Views = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=256)]],
    Field(min_length=1, max_length=128),
    AfterValidator(rectangular),
]


def unit_rows(z: Floats) -> Floats:
    """Rows divided by their length.

    Raises
    ------
    ValueError
        If a row is zero.

    Examples
    --------
    >>> unit_rows(np.array([[3.0, 4.0]])).tolist()
    [[0.6, 0.8]]
    """
    norms = np.linalg.norm(z, axis=1, keepdims=True)
    if (norms == 0).any():
        raise ValueError("an embedding is zero and has no direction")
    return np.asarray(z / norms)


def nt_xent(a: Floats, b: Floats, temperature: float) -> tuple[float, Floats]:
    """Loss of N pairs of embeddings (N, d), and the masked similarities (2N, 2N) over the temperature.

    Examples
    --------
    >>> round(nt_xent(np.ones((4, 2)), np.ones((4, 2)), 0.5)[0], 6) == round(float(np.log(7)), 6)
    True
    """
    n = len(a)
    z = unit_rows(np.concatenate([a, b]))  # (2N, d)
    logits = z @ z.T / temperature  # (2N, 2N)
    np.fill_diagonal(logits, -1e30)  # a view is no candidate for itself
    positives = np.concatenate([np.arange(n, 2 * n), np.arange(n)])  # (2N,)
    return cross_entropy_from_logits(logits, positives)[0], logits


@algorithm(
    id="nt-xent-loss",
    name="SimCLR NT-Xent contrastive loss",
    aliases=("SimCLR", "InfoNCE", "contrastive learning", "normalized temperature-scaled cross entropy", "NT-Xent"),
    example={
        "view_a": [[1.0, 0.1], [0.0, 1.0], [-1.0, 0.2]],
        "view_b": [[0.9, 0.0], [0.2, 1.1], [-0.8, -0.1]],
        "temperature": 0.5,
    },
)
def nt_xent_loss(view_a: Views, view_b: Views, temperature: Annotated[float, Field(ge=0.005, le=100)] = 0.5) -> Output:
    """NT-Xent of two views of the same images.

    Parameters
    ----------
    view_a : list of rows, (N, d)
        Embeddings of the first views.
    view_b : list of rows, (N, d)
        Embeddings of the second views, in the same order.
    temperature : float
        Divides the cosine similarities.

    Returns
    -------
    dict
        ``loss``; ``uniform_loss``, ln(2N - 1), that of equal similarities; ``accuracy``, the share of views whose twin
        is the most similar one; ``positive_similarity`` and ``negative_similarity``, mean cosines; ``shuffled_loss``
        with the second views moved on by one place.

    Raises
    ------
    ValueError
        If the shapes differ or an embedding is zero.

    Examples
    --------
    >>> out = nt_xent_loss([[1.0, 0.0], [1.0, 0.0]], [[1.0, 0.0], [1.0, 0.0]])
    >>> round(out["loss"], 4), round(float(out["uniform_loss"]), 4)
    (1.0986, 1.0986)
    """
    a, b = np.asarray(view_a, dtype=np.float64), np.asarray(view_b, dtype=np.float64)  # (N, d) each
    if a.shape != b.shape:
        raise ValueError(f"the views have the shapes {a.shape} and {b.shape}; they must be the same")
    n = len(a)
    loss, logits = nt_xent(a, b, temperature)
    positives = np.concatenate([np.arange(n, 2 * n), np.arange(n)])
    cosines = logits * temperature
    twins = cosines[np.arange(2 * n), positives]  # (2N,)
    others = ~np.eye(2 * n, dtype=bool)
    others[np.arange(2 * n), positives] = False
    return {
        "loss": loss,
        "uniform_loss": np.log(2 * n - 1),
        "accuracy": (logits.argmax(axis=1) == positives).mean(),
        "positive_similarity": twins.mean(),
        "negative_similarity": cosines[others].mean() if n > 1 else 0.0,
        "shuffled_loss": nt_xent(a, np.roll(b, 1, axis=0), temperature)[0],
    }
