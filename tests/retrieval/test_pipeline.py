from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError
from core.settings import IngestSettings, RetrievalSettings
from indexing.chunking.outline_chunker import OutlineChunker
from indexing.pipeline import Ingest
from indexing.stores.embedded import EmbeddedSnapshot, EmbeddedStore
from retrieval.pipeline import NO_RERANKER, Cascade, check_stages
from tests.bundled import encoder

NOTES = {
    "cooking.md": "# Bread\n\nKnead the dough for ten minutes.\n\n# Soup\n\nBoil the bones with onions for hours.\n",
    "learning.md": "# Dropout\n\nDropout switches units off at random.\n\n# Adam\n\nAdam keeps moments of the gradient.\n",
}


class FirstWordReranker:
    """A real reranker of a silly kind: texts that begin with the letter of the query's first word win."""

    name = "first-word"
    residual = False

    def score(self, query: str, texts: Sequence[str]) -> list[float]:
        return [float(query[0].lower() in text[:4].lower()) for text in texts]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedSnapshot:
    folder = tmp_path_factory.mktemp("notes")
    for name, text in NOTES.items():
        (folder / name).write_text(text)
    chunker = OutlineChunker(encoder().token_offsets, 64)
    store = EmbeddedStore(
        "default",
        tmp_path_factory.mktemp("home") / "c",
        encoder_fingerprint=encoder().fingerprint,
        chunker_fingerprint=chunker.fingerprint,
        token_dimension=encoder().token_dimension,
    )
    Ingest(store, encoder(), chunker, IngestSettings()).run([str(folder)])
    return store.snapshot()


@pytest.fixture(scope="module")
def cascade() -> Cascade:
    return Cascade(encoder(), None, RetrievalSettings(hit_characters=0))


def test_the_right_passage_comes_first_and_spans_are_exact(cascade: Cascade, snapshot: EmbeddedSnapshot) -> None:
    result = cascade.search(snapshot, "Which method turns neurons off randomly?", k=3)
    assert result.hits[0].heading_path == ("Dropout",)
    for hit in result.hits:
        document = snapshot.document(hit.document_id)
        assert document is not None
        assert document.text[hit.start : hit.end] == hit.text
    assert [h.score for h in result.hits] == sorted((h.score for h in result.hits), reverse=True)
    assert [h.rank for h in result.hits] == [1, 2, 3]


def test_every_stage_asked_for_is_a_key_and_missing_ones_say_why(cascade: Cascade, snapshot: EmbeddedSnapshot) -> None:
    result = cascade.search(snapshot, "dropout")
    assert set(result.hits[0].stages) == {"bm25", "dense", "neighbours", "colbert", "rerank"}
    assert result.stages_missing == {"rerank": NO_RERANKER}
    assert result.stages_run == ("bm25", "dense", "neighbours", "colbert")
    only = cascade.search(snapshot, "dropout", stages=["bm25"])
    assert set(only.hits[0].stages) == {"bm25"}
    assert [h.heading_path for h in only.hits] == [("Dropout",)]


def test_colbert_alone_ranks_the_candidates_of_dense(cascade: Cascade, snapshot: EmbeddedSnapshot) -> None:
    result = cascade.search(snapshot, "gradient moments", stages=["dense", "colbert"])
    ranks = sorted(h.stages["colbert"].rank for h in result.hits if h.stages["colbert"])
    assert ranks == list(range(1, len(snapshot) + 1))


def test_equal_queries_give_equal_hits(cascade: Cascade, snapshot: EmbeddedSnapshot) -> None:
    first, second = (cascade.search(snapshot, "onions") for _ in range(2))
    assert first.hits == second.hits


def test_the_reranker_reorders_the_best_candidates(snapshot: EmbeddedSnapshot) -> None:
    settings = RetrievalSettings(hit_characters=0, rerank_weight=10)
    reranked = Cascade(encoder(), FirstWordReranker(), settings, rerank_candidates=4)
    result = reranked.search(snapshot, "soup or dough")
    assert result.hits[0].heading_path == ("Soup",)
    assert result.hits[0].stages["rerank"] is not None
    assert "rerank" in result.stages_run


class Correction:
    """A residual reranker: it says by how much the fused score is off."""

    name = "correction"
    residual = True

    def __init__(self, by: float) -> None:
        self._by = by

    def score(self, query: str, texts: Sequence[str]) -> list[float]:
        return [self._by * n for n in range(len(texts))]


def test_a_residual_reranker_corrects_in_the_units_of_the_fusion(snapshot: EmbeddedSnapshot) -> None:
    settings = RetrievalSettings(hit_characters=0, rerank_weight=1)
    plain = Cascade(encoder(), None, settings).search(snapshot, "soup or dough")
    gaps = [a.score - b.score for a, b in pairwise(plain.hits[:4])]

    def order(by: float) -> list[str]:
        found = Cascade(encoder(), Correction(by), settings, rerank_candidates=4).search(snapshot, "soup or dough")
        return [hit.chunk_id for hit in found.hits]

    before = [hit.chunk_id for hit in plain.hits]
    assert order(0.5 * min(gaps)) == before  # smaller than every gap: nothing moves
    assert order(2 * max(gaps))[:4] == before[:4][::-1]
    assert order(2 * max(gaps))[4:] == before[4:]  # what it did not read stays below


def test_hits_grow_within_their_section_only(snapshot: EmbeddedSnapshot) -> None:
    wide = Cascade(encoder(), None, RetrievalSettings(hit_characters=5000)).search(snapshot, "bread", k=10)
    texts = [h.text for h in wide.hits]
    assert all(not ("Bread" in t and "Dropout" in t) for t in texts)


def test_bad_requests_name_the_fix(cascade: Cascade, snapshot: EmbeddedSnapshot) -> None:
    with pytest.raises(InputError, match="at least one of bm25 and dense"):
        check_stages(["colbert"])
    with pytest.raises(InputError, match="the stages are"):
        check_stages(["bm52"])
    with pytest.raises(InputError, match="empty"):
        cascade.search(snapshot, "  ")


def test_an_empty_collection_gives_no_hits(cascade: Cascade, tmp_path: Path) -> None:
    store = EmbeddedStore(
        "empty",
        tmp_path / "e",
        encoder_fingerprint=encoder().fingerprint,
        chunker_fingerprint="c",
        token_dimension=encoder().token_dimension,
    )
    assert cascade.search(store.snapshot(), "anything").hits == ()
    assert np.all(store.snapshot().bm25(["x"], 1.5, 0.75) == 0)


NAMED = {
    "area.md": "---\ntitle: Area under the curve\naliases: [AUC, /old/address]\n---\n\nIt integrates a rate over another.\n",
    "talk.md": "# Curves\n\nThe AUC here and the AUC there: what the AUC is, who made the AUC, why AUC is AUC.\n"
    "\n# ROC\n\nA curve of rates.\n",
}


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedSnapshot:
    folder = tmp_path_factory.mktemp("named")
    for name, text in NAMED.items():
        (folder / name).write_text(text)
    chunker = OutlineChunker(encoder().token_offsets, 64)
    store = EmbeddedStore(
        "default",
        tmp_path_factory.mktemp("home") / "c",
        encoder_fingerprint=encoder().fingerprint,
        chunker_fingerprint=chunker.fingerprint,
        token_dimension=encoder().token_dimension,
    )
    Ingest(store, encoder(), chunker, IngestSettings()).run([str(folder)])
    return store.snapshot()


def test_what_is_called_as_the_question_asks_comes_first(named: EmbeddedSnapshot) -> None:
    plain = Cascade(encoder(), None, RetrievalSettings(hit_characters=0, name_weight=0.0))
    raised = Cascade(encoder(), None, RetrievalSettings(hit_characters=0))
    query = "What is AUC?"
    assert plain.search(named, query).hits[0].source.endswith("talk.md")
    result = raised.search(named, query)
    assert result.hits[0].source.endswith("area.md")
    before = {hit.chunk_id: hit.stages for hit in plain.search(named, query).hits}
    assert {hit.chunk_id: hit.stages for hit in result.hits} == before  # no stage's own score or rank changes
    assert [hit.score for hit in result.hits] == sorted((hit.score for hit in result.hits), reverse=True)
    assert raised.search(named, "what is the ROC").hits[0].heading_path == ("ROC",)


def test_one_stage_alone_keeps_its_own_order(named: EmbeddedSnapshot) -> None:
    result = Cascade(encoder(), None, RetrievalSettings(hit_characters=0)).search(
        named, "What is AUC?", stages=["bm25"]
    )
    assert result.hits[0].source.endswith("talk.md")
    assert "names" not in result.timings_ms


def test_a_filter_holds_for_names(named: EmbeddedSnapshot) -> None:
    from retrieval.filtered import Filters, filtered

    area = next(d for d in named.documents() if d.source.endswith("area.md"))
    assert len(named.named("auc")) == 1
    assert len(named.named("")) == 0
    assert filtered(named, Filters(document_id=area.id)).named("auc").tolist() == [0]
    others = tuple(d.id for d in named.documents() if d.id != area.id)
    assert filtered(named, Filters(document_id=others)).named("auc").tolist() == []
