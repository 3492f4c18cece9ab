"""The cascade gives the same answers from an engine that ranks by itself as from rows it reads one by one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from core.settings import IngestSettings, QdrantSettings, RetrievalSettings
from indexing.chunking.outline_chunker import OutlineChunker
from indexing.pipeline import Ingest
from indexing.stores.agreement import padded, rank_biased_overlap
from indexing.stores.base import Snapshot
from indexing.stores.codec import get_codec
from indexing.stores.embedded import EmbeddedStore
from indexing.stores.qdrant.collection import open_edge
from indexing.stores.transfer import transfer
from knowledge.handbook import articles
from retrieval.filtered import Filters, filtered
from retrieval.pipeline import Cascade
from retrieval.topics import Topics
from tests.bundled import encoder

pytest.importorskip("qdrant_edge")
SMALL = RetrievalSettings(candidates=12, seeds=3, neighbours=2)
"""Fewer candidates than chunks, so that each stage's choice matters."""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Snapshot, Snapshot]]:
    folder = tmp_path_factory.mktemp("engines")
    notes = folder / "notes"
    notes.mkdir()
    for number, article in enumerate(list(articles().values())[:4]):
        (notes / f"{number}.md").write_text(article.body[:2500])
    chunker = OutlineChunker(encoder().token_offsets, 64)
    store = EmbeddedStore(
        "default",
        folder / "embedded",
        encoder_fingerprint=encoder().fingerprint,
        chunker_fingerprint=chunker.fingerprint,
        token_dimension=encoder().token_dimension,
    )
    Ingest(store, encoder(), chunker, IngestSettings()).run([str(notes)])
    target = open_edge("default", folder / "edge", QdrantSettings(), encoder(), chunker)
    transfer(store.snapshot(), target, get_codec(encoder().token_dimension), encoder().token_ids)
    gone = store.snapshot().documents()[1].id
    for side in (store, target):
        side.commit([], [gone])  # leaves a gap among the rows
    yield store.snapshot(), target.snapshot()
    target.close()


def questions(snapshot: Snapshot) -> list[str]:
    found = {summary.title for summary in snapshot.documents()}
    for summary in snapshot.documents():
        document = snapshot.document(summary.id)
        assert document is not None
        found.update(section.heading for section in document.sections)
    return [f"What is {name}?" if i % 2 else name for i, name in enumerate(sorted(found))]


def test_the_same_questions_have_the_same_top_ten(both: tuple[Snapshot, Snapshot]) -> None:
    cascade = Cascade(encoder(), None, SMALL)
    overlaps, asked = [], questions(both[0])
    for question in asked:
        one, other = (cascade.search(side, question, 10) for side in both)
        # rows stand in another order there, and ties go by rows: what is joined to a passage may differ
        rankings = padded([h.chunk_id for h in one.hits], [h.chunk_id for h in other.hits])
        overlaps.append(rank_biased_overlap(*rankings))
        assert one.stages_run == other.stages_run
    assert len(asked) >= 10
    assert np.mean(overlaps) >= 0.98


def test_every_stage_gives_the_same_scores(both: tuple[Snapshot, Snapshot]) -> None:
    # every chunk is a candidate: where some are left out, ties and approximate search decide which
    cascade = Cascade(encoder(), None, SMALL.model_copy(update={"candidates": 500}))
    for question in questions(both[0])[:4]:
        one, other = (cascade.candidates(side, question, ["bm25", "dense", "neighbours", "colbert"]) for side in both)
        # rows differ where documents stand in another order, sorted scores do not
        assert len(one.rows) == len(other.rows)
        for stage, tolerance in (("bm25", 1e-9), ("dense", 1e-5), ("colbert", 1e-4)):
            np.testing.assert_allclose(
                np.sort(one.scores[stage]), np.sort(other.scores[stage]), atol=tolerance, err_msg=stage
            )


@pytest.mark.parametrize("stages", [["bm25"], ["dense"], ["bm25", "colbert"], ["bm25", "dense", "neighbours"]])
def test_some_stages_only(both: tuple[Snapshot, Snapshot], stages: list[str]) -> None:
    cascade = Cascade(encoder(), None, SMALL)
    one, other = (cascade.search(side, questions(both[0])[0], 5, stages) for side in both)
    assert [hit.text for hit in one.hits] == [hit.text for hit in other.hits]
    assert one.stages_run == other.stages_run


def test_filters_hold_on_the_server(both: tuple[Snapshot, Snapshot]) -> None:
    cascade = Cascade(encoder(), None, SMALL)
    only = Filters(document_id=both[0].documents()[1].id)
    one, other = (cascade.search(filtered(side, only), "What is a model?", 5) for side in both)
    assert {hit.document_id for hit in other.hits} == {only.document_id}
    assert [hit.text for hit in one.hits] == [hit.text for hit in other.hits]


def test_topics_widen_alike(both: tuple[Snapshot, Snapshot]) -> None:
    cascade = Cascade(encoder(), None, SMALL)
    names = tuple(both[0].documents()[0].title.split()[:2])
    topics = Topics(names=names, nearness=1.0)
    one, other = (cascade.search(side, "how does it learn", 5, topics=topics) for side in both)
    assert [hit.text for hit in one.hits] == [hit.text for hit in other.hits]
