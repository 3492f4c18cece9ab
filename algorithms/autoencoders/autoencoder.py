r"""An autoencoder is a network that learns to reproduce its input through a narrow code.

$$z = f_\theta(x) \in \mathbb{R}^k, \qquad \hat x = g_\phi(z), \qquad L = \frac1n \sum_i \|x_i - \hat x_i\|^2$$

with cross-entropy in place of the squared error for binary data.

**Intuition.** With $k$ below the dimension of the data the network cannot copy; it must find what the inputs have in
common. Non-linear layers (ReLU, sigmoid, tanh) let the code follow curved sets. A denoising autoencoder gets a noisy
input and the clean target, so it learns to ignore noise. Whatever it reconstructs badly is unlike the training data: an
anomaly score.

**When to use it.** To compress, denoise, pretrain, and to detect anomalies when only normal data are known.

**Cost.** As a network of twice the encoder's depth; no labels.

**Pitfalls.** With only linear layers, squared error and centred data it spans the same subspace as principal component
analysis, but not its axes: the code is any invertible mixture of the components, neither orthogonal nor ordered; that
it "performs PCA" is often said too simply. Without centring or with another loss even the subspace may differ. The
denoising loss compares with the clean input. A code that is too wide reconstructs anomalies as well. Its latent space
has gaps, so sampling from it gives nonsense; see the variational form.

**References.** Baldi and Hornik (1989). Vincent et al., *Stacked denoising autoencoders* (2010). Goodfellow, Bengio and
Courville, *Deep Learning* (2016), chapter 14.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats
from algorithms.toy_networks import Adam, backward, forward, new_network


def plane_data(n: int, seed: int) -> Floats:
    """Centred points (n, 6) near a plane: two strong directions and weak noise."""
    rng = np.random.default_rng(seed)
    basis = np.random.default_rng(1).standard_normal((2, 6))  # the same plane for every seed
    x = rng.standard_normal((n, 2)) @ basis + 0.3 * rng.standard_normal((n, 6))
    return np.asarray(x - x.mean(axis=0))


def circle_data(n: int, seed: int) -> Floats:
    """Points (n, 2) near the unit circle: a curved set of one dimension."""
    rng = np.random.default_rng(seed)
    angle = rng.uniform(0, 2 * np.pi, n)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1) + 0.03 * rng.standard_normal((n, 2))


def train_autoencoder(
    sizes: tuple[int, ...], x: Floats, target: Floats, steps: int, rate: float, rng: np.random.Generator
) -> tuple[list[Floats], list[float]]:
    """Full-batch training on the mean squared error, the rate falling to zero; parameters and losses."""
    params, optimizer, losses = new_network(sizes, rng), Adam(rate), []
    for step in range(steps):
        layers = forward(params, x)
        residual = layers[-1] - target  # (n, d)
        losses.append(float((residual**2).mean()))
        optimizer.rate = rate * (1 - step / steps)
        optimizer.step(params, backward(params, layers, 2 * residual / residual.size)[0])
    return params, losses


def linear_autoencoder(
    x: Floats, code: int, steps: int, rng: np.random.Generator
) -> tuple[Floats, Floats, list[float]]:
    """Encoder (d, k) and decoder (k, d) without nonlinearity, trained on the squared error."""
    E, D = (0.3 * rng.standard_normal(s) for s in ((x.shape[1], code), (code, x.shape[1])))
    optimizer, losses = Adam(0.03), []
    for step in range(steps):
        z = x @ E  # (n, k)
        residual = z @ D - x  # (n, d)
        losses.append(float((residual**2).mean()))
        g = 2 * residual / residual.size
        optimizer.rate = 0.03 * (1 - step / steps)
        optimizer.step([E, D], [x.T @ (g @ D.T), z.T @ g])
    return E, D, losses


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Loss curve."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.semilogy(output["loss_curve"])
    axes.set(xlabel="shown step", ylabel="mean squared error", title=f"{inputs['variant']} autoencoder")
    return figure


@algorithm(
    id="autoencoder",
    name="Autoencoder",
    aliases=(
        "AE",
        "encoder-decoder bottleneck",
        "Denoising autoencoder",
        "DAE",
        "Autoencoder anomaly detection",
        "reconstruction-error anomaly score",
        "linear autoencoder",
    ),
    example={"variant": "linear"},
    cost="trains",
    figure=draw,
)
def autoencoder(
    variant: Literal["linear", "non-linear", "denoising", "anomaly detection"] = "linear",
    code: Annotated[int, Field(ge=1, le=5)] | None = None,
    noise: Annotated[float, Field(ge=0, le=2)] = 0.3,
    steps: Annotated[int, Field(ge=1, le=2000)] = 600,
    seed: Seed = 0,
) -> Output:
    """Train an autoencoder on points near a plane (linear) or near a circle (others).

    Parameters
    ----------
    variant : {"linear", "non-linear", "denoising", "anomaly detection"}
        What is trained and measured.
    code : int or None
        Width k of the code; by default 2 for the plane and 1 for the circle.
    noise : float
        Standard deviation of the noise that the denoising variant removes.
    steps : int
        Training steps.
    seed : int
        Seed of data, noise and weights.

    Returns
    -------
    dict
        ``loss_before``, ``loss_after`` mean squared errors; ``loss_curve`` (at most 50). Linear: ``squared_error`` summed and ``pca_squared_error``; ``subspace_gap`` and ``axis_alignment`` with the
        principal axes. Non-linear: ``pca_loss`` of the same code width. Denoising: ``error_noisy`` and ``error_denoised`` against the clean points. Anomaly detection: ``auc`` of the reconstruction error.

    Examples
    --------
    >>> result = autoencoder("linear")
    >>> bool(abs(result["squared_error"] / result["pca_squared_error"] - 1) < 1e-3)
    True
    """
    rng = np.random.default_rng(seed)
    linear = variant == "linear"
    k = code if code is not None else (2 if linear else 1)
    x = plane_data(300, seed) if linear else circle_data(300, seed)
    axes = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)[2][: min(k, x.shape[1])]  # principal axes
    centred = x - x.mean(axis=0)
    pca_residual = centred - centred @ axes.T @ axes
    output: Output = {}
    if linear:
        E, D, losses = linear_autoencoder(x, k, steps, rng)
        final = float(((x @ E @ D - x) ** 2).mean())
        basis = np.linalg.qr(D.T)[0]  # (d, k), orthonormal basis of what the decoder reaches
        output["squared_error"], output["pca_squared_error"] = final * x.size, float((pca_residual**2).sum())
        output["subspace_gap"] = float(np.linalg.norm(basis @ basis.T - axes.T @ axes))
        rows = D / np.linalg.norm(D, axis=1, keepdims=True)
        output["axis_alignment"] = np.abs((rows * axes).sum(axis=1))  # 1 if a decoder row were the axis
    else:
        corrupted = x + noise * rng.standard_normal(x.shape) if variant == "denoising" else x
        params, losses = train_autoencoder((2, 32, k, 32, 2), corrupted, x, steps, 0.02, rng)
        final = float(((forward(params, corrupted)[-1] - x) ** 2).mean())
        output["pca_loss"] = float((pca_residual**2).mean())
        clean = circle_data(500, seed + 1)
        if variant == "denoising":
            noisy = clean + noise * rng.standard_normal(clean.shape)
            output["error_noisy"] = float(((noisy - clean) ** 2).mean())
            output["error_denoised"] = float(((forward(params, noisy)[-1] - clean) ** 2).mean())
        if variant == "anomaly detection":
            odd = rng.uniform(-1.5, 1.5, (500, 2))
            scores = [((forward(params, points)[-1] - points) ** 2).sum(axis=1) for points in (clean, odd)]
            output["auc"] = float((scores[1][:, None] > scores[0]).mean())
    shown = np.linspace(0, steps - 1, min(50, steps)).astype(int)
    return {"loss_before": losses[0], "loss_after": final, "loss_curve": [losses[i] for i in shown], **output}
