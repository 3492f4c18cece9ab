r"""A Transformer decoder layer is masked self-attention, then cross-attention over the encoder output, then a feed-forward network, each with residual and layer normalisation.

$$A = \mathrm{LN}(Y + \mathrm{MHA}_{causal}(Y)), \quad B = \mathrm{LN}(A + \mathrm{MHA}(A, X_{enc})), \quad Z = \mathrm{LN}(B + \mathrm{FFN}(B))$$

**Intuition.** The first sublayer looks back at what has been written, the second looks up what the source says, the third digests both.
On top of the stack a linear layer and a softmax turn the last state into a distribution over the next token, and tokens are
generated one by one.

**When to use it.** In encoder-decoder models. Decoder-only models drop the middle sublayer.

**Cost.** About $16 d^2$ parameters; $O((n^2 + n m) d + n d^2)$ time for $n$ target and $m$ source tokens.

**Pitfalls.** The order matters: masked self-attention, cross-attention, feed-forward. The mask applies to the self-attention only; the
whole source may be read. During training all target positions are computed at once from the shifted target (teacher
forcing), and a forgotten mask lets the model copy the answer: the loss looks perfect and generation fails. A description of Transformers that only names
"encoders and decoders" misses exactly these two differences.

**References.** Vaswani et al., *Attention Is All You Need*, arXiv:1706.03762, section 3.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.attention.attention_mask import causal_mask
from algorithms.attention.multi_head_attention import HeadWeights, multi_head
from algorithms.figures import heatmap
from algorithms.inputs import Seed, TokenVectors
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats
from algorithms.transformers.position_wise_feed_forward import FeedForward, feed_forward
from algorithms.transformers.transformer_encoder_layer import layer_norm


@dataclass(frozen=True)
class DecoderWeights:
    """Weights of one decoder layer."""

    self_attention: HeadWeights
    cross_attention: HeadWeights
    ffn: FeedForward

    @classmethod
    def random(cls, d: int, rng: np.random.Generator) -> DecoderWeights:
        """Random attentions and a feed-forward network of width 4 d."""
        return cls(HeadWeights.random(d, rng), HeadWeights.random(d, rng), FeedForward.random(d, 4 * d, rng))


def decoder_layer(Y: Floats, memory: Floats, W: DecoderWeights, heads: int) -> tuple[Floats, Floats, Floats]:
    """Output (n, d), causal weights (h, n, n) and cross weights (h, n, m) of targets `Y` (n, d) over `memory` (m, d)."""
    attended, P_self = multi_head(Y, Y, W.self_attention, heads, causal_mask(len(Y)))  # (n, d)
    A = layer_norm(Y + attended)
    crossed, P_cross = multi_head(A, memory, W.cross_attention, heads)  # (n, d)
    B = layer_norm(A + crossed)
    return layer_norm(B + feed_forward(B, W.ffn)), P_self, P_cross


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Mean causal weights beside mean cross weights."""
    parts = [np.asarray(output[key]).mean(axis=0) for key in ("self_weights", "cross_weights")]
    return heatmap(np.concatenate(parts, axis=1), "self (left) and cross (right) weights")


@algorithm(
    id="transformer-decoder-layer",
    name="Transformer decoder layer",
    aliases=("decoder block", "masked self-attention plus cross-attention"),
    example={
        "targets": [[1.0, 0.0, 0.5, -1.0], [0.0, 2.0, 0.3, 0.1], [1.0, 1.0, -0.7, 0.4]],
        "memory": [[0.2, 0.1, -0.4, 1.0], [1.5, -0.3, 0.8, 0.0]],
        "heads": 2,
    },
    figure=draw,
)
def transformer_decoder_layer(
    targets: TokenVectors, memory: TokenVectors, heads: Annotated[int, Field(ge=1, le=4)] = 2, seed: Seed = 0
) -> Output:
    """One decoder layer with random weights.

    Parameters
    ----------
    targets : list of list of float, (n, d)
        Target vectors so far; d at least 2.
    memory : list of list of float, (m, d)
        Encoder output.
    heads : int
        Attention heads; must divide d.
    seed : int
        Seed of the weights.

    Returns
    -------
    dict
        ``output`` (n, d); ``self_weights`` (h, n, n), lower triangular; ``cross_weights`` (h, n, m); ``future_leak``, how
        much earlier outputs change with the last target: 0; ``memory_effect``, how much the output changes with the memory;
        ``parameters`` of the layer.

    Raises
    ------
    ValueError
        If the dimensions differ, are 1 or are not divided by `heads`.

    Examples
    --------
    >>> output = transformer_decoder_layer([[1.0, 0.0], [0.0, 1.0]], [[2.0, 1.0]], heads=1)
    >>> output["cross_weights"].shape, float(output["future_leak"]), output["parameters"]
    ((1, 2, 1), 0.0, 102)
    """
    Y, X = np.asarray(targets, dtype=np.float64), np.asarray(memory, dtype=np.float64)  # (n, d), (m, d)
    d = Y.shape[1]
    if X.shape[1] != d or d == 1 or d % heads:
        raise ValueError(
            f"targets and memory need one dimension, at least 2 and divisible by {heads}, got {d} and {X.shape[1]}"
        )
    W = DecoderWeights.random(d, np.random.default_rng(seed))
    output, P_self, P_cross = decoder_layer(Y, X, W, heads)
    changed = Y.copy()
    changed[-1] += np.arange(1, d + 1)
    leak = np.abs(decoder_layer(changed, X, W, heads)[0] - output)[:-1].max(initial=0.0)
    effect = np.abs(decoder_layer(Y, X + np.arange(1, d + 1), W, heads)[0] - output).max()
    return {
        "output": output,
        "self_weights": P_self,
        "cross_weights": P_cross,
        "future_leak": leak,
        "memory_effect": effect,
        "parameters": 16 * d * d + 19 * d,
    }
