"""``vouch models fusion``: weights of the stages that a collection learns from judged queries."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import print_json, say
from app.cli.progress import progress_bar
from core.errors import InputError


def fusion(
    collection: Annotated[str, typer.Option("--collection", "-c", help="Collection that learns.")] = "default",
    queries: Annotated[Path | None, typer.Option(help="JSON lines with _id and text.")] = None,
    qrels: Annotated[Path | None, typer.Option(help="TREC judgements of chunk ids, document ids or sources.")] = None,
    dataset: Annotated[
        Path | None, typer.Option(help="BEIR or TREC folder instead; its index of `vouch eval retrieval` learns.")
    ] = None,
    split: Annotated[str, typer.Option(help="Judgements of that folder to learn from.")] = "train",
    forget: Annotated[bool, typer.Option("--forget", help="Go back to the default weights.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document to standard output.")] = False,
) -> None:
    """Learn the weights of BM25, dense and MaxSim from judged queries; used only where they gain out of fold."""
    from app import fusion as task

    if forget:
        result = task.forget(collection)
    elif dataset is not None:
        with progress_bar("fusion") as progress:
            result = task.learn_from_dataset(dataset, split, progress)
    elif queries is not None and qrels is not None:
        with progress_bar("fusion") as progress:
            result = task.learn_from_files(collection, queries, qrels, progress)
    else:
        raise InputError("there are no judged queries", fix="give --queries and --qrels, --dataset, or --forget")
    if as_json:
        print_json(result)
    elif forget:
        say(f"{collection}: the default weights are in force")
    else:
        say(
            f"{result['collection']}: {result['measure']} {result['default']:.4f} with the default weights, "
            f"{result['learned']:.4f} with learned ones out of fold (p = {result['p_value']:.4f}, "
            f"{result['queries']} queries, {result['folds']} folds)"
        )
        weights = ", ".join(f"{stage} {result[stage]:g}" for stage in ("bm25", "dense", "colbert"))
        say(f"kept: {weights}, scale {result['scale']}" if result["kept"] else "not kept: no significant gain")
    if not result["kept"] and not forget:
        raise SystemExit(3)
