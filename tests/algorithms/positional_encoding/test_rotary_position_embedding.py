from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers.models.llama.modeling_llama import apply_rotary_pos_emb

from algorithms.positional_encoding.rotary_position_embedding import rotary_position_embedding, rotate
from algorithms.registry import load
from core.errors import InputError

Q, K = [1.0, 0.5, -0.3, 2.0], [0.2, -1.0, 0.7, 0.4]


@given(st.integers(0, 500), st.integers(0, 500), st.integers(1, 8))
def test_halves_layout_equals_transformers(m: int, n: int, half: int) -> None:
    rng = np.random.default_rng(m)
    q, k = rng.standard_normal((2, 2 * half))
    theta = 10000.0 ** (-torch.arange(half, dtype=torch.float64) / half)
    angle = torch.tensor([[m], [n]], dtype=torch.float64) * theta  # (2, half)
    cos, sin = (torch.cat([f(angle), f(angle)], dim=1)[None] for f in (torch.cos, torch.sin))
    x = torch.tensor(np.stack([q, k]))[None, None]  # (1, 1, 2, d)
    expected, _ = apply_rotary_pos_emb(x, x, cos, sin)
    np.testing.assert_allclose(rotate(q, m, layout="halves"), expected[0, 0, 0], atol=1e-10)
    np.testing.assert_allclose(rotate(k, n, layout="halves"), expected[0, 0, 1], atol=1e-10)


@given(st.integers(0, 1000), st.integers(0, 1000), st.sampled_from(["interleaved", "halves"]))
def test_score_depends_on_the_offset_only_and_norms_stay(m: int, n: int, layout: str) -> None:
    output = rotary_position_embedding(Q, K, m, n, layout=layout)  # type: ignore[arg-type]
    assert output["score"] == pytest.approx(output["score_shifted"], abs=1e-9)
    assert output["norms"][0] == pytest.approx(output["norms"][1])


def test_positions_5_and_3_score_as_12_and_10() -> None:
    a, b = rotary_position_embedding(Q, K, 5, 3), rotary_position_embedding(Q, K, 12, 10)
    assert a["score"] == pytest.approx(b["score"])
    assert a["score"] != pytest.approx(rotary_position_embedding(Q, K, 3, 5)["score"], abs=0.1)
    assert a["score"] == pytest.approx(a["scores_by_offset"][2])
    assert a["parameters"] == 0


def test_angles_by_hand() -> None:
    # d = 4: theta = 1, 0.01; position 2 turns the first pair by 2 and the second by 0.02
    output = rotary_position_embedding([1.0, 0.0, 0.0, 1.0], K, query_position=2)["query_rotated"]
    np.testing.assert_allclose(output, [np.cos(2), np.sin(2), -np.sin(0.02), np.cos(0.02)])


def test_interpolation_maps_positions_into_the_trained_range() -> None:
    output = rotary_position_embedding(Q, K, 8000, 4000, trained_length=2048, target_length=8192)
    assert output["position_scale"] == 0.25
    assert output["effective_positions"] == [2000, 1000]
    np.testing.assert_allclose(output["query_rotated"], rotary_position_embedding(Q, K, 2000)["query_rotated"])
    assert rotary_position_embedding(Q, K, target_length=10)["position_scale"] == 1


@pytest.mark.parametrize(
    "bad", [{"query": [1.0, 2.0, 3.0]}, {"query": [1.0, 2.0]}, {"base": 0}, {"query_position": -1}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("rotary-position-embedding").run(bad)
