r"""Online softmax computes the softmax and softmax-weighted sums in one pass over blocks of scores, keeping only a running maximum and a running sum.

$$m' = \max(m, \max_j S_j), \qquad \ell' = e^{m - m'} \ell + \sum_j e^{S_j - m'}, \qquad O' = e^{m - m'} O + \sum_j e^{S_j - m'} V_j$$

**Intuition.** The usual stable softmax needs the maximum first, so it reads the scores twice or thrice. Here a new, larger maximum
merely rescales what was summed so far by $e^{m - m'}$. At the end $O / \ell$ is the weighted mean and $e^{S_j - m} / \ell$ the
probability. The result equals the full softmax, up to rounding.

**When to use it.** Inside fused attention kernels such as FlashAttention, over vocabularies or sequences too long to hold, and to
merge partial results of several devices: two pairs $(m, \ell)$ combine by the same rule.

**Cost.** $O(n)$ time, one pass, $O(b)$ memory for blocks of $b$ scores.

**Pitfalls.** Forgetting to rescale $O$ along with $\ell$. Starting from $m = 0$ instead of $-\infty$ underflows when all scores are
very negative. A fully masked block has maximum $-\infty$ and $-\infty - (-\infty)$ is NaN; it must be skipped. It is exact: no
approximation is involved, this is what makes tiling exact.

**References.** Milakov and Gimelshein, *Online normalizer calculation for softmax*, arXiv:1805.02867. Dao et al.,
*FlashAttention*, arXiv:2205.14135.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Vector
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def merge_block(m: Floats, l: Floats, O: Floats, S: Floats, V: Floats) -> tuple[Floats, Floats, Floats]:
    """Running maximum (n,), sum (n,) and output (n, d) after a block of scores `S` (n, b) with values `V` (b, d).

    Examples
    --------
    >>> start = np.array([-np.inf]), np.zeros(1), np.zeros((1, 1))
    >>> m, l, O = merge_block(*start, np.zeros((1, 2)), np.array([[2.0], [4.0]]))
    >>> m.tolist(), l.tolist(), (O / l[:, None]).tolist()
    ([0.0], [2.0], [[3.0]])
    """
    m_new = np.maximum(m, S.max(axis=1))  # (n,)
    P = np.exp(S - m_new[:, None])  # (n, b)
    rescale = np.exp(m - m_new)  # (n,)
    return m_new, rescale * l + P.sum(axis=1), rescale[:, None] * O + P @ V


@algorithm(
    id="online-softmax",
    name="Online (streaming) softmax",
    aliases=("memory-efficient softmax", "running max and sum", "streaming softmax"),
    example={"logits": [1.0, 3.0, 2.0, 5.0, 0.0, 4.0], "block_size": 2},
)
def online_softmax(
    logits: Vector, block_size: Annotated[int, Field(ge=1, le=4096)] = 2, values: Vector | None = None
) -> Output:
    """Softmax of `logits`, and the mean of `values` under it, in one pass over blocks.

    Parameters
    ----------
    logits : list of float, length n
        Scores.
    block_size : int
        Scores a block.
    values : list of float, length n, optional
        Numbers to average; 0, 1, …, n - 1 if not given.

    Returns
    -------
    dict
        ``maximum`` and ``sum`` of exponentials at the end; ``running_maximum`` and ``running_sum`` after each of the
        first 50 blocks; ``probabilities`` of the first 50 scores; ``weighted_mean`` of the values;
        ``largest_difference`` of all probabilities from the two-pass softmax.

    Raises
    ------
    ValueError
        If there are not as many values as logits.

    Examples
    --------
    >>> output = online_softmax([0.0, 0.0, 1000.0], block_size=1)
    >>> output["running_sum"], output["probabilities"].tolist()
    ([1.0, 2.0, 1.0], [0.0, 0.0, 1.0])
    """
    S = np.asarray(logits, dtype=np.float64)  # (n,)
    V = np.arange(len(S), dtype=np.float64) if values is None else np.asarray(values, dtype=np.float64)  # (n,)
    if len(V) != len(S):
        raise ValueError(f"there are {len(S)} logits but {len(V)} values; give as many")
    m, l, O = np.array([-np.inf]), np.zeros(1), np.zeros((1, 1))
    trace: list[tuple[float, float]] = []
    for start in range(0, len(S), block_size):
        block = slice(start, start + block_size)
        m, l, O = merge_block(m, l, O, S[None, block], V[block, None])
        trace.append((float(m[0]), float(l[0])))
    p = np.exp(S - m[0]) / l[0]  # (n,)
    return {
        "maximum": m[0],
        "sum": l[0],
        "running_maximum": [step[0] for step in trace[:50]],
        "running_sum": [step[1] for step in trace[:50]],
        "probabilities": p[:50],
        "weighted_mean": O[0, 0] / l[0],
        "largest_difference": np.abs(p - softmax_along(S)).max(),
    }
