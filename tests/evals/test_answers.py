"""The evaluation of answers: verdicts on made-up answers, and agreement with an independent scorer where it is present."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from core.errors import InputError, RunFailed
from evals.answers import DECISIONS, decisions, score_answers
from evals.answers_report import answers_report
from evals.asker import CallableAsker, RestAsker
from evals.asking import ask_all
from evals.charts import reliability
from evals.datasets.mtrag import read_mtrag
from evals.datasets.question_set import mtrag_set, read_question_set, sample_seeds, squad_seeds
from evals.datasets.seeds import Seed, read_seeds
from evals.datasets.squad import read_squad
from evals.document import fill
from evals.report import Figure, to_html, to_markdown
from tests.app.conftest import *  # noqa: F403 - a served application

ROOT = Path(__file__).parents[2]
SCORER = ROOT.parent / "shared" / "eval" / "score_answers.py"
TEXT = "A zorb is a small blue widget that stores exactly 42 units of flux. Zorbs were first built in 1987."


def citation(start: int, end: int, quote: str | None = None) -> dict[str, object]:
    return {
        "marker": 1,
        "document_id": "d",
        "source": "001_zorbs.txt",
        "start": start,
        "end": end,
        "quote": TEXT[start:end] if quote is None else quote,
    }


def reply(text: str, **fields: object) -> dict[str, object]:
    common = {
        "answer": text,
        "abstained": False,
        "confidence": 0.9,
        "citations": [],
        "executions": [],
        "warnings": [],
        "standalone_question": "",
        "timings_ms": {"total": 5.0},
    }
    return common | fields


SEEDS = [
    Seed(
        id="definition-1",
        type="definition",
        question="What is a zorb?",
        evidence=({"doc": "001", "start": 0, "end": 67, "quote": TEXT[:67]},),
        key_facts=("A zorb stores 42 units of flux.", "A zorb has wings."),
    ),
    Seed(id="numeric-1", type="numeric", question="When?", expected=(1987.0,), algorithms=("softmax",)),
    Seed(id="trap-1", type="trap", question="Is it red?", must_not=("is red",), must=("blue",)),
    Seed(id="none-1", type="unanswerable", question="Who won?", why="out_of_domain"),
    Seed(id="premise-1", type="unanswerable", question="Why is it red?", why="false_premise"),
]
REPLIES = {
    "What is a zorb?": reply("A zorb stores exactly 42 units of flux. [1]", citations=[citation(0, 67)]),
    "When?": reply("In 1987.", executions=[{"algorithm": "softmax", "ok": True, "output": {"x": 1.0}}], confidence=0.6),
    "Is it red?": reply("It is red.", citations=[citation(0, 5, "wrong")], warnings=[{"kind": "notice"}]),
    "Who won?": reply("Not here.", abstained=True, confidence=0.1),
    "Why is it red?": reply("It is not.", warnings=[{"kind": "false_premise"}]),
}


def asker(replies=REPLIES) -> CallableAsker:
    def ask(question, history):
        return replies[question]

    return CallableAsker(ask, lambda query, k: [{"text": TEXT}], lambda id: TEXT)


def test_verdicts(tmp_path):
    result = score_answers(SEEDS, ask_all(asker(), SEEDS, tmp_path))
    value = {name: estimate.value for name, estimate in result.measures.items()}
    assert value["evidence_recall@5"] == 1.0
    assert value["cites_gold"] == value["citation_span_precision"] == value["citation_span_recall"] == 1.0
    assert value["quote_exact"] == 0.5  # the trap's quote is not what stands there
    assert value["key_fact_recall"] == 0.5
    assert value["numeric_right"] == value["algorithm_shown"] == 1.0
    assert (value["trap_repeated"], value["trap_right"], value["trap_flagged"]) == (1.0, 0.0, 0.0)
    assert value["warned_untrapped"] == 0.0
    assert value["false_premise_caught"] == 1.0
    assert value["abstention_precision"] == value["abstention_recall"] == value["answerability_AUROC"] == 1.0
    assert value["AURC"] == pytest.approx((0 + 0 + 0 + 1 / 4) / 4)
    assert value["ECE"] == pytest.approx(0.1 * 2 / 4 + 0.4 * 1 / 4 + 0.1 * 1 / 4)
    assert result.timings["total"] == [5.0] * 5
    assert (result.counts["abstention_precision"], result.counts["AURC"], result.counts["quote_exact"]) == (1, 4, 2)


def test_a_failed_question_is_an_outcome(tmp_path):
    def ask(question, history):
        raise RunFailed("out of order", fix="wait")

    failing = CallableAsker(ask, lambda query, k: [], lambda id: None)
    result = score_answers(SEEDS, ask_all(failing, SEEDS, tmp_path))
    assert set(result.errors) == {seed.id for seed in SEEDS}
    assert result.measures == {}


def test_the_report_shows_failures_and_curves(tmp_path):
    asked = ask_all(asker(), SEEDS, tmp_path)
    report = answers_report("Answers", SEEDS, asked, score_answers(SEEDS, asked), [])
    page = to_html(report)
    assert "trap_repeated" in to_markdown(report)
    assert page.count("<svg") >= 4


def test_seeds_are_checked(tmp_path):
    file = tmp_path / "seeds.jsonl"
    file.write_text('{"id": "1", "type": "definition"}\n')
    with pytest.raises(InputError, match="question"):
        read_seeds(file)
    file.write_text('{"id": "1", "type": "a", "question": "q"}\n' * 2)
    with pytest.raises(InputError, match="twice"):
        read_seeds(file)
    file.write_text('{"id": "1", "type": "numeric", "question": "q", "expected": 3, "key_facts": null}\n')
    assert read_seeds(file)[0].expected == (3.0,)
    file.write_text("{broken\n")
    with pytest.raises(InputError, match="jsonl:1"):
        read_seeds(file)


def test_squad_of_both_forms(tmp_path):
    official = tmp_path / "dev.json"
    questions = [
        {"id": "a", "question": "Who?", "answers": [{"text": "Ada"}, {"text": "Ada"}], "is_impossible": False},
        {"id": "b", "question": "Where?", "answers": [], "is_impossible": True},
    ]
    official.write_text(json.dumps({"data": [{"paragraphs": [{"context": "Ada.", "qas": questions}]}]}))
    found = read_squad(official)
    assert [(q.id, q.answers) for q in found] == [("a", ("Ada",)), ("b", ())]
    lines = [
        {"_id": "a", "text": "Who?", "metadata": {"answers": ["Ada", "Ada"], "is_impossible": False}},
        {"_id": "b", "text": "Where?", "metadata": {"answers": [], "is_impossible": True}},
    ]
    (tmp_path / "queries.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert read_squad(tmp_path) == found
    seeds = read_question_set(official).seeds
    result = score_answers(
        seeds,
        ask_all(
            asker({"Who?": reply("It was Ada [1]."), "Where?": reply("", abstained=True, confidence=0.2)}),
            seeds,
            tmp_path,
        ),
    )
    assert result.measures["contains_answer"].value == 1.0
    assert result.measures["has_answer_F1"].value == pytest.approx(2 * (1 / 3) / (4 / 3))
    assert result.measures["no_answer_exact_match"].value == 1.0


def test_mtrag(tmp_path):
    task = {
        "task_id": "t1",
        "contexts": [{"document_id": "p1", "text": "Some text."}],
        "input": [
            {"speaker": "user", "text": "Hi?"},
            {"speaker": "agent", "text": "Yes."},
            {"speaker": "user", "text": "And then?"},
        ],
        "targets": [{"text": "Then this."}],
        "answerability": ["ANSWERABLE"],
    }
    other = task | {"task_id": "t2", "answerability": ["UNDERSPECIFIED"]}
    file = tmp_path / "tasks.jsonl"
    file.write_text(json.dumps(task) + "\n" + json.dumps(other) + "\n")
    assert read_mtrag(file)[0].history == (("user", "Hi?"), ("assistant", "Yes."))
    given = mtrag_set("m", file)
    assert [seed.answerable for seed in given.seeds] == [True, False]
    assert given.seeds[0].history() == [{"role": "user", "content": "Hi?"}, {"role": "assistant", "content": "Yes."}]
    assert given.documents is not None
    assert len(list(given.documents.passages())) == 1
    file.write_text(json.dumps(task | {"answerability": ["SOMETIMES"]}) + "\n")
    with pytest.raises(InputError, match="no task"):
        read_mtrag(file)


def test_a_question_names_its_passage_so_that_training_documents_can_be_left_out(tmp_path):
    line = {"_id": "a", "text": "Who?", "metadata": {"answers": ["Ada"], "passage": "Oil#3"}}
    (tmp_path / "queries.jsonl").write_text(json.dumps(line) + "\n")
    assert squad_seeds(tmp_path)[0].about == "Oil#3"


def test_right_decisions_beside_the_two_that_look_at_nothing():
    # gold: 1 unanswerable of 4; abstained on it and on one answerable: 3 right; always answering 3, never answering 1
    found = decisions([True, False, False, False], [True, True, False, False])
    assert [found[name].value for name in DECISIONS] == [0.75, 0.75, 0.25]
    assert decisions([False, False], [False, True]) == {}


def test_a_document_shows_the_charts_of_its_own_part(tmp_path):
    file = tmp_path / "evaluation.md"
    file.write_text("a\n<!-- figures: answers -->\nold\n<!-- end of answers -->\nb\n")
    chart = Figure(reliability([(0.5, 0.25, 4)], "r"), "What it shows.", "reliability")
    fill(file, ("answers-x", "answers"), [chart])
    text = file.read_text()
    assert "![What it shows.](images/answers-reliability.svg)" in text
    assert "old" not in text
    root = ElementTree.fromstring((tmp_path / "images" / "answers-reliability.svg").read_text())
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    file.write_text(text + "<!-- figures: answers-x -->\n<!-- end of answers-x -->\n")
    fill(file, ("answers-x", "answers"), [chart])
    assert (tmp_path / "images" / "answers-x-reliability.svg").is_file()
    with pytest.raises(InputError, match="no part 'speed'"):
        fill(file, ("speed",), [chart])
    with pytest.raises(InputError, match="no drawing"):
        fill(file, ("answers",), [Figure("<p>No values.</p>", "c", "empty")])


def test_a_sample_is_the_same_each_time():
    assert sample_seeds(SEEDS, 2) == sample_seeds(SEEDS[::-1], 2)[::-1]
    assert len(sample_seeds(SEEDS, 2)) == 2


ZORB_SEEDS = [
    {
        "id": "definition-1",
        "type": "definition",
        "question": "What is a zorb?",
        "evidence": [{"doc": "zor", "start": 27, "end": 94, "quote": TEXT[:67], "group": 0}],
        "key_facts": ["A zorb stores 42 units of flux."],
    },
    {
        "id": "mechanism-1",
        "type": "mechanism",
        "question": "How do zorbs fail?",
        "evidence": [
            {"doc": "zor", "start": 150, "end": 200, "quote": "A zorb fails when its flux leaks", "group": 0},
            {"doc": "zor", "start": 0, "end": 10, "quote": "this sentence stands nowhere in the notes", "group": 1},
        ],
        "key_facts": ["Flux leaks through the casing."],
    },
    {
        "id": "numeric-1",
        "type": "numeric",
        "question": "How many units of flux does a zorb store?",
        "expected": [42],
        "tolerance": 0,
    },
    {
        "id": "execute-1",
        "type": "execute",
        "question": "What is the softmax of [2, 1, 0.1]?",
        "expected": [0.659],
        "tolerance": 0.001,
        "algorithms": ["softmax"],
    },
    {
        "id": "trap-1",
        "type": "trap",
        "question": "When were zorbs built?",
        "must_not": ["1999"],
        "must": ["1987"],
        "wrong_claim": "",
        "correct_claim": "",
    },
    {"id": "none-1", "type": "unanswerable", "question": "Who won the football world cup?", "why": "out_of_domain"},
    {"id": "premise-1", "type": "unanswerable", "question": "Why are zorbs red?", "why": "false_premise"},
]
SAME = {
    "evidence_recall@5": "evidence_recall@5",
    "evidence_any": "evidence_any@5",
    "answered_answerable": "answered_answerable",
    "cites_gold": "cites_gold",
    "quote_exact": "quote_exact",
    "execute_ok": "execute_right",
    "numeric_ok": "numeric_right",
    "algorithm_shown": "algorithm_shown",
    "trap_flagged": "trap_flagged",
    "trap_repeated": "trap_repeated",
    "trap_right": "trap_right",
    "warned_untrapped": "warned_untrapped",
    "abstain_precision": "abstention_precision",
    "abstain_recall": "abstention_recall",
    "answerability_auroc": "answerability_AUROC",
    "false_premise_caught": "false_premise_caught",
}
"""Measure of the independent scorer → ours."""


def test_it_agrees_with_an_independent_scorer_over_rest(build, serve, tmp_path):
    if not SCORER.is_file():
        pytest.skip("the independent scorer is not here")
    file = tmp_path / "seeds.jsonl"
    file.write_text("".join(json.dumps(seed) + "\n" for seed in ZORB_SEEDS))
    application = build(tmp_path / "home")
    (tmp_path / "zorbs.md").write_text(NOTES)  # noqa: F405
    application.index([str(tmp_path / "zorbs.md")])
    with serve(application) as url:
        theirs = json.loads(
            subprocess.run(
                [sys.executable, str(SCORER), url, str(file)], capture_output=True, text=True, check=True, timeout=120
            ).stdout
        )
        seeds = read_seeds(file)
        ours = score_answers(seeds, ask_all(RestAsker(url), seeds, tmp_path / "out"))
    assert theirs["errors"] == 0
    assert ours.errors == {}
    for name, mine in SAME.items():
        expected = theirs[name]
        found = ours.measures[mine].value if mine in ours.measures else None
        assert found == (None if expected is None else pytest.approx(expected, abs=5e-5)), name
