"""``vouch eval``: measure retrieval, answers, speed and the accelerator; compare; make question sets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import print_json, say

eval_app = typer.Typer(help="Offline evaluation.", no_args_is_help=True, rich_markup_mode=None)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document to standard output.")]
Out = Annotated[Path, typer.Option("--out", help="Folder for runs, tables and the report.")]
Device = Annotated[str | None, typer.Option("--device", help="Encode on auto, cpu or cuda.")]
History = Annotated[
    Path | None, typer.Option("--history", help="JSONL file of earlier evaluations to add this one to and to draw.")
]
Label = Annotated[str, typer.Option("--label", help="Name of this evaluation in the history, e.g. a commit.")]


def names(text: str) -> list[str]:
    """Names of a comma-separated option.

    Examples
    --------
    >>> names("bm25, dense")
    ['bm25', 'dense']
    """
    return [part.strip() for part in text.split(",") if part.strip()]


@eval_app.command()
def retrieval(
    dataset: Annotated[list[Path], typer.Option("--dataset", help="BEIR or TREC folder; repeatable.")],
    systems: Annotated[
        str,
        typer.Option(
            "--systems",
            help="Comma-separated: bm25, dense, colbert, hybrid, full, stages joined by '+', or a baseline "
            "(bm25s, faiss-flat, sentence-transformers, qdrant-local, qdrant-edge, txtai, plaid).",
        ),
    ] = "bm25,dense,colbert,hybrid,full",
    split: Annotated[str | None, typer.Option("--split", help="Judgements to score by; test, else dev.")] = None,
    device: Device = None,
    run: Annotated[list[Path] | None, typer.Option("--run", help="TREC run file to score beside; repeatable.")] = None,
    measures: Annotated[str | None, typer.Option("--measures", help="Comma-separated ir_measures names.")] = None,
    max_queries: Annotated[
        int | None, typer.Option("--max-queries", min=1, help="Run a sample of the queries.")
    ] = None,
    max_documents: Annotated[
        int | None, typer.Option("--max-documents", min=1, help="Refuse collections with more documents.")
    ] = None,
    out: Out = Path("eval-retrieval"),
    history: History = None,
    label: Label = "",
    as_json: Json = False,
) -> None:
    """Rank, write TREC runs, then read the judgements and score; indexes are kept and found again by content."""
    from app.evaluation import evaluate_retrieval
    from evals.retrieval import to_json

    results = evaluate_retrieval(
        dataset,
        names(systems),
        split=split,
        device=device,
        runs=run or [],
        measures=names(measures) if measures else None,
        max_queries=max_queries,
        max_documents=max_documents,
        out=out,
        history=history,
        label=label,
    )
    if as_json:
        print_json(to_json(results))
        return
    for result in results:
        say(f"{result.dataset} ({result.split}, {len(result.queries)} queries)")
        for name, system in result.systems.items():
            shown = "  ".join(f"{m} {e.value:.4f} [{e.low:.3f}, {e.high:.3f}]" for m, e in system.estimates.items())
            say(f"  {name:22} {shown}")
    say(f"report: {out / 'report.html'}")


@eval_app.command()
def answers(
    questions: Annotated[Path, typer.Option("--questions", help="JSON lines; docs/evaluation.md has the format.")],
    url: Annotated[str | None, typer.Option("--url", help="Ask a running server instead of this process.")] = None,
    api_key: Annotated[str | None, typer.Option("--api-key", help="For that server.")] = None,
    collection: Annotated[str, typer.Option("--collection", "-c", help="Collection to ask.")] = "default",
    handbook: Annotated[bool, typer.Option("--handbook/--no-handbook", help="Let the handbook answer too.")] = False,
    k: Annotated[int, typer.Option("-k", min=1, help="Hits that count for evidence recall.")] = 5,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Ask only the first questions.")] = None,
    types: Annotated[str, typer.Option("--types", help="Comma-separated types of questions to ask.")] = "",
    resume: Annotated[bool, typer.Option("--resume", help="Keep what an interrupted run left in --out.")] = False,
    device: Device = None,
    out: Out = Path("eval-answers"),
    history: History = None,
    label: Label = "",
    as_json: Json = False,
) -> None:
    """Ask a question set and judge every answer by rules: evidence, citations, facts, runs, traps, abstention."""
    from app.evaluation import answers_json, evaluate_answers

    result = evaluate_answers(
        questions,
        url=url,
        api_key=api_key,
        collection=collection,
        handbook=handbook,
        k=k,
        limit=limit,
        types=names(types),
        resume=resume,
        device=device,
        out=out,
        history=history,
        label=label,
    )
    if as_json:
        print_json(answers_json(questions.stem, result))
        return
    for name, estimate in result.measures.items():
        say(f"{name:26} {estimate.value:.4f} [{estimate.low:.3f}, {estimate.high:.3f}]  over {result.counts[name]}")
    for id, error in result.errors.items():
        say(f"failed: {id}: {error}")
    say(f"report: {out / 'report.html'}")
