r"""A recurrent sequence-to-sequence model reads the source with one network into a fixed-size context vector, from which a second network writes the target.

$$c = h^{enc}_{T}, \qquad s_t = f(y_{t-1}, s_{t-1}, c), \qquad P(y_t \mid y_{<t}, x) = \mathrm{softmax}(V s_t)$$

**Intuition.** Encoder and decoder share nothing but the vector $c$, whatever the length of the source. That is its charm and its weakness: a sentence of fifty words must fit into the same numbers as one of five. The example makes the bottleneck visible:
a linear readout learns to recover every source token from the context, and does so ever less often as the source grows.

**When to use it.** For short sequences, translation and speech before attention; today mostly to understand why attention was invented.

**Cost.** $O((T_x + T_y)\, h^2)$, strictly sequential.

**Pitfalls.** A fixed-size context is true of this *classic* model only; Transformers such as T5 hand the whole sequence of encoder states to the decoder. Reversing the source shortens the first dependencies and helped early systems. Training feeds true previous words, use feeds predicted ones. Decoding needs start and end marks.

**References.** Sutskever, Vinyals and Le, *Sequence to Sequence Learning with Neural Networks*, arXiv:1409.3215. Cho et al., arXiv:1406.1078. Cho et al., *On
the Properties of Neural Machine Translation*, arXiv:1409.1259, on length.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.recurrent.recurrent_neural_network import Cell
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Lengths = Annotated[list[Annotated[int, Field(ge=1, le=30)]], Field(min_length=1, max_length=8)]
V = 6


def encode(tokens: NDArray[np.int64], cell: Cell) -> Floats:
    """Context vectors (n, h), the last states, of sources (n, T)."""
    h = np.zeros((len(tokens), cell.U.shape[0]))
    for t in range(tokens.shape[1]):
        h = np.tanh(cell.W.T[tokens[:, t]] + h @ cell.U.T + cell.b)  # (n, h); one-hot input picks a column of W
    return h


def encoder(h: int, rng: np.random.Generator) -> Cell:
    """Random encoder over 6 tokens whose recurrent matrix is a rotation, so that it forgets slowly."""
    Q, _ = np.linalg.qr(rng.standard_normal((h, h)))
    return Cell(0.3 * rng.standard_normal((h, V)), Q, np.zeros(h))


def readout(C: Floats, tokens: NDArray[np.int64]) -> Floats:
    """Ridge regression (h + 1, T, V) from contexts (n, h) to the one-hot tokens (n, T) of every position."""
    X = np.column_stack([C, np.ones(len(C))])  # (n, h + 1)
    Y = np.eye(V)[tokens].reshape(len(C), -1)  # (n, T V)
    B = np.linalg.solve(X.T @ X + 1e-4 * np.eye(X.shape[1]), X.T @ Y)  # (h + 1, T V)
    return np.asarray(B.reshape(X.shape[1], tokens.shape[1], V))


def decode(C: Floats, B: Floats) -> NDArray[np.int64]:
    """Likeliest token (n, T) of each position."""
    return np.asarray(np.argmax(np.tensordot(np.column_stack([C, np.ones(len(C))]), B, axes=1), axis=-1))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Accuracy by length."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(inputs["lengths"], output["token_accuracy"], "o-")
    axes.axhline(1 / V, color="grey", linestyle="--", label="guessing")
    axes.set(
        xlabel="source length",
        ylabel="tokens recovered",
        ylim=(0, 1.05),
        title=f"context of {inputs['context_size']} numbers",
    )
    axes.legend()
    return figure


@algorithm(
    id="rnn-sequence-to-sequence",
    name="RNN encoder-decoder with a fixed context vector",
    aliases=("seq2seq", "encoder-decoder RNN", "context vector", "sequence to sequence"),
    example={"lengths": [2, 5, 10, 20], "context_size": 32},
    cost="trains",
    figure=draw,
)
def rnn_sequence_to_sequence(
    lengths: Lengths,
    context_size: Annotated[int, Field(ge=2, le=64)] = 32,
    examples: Annotated[int, Field(ge=50, le=1500)] = 800,
    seed: Seed = 0,
) -> Output:
    """Recover random sources of each length from their context vectors.

    Parameters
    ----------
    lengths : list of int
        Source lengths to compare.
    context_size : int
        Numbers h in the context vector.
    examples : int
        Training sources a length.
    seed : int
        Seed of encoder and sources.

    Returns
    -------
    dict
        ``context_shapes``, the same for every length; ``token_accuracy`` a length on 300 new sources of 6 equally likely
        tokens; ``sequence_accuracy``, whole sources; ``first_token_accuracy``, the oldest token; ``guessing``, 1/6.

    Examples
    --------
    >>> output = rnn_sequence_to_sequence([2, 20])
    >>> output["context_shapes"], output["token_accuracy"][0] > output["token_accuracy"][1]
    ([[32], [32]], True)
    """
    rng = np.random.default_rng(seed)
    cell = encoder(context_size, rng)
    rows: dict[str, list[Any]] = {
        "context_shapes": [],
        "token_accuracy": [],
        "sequence_accuracy": [],
        "first_token_accuracy": [],
    }
    for length in lengths:
        train, test = rng.integers(V, size=(examples, length)), rng.integers(V, size=(300, length))
        C = encode(test, cell)  # (300, h)
        right = decode(C, readout(encode(train, cell), train)) == test  # (300, T)
        rows["context_shapes"].append(list(C.shape[1:]))
        rows["token_accuracy"].append(float(right.mean()))
        rows["sequence_accuracy"].append(float(right.all(axis=1).mean()))
        rows["first_token_accuracy"].append(float(right[:, 0].mean()))
    return {**rows, "guessing": 1 / V}
