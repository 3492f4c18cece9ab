"""PLAID of ``colbert-ai`` over our token vectors.

Only its index and its search are used: the token vectors are ours, so that the engine alone differs. Version 0.2.22 needs
care with transformers 5, which this adapter takes: no fork, and an indexer without a checkpoint. Its extensions are compiled
at the first search, which takes a minute or two and is no part of a measurement.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import sys
import tempfile
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.protocols import Encoder
from evals.datasets.collection import Passage
from evals.machine import folder_bytes


class Plaid:
    """Residual-compressed centroids and their staged search.

    Parameters
    ----------
    encoder : Encoder
        Whose token vectors are indexed; documents are cut at its limit.
    """

    name = "plaid"
    description = "colbert-ai's PLAID index and searcher over our token vectors of whole documents, 2 bits"

    def __init__(self, encoder: Encoder) -> None:
        if importlib.util.find_spec("colbert") is None:  # before anything of transformers is touched
            raise ImportError("colbert")
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from transformers import PreTrainedModel

        if not hasattr(PreTrainedModel, "all_tied_weights_keys"):
            PreTrainedModel.all_tied_weights_keys = {}  # its model class predates the attribute and fails without it
        import colbert

        self._colbert = colbert
        self._encoder = encoder
        self._ids: list[str] = []
        self._searcher: Any = None
        self._folder = tempfile.mkdtemp(prefix="plaid-")
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)

    def index(self, passages: Sequence[Passage]) -> None:
        """Encode with our encoder, cluster and compress with theirs."""
        from colbert.infra import ColBERTConfig, RunConfig

        self._ids = [passage.id for passage in passages]
        room = self._encoder.max_tokens - 2
        texts = []
        for passage in passages:
            text = f"{passage.title}\n{passage.text}".strip()
            offsets = self._encoder.token_offsets(text)
            texts.append(text if len(offsets) <= room else text[: offsets[room - 1][1]])
        config = ColBERTConfig(
            root=self._folder,
            experiment="baseline",
            index_name="documents",
            dim=self._encoder.token_dimension,
            nbits=2,
            avoid_fork_if_possible=True,
        )
        config.configure(**RunConfig(root=self._folder, experiment="baseline", avoid_fork_if_possible=True).export())
        Path(config.index_path_).mkdir(parents=True, exist_ok=True)  # their launcher would
        with contextlib.redirect_stdout(sys.stderr):  # it prints as it goes, into what may be JSON
            indexer_of(config, texts, OurEncoder(self._encoder)).run([])
        self._config = config

    def index_bytes(self) -> int:
        """Its folder."""
        return folder_bytes(Path(self._config.index_path_))

    def search(self, query: str, k: int) -> list[tuple[str, float]]:
        """Their staged search with our query vectors."""
        import torch

        if self._searcher is None:
            from colbert.modeling.colbert import ColBERT
            from colbert.search.index_storage import IndexScorer

            with contextlib.redirect_stdout(sys.stderr):
                ColBERT.try_load_torch_extensions(use_gpu=False)  # their model's constructor would
                self._searcher = IndexScorer(self._config.index_path_, use_gpu=False)
        vectors = torch.from_numpy(self._encoder.encode_query(query).tokens)[None]  # (1, q, m)
        cells, threshold, documents = effort(k)
        self._config.configure(
            ncells=cells,
            centroid_score_threshold=threshold,
            ndocs=documents,
            query_maxlen=vectors.shape[1],
        )
        ids, scores = self._searcher.rank(self._config, vectors)
        pairs = zip(ids[:k], scores[:k], strict=True)
        return [(self._ids[int(row)], float(score)) for row, score in pairs]


def effort(k: int) -> tuple[int, float, int]:
    """Centroids a query token looks at, the score below which centroids are pruned, and documents that are scored.

    Those of the library's own ``Searcher`` for `k` hits.

    Examples
    --------
    >>> effort(10), effort(1000)
    ((1, 0.5, 256), (4, 0.4, 4096))
    """
    if k <= 10:
        return 1, 0.5, 256
    return (2, 0.45, 1024) if k <= 100 else (4, 0.4, max(4 * k, 4096))


def indexer_of(config: Any, texts: list[str], encoder: OurEncoder) -> Any:
    """Their indexer with our encoder; its own constructor would load a checkpoint."""
    from colbert.data.collection import Collection
    from colbert.indexing.collection_indexer import CollectionIndexer
    from colbert.indexing.index_saver import IndexSaver

    indexer = CollectionIndexer.__new__(CollectionIndexer)
    indexer.verbose = 0
    indexer.config = config
    indexer.rank, indexer.nranks = config.rank, config.nranks
    indexer.use_gpu = False
    indexer.collection = Collection.cast(texts)
    indexer.encoder = encoder
    indexer.saver = IndexSaver(config)
    return indexer


class OurEncoder:
    """Stands where PLAID's indexer expects its own passage encoder."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def encode_passages(self, passages: Sequence[str]) -> tuple[Any, list[int]]:
        """Token vectors of all passages in one tensor, and how many each has."""
        import torch

        encodings = self._encoder.encode_documents(list(passages))
        lengths = [len(encoding.tokens) for encoding in encodings]
        return torch.from_numpy(np.concatenate([encoding.tokens for encoding in encodings])), lengths
