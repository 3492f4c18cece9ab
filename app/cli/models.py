"""``vouch models``: what is bundled, and training, adapting and exporting it."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.fusion import fusion
from app.cli.output import print_json, say

models_app = typer.Typer(help="Models: what is bundled, training, adapting, exporting.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document to standard output.")]
Minutes = Annotated[float, typer.Option(min=0.05, max=10_000, help="Time box of the training itself.")]
Out = Annotated[Path, typer.Option(help="Folder that is written; an interrupted run goes on from it.")]
Seed = Annotated[int, typer.Option(min=0, help="Of data and batches.")]
Device = Annotated[str, typer.Option(help="auto, cpu or cuda.")]


class Recipe(StrEnum):
    """What can be trained."""

    LATE_INTERACTION = "late-interaction"
    CROSS_ENCODER = "cross-encoder"
    GROUNDED_ANSWERS = "grounded-answers"
    READER = "reader"


@models_app.command("list")
def list_models(as_json: Json = False) -> None:
    """Models in force and the trained weights that ship."""
    from app.configuration import configure
    from models.weights.bundle import WEIGHTS, bundled_names, read_manifest, weights_folder

    settings = configure().settings
    rows: list[dict[str, Any]] = []
    for name in bundled_names():
        folder = weights_folder(name)
        manifest = read_manifest(folder)
        used = name in {
            settings.encoder.weights if settings.encoder.backend == "bundled" else "",
            settings.reranker.weights if settings.reranker.backend == "bundled" else "",
            settings.answer.reader,
        }
        size = (folder / WEIGHTS).stat().st_size
        rows.append({"name": name, "kind": manifest.kind, "bytes": size, "sha256": manifest.sha256, "in_force": used})
    force = {
        "encoder": {"backend": settings.encoder.backend, "model": settings.encoder.model},
        "reranker": {"backend": settings.reranker.backend, "model": settings.reranker.model},
        "llm": {"backend": settings.llm.backend, "model": settings.llm.model or "SmolLM2-135M-Instruct"},
    }
    if as_json:
        print_json({"in_force": force, "weights": rows})
        return
    for part, chosen in force.items():
        say(f"{part:9} {chosen['backend']:22} {chosen['model']}")
    for row in rows:
        mark = "in force" if row["in_force"] else ""
        say(f"weights   {row['kind']:22} {row['name']}  {row['bytes'] / 1e6:.1f} MB  {row['sha256'][:12]}  {mark}")


@models_app.command("train")
def train(
    recipe: Annotated[Recipe, typer.Argument(help="What to train.")],
    out: Out,
    data: Annotated[
        list[Path] | None, typer.Option(help="Folder in BEIR layout; repeatable. Only train splits are read.")
    ] = None,
    minutes: Minutes = 12.0,
    limit: Annotated[int, typer.Option(min=10, help="Pairs of one kind taken from one folder.")] = 2000,
    start: Annotated[str, typer.Option(help="Weights that late interaction goes on from: a name or a folder.")] = "",
    handbook: Annotated[bool, typer.Option(help="Add the handbook's headings and sections.")] = True,
    base: Annotated[
        Path | None, typer.Option(help="Language model of grounded-answers: a folder or GGUF file; the bundled one.")
    ] = None,
    steps: Annotated[
        int, typer.Option(min=0, help="Steps of grounded-answers or reader instead of a time box; 0 goes by time.")
    ] = 0,
    seed: Seed = 0,
    device: Device = "auto",
    as_json: Json = False,
) -> None:
    """Train weights on the bundled models; same code on CPU and CUDA."""
    from app.training import train_adapter, train_reader_on, train_recipe

    if recipe is Recipe.GROUNDED_ANSWERS:
        with stop_on_interrupt() as stop, bar("train") as progress:
            result = train_adapter(data or [], handbook, base, out, minutes, steps, seed, device, progress, stop)
        print_json(result) if as_json else report(result)
        return
    if recipe is Recipe.READER:
        with stop_on_interrupt() as stop, bar("train") as progress:
            result = train_reader_on(data or [], out, minutes, steps, seed, device, progress, stop)
        print_json(result) if as_json else report(result)
        return
    with stop_on_interrupt() as stop, bar("train") as progress:
        result = train_recipe(
            recipe.value, data or [], out, minutes, limit, handbook, start, seed, device, progress, stop
        )
    if as_json:
        print_json(result)
    else:
        report(result)


@models_app.command("adapt")
def adapt(
    out: Out,
    collection: Annotated[str, typer.Option("--collection", "-c", help="Collection to adapt to.")] = "default",
    minutes: Minutes = 6.0,
    seed: Seed = 0,
    device: Device = "auto",
    as_json: Json = False,
) -> None:
    """Adapt the encoder to a collection; kept only where held-out pairs gain and the handbook loses nothing."""
    from app.training import adapt_to

    with stop_on_interrupt() as stop, bar("adapt") as progress:
        result = adapt_to(collection, out, minutes, seed, device, progress, stop)
    if as_json:
        print_json(result)
    else:
        report(result)
    if not result["kept"]:
        raise SystemExit(3)


models_app.command("fusion")(fusion)


@models_app.command("export")
def export(
    out: Annotated[Path, typer.Option(help="New folder.")],
    weights: Annotated[str | None, typer.Option(help="Name or folder; those in force by default.")] = None,
    as_json: Json = False,
) -> None:
    """Write the encoder with its weights merged as a sentence-transformers model."""
    from app.configuration import configure
    from models.encoders.bundled import bundled_folder
    from models.training.export import export as export_model

    name = configure().settings.encoder.weights if weights is None else weights
    folder = export_model(name, bundled_folder(), out)
    print_json({"weights": name, "folder": str(folder)}) if as_json else say(f"{name} merged into {folder}")


def report(result: dict[str, Any]) -> None:
    """Gains as lines."""
    for name, gain in result["gains"].items():
        say(
            f"{name:28} held-out reciprocal rank {gain['before']:.3f} → {gain['after']:.3f}"
            f"  (p = {gain['p_value']:.3f}, {gain['pairs']} pairs)"
        )
    for name, value in result.get("metrics", {}).items():
        say(f"{name:28} {value:.3f} on held-out documents")
    if result["kept"]:
        say(f"written to {result['folder']}; use it with {result['setting']}")
    else:
        say(f"nothing was written: {result['why']}")


@contextmanager
def bar(label: str) -> Iterator[Any]:
    """Progress on standard error."""
    from app.cli.progress import progress_bar

    with progress_bar(label) as progress:
        yield progress


@contextmanager
def stop_on_interrupt() -> Iterator[Callable[[], bool]]:
    """A function that turns true at the first Ctrl-C, so that a run saves its checkpoint; the second one interrupts."""
    asked: list[int] = []
    before = signal.getsignal(signal.SIGINT)

    def remember(number: int, frame: Any) -> None:
        asked.append(number)
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, remember)
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)
