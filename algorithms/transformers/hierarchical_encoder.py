r"""A hierarchical encoder splits a long input into chunks, encodes each chunk by itself and then lets the chunk vectors attend to each other.

$$\text{flat: } n^2, \qquad \text{hierarchical: } n\,c + \left(\frac{n}{c}\right)^2 \quad \text{scores for chunks of } c \text{ tokens}$$

**Intuition.** Words interact strongly within a sentence or paragraph and weakly across. So the first level computes attention inside
each chunk, a mean makes one vector of each, and a second, short attention integrates them. It mirrors documents: words, sentences, text.

**When to use it.** To classify or embed documents beyond the context window of an encoder.

**Cost.** $O(n c + (n/c)^2)$ instead of $O(n^2)$. The cheapest chunk is about $c = (2n)^{1/3}$.

**Pitfalls.** Two words in different chunks never meet directly, so a sentence cut in half is read wrongly; split at sentence borders or overlap.
The mean of a chunk loses detail. Very small chunks make the second level quadratic again, very large ones the first. Chunks need
their own positions on the second level, or their order is lost.

**References.** Yang et al., *Hierarchical Attention Networks for Document Classification*, NAACL (2016). Pappagari et al.,
*Hierarchical Transformers for Long Document Classification*, arXiv:1910.10781.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.attention.scaled_dot_product_attention import attend
from algorithms.inputs import Seed
from algorithms.positional_encoding.sinusoidal_positional_encoding import sinusoidal_table
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def score_count(n: int, c: int) -> int:
    """Attention scores of both levels, with a shorter last chunk where c does not divide n.

    Examples
    --------
    >>> score_count(10, 4)
    45
    """
    whole, rest = divmod(n, c)
    chunks = whole + (rest > 0)
    return whole * c * c + rest * rest + chunks * chunks


def encode(X: Floats, c: int) -> tuple[Floats, Floats]:
    """Chunk vectors after integration (m, d) and the weights between chunks (m, m), for tokens `X` (n, d)."""
    chunks = [X[start : start + c] for start in range(0, len(X), c)]
    H = np.stack([attend(chunk, chunk, chunk)[0].mean(axis=0) for chunk in chunks])  # (m, d)
    H = H + sinusoidal_table(np.arange(len(H), dtype=np.float64), H.shape[1])
    return attend(H, H, H)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Scores by chunk length."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    n = inputs["n"]
    lengths = np.unique(np.geomspace(1, n, 60).astype(int))
    axes.loglog(lengths, [float(score_count(n, int(c))) for c in lengths])
    axes.axhline(float(n) ** 2, color="grey", linestyle="--", label="flat, n²")
    axes.set(xlabel="chunk length c", ylabel="scores", title=f"n = {n}")
    axes.legend()
    return figure


@algorithm(
    id="hierarchical-encoder",
    name="Hierarchical chunk encoder for long inputs",
    aliases=("hierarchical attention", "chunk-then-integrate", "hierarchical transformer"),
    example={"n": 4096, "chunk_length": 64},
    figure=draw,
)
def hierarchical_encoder(
    n: Annotated[int, Field(ge=1, le=1_000_000)] = 4096,
    chunk_length: Annotated[int, Field(ge=1, le=1_000_000)] = 64,
    toy_tokens: Annotated[int, Field(ge=1, le=64)] = 24,
    toy_chunk: Annotated[int, Field(ge=1, le=64)] = 8,
    seed: Seed = 0,
) -> Output:
    """Count scores at one size, and encode a few random tokens hierarchically.

    Parameters
    ----------
    n : int
        Tokens of the count.
    chunk_length : int
        Chunk length c of the count.
    toy_tokens : int
        Tokens of the small run.
    toy_chunk : int
        Chunk length of the small run.
    seed : int
        Seed of the tokens.

    Returns
    -------
    dict
        ``scores_flat`` n²; ``scores_hierarchical``; ``saving``, their ratio; ``best_chunk_length``, about (2n)^(1/3);
        ``document_vector`` (8,) and ``chunk_count`` of the small run.

    Examples
    --------
    >>> output = hierarchical_encoder(4096, 64)
    >>> output["scores_flat"], output["scores_hierarchical"], output["best_chunk_length"]
    (16777216, 266240, 20)
    """
    X = np.random.default_rng(seed).standard_normal((toy_tokens, 8))  # (n, d)
    integrated, _ = encode(X, toy_chunk)  # (m, d)
    hierarchical = score_count(n, chunk_length)
    return {
        "scores_flat": n * n,
        "scores_hierarchical": hierarchical,
        "saving": n * n / hierarchical,
        "best_chunk_length": max(1, round((2 * n) ** (1 / 3))),
        "document_vector": integrated.mean(axis=0),
        "chunk_count": len(integrated),
    }
