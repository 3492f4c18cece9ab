"""An answer for reading in a terminal."""

from __future__ import annotations

import json

from app.cli.output import say
from core.types import Answer


def print_answer(answer: Answer) -> None:
    """The answer, its sources, runs and warnings."""
    say(answer.answer)
    if answer.citations:
        say("\nSources")
        for citation in answer.citations:
            place = " > ".join((citation.source, *citation.heading_path))
            page = f", page {citation.page}" if citation.page else ""
            say(f"[{citation.marker}] {place}{page} [{citation.start}:{citation.end}]")
    for execution in answer.executions:
        say(f"\nRun: {execution.title} ({execution.path})")
        say(f"inputs: {json.dumps(execution.inputs, ensure_ascii=False)}")
        say(
            f"output: {json.dumps(execution.output, ensure_ascii=False)}"
            if execution.ok
            else f"error: {execution.error}"
        )
    for warning in answer.warnings:
        claim = f"“{warning.claim}” – " if warning.claim else ""
        say(f"\nNote ({warning.kind}): {claim}{warning.correct}")
    if answer.closest is not None:
        say(f"\nClosest: {answer.closest.source} [{answer.closest.start}:{answer.closest.end}]")
    say(f"\nconfidence {answer.confidence:.2f}")
