r"""Cross-attention lets one sequence read another: queries come from the decoder, keys and values from the encoder.

$$\mathrm{softmax}\!\left(\frac{(Y W_Q)(X W_K)^\top}{\sqrt{d_k}}\right) X W_V, \qquad Y: T_{dec} \times d,\; X: T_{enc} \times d$$

**Intuition.** While a translation is written, each target position looks up what it needs in the source. The weight
matrix has one row for each target position and one column for each source position, and each row sums to one; in
translation it resembles a soft word alignment. Only the queries depend on the decoder, so the encoder's keys and values
are computed once and kept for the whole generation.

**When to use it.** In encoder-decoder models for translation, summarisation and speech, and wherever one modality reads
another, such as text conditioning in image generation.

**Cost.** $O(T_{dec} T_{enc} d)$ time and $T_{dec} \times T_{enc}$ scores a head.

**Pitfalls.** Swapping the sides (queries from the encoder) gives a plausible shape when both lengths agree and a useless
model. No causal mask applies here: the whole source is known; only its padding is masked. Decoder-only models such as GPT
have no cross-attention at all, and encoder-only models such as BERT have no decoder to own one.

**References.** Vaswani et al., *Attention Is All You Need*, arXiv:1706.03762, section 3.2.3. Bahdanau, Cho and Bengio,
arXiv:1409.0473, for its recurrent ancestor.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.attention.scaled_dot_product_attention import attend
from algorithms.figures import heatmap
from algorithms.inputs import Seed, TokenVectors
from algorithms.registry import Output, algorithm


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Heat map of the weights of decoder positions over encoder positions."""
    return heatmap(output["weights"], "cross-attention", xlabel="encoder position", ylabel="decoder position")


@algorithm(
    id="cross-attention",
    name="Encoder-decoder cross-attention",
    aliases=("encoder-decoder attention", "source-target attention"),
    example={
        "decoder_states": [[1.0, 0.0, 0.5], [0.0, 1.0, 0.5]],
        "encoder_states": [[1.0, 0.2, 0.0], [0.1, 1.0, 0.0], [0.3, 0.3, 1.0], [0.0, 0.5, 0.5]],
    },
    figure=draw,
)
def cross_attention(
    decoder_states: TokenVectors,
    encoder_states: TokenVectors,
    d_k: Annotated[int, Field(ge=1, le=64)] = 4,
    seed: Seed = 0,
) -> Output:
    """Attention of decoder states over encoder states with random projections.

    Parameters
    ----------
    decoder_states : list of list of float, (T_dec, d)
        States that ask.
    encoder_states : list of list of float, (T_enc, e)
        States that are read; their dimension may differ.
    d_k : int
        Length of queries, keys and values.
    seed : int
        Seed of the projections.

    Returns
    -------
    dict
        ``weights`` (T_dec, T_enc), rows summing to one; ``context`` (T_dec, d_k); ``W_Q`` (d, d_k), ``W_K`` and
        ``W_V`` (e, d_k) only when they hold at most 48 numbers each.

    Examples
    --------
    >>> output = cross_attention([[1.0, 0.0]], [[1.0], [2.0], [3.0]])
    >>> output["weights"].shape, output["context"].shape
    ((1, 3), (1, 4))
    """
    rng = np.random.default_rng(seed)
    Y = np.asarray(decoder_states, dtype=np.float64)  # (T_dec, d)
    X = np.asarray(encoder_states, dtype=np.float64)  # (T_enc, e)
    W_Q = rng.standard_normal((Y.shape[1], d_k)) / np.sqrt(Y.shape[1])
    W_K, W_V = (rng.standard_normal((X.shape[1], d_k)) / np.sqrt(X.shape[1]) for _ in range(2))
    context, P = attend(Y @ W_Q, X @ W_K, X @ W_V)  # (T_dec, d_k), (T_dec, T_enc)
    projections = {"W_Q": W_Q, "W_K": W_K, "W_V": W_V}
    shown = {name: W for name, W in projections.items() if W.size <= 48}
    return {"weights": P, "context": context, **shown}
