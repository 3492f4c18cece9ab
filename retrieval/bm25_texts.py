"""BM25 over a list of texts held in memory, for training and adaptation, which rank texts that no index holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexing.stores.analysis import query_stems, stems


class Bm25Texts:
    """A sparse matrix of BM25 weights, one column a stem; the same formula as the index's.

    Parameters
    ----------
    texts : sequence of str
        What is ranked.
    k1, b : float
        Saturation and length normalisation.

    Examples
    --------
    ln(1 + 1.5 / 1.5) · 2.5 / (1 + 1.5 (0.25 + 0.75 · 3 / 2.5)) = 0.6359:

    >>> Bm25Texts(["softmax of scores", "a sigmoid"]).scores("what is softmax?").round(3).tolist()
    [0.636, 0.0]
    """

    def __init__(self, texts: Sequence[str], k1: float = 1.5, b: float = 0.75) -> None:
        from scipy.sparse import csc_matrix

        counts = [Counter(stems(text)) for text in texts]
        self._columns: dict[str, int] = {}
        rows, columns, values = [], [], []
        for row, counted in enumerate(counts):
            for stem, count in counted.items():
                rows.append(row)
                columns.append(self._columns.setdefault(stem, len(self._columns)))
                values.append(float(count))
        lengths = np.array([sum(counted.values()) for counted in counts], dtype=np.float64)
        norm = k1 * (1 - b + b * lengths / max(float(lengths.mean()) if len(texts) else 0.0, 1e-9))  # (n,)
        weights = np.array(values) * (k1 + 1) / (np.array(values) + norm[rows]) if rows else np.zeros(0)
        frequency = np.bincount(columns, minlength=len(self._columns)) if columns else np.zeros(0)
        idf = np.log1p((len(texts) - frequency + 0.5) / (frequency + 0.5))
        weights = weights * idf[columns] if rows else weights
        self._weights = csc_matrix((weights, (rows, columns)), shape=(len(texts), len(self._columns)))

    def scores(self, query: str) -> NDArray[np.float64]:
        """BM25 of every text (n,), 0 where no stem of the query occurs."""
        columns = [self._columns[stem] for stem in query_stems(query) if stem in self._columns]
        scores = np.zeros(self._weights.shape[0])
        for column in columns:
            start, end = self._weights.indptr[column : column + 2]
            scores[self._weights.indices[start:end]] += self._weights.data[start:end]
        return scores
