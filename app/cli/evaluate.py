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
Fill = Annotated[Path | None, typer.Option("--document", help="Document whose marked part is filled with the figures.")]
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
    depth: Annotated[
        int, typer.Option("--depth", min=10, max=1000, help="Documents a run holds for each query.")
    ] = 1000,
    resume: Annotated[bool, typer.Option("--resume", help="Keep runs in --out that would come out the same.")] = False,
    out: Out = Path("eval-retrieval"),
    history: History = None,
    label: Label = "",
    document: Fill = None,
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
        depth=depth,
        resume=resume,
        out=out,
        history=history,
        label=label,
        document=document,
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
    questions: Annotated[
        Path, typer.Option("--questions", help="JSON lines of seeds (docs/evaluation.md), MTRAG tasks, or SQuAD 2.")
    ],
    url: Annotated[str | None, typer.Option("--url", help="Ask a running server instead of this process.")] = None,
    api_key: Annotated[str | None, typer.Option("--api-key", help="For that server.")] = None,
    collection: Annotated[str, typer.Option("--collection", "-c", help="Collection to ask.")] = "default",
    handbook: Annotated[bool, typer.Option("--handbook/--no-handbook", help="Let the handbook answer too.")] = False,
    k: Annotated[int, typer.Option("-k", min=1, help="Hits that count for evidence recall.")] = 5,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Ask a sample of the questions.")] = None,
    types: Annotated[str, typer.Option("--types", help="Comma-separated types of questions to ask.")] = "",
    resume: Annotated[bool, typer.Option("--resume", help="Keep what an interrupted run left in --out.")] = False,
    device: Device = None,
    out: Out = Path("eval-answers"),
    history: History = None,
    label: Label = "",
    document: Fill = None,
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
        document=document,
    )
    if as_json:
        print_json(answers_json(questions.stem, result))
        return
    for name, estimate in result.measures.items():
        say(f"{name:26} {estimate.value:.4f} [{estimate.low:.3f}, {estimate.high:.3f}]  over {result.counts[name]}")
    for id, error in result.errors.items():
        say(f"failed: {id}: {error}")
    say(f"report: {out / 'report.html'}")


@eval_app.command()
def compare(
    files: Annotated[
        list[Path], typer.Argument(help="Run files or results.json; the first is what others are held to.")
    ],
    dataset: Annotated[Path | None, typer.Option("--dataset", help="BEIR or TREC folder with the judgements.")] = None,
    qrels: Annotated[Path | None, typer.Option("--qrels", help="TREC judgements instead.")] = None,
    split: Annotated[str | None, typer.Option("--split", help="Judgements to score by; test, else dev.")] = None,
    measures: Annotated[
        str, typer.Option("--measures", help="Comma-separated ir_measures names.")
    ] = "nDCG@10,AP,R@100",
    tolerance: Annotated[float, typer.Option("--tolerance", min=0, help="Loss that is no regression.")] = 0.0,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the report.")] = None,
    as_json: Json = False,
) -> None:
    """Compare query by query: intervals, randomisation test, Holm's correction; leaves with 3 where something got worse."""
    from evals.compare import compare as compare_all
    from evals.compare import compare_report, read_scored
    from evals.datasets.open_collection import open_collection
    from evals.datasets.trec import read_trec_qrels
    from evals.report import write_report

    judgements = read_trec_qrels(qrels) if qrels else None
    if dataset is not None:
        collection = open_collection(dataset)
        judgements = collection.qrels(collection.split(split))
    scored = [read_scored(file, judgements, names(measures)) for file in files]
    verdict = compare_all(
        scored, tolerance=tolerance, lower_is_better=("trap_repeated", "warned_untrapped", "ECE", "AURC", "Brier")
    )
    if out is not None:
        write_report(out, compare_report(scored, verdict))
    if as_json:
        print_json(verdict.as_json())
    else:
        for (name, measure), c in verdict.comparisons.items():
            mark = "WORSE" if (name, measure) in verdict.regressions else ""
            say(
                f"{name} {measure}: {c.a:.4f} -> {c.b:.4f}  {c.difference:+.4f} [{c.low:+.4f}, {c.high:+.4f}]  "
                f"p {c.p:.4f}  Holm {c.p_holm:.4f}  d {c.effect:+.2f}  detectable {c.detectable:.4f}  {mark}".rstrip()
            )
    if verdict.regressions:
        raise SystemExit(3)


@eval_app.command()
def gpu(
    device: Annotated[str, typer.Option("--device", help="auto, cpu or cuda.")] = "auto",
    language_model: Annotated[bool, typer.Option("--llm/--no-llm", help="Measure the language model too.")] = True,
    as_json: Json = False,
) -> None:
    """Check that a device ranks as the processor does, and what share of its peak it reaches; 3 where ranks differ."""
    from app.evaluation import check_device

    result = check_device(device, language_model)
    if as_json:
        print_json(result.as_json())
    else:
        say(f"{result.device}: {result.name}")
        for name, value in result.parity.items():
            say(f"  {name:28} {value:.4f}")
        for item in result.measured:
            share = f"  {100 * item.share:.1f} % of the peak" if item.share is not None else ""
            say(f"  {item.name:28} {item.value:,.1f} {item.unit}{share}")
    if not result.passed:
        raise SystemExit(3)


@eval_app.command()
def synth(
    collection: Annotated[str, typer.Option("--collection", "-c", help="Collection to ask about.")] = "default",
    limit: Annotated[int, typer.Option("--limit", min=1, help="Most questions.")] = 200,
    k: Annotated[int, typer.Option("-k", min=1, help="Hits among which the passage must be found again.")] = 10,
    from_feedback: Annotated[
        bool, typer.Option("--from-feedback", help="Write judgements from readers' ratings instead.")
    ] = False,
    out: Annotated[Path, typer.Option("--out", help="JSON lines, or TREC judgements from feedback.")] = Path(
        "seeds.jsonl"
    ),
    as_json: Json = False,
) -> None:
    """Make a question set from what is indexed, in the format of `vouch eval answers`."""
    from app.evaluation import synthesise_feedback, synthesise_questions

    if from_feedback:
        count = synthesise_feedback(collection, out)
        summary: dict[str, object] = {"judgements": count, "file": str(out)}
    else:
        result = synthesise_questions(collection, limit, k, out)
        summary = {"questions": len(result.questions), "dropped": result.dropped, "file": str(out)}
    if as_json:
        print_json(summary)
    else:
        say("  ".join(f"{name}: {value}" for name, value in summary.items()))


@eval_app.command()
def speed(
    dataset: Annotated[
        Path, typer.Option("--dataset", help="BEIR or TREC folder whose documents and queries are used.")
    ],
    sizes: Annotated[
        str, typer.Option("--sizes", help="Comma-separated numbers of documents to grow through.")
    ] = "1000",
    systems: Annotated[
        str, typer.Option("--systems", help="Comma-separated baselines to measure beside ours; may be empty.")
    ] = "bm25s,faiss-flat,sentence-transformers,qdrant-local,qdrant-edge",
    queries: Annotated[int, typer.Option("--queries", min=1, help="Queries a round.")] = 50,
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="Rounds.")] = 3,
    split: Annotated[
        str | None, typer.Option("--split", help="Judgements of the quality columns; test, else dev or the first.")
    ] = None,
    grow: Annotated[
        list[Path] | None, typer.Option("--grow", help="Folder with a corpus.jsonl to grow on; repeatable.")
    ] = None,
    chunks: Annotated[
        str, typer.Option("--chunks", help="Comma-separated numbers of chunks of the levels of --grow.")
    ] = "1000,10000,100000",
    encoded: Annotated[
        int, typer.Option("--encoded", min=1, help="Different chunks of --grow that are really encoded.")
    ] = 2000,
    keep: Annotated[
        Path, typer.Option("--keep", help="Folder where the levels of --grow stay; an interrupted run goes on there.")
    ] = Path("eval-levels"),
    url: Annotated[str | None, typer.Option("--url", help="Running server to load.")] = None,
    api_key: Annotated[str | None, typer.Option("--api-key", help="For that server.")] = None,
    route: Annotated[str, typer.Option("--route", help="/v1/search or /v1/ask.")] = "/v1/search",
    clients: Annotated[str, typer.Option("--clients", help="Comma-separated sizes of closed loops.")] = "1,4",
    rates: Annotated[str, typer.Option("--rates", help="Comma-separated requests a second of open loops.")] = "2,8",
    requests: Annotated[int, typer.Option("--requests", min=1, help="Requests of each load.")] = 100,
    device: Device = None,
    out: Out = Path("eval-speed"),
    document: Fill = None,
    as_json: Json = False,
) -> None:
    """Encoding, indexing and search beside other systems in one run, growth, and a load test of a running server."""
    from app.speed import Growth, Load, evaluate_speed

    growth = Growth(grow, [int(part) for part in names(chunks)], encoded, keep) if grow else None
    load = None
    if url is not None:
        load = Load(
            url,
            api_key,
            route,
            [int(part) for part in names(clients)],
            [float(part) for part in names(rates)],
            requests,
        )
    summary = evaluate_speed(
        dataset,
        [int(part) for part in names(sizes)],
        names(systems),
        queries=queries,
        rounds=rounds,
        split=split,
        growth=growth,
        load=load,
        device=device,
        out=out,
        document=document,
    )
    if as_json:
        print_json(summary)
        return
    for section, rows in summary.items():
        say(section)
        for name, value in rows.items():
            say(f"  {name}: {value}")
    say(f"report: {out / 'report.html'}")
