"""What ``vouch migrate`` does with ``--to cluster``."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from app.cli.output import print_json, say

Questions = Annotated[
    int, typer.Option("--questions", min=0, help="With --to: questions from its own headings, asked of both sides.")
]


def run(collection: str, questions: int, as_json: bool) -> None:
    """Copy, compare, publish, report."""
    from app.bootstrap import build
    from app.cli.progress import progress_bar
    from app.to_cluster import to_cluster

    application = build()
    try:
        with progress_bar("migrate") as progress:
            found = to_cluster(application, collection, questions, progress)
    finally:
        application.close()
    assert found is not None  # only a caller of `to_cluster` cancels
    if as_json:
        print_json({"collection": collection, "engine": "cluster", **asdict(found)})
        return
    say(
        f"{collection}: {found.documents} documents with {found.chunks} chunks are in the cluster, alike in every byte "
        f"(SHA-256 {found.checksum[:16]}…)"
    )
    say(f"top {10} of {found.questions} questions: mean overlap {found.agreement:.4f}, least {found.least:.4f}")
    say("set `store.backend = qdrant` to search there")
