"""``python -m app.calibrate``: refit the abstention model on a file of questions over an indexed collection."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from answering.abstain import CALIBRATION
from answering.requests import Question
from app.bootstrap import build
from app.cli.output import errors_to_exit_codes, say
from evals.calibrate import fit_calibration

FOREIGN_SHARE = 0.3
"""Questions of other fields that the accepted risk reckons with, for each question of the field."""


def read_questions(file: Path) -> list[dict[str, Any]]:
    """One JSON object a line."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def calibrate(
    questions: Annotated[Path, typer.Argument(help="JSON lines: question, turns, type ('unanswerable' or another).")],
    foreign: Annotated[
        list[Path] | None, typer.Option(help="JSON lines with 'text': questions of other fields.")
    ] = None,
    collection: Annotated[str, typer.Option()] = "default",
    out: Annotated[Path, typer.Option(help="Where to write.")] = CALIBRATION,
) -> None:
    """Measure the features of each question and fit the probability that it is answered."""
    application = build(flags={"llm.backend": "none"})
    rows = []
    for item in read_questions(questions):
        if item.get("why") == "false_premise":
            continue
        turns = item.get("turns") or [item["question"]]
        roles = ("user", "assistant")
        history = [{"role": roles[i % 2], "content": turn} for i, turn in enumerate(turns[:-1])]
        request = Question.model_validate({"question": turns[-1], "history": history, "collection": collection})
        rows.append((application.assistant.measure(request), item["type"] != "unanswerable"))
    for file in foreign or []:
        for item in read_questions(file):
            rows.append((application.assistant.measure(Question(question=item["text"], collection=collection)), False))
    names = ", ".join(path.name for path in (questions, *(foreign or [])))
    own = len(rows) - sum(len(read_questions(file)) for file in foreign or [])
    share = FOREIGN_SHARE * own / max(1, len(rows) - own)
    weights = [1.0] * own + [share] * (len(rows) - own)
    fitted = fit_calibration(rows, f"{len(rows)} questions: {names}", weights)
    out.write_text(json.dumps(fitted, indent=2) + "\n", encoding="utf-8")
    say(json.dumps(fitted, indent=2))


if __name__ == "__main__":
    with errors_to_exit_codes():
        typer.run(calibrate)
