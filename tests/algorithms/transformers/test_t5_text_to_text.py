from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.transformers.t5_text_to_text import corrupt, random_spans, restore, t5_text_to_text
from core.errors import InputError

PAPER = ["Thank", "you", "for", "inviting", "me", "to", "your", "party", "last", "week", "."]


@given(st.integers(1, 80), st.floats(0.05, 0.5), st.floats(1, 5), st.integers(0, 99))
def test_spans_are_disjoint_and_cover_the_rate(n: int, rate: float, mean: float, seed: int) -> None:
    spans = random_spans(n, rate, mean, np.random.default_rng(seed))
    assert sum(end - start for start, end in spans) == min(max(1, round(rate * n)), n)
    assert all(0 <= start < end <= n for start, end in spans)
    assert all(a[1] < b[0] for a, b in itertools.pairwise(spans))
    tokens = [f"w{i}" for i in range(n)]
    assert restore(*corrupt(tokens, spans)) == tokens


def test_example_of_the_paper() -> None:
    source, target = corrupt(PAPER, [(2, 4), (8, 9)])
    assert " ".join(source) == "Thank you <extra_id_0> me to your party <extra_id_1> week ."
    assert " ".join(target) == "<extra_id_0> for inviting <extra_id_1> last <extra_id_2>"


def test_fifteen_percent_of_a_long_text() -> None:
    output = t5_text_to_text(" ".join(f"w{i}" for i in range(200)))
    assert output["corrupted_share"] == 0.15
    assert len(output["spans"]) == 10  # 30 tokens in spans of mean length 3
    assert output["restored"].split() == [f"w{i}" for i in range(200)]


def test_bart_restores_the_whole_text() -> None:
    text = " ".join(PAPER)
    infilled = t5_text_to_text(text, "text-infilling")
    assert infilled["target"] == text
    assert infilled["input"].split().count("<mask>") == len(infilled["spans"])
    assert "extra_id" not in infilled["input"]
    permuted = t5_text_to_text("A a. B b! C c?", "sentence-permutation", seed=3)
    assert sorted(permuted["input"].split()) == sorted(["A", "a.", "B", "b!", "C", "c?"])
    assert permuted["input"] != permuted["target"] == "A a. B b! C c?"


def test_every_task_is_text_in_text_out() -> None:
    output = t5_text_to_text("The house is small.", "translate", label="Das Haus ist klein.")
    assert output["input"] == "translate English to German: The house is small."
    assert output["target"] == "Das Haus ist klein."


@pytest.mark.parametrize("bad", [{"text": ""}, {"text": "  "}, {"rate": 0.9}, {"task": "poem"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("t5-text-to-text").run(bad)
