"""A run of questions that is killed, at any point and by a signal that nothing can catch, loses no answer."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import InputError, RunFailed
from evals.asker import CallableAsker
from evals.asking import ANSWERS, ask_all, key_of
from evals.datasets.seeds import Seed

ROOT = Path(__file__).parents[2]
IDS = ("a", "b", "c", "d", "e")
KILLED = """
import os, signal, sys
from pathlib import Path
from evals.asker import CallableAsker
from evals.asking import ask_all
from evals.datasets.seeds import Seed

out, ids, survived = Path(sys.argv[1]), sys.argv[2].split(","), int(sys.argv[3])
count = 0

def ask(question, history):
    global count
    count += 1
    if count > survived:
        os.kill(os.getpid(), signal.SIGKILL)
    return {"answer": "by the killed run to " + question, "citations": []}

seeds = [Seed(id=id, type="definition", question=f"What is {id}?") for id in ids]
ask_all(CallableAsker(ask, lambda query, k: [], lambda id: None), seeds, out, resume=True)
"""


def seeds(ids=IDS) -> list[Seed]:
    return [Seed(id=id, type="definition", question=f"What is {id}?") for id in ids]


def lines(out: Path) -> list[dict]:
    return [json.loads(line) for line in (out / ANSWERS).read_text().splitlines()]


class Counting:
    """Answers and notes what it was asked."""

    def __init__(self, failing=()):
        self.asked: list[str] = []
        self.failing = failing

    def asker(self) -> CallableAsker:
        def ask(question, history):
            self.asked.append(question)
            if question in self.failing:
                raise RunFailed("out of order", fix="wait")
            return {"answer": "by the last run to " + question, "citations": []}

        return CallableAsker(ask, lambda query, k: [{"text": query}], lambda id: None)


def killed(out: Path, ids, survived: int) -> None:
    """Ask in a process that is killed when it asks one question more than it survives."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(out), ",".join(ids), str(survived)], cwd=ROOT, timeout=120, check=False
    )
    assert done.returncode == -signal.SIGKILL


def test_a_killed_run_loses_nothing_however_often_it_is_killed(tmp_path):
    killed(tmp_path, IDS[2:], 2)  # c and d are answered
    killed(tmp_path, IDS, 0)  # killed at a, which comes before what is kept
    assert [row["id"] for row in lines(tmp_path)] == ["c", "d"]
    killed(tmp_path, IDS, 1)  # a is answered
    assert [row["id"] for row in lines(tmp_path)] == ["c", "d", "a"]
    last = Counting()
    asked = ask_all(last.asker(), seeds(), tmp_path, resume=True)
    assert last.asked == ["What is b?", "What is e?"]
    assert [row.id for row in asked] == list(IDS)
    by = {row["id"]: row["answer"]["answer"].split(" to ")[0] for row in lines(tmp_path)}
    assert by == dict.fromkeys("acd", "by the killed run") | dict.fromkeys("be", "by the last run")


@pytest.mark.parametrize("cut", [1, 5, 60])
def test_an_answer_that_was_half_written_is_asked_again(tmp_path, cut):
    ask_all(Counting().asker(), seeds(), tmp_path)
    file = tmp_path / ANSWERS
    file.write_bytes(file.read_bytes()[:-cut])
    last = Counting()
    ask_all(last.asker(), seeds(), tmp_path, resume=True)
    assert last.asked == ["What is e?"]
    assert [row["id"] for row in lines(tmp_path)] == list(IDS)


def test_a_broken_line_elsewhere_is_refused_and_nothing_is_thrown_away(tmp_path):
    ask_all(Counting().asker(), seeds(), tmp_path)
    file = tmp_path / ANSWERS
    file.write_text("{broken\n" + file.read_text())
    with pytest.raises(InputError, match=r"answers\.jsonl:1"):
        ask_all(Counting().asker(), seeds(), tmp_path, resume=True)
    assert len(file.read_text().splitlines()) == 6


def test_failed_questions_are_asked_again_and_others_stay(tmp_path):
    ask_all(Counting(failing={"What is b?"}).asker(), seeds(), tmp_path)
    last = Counting()
    ask_all(last.asker(), seeds("ab"), tmp_path, resume=True)  # fewer questions than were asked before
    assert last.asked == ["What is b?"]
    assert [row["id"] for row in lines(tmp_path)] == list(IDS)
    assert all(row["error"] is None for row in lines(tmp_path))


def test_answers_of_another_system_or_to_another_question_are_not_kept(tmp_path):
    first = {"encoder": "one"}
    ask_all(Counting().asker(), seeds(), tmp_path, system=first)
    same, other, changed = Counting(), Counting(), Counting()
    ask_all(same.asker(), seeds(), tmp_path, system=first, resume=True)
    ask_all(other.asker(), seeds(), tmp_path, system={"encoder": "two"}, resume=True)
    assert (same.asked, len(other.asked)) == ([], 5)
    reworded = [Seed(id="a", type="definition", question="What was a?"), *seeds("bcde")]
    ask_all(changed.asker(), reworded, tmp_path, system={"encoder": "two"}, resume=True)
    assert changed.asked == ["What was a?"]
    assert len(lines(tmp_path)) == 5


def test_the_turns_before_belong_to_a_question():
    alone = Seed(id="a", type="conversational", question="And then?")
    after = Seed(id="a", type="conversational", question="And then?", turns=("Hi?", "Yes.", "And then?"))
    assert key_of(alone, {}) != key_of(after, {})
    assert key_of(alone, {}) == key_of(Seed(id="b", type="other", question="And then?"), {})


def test_without_resume_nothing_is_kept(tmp_path):
    ask_all(Counting().asker(), seeds(), tmp_path)
    again = Counting()
    ask_all(again.asker(), seeds("ab"), tmp_path)
    assert (again.asked, len(lines(tmp_path))) == (["What is a?", "What is b?"], 2)
