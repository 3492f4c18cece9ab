r"""A decoder-only Transformer, as in GPT, is a stack of causal self-attention layers that predicts each next token from those before it.

$$h^0 = E[x] + P, \qquad h^{l} = \mathrm{Block}_{causal}(h^{l-1}), \qquad P(x_{t+1} \mid x_{\le t}) = \mathrm{softmax}(E\, \mathrm{LN}(h^L_t))$$

**Intuition.** The causal mask makes one pass over $n$ tokens produce $n$ predictions, each honest: position $t$ has not seen the token it
must predict. For generation the last distribution is sampled and the token appended. A prompt and its answer are one sequence,
so no encoder is needed.

**When to use it.** For text generation and, with prompts, for nearly any language task.

**Cost.** About $12 L d^2$ parameters plus embeddings; each new token costs one pass over it if keys and values are cached.

**Pitfalls.** Changing a later token must never change an earlier logit: the first test of any implementation. GPT has no encoder and
no cross-attention, although introductions sometimes list it as an encoder-decoder model. "Decoder" here means masked self-attention and
token-by-token generation, not a second stage after an encoder. It reads left to right only, so for embeddings and classification
bidirectional encoders are often better. The weights here are random: the run shows the flow of data, not language.

**References.** Radford et al., *Improving Language Understanding by Generative Pre-Training* (2018). Radford et al., *Language
Models are Unsupervised Multitask Learners* (2019). Liu et al., arXiv:1801.10198.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.attention.attention_mask import causal_mask
from algorithms.figures import heatmap
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats
from algorithms.transformers.transformer_encoder_layer import LayerWeights, encoder_layer, layer_norm

TokenIds = Annotated[list[Annotated[int, Field(ge=0, le=63)]], Field(min_length=1, max_length=16)]


@dataclass(frozen=True)
class StackWeights:
    """Token table E (V, d), position table P (T, d) and layers."""

    E: Floats
    P: Floats
    layers: tuple[LayerWeights, ...]

    @classmethod
    def random(cls, vocabulary: int, d: int, length: int, layers: int, seed: int) -> StackWeights:
        """Random weights."""
        rng = np.random.default_rng(seed)
        E, P = rng.standard_normal((vocabulary, d)) / np.sqrt(d), 0.1 * rng.standard_normal((length, d))
        return cls(E, P, tuple(LayerWeights.random(d, rng) for _ in range(layers)))


def stack(tokens: list[int], W: StackWeights, heads: int, causal: bool) -> tuple[Floats, Floats]:
    """Final states (n, d) and attention weights of the last layer (h, n, n) of a pre-norm stack with GELU."""
    h = W.E[tokens] + W.P[: len(tokens)]  # (n, d)
    mask = causal_mask(len(tokens)) if causal else None
    for layer in W.layers:
        h, weights = encoder_layer(h, layer, heads, mask, norm="pre", activation="gelu")
    return layer_norm(h), weights


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Attention of the last layer, mean of the heads."""
    return heatmap(output["attention"], "causal attention of the last layer")


@algorithm(
    id="decoder-only-transformer",
    name="Decoder-only Transformer (GPT)",
    aliases=("GPT", "causal transformer", "autoregressive transformer", "decoder-only"),
    example={"tokens": [3, 1, 4, 1, 5], "new_tokens": 4},
    figure=draw,
)
def decoder_only_transformer(
    tokens: TokenIds,
    new_tokens: Annotated[int, Field(ge=0, le=16)] = 4,
    layers: Annotated[int, Field(ge=1, le=4)] = 2,
    heads: Annotated[int, Field(ge=1, le=32)] = 2,
    d_model: Annotated[int, Field(ge=2, le=32)] = 16,
    seed: Seed = 0,
) -> Output:
    """Run a random GPT over `tokens`, check causality and generate greedily.

    Parameters
    ----------
    tokens : list of int
        Prompt; token numbers of a vocabulary of 64.
    new_tokens : int
        Tokens to generate.
    layers : int
        Layers L.
    heads : int
        Heads a layer; must divide d_model.
    d_model : int
        Dimension.
    seed : int
        Seed of the weights.

    Returns
    -------
    dict
        ``top_tokens`` (n,), the likeliest next token after each position, and ``top_probabilities`` (n,); ``generated``
        continuation; ``attention`` (n, n) of the last layer, mean of the heads; ``future_leak``, how much earlier logits change
        with the last token: 0; ``parameters`` of the weight matrices.

    Raises
    ------
    ValueError
        If `heads` does not divide `d_model`.

    Examples
    --------
    >>> output = decoder_only_transformer([3, 1, 4], new_tokens=2)
    >>> len(output["generated"]), float(output["future_leak"])
    (2, 0.0)
    """
    if d_model % heads:
        raise ValueError(f"{heads} heads do not divide d_model = {d_model}; choose a divisor")
    W = StackWeights.random(64, d_model, 32, layers, seed)

    def logits(sequence: list[int]) -> Floats:
        return stack(sequence, W, heads, causal=True)[0] @ W.E.T  # (n, V), tied weights

    z = logits(tokens)
    sequence = list(tokens)
    for _ in range(new_tokens):
        sequence.append(int(np.argmax(logits(sequence)[-1])))
    changed = logits([*tokens[:-1], (tokens[-1] + 1) % 64])
    p = softmax_along(z)  # (n, V)
    return {
        "top_tokens": np.argmax(z, axis=1),
        "top_probabilities": p.max(axis=1),
        "generated": sequence[len(tokens) :],
        "attention": stack(tokens, W, heads, causal=True)[1].mean(axis=0),
        "future_leak": np.abs(changed - z)[:-1].max(initial=0.0),
        "parameters": W.E.size + W.P.size + layers * 12 * d_model * d_model,
    }
