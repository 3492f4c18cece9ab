r"""Sparse attention lets each query attend to a fixed subset of positions, such as a local window, a few global tokens and some random ones.

$$\mathrm{softmax}\!\left(\frac{QK^\top}{\sqrt{d_k}} + M\right) V, \qquad M_{ij} = 0 \text{ if } |i - j| \le \tfrac{w}{2},\ i \in G,\ j \in G \text{ or } j \in R_i, \text{ else } -\infty$$

**Intuition.** Most attention weight is local, and information can travel far in a few hops. A sliding window (Longformer)
gives each token its neighbours; global tokens, such as [CLS], read and are read by all, so that any two tokens are two hops
apart; random links (Big Bird) shorten paths further.

**When to use it.** For documents of thousands of tokens where dense attention does not fit. On short inputs dense attention
is simpler and often faster.

**Cost.** $O(n (w + g + r))$ scores instead of $n^2$: linear in $n$ when window, globals and random links are constant.

**Pitfalls.** A mask applied to a dense score matrix saves nothing; speed needs a kernel that skips the hidden blocks. Tokens
outside the window still influence each other, but only through several layers. Global rows *and* columns are open. With a full
mask the result equals dense attention exactly; otherwise it is a different function, not an approximation with a bound.

**References.** Beltagy, Peters and Cohan, *Longformer*, arXiv:2004.05150. Zaheer et al., *Big Bird*, arXiv:2007.14062.
Child et al., *Generating Long Sequences with Sparse Transformers*, arXiv:1904.10509.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.attention.scaled_dot_product_attention import attend
from algorithms.figures import heatmap
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm


def sparse_mask(n: int, window: int, global_tokens: int, random_tokens: int, seed: int) -> NDArray[np.bool_]:
    """Mask (n, n), True where allowed: `window` // 2 neighbours a side, leading global tokens, random links a row.

    Examples
    --------
    >>> sparse_mask(4, window=2, global_tokens=0, random_tokens=0, seed=0).astype(int).tolist()
    [[1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 1, 1], [0, 0, 1, 1]]
    """
    i = np.arange(n)
    mask = np.abs(i[:, None] - i[None, :]) <= window // 2  # (n, n)
    mask[:global_tokens] = True
    mask[:, :global_tokens] = True
    rng = np.random.default_rng(seed)
    for row in mask:
        row[rng.choice(n, size=min(random_tokens, n), replace=False)] = True
    return np.asarray(mask)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The mask."""
    n, window, global_tokens = inputs["n"], inputs["window"], inputs["global_tokens"]
    mask = sparse_mask(n, window, global_tokens, output["random_tokens"], inputs["seed"])
    return heatmap(mask, f"{inputs['pattern']} mask: {output['allowed_pairs']} of {inputs['n'] ** 2} pairs")


@algorithm(
    id="sparse-attention",
    name="Sparse attention",
    aliases=(
        "block-sparse attention",
        "local attention",
        "Sliding-window + global attention",
        "Longformer",
        "local window attention",
        "Big Bird window + global + random attention",
        "BigBird",
        "random sparse attention",
        "sliding window attention",
    ),
    example={"n": 32, "window": 4, "global_tokens": 1, "random_tokens": 2, "pattern": "big-bird"},
    figure=draw,
)
def sparse_attention(
    n: Annotated[int, Field(ge=1, le=512)] = 32,
    window: Annotated[int, Field(ge=0, le=1024)] = 4,
    global_tokens: Annotated[int, Field(ge=0, le=512)] = 1,
    random_tokens: Annotated[int, Field(ge=0, le=512)] = 2,
    pattern: Literal["longformer", "big-bird"] = "big-bird",
    d: Annotated[int, Field(ge=1, le=64)] = 16,
    seed: Seed = 0,
) -> Output:
    """Sparse self-attention over random tokens, compared with dense attention.

    Parameters
    ----------
    n : int
        Tokens.
    window : int
        Window size w: a token reads w // 2 neighbours on each side.
    global_tokens : int
        Leading tokens that read and are read by all; at most n.
    random_tokens : int
        Random links a row; read by ``big-bird`` only.
    pattern : {"longformer", "big-bird"}
        Window and globals, or these and random links.
    d : int
        Length of a token vector.
    seed : int
        Seed of tokens and random links.

    Returns
    -------
    dict
        ``allowed_pairs`` (non-zeros of the mask); ``density`` in (0, 1]; ``largest_row``, the most positions a
        non-global token reads (0 if all are global); ``largest_difference`` from dense attention; ``row_sums_to_one``;
        ``random_tokens`` that were used.

    Raises
    ------
    ValueError
        If there are more global tokens than tokens.

    Examples
    --------
    >>> sparse_attention(8, window=2, global_tokens=0, pattern="longformer")["allowed_pairs"]
    22
    """
    if global_tokens > n:
        raise ValueError(f"global_tokens is {global_tokens} but there are only {n} tokens")
    links = random_tokens if pattern == "big-bird" else 0
    X = np.random.default_rng(seed).standard_normal((n, d))  # (n, d)
    mask = sparse_mask(n, window, global_tokens, links, seed)  # (n, n)
    sparse, P = attend(X, X, X, mask)
    dense, _ = attend(X, X, X)
    return {
        "allowed_pairs": int(mask.sum()),
        "density": mask.mean(),
        "largest_row": int(mask[global_tokens:].sum(axis=1).max(initial=0)),
        "largest_difference": np.abs(sparse - dense).max(),
        "row_sums_to_one": bool(np.allclose(P.sum(axis=1), 1)),
        "random_tokens": links,
    }
