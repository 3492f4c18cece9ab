r"""An attention mask decides which positions a query may read: causal masks hide the future, padding masks hide filler, bidirectional attention hides nothing.

$$\mathrm{softmax}\!\left(\frac{QK^\top}{\sqrt{d_k}} + M\right)V, \qquad M_{ij} = \begin{cases} 0 & \text{allowed} \\ -\infty & \text{hidden} \end{cases}$$

**Intuition.** Adding $-\infty$ before the softmax gives a hidden position the weight zero and leaves the others to sum to
one. A causal (decoder) mask is lower triangular: token $i$ sees tokens $1 \dots i$. An encoder such as BERT sees all
tokens. A padding mask has 1 for real tokens and 0 for padding, and makes the output equal that of the unpadded sequence.

**When to use it.** Causal for language models that generate from left to right; bidirectional for encoders; padding
whenever sequences of different length share a batch. They combine by logical *and*.

**Cost.** Nothing beyond attention; a good kernel skips hidden blocks.

**Pitfalls.** Multiplying the weights by zero *after* the softmax leaves rows that do not sum to one; mask the scores. A
row with every position hidden gives NaN. Conventions clash: in Hugging Face 1 means real, in some PyTorch arguments
`True` means hidden. The diagonal of a causal mask stays open. Outputs at padding positions are meaningless and must be
left out of losses and means.

**References.** Vaswani et al., *Attention Is All You Need*, arXiv:1706.03762, section 3.2.3. Devlin et al., *BERT*,
arXiv:1810.04805.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.attention.scaled_dot_product_attention import attend
from algorithms.figures import heatmap
from algorithms.inputs import TokenVectors
from algorithms.registry import Output, algorithm
from algorithms.toy_data import WORDS


def causal_mask(n: int) -> NDArray[np.bool_]:
    """Lower triangular mask (n, n): True where token i may read token j.

    Examples
    --------
    >>> causal_mask(2).tolist()
    [[True, False], [True, True]]
    """
    return np.tril(np.ones((n, n), dtype=bool))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Heat map of the masked weights."""
    return heatmap(output["weights"], f"{inputs['kind']} mask")


@algorithm(
    id="attention-mask",
    name="Attention masks (causal, bidirectional, padding)",
    aliases=(
        "Causal versus bidirectional attention mask",
        "autoregressive mask",
        "look-ahead mask",
        "masked self-attention",
        "decoder mask",
        "bidirectional attention",
        "Attention mask for padding tokens",
        "attention_mask",
        "padding mask",
        "key padding mask",
        "causal mask",
    ),
    example={"embeddings": WORDS, "kind": "causal"},
    figure=draw,
)
def attention_mask(
    embeddings: TokenVectors,
    kind: Literal["causal", "bidirectional", "padding"] = "causal",
    real_tokens: Annotated[int, Field(ge=1, le=16)] | None = None,
) -> Output:
    """Self-attention (Q = K = V = X) under a mask.

    Parameters
    ----------
    embeddings : list of list of float, (n, d)
        Token vectors, padding last.
    kind : {"causal", "bidirectional", "padding"}
        What a token may read: itself and earlier ones, everything, or every real token.
    real_tokens : int, optional
        How many leading tokens are real; all if not given. Read by ``padding`` only.

    Returns
    -------
    dict
        ``attention_mask`` (n,), 1 for real tokens; ``mask`` (n, n), 1 where allowed; ``weights`` (n, n), rows summing
        to one; ``output`` (n, d).

    Raises
    ------
    ValueError
        If there are fewer tokens than `real_tokens`.

    Examples
    --------
    >>> attention_mask(WORDS)["weights"][1].round(4).tolist()
    [0.4795, 0.5205, 0.0, 0.0]
    """
    X = np.asarray(embeddings, dtype=np.float64)  # (n, d)
    n = len(X)
    real = n if real_tokens is None or kind != "padding" else real_tokens
    if real > n:
        raise ValueError(f"real_tokens is {real} but there are only {n} tokens")
    keep = np.arange(n) < real  # (n,)
    mask = causal_mask(n) if kind == "causal" else np.broadcast_to(keep, (n, n))  # (n, n)
    output, P = attend(X, X, X, mask)
    return {"attention_mask": keep.astype(int), "mask": mask.astype(int), "weights": P, "output": output}
