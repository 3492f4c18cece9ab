from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.positional_encoding.relative_positional_encoding import (
    offsets,
    relative_positional_encoding,
    relative_scores,
)
from algorithms.registry import load
from algorithms.toy_data import WORDS
from core.errors import InputError


@given(st.sampled_from(["shaw", "bias", "alibi"]), st.integers(0, 10**6), st.integers(1, 8))
def test_a_common_shift_changes_nothing(kind: str, shift: int, k: int) -> None:
    output = relative_positional_encoding(WORDS, kind, k, shift)  # type: ignore[arg-type]
    assert output["shift_error"] == 0
    np.testing.assert_allclose(output["weights"].sum(axis=1), 1)


@given(st.integers(1, 6), st.integers(1, 3), st.sampled_from(["shaw", "bias"]))
def test_scores_equal_the_slow_loop(n: int, k: int, kind: str) -> None:
    rng = np.random.default_rng(n)
    X = rng.standard_normal((n, 3))
    table = rng.standard_normal((2 * k + 1, 3) if kind == "shaw" else 2 * k + 1)
    S = relative_scores(X, np.arange(n), table, kind)
    for i in range(n):
        for j in range(n):
            a = table[max(-k, min(k, j - i)) + k]
            expected = X[i] @ (X[j] + a) / 3**0.5 if kind == "shaw" else X[i] @ X[j] / 3**0.5 + a
            assert S[i, j] == pytest.approx(expected)


def test_alibi_prefers_near_tokens() -> None:
    P = relative_positional_encoding([[0.0]] * 4, "alibi")["weights"]
    e = np.exp([0, -0.5, -1, -1.5])
    np.testing.assert_allclose(P[0], e / e.sum())


def test_fewer_parameters_than_a_table() -> None:
    # distance 2: 5 offsets of 3 numbers each, against 1024 * 3 for a table of 1024 positions
    assert load("relative-positional-encoding").run()["parameters"] == 15
    assert relative_positional_encoding(WORDS, "alibi")["parameters"] == 0
    assert offsets(np.array([4, 2]), 9).tolist() == [[0, -2], [2, 0]]


@pytest.mark.parametrize("bad", [{"kind": "rope"}, {"max_distance": 0}, {"embeddings": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("relative-positional-encoding").run(bad)
