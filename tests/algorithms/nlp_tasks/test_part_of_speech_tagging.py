from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.nlp_tasks.part_of_speech_tagging import (
    TAGS,
    crf_gradient,
    crf_scores,
    hmm_scores,
    part_of_speech_tagging,
    viterbi,
)
from algorithms.registry import load
from core.errors import InputError


def random_model(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.standard_normal(3), rng.standard_normal((3, 3)), rng.standard_normal((4, 3))


def path_score(start: object, A: object, emission: object, path: tuple[int, ...]) -> object:
    total = start[path[0]] + emission[0][path[0]]
    for i in range(1, len(path)):
        total = total + A[path[i - 1]][path[i]] + emission[i][path[i]]
    return total


@given(st.integers(0, 10_000))
def test_viterbi_equals_enumeration(seed: int) -> None:
    start, A, emission = random_model(seed)
    best = max(product(range(3), repeat=4), key=lambda p: path_score(start, A, emission, p))
    path, score = viterbi(start, A, emission)
    assert tuple(path) == best and score == pytest.approx(path_score(start, A, emission, best))


@given(st.integers(0, 10_000))
def test_crf_gradient_equals_autograd_over_all_paths(seed: int) -> None:
    start, A, emission = (torch.tensor(x, requires_grad=True) for x in random_model(seed))
    gold = tuple(int(i) for i in np.random.default_rng(seed).integers(3, size=4))
    scores = torch.stack([path_score(start, A, emission, p) for p in product(range(3), repeat=4)])
    value = path_score(start, A, emission, gold) - torch.logsumexp(scores, 0)
    value.backward()
    to_start, to_edge, to_node, log_p = crf_gradient(*random_model(seed), list(gold))
    assert log_p == pytest.approx(float(value.detach()))
    np.testing.assert_allclose(to_start, start.grad, atol=1e-10)
    np.testing.assert_allclose(to_edge, A.grad, atol=1e-10)
    np.testing.assert_allclose(to_node, emission.grad, atol=1e-10)


def test_hmm_tables_are_distributions() -> None:
    start, A, E = hmm_scores()
    np.testing.assert_allclose(np.exp(start).sum(), 1)
    np.testing.assert_allclose(np.exp(A).sum(axis=1), 1)
    np.testing.assert_allclose(np.exp(E).sum(axis=0), 1)  # words are generated from tags
    assert A[TAGS.index("DET"), TAGS.index("NOUN")] > A[TAGS.index("DET"), TAGS.index("VERB")]


@pytest.mark.parametrize("method", ["hmm", "crf", "rules"])
def test_example_sentence(method: str) -> None:
    r = part_of_speech_tagging("Play me Arabian Nights", method)
    assert r["tags"] == ["VERB", "PRON", "ADJ", "NOUN"]
    assert r["training_accuracy"] > (0.7 if method == "rules" else 0.93)


def test_context_decides_between_verb_and_noun() -> None:
    for method in ("hmm", "crf"):
        assert part_of_speech_tagging("the play", method)["tags"] == ["DET", "NOUN"]
        assert part_of_speech_tagging("play the song", method)["tags"] == ["VERB", "DET", "NOUN"]
    assert part_of_speech_tagging("the zyx sleeps")["tags"][1] == "NOUN"
    assert part_of_speech_tagging("the zyx sleeps")["unknown_words"] == ["zyx"]
    assert crf_scores()[1].shape == (len(TAGS), len(TAGS))


@pytest.mark.parametrize("bad", [{"sentence": "!?"}, {"method": "bert"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("part-of-speech-tagging").run(bad)
