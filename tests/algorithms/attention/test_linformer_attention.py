from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.attention.linformer_attention import linformer_attention, pooling
from algorithms.registry import load
from core.errors import InputError


def test_k_equal_to_n_is_exact_and_less_is_not() -> None:
    assert linformer_attention(32, 32)["relative_error"] < 1e-14
    assert linformer_attention(32, 8)["relative_error"] > 1e-3


def test_error_falls_with_k_and_scores_are_linear() -> None:
    runs = [linformer_attention(64, k) for k in (1, 4, 16, 64)]
    errors = [run["relative_error"] for run in runs]
    assert errors == sorted(errors, reverse=True)
    assert [run["scores"] for run in runs] == [64, 256, 1024, 4096]
    assert runs[2]["projection_parameters"] == 2 * 16 * 64


@given(st.integers(1, 30), st.data())
def test_pooling_averages_every_position_once(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(1, n))
    E = pooling(n, k)
    assert E.shape == (k, n)
    np.testing.assert_allclose(E.sum(axis=1), 1)
    assert ((E > 0).sum(axis=0) == 1).all()


def test_random_projection_mixes_all_tokens() -> None:
    assert 0 < linformer_attention(64, 16, projection="random")["relative_error"] < 3


@pytest.mark.parametrize("bad", [{"n": 4, "k": 5}, {"k": 0}, {"projection": "svd"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("linformer-attention").run(bad)
