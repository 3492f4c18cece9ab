from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.hidden_markov_models.hmm_mle_estimation import hmm_mle_estimation
from algorithms.registry import load
from core.errors import InputError

TOKEN = st.tuples(st.sampled_from("abc"), st.sampled_from(["X", "Y"]))
TAGGED = st.lists(st.lists(TOKEN, min_size=1, max_size=6), min_size=1, max_size=4)


def test_example_by_hand() -> None:
    # tags DT, NN, VB; NN: cat 2, dog 2, dogs 1; DT->NN 4/4; NN->VB 3/3, two NN are last; VB->DT 2/2
    output = load("hmm-mle-estimation").run()
    assert output["tags"] == ["DT", "NN", "VB"]
    assert output["transition"] == [[0, 1, 0], [0, 0, 1], [1, 0, 0]]
    assert output["emission"]["NN"] == {"cat": 0.4, "dog": 0.4, "dogs": 0.2}
    np.testing.assert_allclose(output["initial"], [2 / 3, 1 / 3, 0])
    assert output["tag_counts"] == {"DT": 4, "NN": 5, "VB": 3}


@given(TAGGED, st.sampled_from([0.0, 0.5]))
def test_equals_counting_by_hand(sentences: list[list[tuple[str, str]]], k: float) -> None:
    output = hmm_mle_estimation([" ".join(f"{w}/{t}" for w, t in s) for s in sentences], k)
    tags, flat = output["tags"], [pair for s in sentences for pair in s]
    V = len({w for w, _ in flat}) + (1 if k else 0)
    assert output["vocabulary_size"] == V
    np.testing.assert_allclose(output["transition"].sum(axis=1), 1)
    for i, tag in enumerate(tags):
        n = sum(t == tag for _, t in flat)
        for word, p in output["emission"][tag].items():
            assert p == pytest.approx((flat.count((word, tag)) + k) / (n + k * V))
        assert output["unseen_probability"][tag] == pytest.approx(k / (n + k * V))
        leaving = [b for s in sentences for (_, a), (_, b) in itertools.pairwise(s) if a == tag]
        if leaving:
            for j, other in enumerate(tags):
                expected = (leaving.count(other) + k) / (len(leaving) + k * len(tags))
                assert output["transition"][i, j] == pytest.approx(expected)


def test_words_may_hold_a_slash() -> None:
    assert hmm_mle_estimation(["and/or/CC"])["emission"] == {"CC": {"and/or": 1.0}}


@pytest.mark.parametrize(
    "bad",
    [
        {"sentences": ["the cat"]},
        {"sentences": [" "]},
        {"sentences": [" ".join(f"w/T{i}" for i in range(13))]},
        {"k": -1},
    ],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("hmm-mle-estimation").run(bad)
