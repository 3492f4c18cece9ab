r"""Independent component analysis (FastICA) recovers independent, non-Gaussian sources from observed linear mixtures of
them.

$$x = A s, \qquad w \leftarrow \mathbb E\big[z\, g(w^\top z)\big] - \mathbb E\big[g'(w^\top z)\big]\, w, \qquad g = \tanh$$

with $z$ the whitened observations; after each step the rows $w$ are made orthonormal again.

**Intuition.** A sum of independent signals looks more Gaussian than each of them. So, among all directions, the sources
are those in which the data look least Gaussian. Whitening leaves only a rotation to find; FastICA finds it by a
fixed-point iteration.

**When to use it.** For blind source separation: voices in several microphones, artefacts in EEG.

**Cost.** $O(n d^2)$ an iteration, few iterations.

**Pitfalls.** It is unsupervised: no labels are used, though some texts file it under supervised learning. Sources come
back in any order and with any sign and scale, so compare by absolute correlation. At most one source may be Gaussian;
two Gaussian sources cannot be separated, because every rotation of them looks the same. Uncorrelated (PCA) is weaker
than independent. It needs at least as many mixtures as sources.

**References.** Comon, *Independent component analysis, a new concept?*, Signal Processing (1994). Hyvärinen and Oja,
*Independent component analysis: algorithms and applications*, Neural Networks (2000).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Number, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Mixing = Annotated[
    list[Annotated[list[Annotated[Number, Field(ge=-100, le=100)]], Field(min_length=2, max_length=2)]],
    Field(min_length=2, max_length=2),
]


def orthonormal_rows(W: Floats) -> Floats:
    """Nearest matrix with orthonormal rows, (W W')^(-1/2) W."""
    U, _, Vt = np.linalg.svd(W)
    return np.asarray(U @ Vt)


def fast_ica(X: Floats, rng: np.random.Generator, iterations: int = 200) -> tuple[Floats, int]:
    """Estimated sources (n, d) with unit variance from observations X (n, d), and the iterations used."""
    centred = X - X.mean(axis=0)
    values, U = np.linalg.eigh(centred.T @ centred / len(X))
    z = centred @ U / np.sqrt(values)  # (n, d), whitened
    W = orthonormal_rows(rng.standard_normal((X.shape[1], X.shape[1])))  # (d, d)
    used = 0
    for used in range(1, iterations + 1):  # noqa: B007
        g = np.tanh(z @ W.T)  # (n, d)
        new = orthonormal_rows(g.T @ z / len(z) - np.mean(1 - g**2, axis=0)[:, None] * W)
        change = float(np.max(np.abs(np.abs(np.sum(new * W, axis=1)) - 1)))
        W = new
        if change < 1e-9:
            break
    return z @ W.T, used


def match_sources(estimated: Floats, truth: Floats) -> Floats:
    """Absolute correlation of each true source with the estimate that fits it, best assignment of two."""
    C = np.abs(np.corrcoef(estimated.T, truth.T)[:2, 2:])  # (2, 2)
    straight, crossed = np.diag(C), np.diag(C[::-1])
    return np.asarray(straight if straight.sum() >= crossed.sum() else crossed)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Stretches of the mixtures and of the recovered sources."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4), layout="constrained")
    top, bottom = figure.subplots(2, 1, sharex=True)
    top.plot(output["mixtures_excerpt"])
    top.set(title="mixtures")
    bottom.plot(output["sources_excerpt"])
    bottom.set(title="recovered sources")
    return figure


@algorithm(
    id="independent-component-analysis",
    name="Independent component analysis",
    aliases=("ICA", "FastICA", "blind source separation", "cocktail party problem"),
    example={"sources": "sine and square", "mixing": [[1.0, 0.5], [0.4, 1.0]], "seed": 0},
    cost="seconds",
    figure=draw,
)
def independent_component_analysis(
    sources: Literal["sine and square", "uniform", "Gaussian"] = "sine and square",
    mixing: Mixing = [[1.0, 0.5], [0.4, 1.0]],  # noqa: B006
    n: Annotated[int, Field(ge=200, le=5000)] = 2000,
    seed: Seed = 0,
) -> Output:
    """Mix two sources and separate them again.

    Parameters
    ----------
    sources : {"sine and square", "uniform", "Gaussian"}
        Signals to mix; Gaussian ones cannot be separated.
    mixing : list of list of float, 2 by 2
        Row i holds the weights of the sources in mixture i.
    n : int
        Samples.
    seed : int
        Seed of sources and start.

    Returns
    -------
    dict
        ``match`` (absolute correlation of each source with its estimate), ``match_of_mixtures`` (before),
        ``match_of_pca`` (whitening only), ``iterations``, ``excess_kurtosis`` of the estimates, ``mixtures_excerpt``
        and ``sources_excerpt`` (25, 2).

    Raises
    ------
    ValueError
        If the mixing matrix is singular.

    Examples
    --------
    >>> bool(min(independent_component_analysis()["match"]) > 0.99)
    True
    """
    A = np.asarray(mixing, dtype=np.float64)  # (2, 2)
    if abs(np.linalg.det(A)) < 1e-6 * np.abs(A).max() ** 2 or not A.any():
        raise ValueError("the mixing matrix is singular, so the sources cannot be told apart; change a row")
    rng = np.random.default_rng(seed)
    t = np.arange(n)
    s = {
        "sine and square": np.stack([np.sin(0.31 * t), np.sign(np.sin(0.13 * t + 1))], axis=1),
        "uniform": rng.uniform(-1, 1, (n, 2)),
        "Gaussian": rng.standard_normal((n, 2)),
    }[sources]  # (n, 2)
    s = s + 0.01 * rng.standard_normal((n, 2))
    X = s @ A.T  # (n, 2)
    estimated, used = fast_ica(X, rng)
    centred = X - X.mean(axis=0)
    pca = centred @ np.linalg.eigh(centred.T @ centred)[1]
    return {
        "match": match_sources(estimated, s),
        "match_of_mixtures": match_sources(X, s),
        "match_of_pca": match_sources(pca, s),
        "iterations": used,
        "excess_kurtosis": np.mean(estimated**4, axis=0) - 3,
        "mixtures_excerpt": X[:25],
        "sources_excerpt": estimated[:25],
    }
