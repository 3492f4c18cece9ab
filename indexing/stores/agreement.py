"""Whether two engines rank alike."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

PERSISTENCE = 0.9


def padded(first: Sequence[Hashable], second: Sequence[Hashable]) -> tuple[list[Hashable], list[Hashable]]:
    """Both rankings at the length of the longer: an engine that finds fewer disagrees in the places it leaves empty.

    Examples
    --------
    >>> [len(ranking) for ranking in padded("abc", "ab")]
    [3, 3]
    """
    width = max(len(first), len(second))
    one, other = ([*ranking, *(object() for _ in range(width - len(ranking)))] for ranking in (first, second))
    return one, other


def rank_biased_overlap(first: Sequence[Hashable], second: Sequence[Hashable], p: float = PERSISTENCE) -> float:
    """Extrapolated rank-biased overlap of two rankings of one length (Webber, Moffat and Zobel, 2010, equation 30).

    The agreement at each depth weighs less by `p` than at the one before; the agreement at the last depth is taken to
    go on. 1 for equal rankings, two empty ones included, and 0 for disjoint ones.

    Raises
    ------
    ValueError
        If the rankings have different lengths and neither is empty, or `p` is not inside (0, 1).

    Examples
    --------
    >>> rank_biased_overlap("abc", "abc"), rank_biased_overlap("abc", "xyz")
    (1.0, 0.0)
    >>> round(rank_biased_overlap("ab", "ba", p=0.5), 3)  # 1 · .5² + .5 / .5 · (0 · .5 + 1 · .5²)
    0.5
    """
    if not 0 < p < 1:
        raise ValueError(f"p must lie inside (0, 1), not {p}")
    if not first or not second:
        return float(len(first) == len(second))
    if len(first) != len(second):
        raise ValueError(f"rankings of {len(first)} and {len(second)}: cut them to one depth")
    depth = len(first)
    seen_first: set[Hashable] = set()
    seen_second: set[Hashable] = set()
    total, overlap = 0.0, 0
    for d, (one, other) in enumerate(zip(first, second, strict=True), start=1):
        seen_first.add(one)
        seen_second.add(other)
        overlap = len(seen_first & seen_second)
        total += overlap / d * p**d
    return float(overlap / depth * p**depth + (1 - p) / p * total)
