r"""Synthesizer attention makes its weight matrix without comparing tokens: each token predicts its own row (dense), or the matrix is a parameter (random).

$$\text{dense: } A_i = \mathrm{softmax}(W_2\, \mathrm{relu}(W_1 x_i)), \qquad \text{random: } A = \mathrm{softmax}(R), \qquad Y = A\,V$$

**Intuition.** It asks how much of attention's success needs token-token dot products. A dense synthesizer lets token $i$ decide
from its own content which *positions* to read. A random synthesizer reads the same positions whatever the input, like a
learned, global mixing pattern.

**When to use it.** As an ablation, and mixed with ordinary attention. Alone it is competitive on some tasks and behind on those
that need content matching between two texts.

**Cost.** $O(n^2 d)$ for the mixing remains; the scores cost $O(n d\,d_h + n^2 d_h)$ (dense) or nothing (random).

**Pitfalls.** Rows address positions, so the matrix has a fixed maximal length $n$. The random variant is independent of the
input: two different sentences get the same weights; only the values differ. It is not "attention without parameters": $R$ has
$n^2$ of them, and it can be trained or kept fixed. In the dense variant, changing token $j$ never changes row $i \ne j$.

**References.** Tay et al., *Synthesizer: Rethinking Self-Attention in Transformer Models*, arXiv:2005.00743.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.figures import heatmap
from algorithms.inputs import Seed, TokenVectors
from algorithms.registry import Output, algorithm
from algorithms.toy_data import WORDS


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Heat map of the synthesised weights."""
    return heatmap(output["weights"], f"{inputs['variant']} synthesizer", xlabel="position read", ylabel="token")


@algorithm(
    id="synthesizer-attention",
    name="Synthesizer attention",
    aliases=("Synthesizer", "dense synthesizer", "random synthesizer"),
    example={"embeddings": WORDS, "variant": "dense"},
    figure=draw,
)
def synthesizer_attention(
    embeddings: TokenVectors,
    variant: Literal["dense", "random"] = "dense",
    hidden: Annotated[int, Field(ge=1, le=64)] = 8,
    seed: Seed = 0,
) -> Output:
    """Mix `embeddings` with synthesised weights; the network is random.

    Parameters
    ----------
    embeddings : list of list of float, (n, d)
        Token vectors, also the values.
    variant : {"dense", "random"}
        Weights predicted by each token, or a matrix of parameters.
    hidden : int
        Width of the network of the dense variant.
    seed : int
        Seed of the parameters.

    Returns
    -------
    dict
        ``weights`` (n, n), rows summing to one; ``output`` (n, d); ``parameters`` of the weight generator.

    Examples
    --------
    >>> a = synthesizer_attention([[1.0], [2.0]], "random")["weights"]
    >>> b = synthesizer_attention([[7.0], [-3.0]], "random")["weights"]
    >>> bool((a == b).all())
    True
    """
    rng = np.random.default_rng(seed)
    X = np.asarray(embeddings, dtype=np.float64)  # (n, d)
    n, d = X.shape
    if variant == "dense":
        W_1 = rng.standard_normal((d, hidden)) / np.sqrt(d)
        W_2 = rng.standard_normal((hidden, n)) / np.sqrt(hidden)
        scores = np.maximum(X @ W_1, 0) @ W_2  # (n, n): row i depends on token i alone
        parameters = W_1.size + W_2.size
    else:
        scores = rng.standard_normal((n, n))
        parameters = scores.size
    A = softmax_along(scores)  # (n, n)
    return {"weights": A, "output": A @ X, "parameters": parameters}
