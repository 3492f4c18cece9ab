"""``vouch``: the command line. Commands import what they need when they run, so that ``--help`` stays fast."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.check import check
from app.cli.evaluate import eval_app
from app.cli.keys import keys_app
from app.cli.mcp import mcp
from app.cli.models import models_app
from app.cli.output import errors_to_exit_codes, print_json, say
from app.cli.upkeep import register as register_upkeep

app = typer.Typer(
    name="vouch",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
collections_app = typer.Typer(help="List, create and delete collections.", no_args_is_help=True)
app.add_typer(collections_app, name="collections")
app.add_typer(keys_app, name="keys")
app.command()(check)
register_upkeep(app)
app.command()(mcp)
app.add_typer(eval_app, name="eval")
app.add_typer(models_app, name="models")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document to standard output.")]
Collection = Annotated[str, typer.Option("--collection", "-c", help="Collection to use.")]
Stages = Annotated[
    str | None, typer.Option("--stages", help="Comma-separated subset of bm25,dense,neighbours,colbert,rerank.")
]


def show_version(wanted: bool) -> None:
    """Print the version of the installed package and leave."""
    if wanted:
        from importlib.metadata import version

        say(f"vouch {version('vouch')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Ask your documents; every part of the answer is vouched for by a checked span or by a run."""


def build() -> Any:
    """The application for the settings in force."""
    import atexit

    from app.bootstrap import build as build_application

    application = build_application()
    atexit.register(application.close)  # a worker left running would keep the process from ending
    return application


def split_stages(stages: str | None) -> list[str] | None:
    """Stage names of a comma-separated option.

    Examples
    --------
    >>> split_stages("bm25, dense")
    ['bm25', 'dense']
    """
    return None if stages is None else [part.strip() for part in stages.split(",") if part.strip()]


@app.command()
def index(
    sources: Annotated[list[str], typer.Argument(help="Files, folders, ZIP archives or URLs.")],
    collection: Collection = "default",
    allow_empty: Annotated[bool, typer.Option("--allow-empty", help="Let a source lose all its documents.")] = False,
    as_json: Json = False,
) -> None:
    """Index sources; unchanged documents are skipped, vanished ones removed."""
    from app.cli.progress import progress_bar

    with progress_bar("index") as progress:
        report = build().index(sources, collection, allow_empty=allow_empty, progress=progress)
    if as_json:
        print_json(report)
        return
    for document in report.documents:
        say(f"{document.state:9} {document.source}" + (f"  ({document.reason})" if document.reason else ""))
    say(f"{report.chunks_added} chunks added to {collection!r} in {report.seconds:.1f} s")


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="Hits wanted.")] = 10,
    stages: Stages = None,
    collection: Collection = "default",
    as_json: Json = False,
) -> None:
    """Search a collection through the cascade."""
    result = build().search(query, k, split_stages(stages), collection)
    if as_json:
        print_json(result)
        return
    for hit in result.hits:
        place = " > ".join((hit.source, *hit.heading_path)) + (f" (page {hit.page})" if hit.page else "")
        ranks = ", ".join(f"{name} {s.rank}" if s else f"{name} –" for name, s in hit.stages.items())
        say(f"{hit.rank}. {place}  [{hit.start}:{hit.end}]  {hit.score:.3f}  ({ranks})")
        say("   " + " ".join(hit.text.split())[:300])
    for stage, reason in result.stages_missing.items():
        sys.stderr.write(f"stage {stage} did not run: {reason}\n")


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question.")],
    history: Annotated[Path | None, typer.Option(help="JSON file: [{role, content}, …].")] = None,
    collection: Collection = "default",
    k: Annotated[int | None, typer.Option("-k", min=1, max=50, help="Passages the evidence is taken from.")] = None,
    stages: Stages = None,
    risk: Annotated[float | None, typer.Option(min=0, max=1, help="Accepted share of wrong answers.")] = None,
    temperature: Annotated[float, typer.Option(min=0, max=2, help="Of the language model.")] = 0.0,
    no_handbook: Annotated[bool, typer.Option("--no-handbook", help="Answer from your documents only.")] = False,
    trace: Annotated[bool, typer.Option("--trace", help="Add how the answer came about.")] = False,
    as_json: Json = False,
) -> None:
    """Answer one question; leaves with 3 where it abstains."""
    from answering.requests import Question

    names = split_stages(stages)
    answer = build().ask(
        checked(
            Question,
            question=question,
            history=read_history(history),
            collection=collection,
            k=k,
            stages=None if names is None else tuple(names),
            risk=risk,
            temperature=temperature,
            handbook=not no_handbook,
            trace=trace,
        )
    )
    if as_json:
        print_json(answer)
    else:
        from app.cli.answer import print_answer

        print_answer(answer)
    if answer.abstained:
        raise SystemExit(3)


@app.command()
def chat(
    collection: Collection = "default",
    no_handbook: Annotated[bool, typer.Option("--no-handbook", help="Answer from your documents only.")] = False,
) -> None:
    """Talk in the terminal; an empty line or Ctrl-D ends."""
    from app.cli.chat import converse

    converse(build(), collection, handbook=not no_handbook)


@app.command("list")
def list_documents(collection: Collection = "default", as_json: Json = False) -> None:
    """What is indexed."""
    documents = build().collections.documents(collection)
    if as_json:
        print_json({"items": documents, "next": None})
        return
    for document in documents:
        say(f"{document.id}  {document.source}  {document.chunks} chunks, {document.characters} characters")


@app.command()
def remove(
    names: Annotated[list[str], typer.Argument(help="Ids or sources.")],
    collection: Collection = "default",
    as_json: Json = False,
) -> None:
    """Remove documents."""
    gone = build().remove(names, collection)
    if as_json:
        print_json({"removed": gone})
    else:
        say(f"removed {len(gone)}")


@collections_app.command("list")
def collections_list(as_json: Json = False) -> None:
    """Names of all collections."""
    names = build().collections.names()
    if as_json:
        print_json({"items": names})
    else:
        say("\n".join(names))


@collections_app.command("create")
def collections_create(name: str, as_json: Json = False) -> None:
    """Make an empty collection."""
    build().collections.create(name)
    print_json({"name": name}) if as_json else say(f"created {name}")


@collections_app.command("delete")
def collections_delete(name: str, as_json: Json = False) -> None:
    """Delete a collection and all that was indexed in it."""
    build().collections.delete(name)
    print_json({"deleted": name}) if as_json else say(f"deleted {name}")


@app.command()
def algorithms(
    family: Annotated[str | None, typer.Option(help="Only this family.")] = None,
    query: Annotated[str | None, typer.Option(help="Only what this is about, best first.")] = None,
    as_json: Json = False,
) -> None:
    """The library of reference implementations."""
    from app.application import describe_algorithm

    entries = build().algorithms(family, query)
    if as_json:
        print_json([describe_algorithm(entry) for entry in entries])
        return
    for entry in entries:
        say(f"{entry.id:40} {entry.family:28} {entry.name}")


@app.command()
def show(id: Annotated[str, typer.Argument(help="Id of an algorithm.")], as_json: Json = False) -> None:
    """Article, inputs and code of one algorithm."""
    from algorithms.registry import load
    from app.application import describe_algorithm

    entry = load(id)
    if as_json:
        print_json({**describe_algorithm(entry), "article": entry.article, "code": entry.code, "sha256": entry.sha256})
        return
    say(f"# {entry.name}\n\n{entry.article}\n\n## Inputs\n")
    for name, spec in entry.inputs_schema.get("properties", {}).items():
        say(f"- {name}: {spec.get('description', '')} Example: {json.dumps(entry.example.get(name))}")
    say(f"\n## Code ({entry.path}, sha256 {entry.sha256[:12]})\n\n{entry.code}")


@app.command()
def run(
    id: Annotated[str, typer.Argument(help="Id of an algorithm.")],
    inputs: Annotated[str | None, typer.Option(help="JSON object of inputs.")] = None,
    values: Annotated[
        list[str] | None, typer.Option("-i", help="One input as key=value; the value is JSON or text.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Execute one algorithm in the worker; missing inputs come from its example."""
    application = build()
    execution = application.run_algorithm(id, read_inputs(inputs, values or []))
    figure = application.executor.figure_path(execution.figure.sha256) if execution.figure else None
    if as_json:
        print_json(execution)
    else:
        say(f"inputs: {json.dumps(execution.inputs, ensure_ascii=False)}")
        say(f"output: {json.dumps(execution.output, ensure_ascii=False, indent=2)}")
        if figure:
            say(f"figure: {figure}")
    application.close()
    if not execution.ok:
        sys.stderr.write(f"error: {execution.error}\n")
        raise SystemExit(1)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to bind.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to bind.")] = None,
) -> None:
    """REST under /v1, the chat page at /, API documentation at /docs."""
    from app.api.server import serve as serve_application
    from app.bootstrap import build as build_application

    serve_application(build_application(flags={"server.host": host, "server.port": port}))


@app.command()
def config(as_json: Json = False) -> None:
    """Effective settings and where each comes from; secrets are not shown."""
    from app.configuration import configure, flatten

    chosen = configure()
    values = flatten(chosen.settings.model_dump(mode="json"))
    rows = {key: {"value": value, "from": chosen.origins.get(key, "default")} for key, value in values.items()}
    if as_json:
        print_json(
            {"home": str(chosen.home.absolute()), "file": str(chosen.file) if chosen.file else None, "settings": rows}
        )
        return
    say(f"home = {chosen.home.absolute()}")
    for key, row in rows.items():
        say(f"{key} = {row['value']!r}  ({row['from']})")


def read_history(file: Path | None) -> list[dict[str, str]]:
    """Turns of a conversation from a JSON file.

    Raises
    ------
    InputError
        If the file is missing or no JSON list.
    """
    from core.errors import InputError

    if file is None:
        return []
    try:
        turns = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{file}: {error}", fix='give a JSON list of {"role", "content"}') from error
    if not isinstance(turns, list):
        raise InputError(f"{file} holds no list", fix='give a JSON list of {"role", "content"}')
    return turns


def read_inputs(text: str | None, pairs: list[str]) -> dict[str, Any]:
    """Inputs of a run from JSON and key=value pairs.

    Raises
    ------
    InputError
        If either is malformed.

    Examples
    --------
    >>> read_inputs('{"a": 1}', ["b=[2, 3]", "c=word"])
    {'a': 1, 'b': [2, 3], 'c': 'word'}
    """
    from core.errors import InputError

    try:
        inputs = json.loads(text) if text else {}
    except ValueError as error:
        raise InputError(f"--inputs is no JSON: {error}", fix="give an object such as '{\"n\": 3}'") from error
    if not isinstance(inputs, dict):
        raise InputError("--inputs is no JSON object", fix="give an object such as '{\"n\": 3}'")
    for pair in pairs:
        key, separator, value = pair.partition("=")
        if not separator:
            raise InputError(f"-i {pair!r} has no '='", fix="write it as key=value")
        try:
            inputs[key.strip()] = json.loads(value)
        except ValueError:
            inputs[key.strip()] = value
    return inputs


def checked(model: Any, **values: Any) -> Any:
    """Build a request, turning a validation error into ours.

    Raises
    ------
    InputError
        If a value is out of its bounds.
    """
    from pydantic import ValidationError

    from core.errors import InputError

    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{where}: {first['msg']}", fix="see `vouch --help`") from error


def main() -> None:
    """Entry point."""
    with errors_to_exit_codes():
        app()
