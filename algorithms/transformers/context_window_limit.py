r"""The context window is the largest number of tokens, prompt and answer together, that a language model can process at once.

$$n_{prompt} + n_{answer} \le W$$

**Intuition.** A Transformer has position encodings and memory for $W$ tokens. What does not fit must be cut off, or split into overlapping
chunks that are processed one by one, or condensed. Windows have grown: GPT-2 has 1024 tokens, GPT-3 2048, GPT-4 8192 in its base
variant and 32,768 in a larger one, Claude models 200,000.

**When to use it.** Before every call, to decide between sending, truncating and chunking.

**Cost.** Attention is quadratic in what is sent, and the key-value cache linear.

**Pitfalls.** The limit counts *tokens*, not words or characters, and includes the answer. A fixed window is a property of the
Transformer; a recurrent network has none, so listing "fixed context length" among its faults is an error (its fault is forgetting).
Truncating the end of a document may drop the conclusion. Chunks without overlap cut sentences. A long window does not mean that all of it is used well: facts in the middle are
found less reliably.

**References.** Radford et al. (2019) for GPT-2; Brown et al., arXiv:2005.14165 for GPT-3; OpenAI, arXiv:2303.08774 for GPT-4. Liu et al.,
*Lost in the Middle*, arXiv:2307.03172.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from algorithms.registry import Output, algorithm

WINDOWS = {"gpt-2": 1024, "gpt-3": 2048, "gpt-4": 8192, "gpt-4-32k": 32_768, "claude": 200_000, "bert": 512}
Tokens = Annotated[int, Field(ge=0, le=1_000_000_000)]


def chunk_spans(n: int, size: int, overlap: int) -> list[tuple[int, int]]:
    """Spans [start, end) of at most `size` that cover n tokens, neighbours sharing `overlap`.

    Examples
    --------
    >>> chunk_spans(10, 4, 1)
    [(0, 4), (3, 7), (6, 10)]
    """
    spans, start = [], 0
    while True:
        spans.append((start, min(start + size, n)))
        if start + size >= n:
            return spans
        start += size - overlap


@algorithm(
    id="context-window-limit",
    name="Context window (token limit)",
    aliases=("context length", "max tokens", "sequence length limit", "context window"),
    example={"tokens": 5000, "model": "gpt-3", "answer_tokens": 200, "overlap": 100},
)
def context_window_limit(
    tokens: Tokens,
    model: Literal["gpt-2", "gpt-3", "gpt-4", "gpt-4-32k", "claude", "bert"] = "gpt-2",
    window: Annotated[int, Field(ge=1, le=100_000_000)] | None = None,
    answer_tokens: Tokens = 0,
    overlap: Tokens = 0,
) -> Output:
    """Whether an input fits, and what truncation and chunking would do.

    Parameters
    ----------
    tokens : int
        Tokens of the input.
    model : {"gpt-2", "gpt-3", "gpt-4", "gpt-4-32k", "claude", "bert"}
        Model whose window is taken.
    window : int, optional
        Window in tokens, in place of the model's.
    answer_tokens : int
        Tokens kept free for the answer.
    overlap : int
        Tokens that neighbouring chunks share.

    Returns
    -------
    dict
        ``window``; ``room``, tokens left for input; ``fits``; ``truncated_tokens``, how many truncation drops; ``chunks``, how
        many chunks are needed; ``chunk_spans``, the first 20 as [start, end).

    Raises
    ------
    ValueError
        If the answer leaves no room, the overlap is not smaller than a chunk, or more than 100,000 chunks are needed.

    Examples
    --------
    >>> output = context_window_limit(5000, "gpt-3", answer_tokens=200, overlap=100)
    >>> output["fits"], output["truncated_tokens"], output["chunk_spans"]
    (False, 3152, [(0, 1848), (1748, 3596), (3496, 5000)])
    """
    size = WINDOWS[model] if window is None else window
    room = size - answer_tokens
    if room < 1:
        raise ValueError(f"an answer of {answer_tokens} tokens leaves no room in a window of {size}")
    if overlap >= room:
        raise ValueError(f"the overlap {overlap} must be smaller than the room for input, {room}")
    if (tokens - overlap) // (room - overlap) > 100_000:
        raise ValueError("more than 100,000 chunks would be needed; use a larger window or a smaller overlap")
    spans = chunk_spans(tokens, room, overlap)
    return {
        "window": size,
        "room": room,
        "fits": tokens <= room,
        "truncated_tokens": max(0, tokens - room),
        "chunks": len(spans),
        "chunk_spans": spans[:20],
    }
