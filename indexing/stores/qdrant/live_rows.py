"""Which rows are live, told by the gaps that removed documents left; memory grows with the gaps, not the collection."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexing.stores.base import Rows


class LiveRows:
    """Rows 0 … `n` - 1 of the live chunks, and their places among all rows ever given out.

    Parameters
    ----------
    gaps : sequence of (int, int)
        First place and length of each removed run, without overlap.

    Examples
    --------
    >>> rows = LiveRows([(1, 2), (5, 1)])  # live places: 0 3 4 6 7 ...
    >>> rows.places(np.arange(5)).tolist()
    [0, 3, 4, 6, 7]
    >>> rows.ranks(np.array([0, 3, 4, 6, 7])).tolist()
    [0, 1, 2, 3, 4]
    """

    def __init__(self, gaps: Sequence[tuple[int, int]]) -> None:
        ordered = sorted((start, length) for start, length in gaps if length)
        self._starts = np.array([start for start, _ in ordered], dtype=np.int64)
        self._gone = np.cumsum([0] + [length for _, length in ordered], dtype=np.int64)
        self._ranks = self._starts - self._gone[:-1]  # live rows before each gap

    def places(self, rows: Rows) -> Rows:
        """Places of live rows."""
        return np.asarray(rows + self._gone[np.searchsorted(self._ranks, rows, side="right")], dtype=np.int64)

    def ranks(self, places: Rows) -> Rows:
        """Live rows at places, none of which lies in a gap."""
        return np.asarray(places - self._gone[np.searchsorted(self._starts, places, side="right")], dtype=np.int64)
