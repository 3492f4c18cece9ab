r"""Performer attention (FAVOR+) approximates softmax attention with positive random features, so that the $n \times n$ matrix is never formed.

$$\mathrm{softmax}(QK^\top)V \approx \frac{\phi(Q)\,(\phi(K)^\top V)}{\phi(Q)\,(\phi(K)^\top \mathbf 1)}, \qquad \phi(x) = \frac{1}{\sqrt m} \exp\!\left(\omega_r^\top x - \tfrac12 \lVert x \rVert^2\right)_{r=1}^m$$

**Intuition.** For $\omega \sim N(0, I)$ the expectation of $\phi_\omega(q)\phi_\omega(k)$ is exactly $e^{q^\top k}$. So the
exponential kernel becomes an inner product of features, and the brackets can be moved: first $\phi(K)^\top V$, a small matrix,
then $\phi(Q)$ times it. The factor $1/\sqrt{d_k}$ is split evenly over queries and keys. Orthogonal $\omega$ lower the variance.

**When to use it.** For very long sequences where an approximation is acceptable.

**Cost.** $O(n m d)$ time and $O(n m)$ memory for $m$ features: linear in $n$.

**Pitfalls.** It is an approximation whose error falls about as $1/\sqrt m$ and grows fast with the norm of queries and keys.
Sine and cosine features estimate the same kernel but can turn negative and blow up where the true weights are near zero; the
positive features avoid that. Subtract a maximum before exponentiating to avoid overflow. For $m \ge n$ nothing is saved.

**References.** Choromanski et al., *Rethinking Attention with Performers*, arXiv:2009.14794.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.attention.scaled_dot_product_attention import attend
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

FeatureCounts = Annotated[list[Annotated[int, Field(ge=1, le=1024)]], Field(min_length=1, max_length=6)]


def orthogonal_normals(m: int, d: int, rng: np.random.Generator) -> Floats:
    """Rows (m, d) that are each standard normal and orthogonal within blocks of d rows."""
    blocks = []
    for _ in range(-(-m // d)):
        Q, R = np.linalg.qr(rng.standard_normal((d, d)))
        lengths = np.linalg.norm(rng.standard_normal((d, d)), axis=1, keepdims=True)  # (d, 1)
        blocks.append((Q * np.sign(np.diag(R))).T * lengths)
    return np.asarray(np.concatenate(blocks)[:m])


def positive_features(X: Floats, omega: Floats) -> Floats:
    """Features (n, m) of rows `X` (n, d) for frequencies `omega` (m, d); their products estimate exp(x·y).

    Examples
    --------
    >>> positive_features(np.zeros((1, 2)), np.ones((4, 2))).tolist()
    [[0.5, 0.5, 0.5, 0.5]]
    """
    return np.asarray(np.exp(X @ omega.T - (X**2).sum(axis=1, keepdims=True) / 2) / np.sqrt(len(omega)))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Error by number of features."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.loglog(inputs["features"], output["relative_errors"], "o-")
    axes.set(xlabel="random features m", ylabel="relative error", title="Performer against exact attention")
    return figure


@algorithm(
    id="performer-attention",
    name="Performer FAVOR+ random-feature attention",
    aliases=("Performer", "FAVOR+", "kernelized attention", "linear attention", "random feature attention"),
    example={"features": [4, 16, 64, 256]},
    figure=draw,
)
def performer_attention(
    features: FeatureCounts,
    n: Annotated[int, Field(ge=1, le=128)] = 32,
    d: Annotated[int, Field(ge=1, le=16)] = 8,
    seed: Seed = 0,
) -> Output:
    """Error of Performer attention against exact attention for several numbers of features.

    Parameters
    ----------
    features : list of int
        Numbers m of random features.
    n : int
        Tokens.
    d : int
        Length of queries, keys and values.
    seed : int
        Seed of tokens and features.

    Returns
    -------
    dict
        ``relative_errors`` (Frobenius norm, root mean square over 10 draws), ``multiplications`` (about 2 n m d) for
        each m, and ``multiplications_exact`` (2 n² d).

    Examples
    --------
    >>> errors = performer_attention([4, 256])["relative_errors"]
    >>> bool(errors[1] < errors[0] / 3)
    True
    """
    rng = np.random.default_rng(seed)
    Q, K, V = rng.standard_normal((3, n, d)) / 2  # norms near 1: the error grows fast with them
    exact, _ = attend(Q, K, V)  # (n, d)
    scale = d**-0.25
    errors = []
    for m in features:
        squares = []
        for _ in range(10):
            omega = orthogonal_normals(m, d, rng)  # (m, d)
            phi_Q, phi_K = positive_features(Q * scale, omega), positive_features(K * scale, omega)  # (n, m)
            numerator, denominator = phi_Q @ (phi_K.T @ V), phi_Q @ phi_K.sum(axis=0)  # (n, d), (n,)
            squares.append((((numerator / denominator[:, None]) - exact) ** 2).sum() / (exact**2).sum())
        errors.append(float(np.sqrt(np.mean(squares))))
    return {
        "relative_errors": errors,
        "multiplications": [2 * n * m * d for m in features],
        "multiplications_exact": 2 * n * n * d,
    }
