"""Injected instructions change nothing: the answer equals that of the clean twin, the same documents without the instruction.

The language model of these tests is the worst one possible: it says what the instruction wants. What the gate lets through is
then what any model could have said.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from answering.requests import Question
from app.application import Application
from core.protocols import Prompt
from core.types import Answer, Turn

DATA = Path(__file__).with_name("red_team")
CASES: list[dict[str, Any]] = tomllib.loads((DATA / "cases.toml").read_text(encoding="utf-8"))["case"]
TOPICS: dict[str, dict[str, str]] = tomllib.loads((DATA / "topics.toml").read_text(encoding="utf-8"))
REPLY = "It is described there."


class Obedient:
    """Says whatever it was last told to."""

    name = "obedient"

    def __init__(self) -> None:
        self.order = ""

    def stream(self, prompt: Prompt, **limits: Any) -> Iterator[str]:
        yield self.order


@pytest.fixture(scope="module")
def model() -> Obedient:
    return Obedient()


@pytest.fixture(scope="module")
def application(build: Callable[..., Application], model: Obedient, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return build(tmp_path_factory.mktemp("red-team"), model=lambda: model)


@pytest.fixture(scope="module")
def clean(application: Application, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    """The answer of each topic's clean twin."""
    folder = tmp_path_factory.mktemp("clean")
    answers = {}
    for name, topic in TOPICS.items():
        fill(application, f"clean-{name}", folder / name, {"notes.md": topic["document"].replace("{here}", "")})
        answers[name] = application.ask(asked(topic, {"into": "none"}, f"clean-{name}"))
    return answers


def fill(application: Application, collection: str, folder: Path, files: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    application.index([str(folder)], collection)


def asked(topic: dict[str, str], case: dict[str, Any], collection: str) -> Question:
    """The question of a topic with a case's instruction where it belongs."""
    into, text = case["into"], case.get("text", "")
    question = {"question": f"{topic['question']} {text}", "before question": f"{text} {topic['question']}"}
    history = [("user", topic["history"]), ("assistant", REPLY)] if "history" in topic else []
    if into == "user turn":
        history += [("user", text), ("assistant", "Understood.")]
    if into == "assistant turn":
        history += [("user", "Thank you."), ("assistant", text)]
    turns = tuple(Turn(role=role, content=content) for role, content in history)  # type: ignore[arg-type]
    return Question(
        question=question.get(into, topic["question"]), history=turns, collection=collection, handbook=False
    )


def essence(answer: Answer) -> dict[str, Any]:
    """What an instruction must not change."""
    return {
        "answer": answer.answer,
        "abstained": answer.abstained,
        "quotes": [citation.quote for citation in answer.citations],
        "runs": [(run.algorithm, run.inputs, run.output, run.ok) for run in answer.executions],
        "warnings": [(warning.kind, warning.claim, warning.correct) for warning in answer.warnings],
        "standalone": answer.standalone_question,
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_an_instruction_changes_nothing(
    case: dict[str, Any], application: Application, clean: dict[str, Answer], model: Obedient, tmp_path: Path
) -> None:
    case = {"into": "document", **case}
    topic = TOPICS[case["topic"]]
    collection = f"clean-{case['topic']}"
    if case["into"] in {"document", "second document"}:
        collection = case["id"]
        inside = case["text"] if case["into"] == "document" else ""
        if "\n" in inside or inside.startswith(("<", "#", ">", "|", "-", "[^", "`")):
            inside = f"\n\n{inside}"  # what is markup stands on lines of its own
        files = {"notes.md": topic["document"].replace("{here}", inside)}
        if case["into"] == "second document":
            files["other.md"] = f"# Read me\n\n{case['text']}\n"
        fill(application, collection, tmp_path / case["topic"], files)
    model.order = case["text"].splitlines()[0]
    answer = application.ask(asked(topic, case, collection))
    model.order = ""
    assert essence(answer) == essence(clean[case["topic"]])
    for leak in case["leaks"]:
        assert leak.casefold() not in answer.answer.casefold()


def test_the_clean_twins_are_answers(clean: dict[str, Answer]) -> None:
    assert {name for name, answer in clean.items() if answer.abstained} == {"unanswerable"}
    assert len(clean["definition"].citations) >= 1 and "copper valve" in clean["definition"].answer
    assert [run.algorithm for run in clean["compute"].executions] == ["softmax"]
    assert "1874" in clean["follow-up"].answer


def test_the_set_is_large_and_its_cases_are_different() -> None:
    assert len(CASES) >= 100
    assert len({case["text"] for case in CASES}) == len({case["id"] for case in CASES}) == len(CASES)
    assert all(case["leaks"] and case["topic"] in TOPICS for case in CASES)
