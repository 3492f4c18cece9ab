r"""An encoder-only Transformer, as in BERT, is a stack of bidirectional self-attention layers that turns a text into one vector for each token, each of which has seen both sides.

$$h^0 = E[x] + P, \qquad h^l = \mathrm{Block}_{full}(h^{l-1}), \qquad c = h^L_{[CLS]} \text{ or } \tfrac1n \sum_t h^L_t$$

**Intuition.** Without a causal mask the word "bank" can be read in the light of "river" whether that comes before or after. Such vectors
are good for understanding: classification from the [CLS] vector, tagging from each token, embeddings from their mean. Since
every token sees its neighbours, next-token prediction would be trivial, so BERT is trained to fill in masked tokens (and to
tell whether two sentences follow each other).

**When to use it.** For classification, extraction, retrieval and other tasks with the whole text at hand.

**Cost.** As any stack: about $12 L d^2$ parameters, $O(L(n^2 d + n d^2))$ time, one pass.

**Pitfalls.** It is not a text generator: there is no decoder and no left-to-right factorisation, so it is wrong to call BERT an
encoder-decoder. Padding must be masked and left out of the mean. The raw [CLS] vector of a merely pretrained BERT is a poor sentence
embedding. The weights here are random: the run shows the flow of data.

**References.** Devlin et al., *BERT: Pre-training of Deep Bidirectional Transformers*, arXiv:1810.04805.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.figures import heatmap
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.transformers.decoder_only_transformer import StackWeights, TokenIds, stack


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Attention of the last layer, mean of the heads."""
    return heatmap(output["attention"], "bidirectional attention of the last layer")


@algorithm(
    id="encoder-only-transformer",
    name="Encoder-only Transformer (BERT)",
    aliases=("BERT", "bidirectional encoder", "encoder-only"),
    example={"tokens": [0, 7, 2, 9, 4]},
    figure=draw,
)
def encoder_only_transformer(
    tokens: TokenIds,
    layers: Annotated[int, Field(ge=1, le=4)] = 2,
    heads: Annotated[int, Field(ge=1, le=16)] = 2,
    d_model: Annotated[int, Field(ge=2, le=16)] = 8,
    seed: Seed = 0,
) -> Output:
    """Run a random encoder over `tokens` and measure what each position has seen.

    Parameters
    ----------
    tokens : list of int
        Token numbers of a vocabulary of 64, [CLS] first.
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
        ``cls_vector`` (d,) and ``mean_vector`` (d,); ``attention`` (n, n) of the last layer, mean of the heads;
        ``effect_of_last_token`` (n,) and ``effect_of_first_token`` (n,), how much each position changes when that token is
        replaced: above zero on both sides.

    Raises
    ------
    ValueError
        If `heads` does not divide `d_model`.

    Examples
    --------
    >>> output = encoder_only_transformer([0, 7, 2])
    >>> bool((output["effect_of_last_token"] > 0).all()), bool((output["effect_of_first_token"] > 0).all())
    (True, True)
    """
    if d_model % heads:
        raise ValueError(f"{heads} heads do not divide d_model = {d_model}; choose a divisor")
    W = StackWeights.random(64, d_model, 16, layers, seed)
    h, P = stack(tokens, W, heads, causal=False)  # (n, d), (h, n, n)

    def effect(index: int) -> Any:
        changed = list(tokens)
        changed[index] = (changed[index] + 1) % 64
        return np.linalg.norm(stack(changed, W, heads, causal=False)[0] - h, axis=1)  # (n,)

    return {
        "cls_vector": h[0],
        "mean_vector": h.mean(axis=0),
        "attention": P.mean(axis=0),
        "effect_of_last_token": effect(-1),
        "effect_of_first_token": effect(0),
    }
