r"""The input of a Transformer is the sum of a token embedding and a positional encoding, taken elementwise for each position.

$$z_{pos} = E[x_{pos}] + P[pos], \qquad E \in \mathbb{R}^{V \times d},\; P \in \mathbb{R}^{n \times d}$$

**Intuition.** One vector has to carry both what the word is and where it stands. In a space of hundreds of dimensions the two parts
stay nearly orthogonal, and the projections of the first layer can read each. The same word at two places gets two different inputs.

**When to use it.** With absolute encodings, fixed or learned. Relative biases and rotary embeddings act inside attention and add
nothing here.

**Cost.** $O(n d)$ additions; the width stays $d$, whereas concatenation would widen every layer.

**Pitfalls.** Both parts need the same length $d$. In the original Transformer the embedding is multiplied by $\sqrt d$ before the sum, so
that positions do not drown it (`scale_embeddings`). Small hand-made position vectors in introductions are toy values: for
$d = 3$ the sinusoidal formula gives $[0, 1, 0]$, $[0.841, 0.540, 0.002]$ and $[0.909, -0.416, 0.004]$ for the positions 0, 1 and 2.
Counting positions from one where a table starts at zero shifts everything. Padding tokens take part in counting unless they come last.

**References.** Vaswani et al., *Attention Is All You Need*, arXiv:1706.03762, sections 3.4 and 3.5.
"""

from __future__ import annotations

import numpy as np

from algorithms.inputs import TokenVectors
from algorithms.positional_encoding.sinusoidal_positional_encoding import sinusoidal_table
from algorithms.registry import Output, algorithm


@algorithm(
    id="token-plus-position-embedding",
    name="Adding token embeddings and positional encodings",
    aliases=("input embedding", "embedding sum", "token embedding plus positional encoding"),
    example={
        "token_embeddings": [[0.1, 0.3, 0.5], [0.2, 0.4, 0.6], [0.3, 0.5, 0.7], [0.4, 0.6, 0.8]],
        "position_encodings": [[0.01, 0.02, 0.03], [0.02, 0.03, 0.04], [0.03, 0.04, 0.05], [0.04, 0.05, 0.06]],
    },
)
def token_plus_position_embedding(
    token_embeddings: TokenVectors, position_encodings: TokenVectors | None = None, scale_embeddings: bool = False
) -> Output:
    """Sum of token embeddings and positional encodings.

    Parameters
    ----------
    token_embeddings : list of list of float, (n, d)
        One row a token.
    position_encodings : list of list of float, (n, d), optional
        One row a position; the sinusoidal encoding if not given.
    scale_embeddings : bool
        Multiply the token embeddings by the root of d first.

    Returns
    -------
    dict
        ``inputs`` (n, d), the sums; ``position_encodings`` (n, d) that were added; ``position_share`` (n,), the norm of
        the positional part divided by the sum of both norms (0 where both are zero).

    Raises
    ------
    ValueError
        If the shapes differ.

    Examples
    --------
    >>> token_plus_position_embedding([[0.1, 0.3, 0.5]], [[0.01, 0.02, 0.03]])["inputs"].round(2).tolist()
    [[0.11, 0.32, 0.53]]
    """
    E = np.asarray(token_embeddings, dtype=np.float64)  # (n, d)
    if position_encodings is None:
        P = sinusoidal_table(np.arange(len(E), dtype=np.float64), E.shape[1])  # (n, d)
    else:
        P = np.asarray(position_encodings, dtype=np.float64)  # (n, d)
    if E.shape != P.shape:
        raise ValueError(f"token embeddings have shape {E.shape} and position encodings {P.shape}; make them equal")
    if scale_embeddings:
        E = E * np.sqrt(E.shape[1])
    norms = np.linalg.norm(E, axis=1), np.linalg.norm(P, axis=1)  # (n,) each
    total = norms[0] + norms[1]
    share = np.divide(norms[1], total, out=np.zeros(len(E)), where=total > 0)
    return {"inputs": E + P, "position_encodings": P, "position_share": share}
