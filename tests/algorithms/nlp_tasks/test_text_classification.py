from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.naive_bayes import MultinomialNB

from algorithms.nlp_tasks.text_classification import naive_bayes, text_classification
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 1000), st.floats(0.1, 5))
def test_equals_sklearn(seed: int, alpha: float) -> None:
    rng = np.random.default_rng(seed)
    X, y, new = rng.poisson(1.0, (9, 4)), np.array([0, 0, 0, 0, 1, 1, 1, 2, 2]), rng.poisson(1.0, (5, 4))
    expected = MultinomialNB(alpha=alpha).fit(X, y).predict_proba(new)
    np.testing.assert_allclose(naive_bayes(X.astype(float), y, 3, alpha, new.astype(float)), expected, atol=1e-10)


def test_binary_example_is_a_training_record() -> None:
    r = load("text-classification").run()
    assert r["labels"] == ["positive"] and sum(r["probabilities"].values()) == pytest.approx(1)
    assert json.loads(json.dumps(r["record"])) == {"text": "I love this product!", "label": "positive"}
    assert r["training_accuracy"] == 1


@pytest.mark.parametrize(
    ("text", "kind", "labels"),
    [
        ("the team lost the game", "multi-class", ["sport"]),
        ("parliament passed the vote", "multi-class", ["politics"]),
        ("a bug in the software", "multi-class", ["technology"]),
        ("cheap pizza", "multi-label", ["food", "price"]),
        ("a hotel in the city", "multi-label", ["travel"]),
    ],
)
def test_kinds(text: str, kind: str, labels: list[str]) -> None:
    r = text_classification(text, kind)
    assert r["labels"] == labels
    if kind == "multi-label":
        assert sum(r["probabilities"].values()) != pytest.approx(1)


def test_smoothing_keeps_an_unseen_word_from_deciding() -> None:
    data = [("good good", ["a"]), ("bad", ["b"])]
    r = text_classification("good bad", examples=data)
    # log odds ln(1/2 (3/4)(1/4)) against ln(1/2 (1/3)(2/3)): 3/16 : 2/9 = 27 : 32
    assert r["probabilities"]["a"] == pytest.approx(27 / 59)


@pytest.mark.parametrize(
    "bad",
    [
        {"kind": "binary", "examples": [["x", ["a"]]]},
        {"kind": "multi-class", "examples": [["x", ["a"]], ["y", ["b"]]]},
        {"examples": [["x", ["a", "b"]], ["y", ["a"]]]},
        {"kind": "multi-label", "examples": [["x", ["a"]]]},
        {"kind": "multi-label", "examples": [["x", []]]},
        {"alpha": 0},
    ],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("text-classification").run(bad)
