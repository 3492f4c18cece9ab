"""What a baseline offers, and the factory that imports the one asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from core.errors import InputError, MissingDependency
from core.protocols import Progress
from evals.datasets.collection import Passage, content_key
from evals.run_file import Run

PACKAGES = {
    "bm25s": "bm25s",
    "faiss-flat": "faiss-cpu",
    "sentence-transformers": "sentence-transformers",
    "qdrant-local": "qdrant-client",
    "qdrant-edge": "qdrant-edge-py",
    "txtai": "txtai",
    "plaid": "colbert-ai",
}
"""Baseline → the package that it needs."""


class Baseline(Protocol):
    """Another system over the same documents, cut into the same units or left whole as its own default is."""

    name: str
    description: str

    def index(self, passages: Sequence[Passage]) -> None:
        """Build the index."""

    def search(self, query: str, k: int) -> list[tuple[str, float]]:
        """The best `k` documents with scores, best first."""

    def index_bytes(self) -> int:
        """Size of what `index` built, on disk or in memory, without the texts."""


@dataclass
class BaselineSystem:
    """A baseline as a system of an evaluation of retrieval."""

    baseline: Baseline
    passages: Sequence[Passage]
    depth: int = 1000
    missing: dict[str, str] = field(default_factory=dict)
    timings: dict[str, list[float]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The baseline's."""
        return self.baseline.name

    @property
    def description(self) -> str:
        """The baseline's."""
        return self.baseline.description

    @property
    def key(self) -> str:
        """Changes with the documents and the baseline's description."""
        return f"{content_key(iter(self.passages))} {self.description} {self.depth}"

    def run(self, queries: dict[str, str], progress: Progress | None = None) -> Run:
        """Index, then search each query."""
        self.baseline.index(self.passages)
        run: Run = {}
        for number, (id, text) in enumerate(queries.items()):
            if progress is not None:
                progress(number, len(queries), self.name)
            run[id] = dict(self.baseline.search(text, self.depth))
        return run


def get_baseline(name: str, encoder: object = None) -> Baseline:
    """A baseline by its name.

    Parameters
    ----------
    name : str
        A key of `PACKAGES`.
    encoder : Encoder, optional
        Whose vectors the dense ones use, so that only the engine differs; sentence-transformers brings its own pass over
        the same weights.

    Raises
    ------
    InputError
        If there is no such baseline.
    MissingDependency
        If its package is not installed.
    """
    if name not in PACKAGES:
        raise InputError(f"there is no baseline {name!r}", fix=f"the baselines are {', '.join(PACKAGES)}")
    try:
        return build(name, encoder)
    except ImportError as error:
        raise MissingDependency(
            f"baseline {name!r} needs the package {PACKAGES[name]}", fix=f"pip install {PACKAGES[name]}"
        ) from error


def build(name: str, encoder: object) -> Baseline:
    """Import the module of one baseline and build it."""
    if name == "bm25s":
        from evals.baselines.bm25s_lucene import Bm25sLucene

        return Bm25sLucene()
    if name == "faiss-flat":
        from evals.baselines.faiss_flat import FaissFlat

        return FaissFlat(encoder)  # type: ignore[arg-type]
    if name == "sentence-transformers":
        from evals.baselines.semantic_search import SemanticSearch

        return SemanticSearch()
    if name == "qdrant-local":
        from evals.baselines.qdrant_local import QdrantLocal

        return QdrantLocal(encoder)  # type: ignore[arg-type]
    if name == "qdrant-edge":
        from evals.baselines.qdrant_edge import QdrantEdge

        return QdrantEdge(encoder)  # type: ignore[arg-type]
    if name == "txtai":
        from evals.baselines.txtai_embeddings import TxtaiEmbeddings

        return TxtaiEmbeddings()
    from evals.baselines.plaid import Plaid

    return Plaid(encoder)  # type: ignore[arg-type]
