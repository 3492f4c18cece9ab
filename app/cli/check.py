"""``vouch check``: what is wrong in some documents, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import print_json, say


def check(
    sources: Annotated[
        list[str] | None, typer.Argument(help="Files, folders, ZIP archives or URLs; they need not be indexed.")
    ] = None,
    collection: Annotated[
        str | None,
        typer.Option("--collection", "-c", help="Check an indexed collection, alone or together with sources."),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write a report that opens in a browser, offline.")
    ] = None,
    confidence: Annotated[
        float | None, typer.Option(min=0, max=1, help="Report findings from this confidence on.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document to standard output.")] = False,
) -> None:
    """Recompute what documents claim and recognise known errors; leaves with 3 where something is found."""
    from app.bootstrap import build
    from app.checking import check_sources
    from app.cli.progress import progress_bar

    application = build()
    try:
        with progress_bar("check") as progress:
            checked = check_sources(
                application, sources or [], collection, minimum_confidence=confidence, progress=progress
            )
        for source, reason in checked.refused:
            typer.echo(f"not checked: {source} ({reason})", err=True)
        if html is not None:
            from app.ui.report import write_report

            write_report(html, checked.report, checked.documents)
            typer.echo(f"report: {html}", err=True)
    finally:
        application.close()
    if as_json:
        print_json(checked.report)
    else:
        for finding in checked.report.findings:
            say(f"{finding.source}:{finding.start}-{finding.end}: {finding.kind}, {finding.verdict}")
            say(f"  says:    {' '.join(finding.quote.split())[:300]}")
            say(f"  correct: {finding.correct}")
            for other in finding.related:
                say(f"  against: {other.source}:{other.start}-{other.end}: {' '.join(other.quote.split())[:300]}")
        say(f"{counted(len(checked.report.findings), 'finding')} in {counted(checked.report.checked, 'document')}")
    if checked.report.findings:
        raise SystemExit(3)


def counted(count: int, noun: str) -> str:
    """A number with its noun.

    Examples
    --------
    >>> counted(1, "finding"), counted(0, "document")
    ('1 finding', '0 documents')
    """
    return f"{count} {noun}{'' if count == 1 else 's'}"
