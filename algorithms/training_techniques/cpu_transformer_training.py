r"""A small Transformer can be trained on a CPU in seconds; this one has a single layer and learns to repeat the token
before the current one.

$$H = E[x] + P, \quad A = \mathrm{softmax}\!\Big(\tfrac{H W_Q (H W_K)^\top}{\sqrt d} + M\Big), \quad Z = H + A H W_V W_O, \quad
\hat p = \mathrm{softmax}\big((Z + \tanh(Z W_1) W_2)\, U\big)$$

with the causal mask $M$; no layer normalisation, one head.

**Intuition.** Training cost is about six operations a parameter and token. A model of ten thousand parameters and a
hundred thousand tokens needs under $10^{10}$: a moment on any processor. The task needs attention, since the answer at
each position stands at another one; the head learns to look one step back, which the weights show.

**When to use it.** To learn, to test code before renting hardware, and for small real problems: short sequences, small
vocabularies, fine-tuning of heads.

**Cost.** $O(T^2 d + T d^2)$ a sequence and layer.

**Pitfalls.** "Never train Transformers on a CPU, they are huge" confuses the architecture with large models; size
decides. Without position vectors the head cannot know which token came before. Forgetting the causal mask lets the
model read the answer. For models beyond some ten million parameters a GPU is worth it.

**References.** Vaswani et al., *Attention is all you need* (2017), arXiv:1706.03762. Elhage et al., *A mathematical
framework for transformer circuits* (2021).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats
from algorithms.toy_networks import Adam

Tokens = NDArray[np.int64]


def new_transformer(vocabulary: int, length: int, d: int, rng: np.random.Generator) -> list[Floats]:
    """[E (V, d), P (T, d), W_Q, W_K, W_V, W_O (d, d), W_1 (d, 2d), W_2 (2d, d), U (d, V)]."""
    shapes = [(vocabulary, d), (length, d), (d, d), (d, d), (d, d), (d, d), (d, 2 * d), (2 * d, d), (d, vocabulary)]
    return [rng.standard_normal(shape) / np.sqrt(d) for shape in shapes]


def loss_and_gradients(params: list[Floats], x: Tokens, y: Tokens) -> tuple[float, list[Floats], Floats, Floats]:
    """Mean cross-entropy over positions with y >= 0, gradients, attention weights (n, T, T) and logits (n, T, V)."""
    E, P, WQ, WK, WV, WO, W1, W2, U = params
    T, d = x.shape[1], E.shape[1]
    H = E[x] + P[:T]  # (n, T, d)
    Q, K, V = H @ WQ, H @ WK, H @ WV  # (n, T, d)
    mask = np.triu(np.full((T, T), -np.inf), 1)  # (T, T), no look at later positions
    A = softmax_along(Q @ K.transpose(0, 2, 1) / np.sqrt(d) + mask)  # (n, T, T)
    C = A @ V  # (n, T, d)
    Z = H + C @ WO  # (n, T, d)
    F = np.tanh(Z @ W1)  # (n, T, 2d)
    R = Z + F @ W2  # (n, T, d)
    logits = R @ U  # (n, T, V)
    p = softmax_along(logits)
    n, t = np.nonzero(y >= 0)
    loss = float(-np.log(np.maximum(p[n, t, y[n, t]], 1e-300)).mean())

    d_logits = np.zeros_like(p)
    d_logits[n, t] = p[n, t]
    d_logits[n, t, y[n, t]] -= 1
    d_logits /= len(n)
    dR = d_logits @ U.T
    dF = dR @ W2.T * (1 - F**2)
    dZ = dR + dF @ W1.T
    dC = dZ @ WO.T
    dA = dC @ V.transpose(0, 2, 1)
    dS = A * (dA - (A * dA).sum(axis=-1, keepdims=True)) / np.sqrt(d)
    dQ, dK, dV = dS @ K, dS.transpose(0, 2, 1) @ Q, A.transpose(0, 2, 1) @ dC
    dH = dZ + dQ @ WQ.T + dK @ WK.T + dV @ WV.T
    dE, dP = np.zeros_like(E), np.zeros_like(P)
    np.add.at(dE, x, dH)
    dP[:T] = dH.sum(axis=0)
    pairs = [(H, dQ), (H, dK), (H, dV), (C, dZ), (Z, dF), (F, dR), (R, d_logits)]
    return loss, [dE, dP, *(np.einsum("nti,ntj->ij", a, b) for a, b in pairs)], A, logits


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Loss curve and attention weights."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.plot(np.linspace(0, inputs["steps"], len(output["loss_curve"])), output["loss_curve"])
    left.set(xlabel="step", ylabel="cross-entropy (nats)", title="training")
    right.imshow(output["attention"], cmap="Blues", vmin=0, vmax=1)
    right.set(xlabel="position looked at", ylabel="position", title="attention")
    return figure


@algorithm(
    id="cpu-transformer-training",
    name="Training a small Transformer on CPU",
    aliases=("toy transformer", "train a transformer on CPU", "tiny transformer", "transformer from scratch"),
    example={"steps": 200},
    cost="trains",
    figure=draw,
)
def cpu_transformer_training(
    vocabulary: Annotated[int, Field(ge=2, le=32)] = 8,
    length: Annotated[int, Field(ge=2, le=16)] = 8,
    d: Annotated[int, Field(ge=4, le=32)] = 24,
    steps: Annotated[int, Field(ge=1, le=500)] = 200,
    seed: Seed = 0,
) -> Output:
    """Train on fresh random sequences to output the previous token.

    Parameters
    ----------
    vocabulary : int
        Number V of tokens.
    length : int
        Tokens T a sequence.
    d : int
        Width of the model.
    steps : int
        Training steps, each on 32 sequences.
    seed : int
        Seed of weights and sequences.

    Returns
    -------
    dict
        ``loss_before`` and ``loss_after`` in nats; ``chance_loss`` = ln V; ``loss_curve`` (at most 50); ``accuracy`` on fresh sequences;
        ``attention`` (T, T) mean weights (at most 7 × 7 shown); ``attention_to_previous``; ``parameters``; ``flops`` ≈ 6 · parameters · tokens.

    Examples
    --------
    >>> result = cpu_transformer_training()
    >>> result["accuracy"] > 0.95, result["loss_after"] < 0.3 * result["chance_loss"]
    (True, True)
    """
    rng = np.random.default_rng(seed)
    params, optimizer, losses = new_transformer(vocabulary, length, d, rng), Adam(0.02), []

    def batch(n: int) -> tuple[Tokens, Tokens]:
        x = rng.integers(0, vocabulary, (n, length))  # (n, T)
        return x, np.concatenate([np.full((n, 1), -1), x[:, :-1]], axis=1)  # no answer at the first position

    for _ in range(steps):
        loss, grads, _, _ = loss_and_gradients(params, *batch(32))
        losses.append(loss)
        optimizer.step(params, grads)
    x, y = batch(200)
    loss, _, A, logits = loss_and_gradients(params, x, y)
    size = sum(p.size for p in params)
    return {
        "loss_before": losses[0],
        "loss_after": loss,
        "chance_loss": float(np.log(vocabulary)),
        "loss_curve": [losses[i] for i in np.linspace(0, steps - 1, min(steps, 50)).astype(int)],
        "accuracy": float((logits.argmax(axis=-1) == y)[:, 1:].mean()),
        "attention": A.mean(axis=0)[:7, :7],
        "attention_to_previous": float(A.mean(axis=0)[np.arange(1, length), np.arange(length - 1)].mean()),
        "parameters": size,
        "flops": 6.0 * size * steps * 32 * length,
    }
