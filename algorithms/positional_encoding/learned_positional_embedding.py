r"""A learned positional embedding is a table with one trainable vector for each position, looked up and added to the token embedding.

$$z_{pos} = E[x_{pos}] + P[pos], \qquad P \in \mathbb{R}^{N \times D} \text{ trained by gradient descent}$$

**Intuition.** Nothing about order is built in; whatever helps the task is learned, like any embedding. The example trains such a
table: the class of a token depends on its position, so a model without positions stays at chance while the table learns. Rows
that training never reaches keep their random values.

**When to use it.** In models with a fixed maximal length, such as BERT and GPT-2. Prefer rotary or relative schemes where length
must vary.

**Cost.** $N \cdot D$ parameters for maximal length $N$ and dimension $D$: $1024 \times 768 = 786{,}432$ in GPT-2 small.

**Pitfalls.** There is no vector beyond position $N - 1$: a longer input fails with an index error or must be cut. Late positions get few
updates if training texts are short. "Absolute encodings add $N D$ parameters" holds for *learned* ones only; fixed sinusoidal
encodings add none. Neighbouring rows are not similar unless training makes them so.

**References.** Gehring et al., *Convolutional Sequence to Sequence Learning*, arXiv:1705.03122. Devlin et al., *BERT*,
arXiv:1810.04805.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Loss by step."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["losses"])
    axes.set(xlabel="checkpoint", ylabel="cross-entropy", title="learning a position table")
    return figure


@algorithm(
    id="learned-positional-embedding",
    name="Learned absolute positional embedding",
    aliases=("learnable positional encoding", "position table", "trainable position embeddings"),
    example={"max_length": 1024, "dim": 768},
    cost="trains",
    figure=draw,
)
def learned_positional_embedding(
    max_length: Annotated[int, Field(ge=1, le=10_000_000)] = 1024,
    dim: Annotated[int, Field(ge=1, le=1_000_000)] = 768,
    trained_length: Annotated[int, Field(ge=2, le=16)] = 6,
    table_length: Annotated[int, Field(ge=2, le=32)] = 8,
    steps: Annotated[int, Field(ge=1, le=2000)] = 300,
    learning_rate: Annotated[float, Field(gt=0, le=5)] = 0.5,
    seed: Seed = 0,
) -> Output:
    """Count the parameters of a table, and train a small one to tell odd from even positions.

    Parameters
    ----------
    max_length : int
        Positions N of the table to count.
    dim : int
        Dimension D of the table to count.
    trained_length : int
        Length of the training sequences.
    table_length : int
        Positions in the trained table; at least `trained_length`.
    steps : int
        Steps of gradient descent.
    learning_rate : float
        Step size.
    seed : int
        Seed of the initial values.

    Returns
    -------
    dict
        ``parameters`` N · D; ``loss_before`` and ``loss_after``; ``losses`` at up to 20 checkpoints;
        ``accuracy_with_positions`` and ``accuracy_without``; ``row_changes`` (table_length,), how far each row moved.

    Raises
    ------
    ValueError
        If the sequences are longer than the table: there is no row beyond its end.

    Examples
    --------
    >>> output = learned_positional_embedding(1024, 768)
    >>> output["parameters"], output["accuracy_with_positions"], output["accuracy_without"]
    (786432, 1.0, 0.5)
    """
    if trained_length > table_length:
        raise ValueError(
            f"position {table_length} has no row: the table is shorter than the sequence, {trained_length}"
        )
    rng = np.random.default_rng(seed)
    E = rng.standard_normal(8)  # (d,) one word at every position: only the place tells the class
    P = 0.1 * rng.standard_normal((table_length, 8))  # (N, d)
    W = 0.1 * rng.standard_normal((8, 2))  # (d, 2)
    start, y = P.copy(), np.arange(trained_length) % 2
    losses = []
    for step in range(steps + 1):
        Z = E + P[:trained_length]  # (n, d)
        p = softmax_along(Z @ W)  # (n, 2)
        losses.append(float(-np.log(p[np.arange(trained_length), y]).mean()))
        if step == steps:
            break
        dlogits = (p - np.eye(2)[y]) / trained_length  # (n, 2)
        dP, dW = dlogits @ W.T, Z.T @ dlogits
        P[:trained_length] -= learning_rate * dP
        W -= learning_rate * dW
    with_positions = np.argmax((E + P[:trained_length]) @ W, axis=1)  # (n,)
    without = np.full(trained_length, np.argmax(E @ W))  # (n,)
    return {
        "parameters": max_length * dim,
        "loss_before": losses[0],
        "loss_after": losses[-1],
        "losses": losses[:: max(1, len(losses) // 20)][:20],
        "accuracy_with_positions": float((with_positions == y).mean()),
        "accuracy_without": float((without == y).mean()),
        "row_changes": np.linalg.norm(P - start, axis=1),
    }
