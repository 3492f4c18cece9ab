"""Question sets from what is indexed, and judgements from what readers said."""

from __future__ import annotations

import json
from pathlib import Path

from app.bootstrap import build
from core.errors import NotFound
from evals.synth import Synthesis, feedback_qrels, synthesise


def synthesise_questions(collection: str, limit: int, k: int, out: Path) -> Synthesis:
    """Make questions from a collection's documents and write them as JSON lines.

    Raises
    ------
    NotFound
        If there is no such collection or nothing in it.
    """
    application = build(flags={"llm.backend": "none"})
    snapshot = application.snapshot_or_none(collection)
    if snapshot is None or not len(snapshot):
        raise NotFound(f"nothing is indexed in collection {collection!r}", fix="run `vouch index FILE`")
    documents = [document for row in snapshot.documents() if (document := snapshot.document(row.id)) is not None]

    def find(question: str) -> list[tuple[str, int, int]]:
        hits = application.cascade.search(snapshot, question, k).hits
        return [(hit.document_id, hit.start, hit.end) for hit in hits]

    result = synthesise(documents, find, limit)
    rows = [json.dumps(question.as_seed(), ensure_ascii=False) + "\n" for question in result.questions]
    out.write_text("".join(rows), encoding="utf-8")
    return result


def synthesise_feedback(collection: str, out: Path) -> int:
    """Write readers' ratings of passages as TREC judgements and return how many there are."""
    from indexing.feedback import read_feedback

    application = build(flags={"llm.backend": "none"})
    rows = read_feedback(application.collections.open(collection))
    qrels = feedback_qrels(rows, lambda document, start, end: f"{document}-{start}-{end}")
    lines = [f"{answer} 0 {chunk} {grade}\n" for answer, grades in qrels.items() for chunk, grade in grades.items()]
    out.write_text("".join(lines), encoding="utf-8")
    return len(lines)
