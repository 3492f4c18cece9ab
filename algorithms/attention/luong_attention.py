r"""Luong (multiplicative) attention scores encoder states against the current decoder state by a dot product, a bilinear form or a small network.

$$\mathrm{score}(h_t, \bar h_s) = \begin{cases} h_t^\top \bar h_s & \text{dot} \\ h_t^\top W_a \bar h_s & \text{general} \\ v_a^\top \tanh(W_a [h_t; \bar h_s]) & \text{concat} \end{cases} \qquad \tilde h_t = \tanh(W_c [c_t; h_t])$$

**Intuition.** The decoder first updates its state $h_t$, then compares it with every encoder state, and combines the
context $c_t = \sum_s \alpha_{ts} \bar h_s$ with $h_t$ into the attentional state $\tilde h_t$ that predicts the word. *Dot*
has no parameters, *general* learns how the two spaces relate, *concat* is close to Bahdanau's network.

**When to use it.** In recurrent encoder-decoder models where speed matters; *general* when the states have different
dimensions.

**Cost.** $O(T d)$ a step for dot, $O(T d + d^2)$ for general, $O(T d\,a)$ for concat.

**Pitfalls.** It uses the *current* decoder state $h_t$; Bahdanau uses the previous one. *Dot* needs equal dimensions. The
scores are not divided by $\sqrt{d}$, so in high dimensions the softmax saturates; the scaled form is that of the
Transformer. "Global" means all source positions; the paper's "local" variant looks at a window only.

**References.** Luong, Pham and Manning, *Effective Approaches to Attention-based Neural Machine Translation*,
arXiv:1508.04025.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from algorithms.activations.softmax import softmax_along
from algorithms.attention.additive_attention import State
from algorithms.figures import heatmap
from algorithms.inputs import Seed, TokenVectors
from algorithms.registry import Output, algorithm


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The weights as one row."""
    return heatmap([output["weights"]], f"Luong attention ({inputs['score']})", xlabel="encoder position", ylabel="")


@algorithm(
    id="luong-attention",
    name="Luong multiplicative attention",
    aliases=("multiplicative attention", "Luong dot/general/concat", "global attention", "bilinear attention"),
    example={"decoder_state": [1.0, 2.0], "encoder_states": [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], "score": "dot"},
    figure=draw,
)
def luong_attention(
    decoder_state: State,
    encoder_states: TokenVectors,
    score: Literal["dot", "general", "concat"] = "dot",
    seed: Seed = 0,
) -> Output:
    """Luong attention of one decoder state, with random weights where the score has any.

    Parameters
    ----------
    decoder_state : list of float, (d,)
        Current decoder state h_t.
    encoder_states : list of list of float, (T, e)
        Encoder states.
    score : {"dot", "general", "concat"}
        How a state is scored.
    seed : int
        Seed of the weights.

    Returns
    -------
    dict
        ``scores`` (T,); ``weights`` (T,), summing to one; ``context`` (e,); ``attentional_state`` (d,) in [-1, 1].

    Raises
    ------
    ValueError
        If the dimensions differ and the score is ``dot``.

    Examples
    --------
    >>> output = luong_attention([1.0, 2.0], [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    >>> output["scores"].tolist(), output["weights"].round(3).tolist()
    ([1.0, 2.0, 3.0], [0.09, 0.245, 0.665])
    """
    rng = np.random.default_rng(seed)
    h = np.asarray(decoder_state, dtype=np.float64)  # (d,)
    H = np.asarray(encoder_states, dtype=np.float64)  # (T, e)
    d, e = len(h), H.shape[1]
    W_c = rng.standard_normal((d, e + d)) / np.sqrt(d + e)
    if score == "dot":
        if d != e:
            raise ValueError(f"the dot score needs equal dimensions, got {d} and {e}; use score='general'")
        scores = H @ h  # (T,)
    elif score == "general":
        W_a = rng.standard_normal((d, e)) / np.sqrt(d)
        scores = H @ (h @ W_a)  # (T,)
    else:
        W_a, v_a = rng.standard_normal((d, d + e)) / np.sqrt(d + e), rng.standard_normal(d)
        joined = np.column_stack([np.tile(h, (len(H), 1)), H])  # (T, d + e)
        scores = np.tanh(joined @ W_a.T) @ v_a  # (T,)
    alpha = softmax_along(scores)  # (T,)
    context = alpha @ H  # (e,)
    attentional = np.tanh(W_c @ np.concatenate([context, h]))  # (d,)
    return {"scores": scores, "weights": alpha, "context": context, "attentional_state": attentional}
