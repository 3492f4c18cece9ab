r"""Overlapping sliding-window chunking cuts a sequence into pieces of w tokens that share o tokens with their neighbours.

$$\text{chunks} = \Big\lceil \frac{n - o}{w - o} \Big\rceil \quad (n > o), \qquad \text{stride } S = w - o$$

**Intuition.** A hard cut can separate a sentence from the one that explains it. If neighbouring chunks share $o$ tokens,
every passage of up to $o + 1$ tokens lies whole inside at least one chunk.

**When to use it.** As the baseline splitter of retrieval-augmented generation, for logs and code lines as well as prose;
overlaps of 10 to 20 percent of the window are common. The same windows cut time series into training examples.

**Cost.** Linear in the output, which is about $w / (w - o)$ times the input: index size and embedding cost grow by that
factor.

**Pitfalls.** An overlap as large as the window never advances. Large overlaps return near duplicates, which fill the
context with the same text: merge neighbours after retrieval. Count tokens with the tokeniser of the embedding model,
since text beyond its limit is cut silently. Splitting at headings, functions or sentences beats fixed windows where such
structure exists. The last chunk may be short.

**References.** Lewis et al., *Retrieval-Augmented Generation*, arXiv:2005.11401 (fixed passages of 100 words). Callan,
*Passage-Level Evidence in Document Retrieval* (1994), on overlapping windows.
"""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import Field

from algorithms.registry import Output, algorithm


def windows(n: int, size: int, overlap: int) -> list[tuple[int, int]]:
    """Half-open ranges of the chunks of n items; the last one ends at n.

    Raises
    ------
    ValueError
        If the overlap is not below the size.

    Examples
    --------
    >>> windows(10, 4, 1)
    [(0, 4), (3, 7), (6, 10)]
    """
    if overlap >= size:
        raise ValueError(f"overlap {overlap} must be below the size {size}, or the window never moves on")
    count = max(1, math.ceil((n - overlap) / (size - overlap)))
    starts = [i * (size - overlap) for i in range(count)]
    return [(start, min(start + size, n)) for start in starts]


@algorithm(
    id="overlapping-chunking",
    name="Overlapping sliding-window chunking",
    aliases=("sliding window", "chunk overlap", "context-preserving chunks", "chunk size", "text splitter"),
    example={"length": 1000, "size": 200, "overlap": 50},
)
def overlapping_chunking(
    length: Annotated[int, Field(ge=1, le=100_000)] = 1000,
    size: Annotated[int, Field(ge=1, le=10_000)] = 200,
    overlap: Annotated[int, Field(ge=0, le=9_999)] = 50,
    text: Annotated[str, Field(max_length=20_000)] = "",
) -> Output:
    """Chunks of a sequence of `length` tokens, or of the words of `text`.

    Parameters
    ----------
    length : int
        Number n of tokens; ignored when a text with words is given.
    size : int
        Window w in tokens.
    overlap : int
        Tokens o shared by neighbouring chunks, below the size.
    text : str
        Text to split at white space; may be empty.

    Returns
    -------
    dict
        ``count`` of chunks; ``stride``; ``starts`` and ``ends`` of the first 50 (half-open); ``tokens_stored`` over all
        chunks and its ratio ``expansion`` to n; ``chunks``, the first 10 texts (empty without a text).

    Raises
    ------
    ValueError
        If the overlap is not below the size.

    Examples
    --------
    >>> overlapping_chunking(length=1000, size=200, overlap=50)["count"]
    7
    >>> overlapping_chunking(size=3, overlap=1, text="a b c d e")["chunks"]
    ['a b c', 'c d e']
    """
    parts = text.split()
    n = len(parts) or length
    ranges = windows(n, size, overlap)
    stored = sum(end - start for start, end in ranges)
    return {
        "count": len(ranges),
        "stride": size - overlap,
        "starts": [start for start, _ in ranges[:50]],
        "ends": [end for _, end in ranges[:50]],
        "tokens_stored": stored,
        "expansion": stored / n,
        "chunks": [" ".join(parts[start:end]) for start, end in ranges[:10]] if parts else [],
    }
