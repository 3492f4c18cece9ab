"""What late interaction is trained on: activations below the tuned layers, and hard negatives mined by a fused ranking.

The layers below the tuned ones never change, so each text passes through them once; what they give is kept in a
memory-mapped file in bf16 and every later step starts from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.protocols import Floats, LexicalScorer, LexicalScorerFactory, Progress
from models.encoders.backbone import Backbone, attention_bias, embed, layer_forward, pad, token_ids
from models.encoders.base import batches
from models.training.pairs import Pair, PairCollection

if TYPE_CHECKING:
    from torch import Tensor

POOL = 24
"""Candidates of BM25 and of the sentence vectors each, of which negatives are chosen."""
NEGATIVES = 8
TOO_GOOD = 1.03
"""A candidate that late interaction and sentence vectors find this much better than the positive is left out: it is more
likely an unjudged answer than a negative (as in NV-Retriever, arXiv:2407.15831)."""


class Activations:
    """Hidden states of many texts below the tuned layers, in one flat bf16 array.

    Parameters
    ----------
    file : Path or None
        Memory-mapped there; None keeps them in memory.
    lengths : sequence of int
        Tokens of each text.
    width : int
        Of a hidden state.
    """

    def __init__(self, file: Path | None, lengths: Sequence[int], width: int) -> None:
        import torch

        self.offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        size = int(self.offsets[-1]) * width
        if file is None:
            flat = torch.empty(size, dtype=torch.bfloat16)
        else:
            flat = torch.from_file(str(file), shared=True, size=size, dtype=torch.bfloat16)
        self._flat = flat.view(-1, width)

    def put(self, row: int, states: Tensor) -> None:
        """Keep the states (t, d) of one text."""
        self._flat[self.offsets[row] : self.offsets[row + 1]] = states

    def get(self, rows: Sequence[int]) -> tuple[Tensor, Tensor]:
        """Padded states (b, t, d) and mask (b, t) of some texts."""
        import torch

        lengths = [int(self.offsets[row + 1] - self.offsets[row]) for row in rows]
        states = torch.zeros(len(rows), max(lengths), self._flat.shape[1], dtype=torch.bfloat16)
        mask = torch.zeros(len(rows), max(lengths), dtype=torch.int64)
        for i, row in enumerate(rows):
            states[i, : lengths[i]] = self._flat[self.offsets[row] : self.offsets[row + 1]]
            mask[i, : lengths[i]] = 1
        return states, mask


@dataclass
class Prepared:
    """One collection ready for training.

    Attributes
    ----------
    name : str
        Of the collection.
    pairs : tuple of Pair
        Training pairs first taken from it.
    queries, texts : Activations
        Below the tuned layers; queries of `pairs` in order.
    query_ids, text_ids : list of (t,) int32 arrays
        Token ids.
    query_vectors, text_vectors : (n, d) float32
        Untrained sentence vectors.
    negatives : (p, NEGATIVES) int64
        Rows of hard negatives, -1 where there are fewer.
    teacher : (p, 1 + NEGATIVES) float32
        Fused untrained score of the positive and its negatives, NaN where there is none.
    spread : dict
        Typical standard deviation of each untrained score over the candidates of a query: its unit in the fusion.
    weights : (v,) float32
        Root idf of each vocabulary id in this collection.
    lexical : LexicalScorer
        BM25 over `texts`.
    """

    name: str
    pairs: tuple[Pair, ...]
    queries: Activations
    texts: Activations
    query_ids: list[NDArray[np.int32]]
    text_ids: list[NDArray[np.int32]]
    query_vectors: Floats
    text_vectors: Floats
    negatives: NDArray[np.int64]
    teacher: Floats
    spread: dict[str, float]
    weights: Floats
    lexical: LexicalScorer


class Passes:
    """Runs texts through a backbone in its evaluation form.

    Parameters
    ----------
    backbone : Backbone
        Copied to `dtype` on `device`.
    tuned : int
        Upper layers that training may change.
    device : str
        ``cpu`` or ``cuda``.
    dtype : torch.dtype
        Of the arithmetic.
    """

    def __init__(self, backbone: Backbone, tuned: int, device: str, dtype: Any) -> None:
        import copy

        self.backbone = Backbone(backbone.tokenizer, copy.deepcopy(backbone.model).to(device, dtype), backbone.folder)
        self._split = len(backbone.layers) - tuned
        self._device, self._dtype = device, dtype

    def lower(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> Tensor:
        """States (b, t, d) below the tuned layers."""
        import torch

        bias = attention_bias(torch.from_numpy(mask).to(self._device), self._dtype)
        hidden = embed(self.backbone, torch.from_numpy(ids).to(self._device))
        for layer in self.backbone.layers[: self._split]:
            hidden = layer_forward(layer, hidden, bias)
        return hidden

    def upper(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """States (b, t, d) after the tuned layers."""
        bias = attention_bias(mask.to(self._device), self._dtype)
        hidden = hidden.to(self._device, self._dtype)
        for layer in self.backbone.layers[self._split :]:
            hidden = layer_forward(layer, hidden, bias)
        return hidden


def sentence_and_tokens(hidden: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Mean-pooled sentence vectors (b, d) and token vectors (b, t, d), all L2-normalised in float32."""
    import torch

    hidden = hidden.float()
    weights = mask.to(hidden.device).unsqueeze(-1).float()  # (b, t, 1)
    mean = (hidden * weights).sum(1) / weights.sum(1)
    return torch.nn.functional.normalize(mean, dim=-1), torch.nn.functional.normalize(hidden, dim=-1)


@dataclass
class Encoded:
    """Texts after one pass: what training starts from, and what the untrained model says."""

    ids: list[NDArray[np.int32]]
    activations: Activations
    vectors: Floats
    tokens: list[NDArray[np.float16]]


def encode(
    passes: Passes,
    texts: Sequence[str],
    longest: int,
    file: Path | None,
    batch_tokens: int = 8192,
    progress: Progress | None = None,
    what: str = "encoding",
) -> Encoded:
    """One pass over texts, longest first."""
    import torch

    ids = token_ids(passes.backbone, texts, longest)
    lengths = [len(row) for row in ids]
    width = int(passes.backbone.model.config.hidden_size)
    activations = Activations(file, lengths, width)
    vectors = np.zeros((len(texts), width), dtype=np.float32)
    tokens: list[NDArray[np.float16]] = [np.zeros((0, width), dtype=np.float16)] * len(texts)
    done = 0
    with torch.inference_mode():
        for group in batches(lengths, batch_tokens):
            padded, mask = pad([ids[i] for i in group])
            lower = passes.lower(padded, mask)
            on = torch.from_numpy(mask)
            sentence, token = sentence_and_tokens(passes.upper(lower, on), on)
            for row, i in enumerate(group):
                activations.put(i, lower[row, : lengths[i]].cpu())
                tokens[i] = token[row, : lengths[i]].half().cpu().numpy()
            vectors[group] = sentence.cpu().numpy()
            done += len(group)
            if progress is not None:
                progress(done, len(texts), what)
    return Encoded(ids, activations, vectors, tokens)


def root_idf_weights(ids: Sequence[NDArray[np.int32]], vocabulary: int) -> Floats:
    """Root of ln(1 + N / (1 + df)) of each vocabulary id over the texts, as the index weighs query tokens."""
    frequency = np.zeros(vocabulary, dtype=np.int64)
    for row in ids:
        frequency[np.unique(row)] += 1
    return np.sqrt(np.log1p(len(ids) / (1 + frequency))).astype(np.float32)


def weighted_maxsim(query: Floats, weights: Floats, tokens: Sequence[NDArray[np.float16]]) -> NDArray[np.float64]:
    """MaxSim (c,) of one query (q, d) against texts, the weighted mean over its tokens."""
    best = np.stack([(query @ text.astype(np.float32).T).max(1) for text in tokens])  # (c, q)
    return np.asarray(best @ (weights / weights.sum()), dtype=np.float64)


def prepare(
    collection: PairCollection,
    passes: Passes,
    lexical: LexicalScorerFactory,
    folder: Path | None,
    longest: int,
    progress: Progress | None = None,
) -> Prepared:
    """Encode a collection and mine its hard negatives with the untrained ranking ½ BM25 + dense + MaxSim (z-scores)."""
    pairs = tuple(pair for pair in collection.pairs if not pair.held_out)
    stem = collection.name.replace(":", "-").replace("/", "-")
    place = (lambda kind: folder / f"{stem}.{kind}.bf16") if folder is not None else (lambda kind: None)
    texts = encode(
        passes, collection.texts, longest, place("texts"), progress=progress, what=f"{collection.name}: texts"
    )
    queries = encode(
        passes,
        [pair.query for pair in pairs],
        64,
        place("queries"),
        progress=progress,
        what=f"{collection.name}: queries",
    )
    weights = root_idf_weights(texts.ids, int(passes.backbone.model.config.vocab_size))
    scorer = lexical(collection.texts)
    negatives = np.full((len(pairs), NEGATIVES), -1, dtype=np.int64)
    teacher = np.full((len(pairs), 1 + NEGATIVES), np.nan, dtype=np.float32)
    spreads: list[tuple[float, float, float]] = []
    for row, pair in enumerate(pairs):
        weight = weights[queries.ids[row][1:-1]]
        found = mine(pair, queries.vectors[row], queries.tokens[row][1:-1], weight, texts, scorer)
        if found is not None:
            rows, fused, spread = found
            negatives[row, : len(rows)] = rows
            teacher[row, : len(fused)] = fused
            spreads.append(spread)
        if progress is not None:
            progress(row + 1, len(pairs), f"{collection.name}: hard negatives")
    middle = np.median(np.array(spreads), axis=0) if spreads else np.array([1.0, 0.1, 0.05])
    return Prepared(
        name=collection.name,
        pairs=pairs,
        queries=queries.activations,
        texts=texts.activations,
        query_ids=queries.ids,
        text_ids=texts.ids,
        query_vectors=queries.vectors,
        text_vectors=texts.vectors,
        negatives=negatives,
        teacher=teacher,
        spread=dict(zip(("bm25", "dense", "colbert"), (float(max(v, 1e-3)) for v in middle), strict=True)),
        weights=weights,
        lexical=scorer,
    )


def mine(
    pair: Pair, vector: Floats, tokens: NDArray[np.float16], weight: Floats, texts: Encoded, scorer: LexicalScorer
) -> tuple[NDArray[np.int64], Floats, tuple[float, float, float]] | None:
    """Rows of the hard negatives of a pair, the fused scores of positive and negatives, and the spread of each score."""
    if not len(tokens) or not weight.sum() > 0:
        return None
    bm25 = scorer.scores(pair.query)
    dense = texts.vectors @ vector
    pools = [np.argpartition(-scores, min(POOL, len(scores) - 1))[:POOL] for scores in (bm25, dense)]
    rows = np.unique(np.concatenate([*pools, [pair.positive]]))
    late = weighted_maxsim(tokens.astype(np.float32), weight, [texts.tokens[row] for row in rows])
    parts = (bm25[rows], dense[rows].astype(np.float64), late)
    spread = tuple(float(part.std()) for part in parts)
    if min(spread) < 1e-9:
        return None
    z = [(part - part.mean()) / part.std() for part in parts]
    fused = 0.5 * z[0] + z[1] + z[2]
    at = int(np.searchsorted(rows, pair.positive))
    neural = parts[1] + parts[2]
    allowed = [i for i in np.argsort(-fused) if i != at and neural[i] <= TOO_GOOD * neural[at]][:NEGATIVES]
    scores = fused[[at, *allowed]].astype(np.float32)
    return rows[allowed], scores, (spread[0], spread[1], spread[2])
