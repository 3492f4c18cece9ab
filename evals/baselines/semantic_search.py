"""sentence-transformers: ``SentenceTransformer.encode`` and ``util.semantic_search`` over the same weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evals.datasets.collection import Passage


class SemanticSearch:
    """The library's own pass and search, with its own truncation at 256 tokens."""

    name = "sentence-transformers"
    description = (
        "SentenceTransformer.encode and util.semantic_search, the bundled weights, whole documents cut at 256 tokens"
    )

    def __init__(self) -> None:
        from sentence_transformers import SentenceTransformer, util

        from models.encoders.bundled import bundled_folder

        self._search = util.semantic_search
        self._model = SentenceTransformer(str(bundled_folder()), device="cpu", local_files_only=True)
        self._ids: list[str] = []
        self._vectors: Any = None

    def encode(self, texts: Sequence[str]) -> Any:
        """Normalised vectors (n, d) as a tensor."""
        return self._model.encode(
            list(texts), convert_to_tensor=True, normalize_embeddings=True, show_progress_bar=False
        )

    def index(self, passages: Sequence[Passage]) -> None:
        """Encode all documents."""
        self._ids = [passage.id for passage in passages]
        self._vectors = self.encode([f"{p.title}\n{p.text}".strip() for p in passages])

    def index_bytes(self) -> int:
        """The tensor of vectors."""
        return int(self._vectors.numel() * self._vectors.element_size())

    def search(self, query: str, k: int) -> list[tuple[str, float]]:
        """Exact search by cosine."""
        found = self._search(self.encode([query]), self._vectors, top_k=min(k, len(self._ids)))[0]
        return [(self._ids[hit["corpus_id"]], float(hit["score"])) for hit in found]
