"""Questions of everyday wording against the inputs they give."""

from __future__ import annotations

from typing import Any

import pytest

from algorithms.registry import load
from answering.inputs import read_inputs
from answering.route import route

CASES: list[tuple[str, str, dict[str, Any]]] = [
    ("softmax", "What does softmax give for [2, 1, 0.1] at T = 0.5?", {"logits": [2, 1, 0.1], "temperature": 0.5}),
    ("sigmoid", "Apply the sigmoid to -2, 0 and 3.", {"x": [-2, 0, 3]}),
    ("leaky-relu", "Leaky ReLU with slope 0.2 of (-1, 4, -3)?", {"x": [-1, 4, -3], "alpha": 0.2}),
    ("elu", "ELU of [-1, 2] with alpha 1.5", {"x": [-1, 2], "alpha": 1.5}),
    ("euclidean-distance", "How far apart are (1, 2, 3) and (4, 6, 3)?", {"x": [1, 2, 3], "y": [4, 6, 3]}),
    ("cosine-similarity", "Cosine of [1, 0] and [1, 1]?", {"a": [1, 0], "b": [1, 1]}),
    ("levenshtein-distance", 'Edit distance between "flaw" and "lawn"?', {"a": "flaw", "b": "lawn"}),
    ("levenshtein-distance", "edits from stone to tone?", {"a": "stone", "b": "tone"}),
    ("max-product-of-three", "Best product of three of 5, -9, -4, 2?", {"numbers": [5, -9, -4, 2]}),
    ("array-intersection", "Common items of [1, 2, 5] and [2, 5, 9]", {"x": [1, 2, 5], "y": [2, 5, 9]}),
    ("find-duplicates", "Which values repeat in [3, 1, 3, 7]?", {"values": [3, 1, 3, 7]}),
    ("run-length-encoding", "Run-length encode 4, 4, 4, 1, 1", {"values": [4, 4, 4, 1, 1]}),
    ("xor-swap", "Swap 12 and 25 with XOR.", {"a": 12, "b": 25}),
    ("birthday-problem", "Chance of a shared birthday among 41 people?", {"people": 41}),
    (
        "bernoulli-and-binomial-distributions",
        "A drug works with probability 0.35. How likely are at least 4 successes out of 9?",
        {"n": 9, "p": 0.35, "k": 4},
    ),
    (
        "bayes-theorem",
        "2% are ill; a test detects 90% of them and is correctly negative for 95% of healthy people. I tested positive.",
        {"prevalence": 0.02, "sensitivity": 0.9, "specificity": 0.95},
    ),
    ("model-weight-memory", "Memory of a 13B-parameter model in 4 bit?", {"parameters": 13e9, "bits_per_parameter": 4}),
    (
        "training-compute-estimate",
        "Days for 3 billion parameters and 60B tokens on 64 GPUs of 989 TFLOP/s peak at 35% utilisation?",
        {"parameters": 3e9, "tokens": 60e9, "devices": 64, "device_flops": 989e12, "utilization": 0.35},
    ),
    (
        "llm-serving-memory-estimate",
        "How much GPU memory to serve 70 billion parameters in 4 bit with 20% on top?",
        {"parameters_billion": 70, "bits": 4, "overhead": 1.2},
    ),
    (
        "lora-parameter-count",
        "Rank-4 LoRA on the query and value projections (each 1024 x 1024) of 24 layers: how many parameters?",
        {"r": 4, "d": 1024, "k": 1024, "matrices_per_layer": 2, "layers": 24},
    ),
    (
        "transformer-parameter-count",
        "How many parameters have 6 layers of width 384 with a vocabulary of 16,000 and 256 positions?",
        {"layers": 6, "d_model": 384, "vocabulary": 16000, "context": 256},
    ),
    (
        "adam",
        "Adam with lr 0.1, beta1 = 0.8, beta2 = 0.99; a parameter of 2.0 sees the gradients 1.0 and then 0.5",
        {"learning_rate": 0.1, "beta1": 0.8, "beta2": 0.99, "start": [2.0], "gradients": [1.0, 0.5]},
    ),
    (
        "byte-pair-encoding",
        "Two merges of BPE on low 5, new 6, wide 3",
        {"merges": 2, "corpus": " ".join(["low"] * 5 + ["new"] * 6 + ["wide"] * 3)},
    ),
    (
        "consistent-hashing",
        "Ring of size 1000: A at 100, B at 400, C at 900; a new node joins at 600",
        {"places": {"A": 100, "B": 400, "C": 900}, "new_place": 600, "ring_size": 1000},
    ),
    (
        "ddpm-forward-process",
        "betas 0.1, 0.2, 0.3; x0 = 2 and noise 0.5",
        {"betas": [0.1, 0.2, 0.3], "x0": [2], "noise": [0.5]},
    ),
    ("int8-quantization", "Quantise [0.5, -1.5, 0.2] to 4 bits", {"weights": [0.5, -1.5, 0.2], "bits": 4}),
    (
        "normalized-discounted-cumulative-gain",
        "nDCG with exponential gain for the grades 3, 0, 2, 1",
        {"relevances": [3, 0, 2, 1], "gain": "exponential"},
    ),
    ("mean-reciprocal-rank", "MRR when the first hits stand at ranks 1, 3, 2, 10?", {"ranks": [1, 3, 2, 10]}),
    ("file-and-partition-sizing", "How many partitions for a shuffle of 640 GB?", {"total_mb": 640_000}),
    ("position-wise-feed-forward", "How wide is the hidden layer for embeddings of size 320?", {"d_model": 320}),
    ("perplexity", "Perplexity of the token probabilities 0.5, 0.25, 0.125", {"probabilities": [0.5, 0.25, 0.125]}),
    ("shannon-entropy", "Entropy of [0.5, 0.25, 0.25]?", {}),
    ("huber-loss", "Huber loss of the errors 0.5, -3, 1 with delta 1.5", {"errors": [0.5, -3, 1], "delta": 1.5}),
    ("linear-regression", "Fit X = [[1], [2], [3]] and y = [2, 4, 6.5]", {"X": [[1], [2], [3]], "y": [2, 4, 6.5]}),
    ("silhouette-coefficient", "points [[0, 0], [1, 0], [9, 9]] with labels [0, 0, 1]", {"labels": [0, 0, 1]}),
    ("normal-distribution", "Density at [1, 2] for mean 0.5 and sd 2", {"x": [1, 2], "mean": 0.5, "sd": 2}),
    ("confusion-matrix", "tp 40, fp 10, fn 5 and tn 45: what rates?", {"tp": 40, "fp": 10, "fn": 5, "tn": 45}),
    (
        "f1-score",
        "F1 with 30 true positives, 10 false positives and 20 false negatives",
        {"tp": 30, "fp": 10, "fn": 20},
    ),
    (
        "top-p-sampling",
        "Nucleus p = 0.8 of [0.5, 0.3, 0.15, 0.05]",
        {"probabilities": [0.5, 0.3, 0.15, 0.05], "p": 0.8},
    ),
    ("top-k-sampling", "Keep the top 2 of probabilities [0.5, 0.3, 0.2]", {"probabilities": [0.5, 0.3, 0.2], "k": 2}),
    ("combinations", "How many numbers n = 7 choose k = 3?", {"n": 7, "k": 3}),
    (
        "two-sample-t-test",
        "t-test of [1, 2, 3] against [2, 4, 6], pooled",
        {"a": [1, 2, 3], "b": [2, 4, 6], "variant": "pooled"},
    ),
]


@pytest.mark.parametrize(("id", "question", "expected"), CASES, ids=[f"{c[0]}-{i}" for i, c in enumerate(CASES)])
def test_inputs_of_a_question_are_read(id: str, question: str, expected: dict[str, Any]) -> None:
    read = read_inputs(question, load(id))
    assert read is not None
    assert {name: read.values.get(name) for name in expected} == expected
    load(id).run(read.values)


@pytest.mark.parametrize("id", ["softmax", "adam", "ab-test", "cosine-similarity", "byte-pair-encoding"])
def test_a_question_without_values_gives_no_inputs(id: str) -> None:
    assert read_inputs("Why does it work so well in practice?", load(id)) is None


def test_a_list_is_not_spread_over_unrelated_parameters() -> None:
    assert read_inputs("Standardise 12, 15, 11, 20, 17.", load("ab-test")) is None


def test_a_value_is_used_once() -> None:
    read = read_inputs("Adam with lr 0.3", load("adam"))
    assert read is not None
    assert dict(read.values) == {"learning_rate": 0.3}


@pytest.mark.parametrize(
    "question",
    ["What is dropout?", "How does GPT-3 attend?", "Why do two-tower models scale?", "How many heads does GPT-3 have?"],
)
def test_explanations_are_not_computed(question: str) -> None:
    assert route(question) != "compute"
