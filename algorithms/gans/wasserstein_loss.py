r"""The Wasserstein GAN loss trains a critic whose mean difference between real and generated data estimates the earth
mover's distance between them.

$$L_D = \mathbb{E}[D(G(z))] - \mathbb{E}[D(x)] + \lambda\, \mathbb{E}_{\hat x}\big[(\|\nabla_{\hat x} D(\hat x)\| - 1)^2\big], \qquad
W_1(p, q) = \sup_{\|D\|_L \le 1} \mathbb{E}_p[D] - \mathbb{E}_q[D]$$

with $\hat x = u x + (1 - u) G(z)$, $u$ uniform in $[0, 1]$.

**Intuition.** Among all functions of slope at most 1, the one that separates real from generated data best has as its
gap the least work of moving one heap onto the other. Unlike the Jensen-Shannon divergence this falls smoothly as the
heaps approach, also when they do not overlap. The slope is bounded by clipping the weights, or better by a penalty on
the gradient at points between the two. In one dimension sorting gives the distance exactly; here a small critic is
trained and compared with it.

**When to use it.** When GAN training is unstable; its loss follows sample quality.

**Cost.** Several critic steps a generator step, and second derivatives for the penalty.

**Pitfalls.** The penalty is on the gradient with respect to the *input*, and needs double backpropagation; penalising
or clipping gradients of the parameters is another thing. It is 0 for a linear critic with weights of norm 1. No sigmoid
and no logarithm. Batch normalisation in the critic makes the penalty meaningless. Clipping biases the critic to simple
functions.

**References.** Arjovsky, Chintala and Bottou (2017), arXiv:1701.07875. Gulrajani et al. (2017), arXiv:1704.00028.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats
from algorithms.toy_networks import Adam, new_network

Sample = Annotated[list[Annotated[float, Field(ge=-20, le=20)]], Field(min_length=2, max_length=256)]


def critic(params: list[Floats], x: Floats) -> Floats:
    """Scores (n,) of a one-dimensional critic v tanh(w x + b) + c for points (n,)."""
    w, b, v, c = params[0][0], params[1], params[2][:, 0], params[3]
    return np.asarray(np.tanh(x[:, None] * w + b) @ v + c[0])


def critic_gradients(params: list[Floats], x: Floats, d: Floats) -> list[Floats]:
    """Gradients of sum(d * critic(x))."""
    w, b, v = params[0][0], params[1], params[2][:, 0]
    h = np.tanh(x[:, None] * w + b)  # (n, m)
    g = d[:, None] * (1 - h**2) * v  # (n, m)
    return [(g * x[:, None]).sum(axis=0)[None], g.sum(axis=0), (d @ h)[:, None], np.array([d.sum()])]


def gradient_penalty(params: list[Floats], x: Floats) -> tuple[float, list[Floats]]:
    """Mean of (|D'(x)| - 1)² and its gradients: the second derivatives are written out."""
    w, b, v = params[0][0], params[1], params[2][:, 0]
    h = np.tanh(x[:, None] * w + b)  # (n, m)
    s = 1 - h**2  # (n, m), derivative of tanh
    slope = s @ (v * w)  # (n,), D'(x)
    excess = np.abs(slope) - 1
    d = 2 * excess * np.sign(slope) / len(x)  # (n,), of the penalty with respect to D'
    bend = d[:, None] * (-2 * h * s) * v * w  # (n, m), through tanh''
    return float((excess**2).mean()), [
        ((d[:, None] * s * v).sum(axis=0) + (bend * x[:, None]).sum(axis=0))[None],
        bend.sum(axis=0),
        ((d @ s) * w)[:, None],
        np.zeros(1),
    ]


def earth_movers_distance(a: Floats, b: Floats) -> float:
    """Exact distance of two one-dimensional samples: the area between their cumulative shares.

    Examples
    --------
    >>> earth_movers_distance(np.array([0.0, 1.0]), np.array([2.0, 3.0]))
    2.0
    """
    points = np.sort(np.concatenate([a, b]))
    shares = [np.searchsorted(np.sort(side), points[:-1], side="right") / len(side) for side in (a, b)]
    return float((np.abs(shares[0] - shares[1]) * np.diff(points)).sum())


@algorithm(
    id="wasserstein-loss",
    name="Wasserstein GAN loss (with gradient penalty)",
    aliases=(
        "WGAN",
        "WGAN-GP",
        "critic loss",
        "gradient penalty",
        "gradient norm penalty",
        "earth mover's distance",
        "weight clipping",
    ),
    example={"real": [2.0, 2.5, 3.0, 3.5], "fake": [-1.0, 0.0, 0.5, 1.0]},
    cost="trains",
)
def wasserstein_loss(
    real: Sample,
    fake: Sample,
    method: Literal["gradient penalty", "weight clipping"] = "gradient penalty",
    penalty_weight: Annotated[float, Field(ge=0, le=1000)] = 10.0,
    clip: Annotated[float, Field(gt=0, le=10)] = 0.1,
    linear_weight: Annotated[float, Field(ge=-100, le=100)] = 1.0,
    steps: Annotated[int, Field(ge=1, le=2000)] = 800,
    seed: Seed = 0,
) -> Output:
    """Losses of a linear critic, and a small critic trained between two samples.

    Parameters
    ----------
    real : list of float
        Real one-dimensional data.
    fake : list of float
        Generated data.
    method : {"gradient penalty", "weight clipping"}
        How the slope of the trained critic is bounded.
    penalty_weight : float
        Weight λ of the gradient penalty.
    clip : float
        Bound of each weight under clipping.
    linear_weight : float
        Weight w of the linear critic D(x) = w x.
    steps : int
        Training steps of the critic.
    seed : int
        Seed of weights and interpolation.

    Returns
    -------
    dict
        ``earth_movers_distance`` exact; ``critic_estimate`` mean score of real less that of fake after training, ``critic_estimate_before``; ``largest_slope`` of the trained critic at the data; ``final_penalty``;
        ``linear_loss`` of the linear critic with penalty, ``linear_penalty`` = λ (|w| - 1)²; ``generator_loss`` = -mean score of fake.

    Examples
    --------
    >>> result = wasserstein_loss([2.0, 3.0], [0.0, 1.0], steps=10)
    >>> result["earth_movers_distance"], result["linear_loss"], result["linear_penalty"]
    (2.0, -2.0, 0.0)
    """
    x, y = np.asarray(real, dtype=np.float64), np.asarray(fake, dtype=np.float64)
    rng = np.random.default_rng(seed)
    params, optimizer = new_network((1, 32, 1), rng), Adam(0.02)
    params[1] = rng.standard_normal(32)  # kinks at different places
    params[2][:] = 0  # flat at first: the penalty has a second minimum at slopes of -1, where a bad start would stay

    def estimate() -> float:
        return float(critic(params, x).mean() - critic(params, y).mean())

    before, penalty = estimate(), 0.0
    for step in range(steps):
        up = critic_gradients(params, x, np.full(len(x), 1 / len(x)))
        down = critic_gradients(params, y, np.full(len(y), 1 / len(y)))
        grads = [g_fake - g_real for g_fake, g_real in zip(down, up, strict=True)]
        optimizer.rate = 0.02 * (1 - step / steps)
        if method == "gradient penalty":
            u = rng.random(128)
            between = u * rng.choice(x, 128) + (1 - u) * rng.choice(y, 128)
            penalty, extra = gradient_penalty(params, between)
            grads = [g + penalty_weight * e for g, e in zip(grads, extra, strict=True)]
        optimizer.step(params, grads)
        if method == "weight clipping":
            params = [np.clip(p, -clip, clip) for p in params]
    grid = np.concatenate([x, y])
    slopes = (1 - np.tanh(grid[:, None] * params[0][0] + params[1]) ** 2) @ (params[2][:, 0] * params[0][0])
    linear_penalty = penalty_weight * (abs(linear_weight) - 1) ** 2
    return {
        "earth_movers_distance": earth_movers_distance(x, y),
        "critic_estimate": estimate(),
        "critic_estimate_before": before,
        "largest_slope": float(np.abs(slopes).max()),
        "final_penalty": penalty,
        "linear_loss": linear_weight * float(y.mean() - x.mean()) + linear_penalty,
        "linear_penalty": linear_penalty,
        "generator_loss": -float(critic(params, y).mean()),
    }
