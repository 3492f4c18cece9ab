r"""Additive (Bahdanau) attention scores each encoder state with a small feed-forward network of the previous decoder state and that encoder state.

$$e_{ij} = v^\top \tanh(W s_{i-1} + U h_j), \qquad \alpha_i = \mathrm{softmax}(e_i), \qquad c_i = \sum_j \alpha_{ij} h_j$$

**Intuition.** Both states are projected into a common space, added and squashed; the vector $v$ turns the result into one
number. The context $c_i$ is the weighted mean of the encoder states and goes into the next decoder step. It freed
sequence-to-sequence models from squeezing the whole source into one fixed vector.

**When to use it.** In recurrent encoder-decoder models, or when query and key have different dimensions. Dot-product
attention is faster since it is one matrix product.

**Cost.** $O(T\,a\,d)$ a decoder step for attention size $a$; $U h_j$ is computed once.

**Pitfalls.** It uses the *previous* decoder state $s_{i-1}$, since $s_i$ itself depends on the context; Luong attention
uses the current one. "Summing query and key" is only half of it: their learned *projections* are summed, passed through
tanh and dotted with $v$. The tanh bounds the scores by $\sum_k |v_k|$, which is why no $1/\sqrt{d_k}$ is needed. Without the
tanh the term $W s_{i-1}$ would be the same for all $j$ and cancel in the softmax.

**References.** Bahdanau, Cho and Bengio, *Neural Machine Translation by Jointly Learning to Align and Translate*,
arXiv:1409.0473.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.figures import heatmap
from algorithms.inputs import Number, Seed, TokenVectors
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

State = Annotated[list[Number], Field(min_length=1, max_length=16)]
"""A state of 1 to 16 numbers."""


def additive_scores(s: Floats, H: Floats, W: Floats, U: Floats, v: Floats) -> Floats:
    """Scores (T,) of encoder states `H` (T, d_h) for a decoder state `s` (d_s,); W (a, d_s), U (a, d_h), v (a,).

    Examples
    --------
    >>> additive_scores(np.array([1.0]), np.array([[0.0], [-1.0]]), np.eye(1), np.eye(1), np.array([2.0])).round(4).tolist()
    [1.5232, 0.0]
    """
    return np.asarray(np.tanh(s @ W.T + H @ U.T) @ v)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The weights as one row."""
    return heatmap([output["weights"]], "additive attention", xlabel="encoder position", ylabel="")


@algorithm(
    id="additive-attention",
    name="Bahdanau additive attention",
    aliases=("Bahdanau attention", "concat-tanh attention", "MLP attention"),
    example={"decoder_state": [0.5, -0.2], "encoder_states": [[1.0, 0.0, 0.2], [0.0, 1.0, 0.1], [0.5, 0.5, 0.9]]},
    figure=draw,
)
def additive_attention(
    decoder_state: State,
    encoder_states: TokenVectors,
    attention_size: Annotated[int, Field(ge=1, le=64)] = 4,
    seed: Seed = 0,
) -> Output:
    """Additive attention of one decoder state over the encoder states, with random W, U and v.

    Parameters
    ----------
    decoder_state : list of float, (d_s,)
        Previous decoder state.
    encoder_states : list of list of float, (T, d_h)
        Encoder states.
    attention_size : int
        Dimension a of the common space.
    seed : int
        Seed of the weights.

    Returns
    -------
    dict
        ``scores`` (T,); ``weights`` (T,), summing to one; ``context`` (d_h,); ``score_bound``, the sum of |v|;
        ``parameters`` of W, U and v.

    Examples
    --------
    >>> output = additive_attention([0.5, -0.2], [[1.0, 0.0], [0.0, 1.0]])
    >>> round(float(output["weights"].sum()), 6), output["context"].shape, output["parameters"]
    (1.0, (2,), 20)
    """
    rng = np.random.default_rng(seed)
    s = np.asarray(decoder_state, dtype=np.float64)  # (d_s,)
    H = np.asarray(encoder_states, dtype=np.float64)  # (T, d_h)
    W = rng.standard_normal((attention_size, len(s)))
    U = rng.standard_normal((attention_size, H.shape[1]))
    v = rng.standard_normal(attention_size)
    e = additive_scores(s, H, W, U, v)  # (T,)
    alpha = softmax_along(e)  # (T,)
    return {
        "scores": e,
        "weights": alpha,
        "context": alpha @ H,
        "score_bound": np.abs(v).sum(),
        "parameters": W.size + U.size + v.size,
    }
