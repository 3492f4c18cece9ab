"""Whole documents: one golden a kind, look-alikes, hostile input, and what is common to all findings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from algorithms.registry import load
from algorithms.worker import Worker
from checking.check import check_documents
from checking.contradictions import document_claims, find_contradictions, hit_claims
from checking.decider import Decider
from checking.draft import Draft, Run, finish
from checking.formulas import formula_drafts
from checking.grammar.tokens import tokenize
from checking.library_names import exists
from checking.reading import from_text
from core.types import Execution, Finding, Hit, Reference
from knowledge.handbook import articles


def findings(*texts: str, name: str = "text.md") -> list[Finding]:
    documents = [from_text(text, f"{number}-{name}") for number, text in enumerate(texts)]
    report = check_documents(documents)
    by_source = {d.source: d.text for d in documents}
    for finding in report.findings:
        assert by_source[finding.source][finding.start : finding.end] == finding.quote
        for other in finding.related:
            assert by_source[other.source][other.start : other.end] == other.quote
    assert report.checked == len(texts)
    return list(report.findings)


def table(total: str) -> str:
    rows = ["| part | parameters | share |", "|---|---:|---:|", "| embedding | 23.4 | 0.2 |", "| layers | 85.1 | 0.7 |"]
    return "\n".join([*rows, "| head | 0.6 | 0.1 |", f"| **Total** | {total} | 5 |", ""])


GOLDENS = [
    # kind, text, quote, value, verdict
    ("arithmetic", "Now 6 × 7 = 48.", "6 × 7 = 48", 42, "wrong"),
    ("example", "The median of 3, 9 and 4 is 9.", "median of 3, 9 and 4 is 9", 4, "wrong"),
    # 30 / (30 + 10) = 0.75
    ("example", "With TP = 30, FP = 10: precision is 0.85.", "precision is 0.85", 0.75, "wrong"),
    # 2 · 0.80 · 0.50 / 1.30 = 0.615
    ("example", "A precision of 0.80 and a recall of 0.50 give it an F1 of 0.65.", "F1 of 0.65", 8 / 13, "wrong"),
    # 0.99 · 0.01 / (0.99 · 0.01 + 0.05 · 0.99) = 1/6
    (
        "example",
        "Sensitivity is 99%, specificity is 95%, prevalence is 1%: the positive predictive value is 95%.",
        "positive predictive value is 95%",
        1 / 6,
        "wrong",
    ),
    # C(5, 3) / 2^5 = 10/32
    (
        "example",
        "The probability of exactly 3 heads in 5 tosses of a fair coin is 0.4125.",
        "probability of exactly 3 heads in 5 tosses of a fair coin is 0.4125",
        10 / 32,
        "wrong",
    ),
    # 7e9 · 2 bytes
    ("example", "A 7B model takes 28 GB in fp16.", "A 7B model takes 28 GB in fp16.", 14, "wrong"),
    ("table", table("119.1"), "119.1", 109.1, "wrong"),
    ("code", "```python\nimport json\njson.load_text('1')\n```", "json.load_text", None, "wrong"),
    ("code", "```python\nfor i in range(3):\n    print i\nx = 1\n```", "print i", None, "outdated"),
    ("code", "```python\nx = 1\ny = = 2\nz = 3\n```", "y = = 2", None, "wrong"),
    ("formula", r"$$\int_0^1 x^2 \, dx = \frac{1}{2}$$", r"\int_0^1 x^2 \, dx = \frac{1}{2}", "1/3", "wrong"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "quote", "value", "verdict"), GOLDENS)
def test_goldens(kind: str, text: str, quote: str, value: Any, verdict: str) -> None:
    found = [f for f in findings(f"# Notes\n\n{text}\n") if f.kind != "erratum"]
    assert [(f.kind, f.quote, f.verdict) for f in found] == [(kind, quote, verdict)]
    assert found[0].value == (pytest.approx(value) if isinstance(value, float) else value)
    assert found[0].correct.endswith(".") and 0.75 <= found[0].confidence <= 1


@pytest.mark.parametrize(
    "text",
    [
        "With TP = 30, FP = 10: precision is 0.75.",
        "With TP = 30, FP = 10 and TP = 40: precision is 0.9.",
        "A precision of 0.8 and a recall of 0.5 give it an F1 of 0.65.",  # 0.84 and 0.54 would
        "The macro precision is 0.80, recall is 0.50, F1 is 0.70.",
        "The probability of exactly 3 heads in 5 tosses of a fair coin is 0.3125.",
        "A model with 7B parameters takes 13 GiB in fp16.",
        "Training a model with 7B parameters takes 112 GB in fp16.",
        "A model with 7B parameters takes 28 GB in fp32.",
        table("109.1"),
        table("109"),
        "| model | score |\n|---|---|\n| a | 1 |\n| b | 2 |\n| c | 4 |\n| Total | 9 |\n",
        "| item | cost |\n|---|---|\n| a | 1 |\n| … | … |\n| c | 4 |\n| Total | 9 |\n",
        "```python\nimport json, numpy as np\njson.loads('1'); np.zeros(3); np.random.default_rng(0)\n```",
        "```python\nimport not_installed_here\nnot_installed_here.anything()\n```",
        "```python\ntry:\n    from json import load_text\nexcept ImportError:\n    pass\n```",
        "```python\nmodel = Model(<your key>)\n```",
        "```python\ndef f(x):\n```",
        "```\nthis is = = no language\n```",
        r"$\frac{d}{dx} f = f$, $\frac{d}{dx} y = 2$, $\prod_{i=0}^{29}\left(1 - \frac{i}{365}\right) = 0.2937$, "
        r"$\int x^2 dx = \frac{x^3}{3} + C$, $\sum_{i=1}^n i = \frac{n(n+1)}{2}$, $\lim_{x \to 0} \frac{\sin x}{x} = 1$",
        r"$y = 2x$, $x^2 = 4$, $a + b = 3a - 2b$ and $\sum_i x_i = 1$",
    ],
)
def test_look_alikes_are_left_alone(text: str) -> None:
    assert [f.quote for f in findings(f"# Notes\n\n{text}\n")] == []


def test_a_finding_is_proved_by_a_run_of_the_library(worker: Worker) -> None:
    runs: list[str] = []

    def prove(id: str, inputs: Any) -> Execution:
        runs.append(id)
        entry, result = load(id), worker.run(id, inputs)
        return Execution(
            algorithm=id, title=entry.name, inputs=result.inputs, inputs_from="request", output=result.output, code=entry.code,
            path=entry.path, sha256=entry.sha256, ok=True, error=None, duration_ms=0.0, cached=False, figure=None,
        )  # fmt: skip

    text = "We know 2 * (5/6 * (1/6)^2) + (1/6)*3 = 0.05 and the softmax of [2, 1, 0] is [0.9, 0.05, 0.05]."
    report = check_documents([from_text(text)], prove)
    assert runs == ["expression-evaluation", "softmax"]
    first, second = report.findings
    assert (
        isinstance(first.proof, Execution)
        and first.proof.output is not None
        and first.proof.output["exact"] == "59/108"
    )
    assert isinstance(second.proof, Execution) and second.proof.output is not None
    assert second.proof.output["probabilities"] == pytest.approx(second.value)


def test_a_finding_that_the_library_does_not_confirm_is_dropped() -> None:
    document = from_text("6 × 7 = 48")
    draft = Draft(0, 10, "c", "arithmetic", "wrong", "r", value=42, proof=Run("expression-evaluation", {}, ("value",)))
    entry = load("expression-evaluation")

    def prove(id: str, inputs: Any) -> Execution:
        return Execution(
            algorithm=id, title="", inputs={}, inputs_from="request", output={"value": 41.0}, code=entry.code, path="", sha256="",
            ok=True, error=None, duration_ms=0.0, cached=False, figure=None,
        )  # fmt: skip

    assert finish(draft, document, prove) is None
    assert finish(draft, document, None) is not None


def test_known_errors_are_found_and_joined_with_what_was_recomputed() -> None:
    found = findings("# XOR filters\n\nThe XOR of the hashes is 3 XOR 7 XOR 4 = 4.\n")
    assert [(f.kind, f.value) for f in found] == [("erratum", 0)]


def test_contradictions_are_shown_side_by_side() -> None:
    a = "# Fine-tuning\n\n**Dropout:** Use 0.1–0.3 to prevent overfitting.\n"
    b = "# Settings\n\n## Dropout rate\n\n### Typical values\n\n- Ranges from 0.1 to 0.5.\n"
    (found,) = findings(a, b)
    assert found.kind == found.verdict == "contradiction"
    assert (found.source, found.quote) == ("1-text.md", "- Ranges from 0.1 to 0.5.")
    assert [(r.source, r.quote) for r in found.related] == [
        ("0-text.md", "**Dropout:** Use 0.1–0.3 to prevent overfitting.")
    ]


@pytest.mark.parametrize(
    ("a", "b", "differ"),
    [
        ("GPT-2 has 117M parameters.", "GPT-2 has 124M parameters.", True),
        ("GPT-2 has 124M parameters.", "GPT-2 has 0.124B parameters.", False),
        ("GPT-2 has 124M parameters.", "The large GPT-2 has 774M parameters.", False),
        ("GPT-2 has 124M parameters.", "GPT-3 has 175B parameters.", False),
        ("For example GPT-2 has 124M parameters.", "GPT-2 has 117M parameters.", False),
        ("GPT-2 ranges from 117M to 1.5B parameters.", "GPT-2 has 124M parameters.", False),
        ("BERT was introduced in 2018.", "BERT was published in 2013.", True),
        ("BERT was introduced in 2018.", "BERT was published in 2019.", False),
        ("Typical dropout is 0.1 to 0.3.", "Typical dropout is 0.1 to 0.3, often.", False),
        ("Typical dropout is 0.1 to 0.3.", "In CNNs a typical dropout is 0.3 to 0.5.", False),
        ("We use a dropout between 0.1 and 0.3.", "Typical dropout is 0.4 to 0.6.", False),
        ("GPT-3 has 96 layers.", "GPT-3 has 48 layers.", True),
        ("GPT-3 has 96 layers.", "GPT-3 has 96 attention heads.", False),
        ("GPT-3 has 96 layers.", "The small GPT-3 has 48 layers.", False),
        ("GPT-3 has 96 layers.", "A distilled GPT-3 has 48 layers.", False),
        ("MNIST contains 60,000 training images.", "MNIST contains 70,000 images.", False),
        ("The default batch size is 32.", "The default batch size is 64.", True),
        ("# A\n\nThe default batch size is 32.", "# B\n\nThe default batch size is 64.", False),
        ("LLaMA-7B takes 13 GB in fp16.", "LLaMA-7B takes 26 GB in fp16.", True),
        ("LLaMA-7B takes 13 GB in fp16.", "LLaMA-7B takes 26 GB in fp32.", False),
        ("LLaMA-7B takes 13 GB in fp16.", "LLaMA-7B takes 13.5 GB in fp16.", False),
    ],
)
def test_only_like_is_compared_with_like(a: str, b: str, differ: bool) -> None:
    first, second = (document_claims(from_text(text, name)) for text, name in ((a, "a.md"), (b, "b.md")))
    assert bool(find_contradictions(first, second)) is differ
    assert bool(find_contradictions(second, first)) is differ
    assert find_contradictions(first) == find_contradictions([], [*first, *second]) == []


def test_claims_of_hits_have_the_offsets_of_their_documents() -> None:
    document = from_text("# Dropout\n\nFirst words. Typical dropout is 0.1 to 0.3.\n\nMore.\n", "a.md")
    hits = [
        Hit(
            rank=1, chunk_id="c", document_id=document.id, source="a.md", title="", heading_path=("Dropout",), page=None,
            start=11, end=54, text=document.text[11:54], score=1.0, stages={},
        )
    ]  # fmt: skip
    (claim,) = hit_claims(hits)
    assert document.text[claim.start : claim.end] == claim.quote == "Typical dropout is 0.1 to 0.3."
    other = document_claims(from_text("Typical dropout is 0.4 to 0.5.", "b.md"))
    (pair,) = find_contradictions([claim], other)
    assert "0.1 to 0.3" in pair.explain() and "0.4 to 0.5" in pair.explain()
    assert find_contradictions([claim], document_claims(document)) == []


def test_results_are_ordered_and_confidence_is_a_threshold() -> None:
    texts = ["2 + 2 = 5 and 3 + 3 = 7.", "4 + 4 = 9."]
    documents = [from_text(text, name) for text, name in zip(texts, ("b.md", "a.md"), strict=True)]
    found = check_documents(documents).findings
    assert [f.quote for f in found] == ["4 + 4 = 9", "2 + 2 = 5", "3 + 3 = 7"]
    assert check_documents(documents, minimum_confidence=1.0).findings == ()


def test_a_check_can_be_cancelled_between_paragraphs() -> None:
    asked = iter([False, False, True])
    documents = [from_text("2 + 2 = 5.\n"), from_text("2 + 2 = 5.\n\n3 + 3 = 7.\n")]
    report = check_documents(documents, cancelled=lambda: next(asked))
    assert report.checked == 1 and [f.quote for f in report.findings] == ["2 + 2 = 5"]


HOSTILE = {
    "brackets": "(" * 100_000,
    "closed brackets": "1 + " + "(" * 3000 + "2" + ")" * 3000 + " = 4",
    "lines of brackets": ("(1" * 50 + "\n\n") * 60,
    "towers": "9**9**9**9 = 1, 9^9^9^9 = 2 and 99999! = 3 " * 40,
    "fractions": "$" + "\\frac{" * 2000 + "$ 1",
    "commands": "\\text{1" * 2000,
    "dollars": "$1" * 5000,
    "sums": "1+" * 8000 + "1 = 2",
    "equals": "1 = " * 4000,
    "calls": "a(1" * 1500,
    "minus": "-" * 15_000 + "1 = 2",
    "powers": "2^" * 8000,
    "sentences": "A1. " * 1500,
    "list": "the mean of " + "1, " * 5000 + "and 2 is 3",
    "digits": "1" * 15_000 + " + 1 = 2",
    "code": "```python\n" + "(" * 50_000 + "\n```",
    "negations": "```python\nx = " + "-" * 50_000 + "1\n```",
    "ticks": "`1" * 6000,
    "rows": "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 2000,
    "null bytes in code": "```python\nx = '\\x00'\n```",
    "long line": "word " * 20_000 + "2 + 2 = 5",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_is_answered(name: str) -> None:
    assert all(f.kind in {"arithmetic", "table"} for f in findings(HOSTILE[name]))


def test_hanging_formulas_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checking.decider.DECIDE_SECONDS", 0.3)
    monkeypatch.setattr("checking.decider.MAX_GIVEN_UP", 2)
    text = " ".join(rf"$\int_0^1 x^{{x^{{x^{{{k}x}}}}}} dx = 2$" for k in range(2, 8))
    with Decider() as decider:
        assert list(formula_drafts(text, tokenize(text, 0, len(text)), decider)) == []
        right = r"$\int_0^1 x \, dx = 3$"
        assert list(formula_drafts(right, tokenize(right, 0, len(right)), decider)) == []  # no more are tried


def test_nothing_of_a_snippet_is_imported_or_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = tmp_path / "ran"
    (tmp_path / "trap_module.py").write_text(f"open({str(mark)!r}, 'w').close()\nname = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    code = f"```python\nimport trap_module\ntrap_module.other\nopen({str(mark)!r}, 'w')\n```"
    found = findings(code)
    assert [f.quote for f in found] == ["trap_module.other"]
    assert not mark.exists()


@pytest.mark.parametrize(
    ("module", "name", "expected"),
    [
        ("numpy", "linspace", True),
        ("numpy", "no_such_thing", False),
        ("numpy.random", "default_rng", True),
        ("torch.nn.functional", "softmax", True),
        ("sklearn.metrics", "f1_score", True),
        ("sklearn.no_such_part", "", False),
        ("collections", "Mapping", False),
        ("not_installed_here", "x", None),
        ("numpy", "_private", None),
    ],
)
def test_names_of_libraries(module: str, name: str, expected: bool | None) -> None:
    assert exists(module, name) is expected


def test_the_algorithms_code_has_no_finding() -> None:
    root = Path(__file__).parents[2]
    for path in sorted((root / "algorithms" / "statistics").glob("*.py")):
        document = from_text(path.read_text(encoding="utf-8"), path.name)
        assert [f.quote for f in check_documents([document]).findings if f.kind == "code"] == []


def test_the_handbook_has_nothing_to_recompute() -> None:
    documents = [from_text(a.body, a.path.rsplit("/", 1)[-1]) for a in list(articles().values())[::4]]
    assert [(f.source, f.quote) for f in check_documents(documents).findings if f.kind != "erratum"] == []


WRONG_FORMULAS = {
    r"\frac{d}{dx} x^3 = 2x^2": "3*x**2",
    r"\frac{d}{dx} \ln x = \frac{2}{x}": "1/x",
    r"\int_0^1 x \, dx = 3": "1/2",
    r"\int x^2 dx = x^3 + C": "x**3/3",
    r"\sum_{i=1}^{n} i = \frac{n(n-1)}{2}": "n*(n + 1)/2",
    r"\lim_{x \to 0} \frac{\sin x}{x} = 0": "1",
    r"\int_{-\infty}^{\infty} e^{-x^2} dx = \pi": "sqrt(pi)",
}


def test_wrong_formulas_are_decided_and_findings_are_json() -> None:
    found = findings(" and ".join(f"${source}$" for source in WRONG_FORMULAS))
    assert {f.quote: f.value for f in found} == WRONG_FORMULAS
    assert all(isinstance(f.proof, Reference) and "sympy" in f.proof.reference for f in found)
    assert [json.loads(f.model_dump_json())["kind"] for f in found] == ["formula"] * len(found)
