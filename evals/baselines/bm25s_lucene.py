"""bm25s over whole documents with Anserini's parameters: the BM25 that published figures mean."""

from __future__ import annotations

from collections.abc import Sequence

from evals.datasets.collection import Passage

TOKEN = r"(?u)\b\w+\b"
"""Words of one character too, as Lucene keeps them: bm25s drops them, which shortens documents full of figures."""


class Bm25sLucene:
    """Lucene's BM25 (k1 0.9, b 0.4), Porter stems, English stop words, one unit a document."""

    name = "bm25s"
    description = "bm25s, whole documents, Lucene's formula with k1 0.9 and b 0.4, Porter stems, stop words dropped"

    def __init__(self) -> None:
        import bm25s
        import Stemmer

        self._bm25s = bm25s
        self._stemmer = Stemmer.Stemmer("porter")
        self._model = bm25s.BM25(k1=0.9, b=0.4, method="lucene")
        self._ids: list[str] = []

    def index(self, passages: Sequence[Passage]) -> None:
        """Tokenize and score all documents."""
        self._ids = [passage.id for passage in passages]
        self._model.index(self._tokens([f"{p.title} {p.text}" for p in passages]), show_progress=False)

    def search(self, query: str, k: int) -> list[tuple[str, float]]:
        """Documents that share a word with the query."""
        rows, scores = self._model.retrieve(self._tokens([query]), k=min(k, len(self._ids)), show_progress=False)
        pairs = zip(rows[0].tolist(), scores[0].tolist(), strict=True)
        return [(self._ids[row], score) for row, score in pairs if score > 0]

    def index_bytes(self) -> int:
        """Its sparse matrix and vocabulary."""
        arrays = sum(array.nbytes for array in self._model.scores.values() if hasattr(array, "nbytes"))
        return int(arrays + sum(len(str(word).encode()) + 8 for word in self._model.vocab_dict))

    def _tokens(self, texts: list[str]) -> list[list[str]]:
        tokens: list[list[str]] = self._bm25s.tokenize(
            texts,
            token_pattern=TOKEN,
            stopwords="en",
            stemmer=self._stemmer,
            return_ids=False,
            show_progress=False,
        )
        return tokens
