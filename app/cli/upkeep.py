"""``vouch doctor``, ``backup``, ``restore`` and ``migrate``: keeping what was indexed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from app.cli import to_cluster
from app.cli.output import print_json, say

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document to standard output.")]
Collection = Annotated[str, typer.Option("--collection", "-c", help="Collection to use.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (doctor, backup, restore, migrate):
        app.command()(command)


def build(flags: dict[str, Any] | None = None) -> Any:
    """The application for the settings in force."""
    from app.bootstrap import build as build_application

    return build_application(flags=flags or {})


def doctor(
    collection: Collection = "default",
    repair: Annotated[bool, typer.Option("--repair", help="Mend what the texts allow to mend.")] = False,
    as_json: Json = False,
) -> None:
    """Check a collection against its sources of truth; leaves with 3 where something is found (and not mended)."""
    from app.cli.progress import progress_bar
    from retrieval.scoring.native import kernels

    application = build()
    with progress_bar("doctor") as progress:
        findings = application.examine(collection, progress)
    left, mended = findings, None
    if repair and findings:
        with progress_bar("repair") as progress:
            mended = application.repair(collection, findings, progress)
        left = list(mended.remaining)
    kernel = kernels()
    report = {
        "collection": collection,
        "findings": findings,
        "repair": mended,
        "kernel": {"compiled": kernel.library is not None, "detail": kernel.reason},
    }
    if as_json:
        print_json(report)
    else:
        say("\n".join(f"{finding.kind}: {finding.message}" for finding in findings) or "no findings")
        if mended is not None:
            unit = "documents" if application.settings.store.backend == "qdrant" else "segments"
            say(f"encoded {len(mended.segments)} {unit} again, {len(left)} findings remain")
        if kernel.library is None:
            say(f"note: {kernel.reason}")
    application.close()
    if left:
        raise SystemExit(3)


def backup(
    file: Annotated[Path, typer.Argument(help="File to write; it must not exist.")],
    collection: Annotated[str | None, typer.Option("--collection", "-c", help="Only this one; all by default.")] = None,
    as_json: Json = False,
) -> None:
    """Write a consistent snapshot of collections; writers may go on meanwhile."""
    from app.cli.progress import progress_bar
    from core.errors import NotFound
    from indexing.backup import backup as write
    from indexing.collections import HANDBOOK

    application = build()
    names = [collection] if collection else [n for n in application.collections.names() if n != HANDBOOK]
    if not names:
        raise NotFound(f"nothing is indexed in {application.home.absolute()}", fix="run `vouch index FILE` first")
    if application.settings.store.backend == "qdrant":
        from app.cluster_backup import backup_cluster

        with progress_bar("backup") as progress:
            manifest = backup_cluster(application, names, file, progress)
    else:
        manifest = write([application.collections.open(name) for name in names], file)
    size = file.stat().st_size
    if as_json:
        print_json({"file": str(file), "bytes": size, "collections": manifest.collections})
    else:
        say(f"{', '.join(names)}: {size} bytes in {file}")
    application.close()


def restore(
    file: Annotated[Path, typer.Argument(help="File that `vouch backup` wrote.")],
    collection: Annotated[str | None, typer.Option("--collection", "-c", help="Only this one; all by default.")] = None,
    name: Annotated[str | None, typer.Option("--as", help="What to call it here.")] = None,
    as_json: Json = False,
) -> None:
    """Bring collections back from a backup; a damaged one is refused whole."""
    from app.configuration import configure
    from indexing.backup import restore as bring_back
    from indexing.collections import check_name

    if name is not None:
        check_name(name)
    configuration = configure()
    restored: dict[str, int]
    if configuration.settings.store.backend == "qdrant":
        from app.cli.progress import progress_bar
        from app.cluster_backup import restore_cluster

        application = build()
        with progress_bar("restore") as progress:
            restored = restore_cluster(application, file, collection, name, progress)
        application.close()
    else:
        restored = bring_back(file, configuration.home, collection, name)
    if as_json:
        print_json({"restored": restored})
    else:
        say("restored " + ", ".join(restored))


def migrate(
    collection: Collection = "default",
    encoder: Annotated[str | None, typer.Option(help="Name or folder of a sentence-transformers model.")] = None,
    chunk_tokens: Annotated[int | None, typer.Option(min=32, max=8192, help="Longest chunk.")] = None,
    to: Annotated[
        Literal["embedded", "cluster"], typer.Option(help="Rebuild here, or copy into Qdrant as it is.")
    ] = "embedded",
    questions: to_cluster.Questions = 200,
    as_json: Json = False,
) -> None:
    """Rebuild a collection for the settings in force (and these options), then switch to it in one step.

    It can be stopped and run again; the index in use stays until the new one has passed its examination. With --to cluster
    nothing is rebuilt: the collection is copied into the Qdrant server of `store.qdrant.url` and both sides are compared.
    """
    from app.cli.progress import progress_bar
    from core.errors import InputError

    if to == "cluster":
        if encoder is not None or chunk_tokens is not None:
            raise InputError(
                "--to cluster copies a collection as it is, --encoder and --chunk-tokens rebuild it",
                fix="run `vouch migrate` with them first, then `vouch migrate --to cluster`",
            )
        to_cluster.run(collection, questions, as_json)
        return

    flags = {
        "encoder.backend": "sentence-transformers" if encoder else None,
        "encoder.model": encoder,
        "ingest.chunk_tokens": chunk_tokens,
    }
    application = build(flags)
    with progress_bar("migrate") as progress:
        done = application.migrate(collection, progress)
    changed = {key: value for key, value in flags.items() if value is not None}
    if as_json:
        print_json({"collection": collection, "engine": to, **done.model_dump(), "settings": changed})
        return
    if not done.switched:
        say(f"{collection!r} was already made by these settings")
        return
    say(f"{done.documents} documents, {done.chunks} chunks in generation {done.generation}")
    for key, value in changed.items():
        say(f"now set {key} = {value!r} in vouch.toml, or the collection is refused")
