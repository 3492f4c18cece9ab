"""``vouch eval``: measure retrieval, answers, speed and the accelerator; compare; make question sets."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import print_json, say

eval_app = typer.Typer(help="Offline evaluation.", no_args_is_help=True, rich_markup_mode=None)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document to standard output.")]
Out = Annotated[Path, typer.Option("--out", help="Folder for runs, tables and the report.")]
Device = Annotated[str | None, typer.Option("--device", help="Encode and search on auto, cpu or cuda.")]
History = Annotated[
    Path | None, typer.Option("--history", help="JSONL file of earlier evaluations to add this one to and to draw.")
]
Fill = Annotated[Path | None, typer.Option("--document", help="Document whose marked part is filled with the figures.")]
Label = Annotated[str, typer.Option("--label", help="Name of this evaluation in the history, e.g. a commit.")]
Folder = Annotated[Path, typer.Option("--dataset", help="BEIR or TREC folder whose documents and queries are used.")]
Split = Annotated[str | None, typer.Option("--split", help="Judgements to score by; test, else dev.")]
Resume = Annotated[bool, typer.Option("--resume", help="Keep what --out holds and would come out the same.")]
Url = Annotated[str | None, typer.Option("--url", help="Running server to ask or load instead of this process.")]
Key = Annotated[str | None, typer.Option("--api-key", help="For that server.")]
Collection = Annotated[str, typer.Option("--collection", "-c", help="Collection to ask or to ask about.")]


def names(text: str) -> list[str]:
    """Names of a comma-separated option.

    Examples
    --------
    >>> names("bm25, dense")
    ['bm25', 'dense']
    """
    return [part.strip() for part in text.split(",") if part.strip()]


def show(as_json: bool, document: object, lines: Iterable[str]) -> None:
    """One JSON document, or lines for people."""
    if as_json:
        print_json(document)
        return
    for line in lines:
        say(line)


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
    split: Split = None,
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
    resume: Resume = False,
    out: Out = Path("eval-retrieval"),
    history: History = None,
    label: Label = "",
    document: Fill = None,
    as_json: Json = False,
) -> None:
    """Rank, write TREC runs, then read the judgements and score; indexes are kept and found again by content."""
    from app.evaluation.keeping import Keeping
    from app.evaluation.retrieval import RetrievalOptions, evaluate_retrieval
    from evals.metrics.ranking import MEASURES
    from evals.retrieval import to_json

    options = RetrievalOptions(
        names(systems),
        split,
        device,
        run or (),
        names(measures) if measures else MEASURES,
        max_queries,
        max_documents,
        depth,
        resume,
    )
    results = evaluate_retrieval(dataset, options, Keeping(out, history, label, document))
    lines = []
    for result in results:
        lines.append(f"{result.dataset} ({result.split}, {len(result.queries)} queries)")
        for name, system in result.systems.items():
            shown = "  ".join(f"{m} {e.value:.4f} [{e.low:.3f}, {e.high:.3f}]" for m, e in system.estimates.items())
            lines.append(f"  {name:22} {shown}")
    show(as_json, to_json(results), [*lines, f"report: {out / 'report.html'}"])


@eval_app.command()
def answers(
    questions: Annotated[
        Path, typer.Option("--questions", help="JSON lines of seeds (docs/evaluation.md), MTRAG tasks, or SQuAD 2.")
    ],
    url: Url = None,
    api_key: Key = None,
    collection: Collection = "default",
    handbook: Annotated[bool, typer.Option("--handbook/--no-handbook", help="Let the handbook answer too.")] = False,
    k: Annotated[int, typer.Option("-k", min=1, help="Hits that count for evidence recall.")] = 5,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Ask a sample of the questions.")] = None,
    types: Annotated[str, typer.Option("--types", help="Comma-separated types of questions to ask.")] = "",
    held_out: Annotated[
        bool, typer.Option("--held-out", help="Ask only about documents that training left out (SQuAD folders).")
    ] = False,
    resume: Resume = False,
    device: Device = None,
    out: Out = Path("eval-answers"),
    history: History = None,
    label: Label = "",
    document: Fill = None,
    as_json: Json = False,
) -> None:
    """Ask a question set and judge every answer by rules: evidence, citations, facts, runs, traps, abstention."""
    from app.evaluation.answers import AnswersOptions, answers_json, evaluate_answers
    from app.evaluation.keeping import Keeping

    options = AnswersOptions(url, api_key, collection, handbook, k, limit, names(types), resume, device, held_out)
    result = evaluate_answers(questions, options, Keeping(out, history, label, document))
    lines = [
        f"{name:26} {e.value:.4f} [{e.low:.3f}, {e.high:.3f}]  over {result.counts[name]}"
        for name, e in result.measures.items()
    ]
    lines += [f"failed: {id}: {error}" for id, error in result.errors.items()]
    show(as_json, answers_json(questions.stem, result), [*lines, f"report: {out / 'report.html'}"])


@eval_app.command()
def compare(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Folders of evaluations, run files, tables or results.json; the first is what others are held to."
        ),
    ],
    dataset: Annotated[Path | None, typer.Option("--dataset", help="BEIR or TREC folder with the judgements.")] = None,
    qrels: Annotated[Path | None, typer.Option("--qrels", help="TREC judgements instead.")] = None,
    split: Split = None,
    measures: Annotated[
        str, typer.Option("--measures", help="Comma-separated ir_measures names.")
    ] = "nDCG@10,AP,R@100",
    tolerance: Annotated[float, typer.Option("--tolerance", min=0, help="Loss that is no regression.")] = 0.0,
    expected: Annotated[
        Path | None, typer.Option("--expected", help="YAML file or folder of values that results.json must hold to.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the report.")] = None,
    as_json: Json = False,
) -> None:
    """Compare query by query: intervals, randomisation test, Holm's correction; leaves with 3 where something got worse."""
    from app.evaluation.gate import compare_files

    gate = compare_files(
        files,
        dataset=dataset,
        qrels=qrels,
        split=split,
        measures=names(measures),
        tolerance=tolerance,
        expected=expected,
        out=out,
    )
    show(as_json, gate.as_json(), gate.lines())
    if gate.failed:
        raise SystemExit(3)


@eval_app.command()
def gpu(
    device: Annotated[str, typer.Option("--device", help="auto, cpu or cuda.")] = "auto",
    language_model: Annotated[bool, typer.Option("--llm/--no-llm", help="Measure the language model too.")] = True,
    dataset: Annotated[
        Path | None, typer.Option("--dataset", help="BEIR or TREC folder to evaluate as a whole, such as SciFact.")
    ] = None,
    max_queries: Annotated[
        int | None, typer.Option("--max-queries", min=1, help="Run a sample of its queries.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check that a device ranks as the processor does, and what share of its peak it reaches; 3 where ranks differ."""
    from app.evaluation.device import check_device

    result = check_device(device, language_model, dataset, max_queries)
    lines = [f"{result.device}: {result.name}", *(f"  {name:28} {value:.4f}" for name, value in result.parity.items())]
    for item in result.measured:
        share = f"  {100 * item.share:.1f} % of the peak" if item.share is not None else ""
        lines.append(f"  {item.name:28} {item.value:,.1f} {item.unit}{share}")
    show(as_json, result.as_json(), lines)
    if not result.passed:
        raise SystemExit(3)


@eval_app.command()
def synth(
    collection: Collection = "default",
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
    from app.evaluation.question_sets import synthesise_feedback, synthesise_questions

    if from_feedback:
        summary: dict[str, object] = {"judgements": synthesise_feedback(collection, out), "file": str(out)}
    else:
        result = synthesise_questions(collection, limit, k, out)
        summary = {"questions": len(result.questions), "dropped": result.dropped, "file": str(out)}
    show(as_json, summary, ["  ".join(f"{name}: {value}" for name, value in summary.items())])


@eval_app.command()
def speed(
    dataset: Folder,
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
    url: Url = None,
    api_key: Key = None,
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
        sizes_of_loops, offered = [int(part) for part in names(clients)], [float(part) for part in names(rates)]
        load = Load(url, api_key, route, sizes_of_loops, offered, requests)
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
    lines = [
        line
        for section, rows in summary.items()
        for line in (section, *(f"  {name}: {value}" for name, value in rows.items()))
    ]
    show(as_json, summary, [*lines, f"report: {out / 'report.html'}"])
