"""txtai's embeddings database over the same weights."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from evals.datasets.collection import Passage
from evals.machine import folder_bytes


class TxtaiEmbeddings:
    """``txtai.Embeddings`` with the bundled weights and its default index."""

    name = "txtai"
    description = "txtai Embeddings with the bundled weights, whole documents, its default index"

    def __init__(self) -> None:
        from txtai import Embeddings

        from models.encoders.bundled import bundled_folder

        self._embeddings = Embeddings(path=str(bundled_folder()), content=False, gpu=False)

    def index(self, passages: Sequence[Passage]) -> None:
        """Encode and index all documents."""
        self._embeddings.index((p.id, f"{p.title}\n{p.text}".strip(), None) for p in passages)

    def index_bytes(self) -> int:
        """What it saves."""
        with tempfile.TemporaryDirectory(prefix="txtai-") as folder:
            self._embeddings.save(folder)
            return folder_bytes(Path(folder))

    def search(self, query: str, k: int) -> list[tuple[str, float]]:
        """Nearest documents."""
        return [(str(id), float(score)) for id, score in self._embeddings.search(query, k)]
