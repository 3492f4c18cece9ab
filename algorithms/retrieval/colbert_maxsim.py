r"""ColBERT late interaction (MaxSim) keeps one vector per token and scores a document by each query token's best match.

$$S(q, d) = \sum_{i} \max_{j}\; q_i \cdot d_j$$

**Intuition.** Query and document are encoded separately, as in any dense retriever. What differs is that a text becomes
a matrix, one row a token, and the rows meet only in the cheap MaxSim step: a table of all dot products, its maximum in
each query row, and the sum of those maxima.

**When to use it.** As a reranker or first stage that is finer than one vector a text and far cheaper than a
cross-encoder.

**Cost.** $|q| \cdot |d|$ dot products a pair. Only document matrices can be computed in advance; the query arrives at
run time. The index holds tokens × dimensions × bytes: 256 bytes a token at 128 dimensions in fp16.

**Pitfalls.** Independent encoding is not what sets ColBERT apart from dense retrieval: both encode independently. ColBERT
sums the maxima; averaging ranks alike only while the number of query tokens is fixed. Tokens are not encoded word by
word: each vector is contextualised by its whole text, with [Q] or [D] markers, and queries are padded with [MASK]. The
score is not symmetric. Mask padding of documents with minus infinity, not 0, or it wins against negative similarities.

**References.** Khattab and Zaharia, *ColBERT*, SIGIR 2020, arXiv:2004.12832. Santhanam et al., *ColBERTv2*,
arXiv:2112.01488.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.figures import whole_ticks
from algorithms.inputs import Matrix, Number, rectangular
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

QueryTokens = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=512)]],
    Field(min_length=1, max_length=48),
    AfterValidator(rectangular),
]


def maxsim(Q: Floats, D: Floats) -> float:
    """Sum over query tokens of the best dot product with a document token; Q (m, dim), D (n, dim).

    Examples
    --------
    >>> maxsim(np.eye(2), np.array([[1.0, 0.0], [0.5, 0.5]]))
    1.5
    """
    return float((Q @ D.T).max(axis=1).sum())


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Heat map of the similarities with the winning document token of each query token."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    table = np.asarray(output["similarities"])
    figure.colorbar(axes.imshow(table, cmap="viridis", aspect="auto"), ax=axes)
    for row, column in enumerate(output["matches"][: len(table)]):
        if column < table.shape[1]:
            axes.text(column, row, "max", ha="center", va="center", color="red")
    whole_ticks(axes.xaxis, axes.yaxis)
    axes.set(xlabel="document token", ylabel="query token", title=f"MaxSim score {output['score']:.3g}")
    return figure


@algorithm(
    id="colbert-maxsim",
    name="ColBERT late interaction (MaxSim)",
    aliases=(
        "ColBERT",
        "MaxSim",
        "late interaction",
        "multi-vector retrieval",
        "offline document encoding and index size",
        "precomputed document embeddings",
        "ColBERT index",
    ),
    example={
        "query": [[1, 0], [0, 1], [0.6, 0.8]],
        "document": [[1, 0], [0.8, 0.6], [0, 1], [-1, 0], [0.6, -0.8]],
    },
    figure=draw,
)
def colbert_maxsim(
    query: QueryTokens,
    document: Matrix,
    aggregate: Literal["sum", "mean"] = "sum",
    normalize: bool = False,
    bytes_per_value: Literal[1, 2, 4] = 2,
) -> Output:
    """Score a document against a query from their token vectors.

    Parameters
    ----------
    query : matrix (m, dim), at most 48 rows
        One vector a query token.
    document : matrix (n, dim)
        One vector a document token.
    aggregate : {"sum", "mean"}
        How the maxima are combined; ColBERT sums.
    normalize : bool
        Scale every token vector to length one first, so that dot products are cosines.
    bytes_per_value : {1, 2, 4}
        Storage of one number in the index: 2 for fp16.

    Returns
    -------
    dict
        ``score``; ``maxima`` (m,) and the document token ``matches`` (m,) that reach them; ``similarities``, the table's
        first 8 × 6 cells; ``similarities_computed`` = m n; ``reverse_score`` with the roles swapped;
        ``document_index_bytes`` = n dim bytes.

    Raises
    ------
    ValueError
        If the dimensions differ, or a vector to normalise is zero.

    Examples
    --------
    >>> colbert_maxsim([[1, 0], [0, 1]], [[1, 0], [0.6, 0.8]])["score"]
    1.8
    """
    Q, D = np.asarray(query, dtype=float), np.asarray(document, dtype=float)  # (m, dim), (n, dim)
    if Q.shape[1] != D.shape[1]:
        raise ValueError(
            f"query vectors have {Q.shape[1]} dimensions and document vectors {D.shape[1]}; make them equal"
        )
    if normalize:
        lengths = np.linalg.norm(Q, axis=1), np.linalg.norm(D, axis=1)  # (m,), (n,)
        if min(lengths[0].min(), lengths[1].min()) == 0:
            raise ValueError("a zero vector cannot be normalised; remove it or set normalize to false")
        Q, D = Q / lengths[0][:, None], D / lengths[1][:, None]
    table = Q @ D.T  # (m, n)
    maxima = table.max(axis=1)  # (m,)
    return {
        "score": float(maxima.sum() if aggregate == "sum" else maxima.mean()),
        "maxima": maxima,
        "matches": table.argmax(axis=1),
        "similarities": table[:8, :6],
        "similarities_computed": table.size,
        "reverse_score": maxsim(D, Q) if aggregate == "sum" else maxsim(D, Q) / len(D),
        "document_index_bytes": D.size * bytes_per_value,
    }
