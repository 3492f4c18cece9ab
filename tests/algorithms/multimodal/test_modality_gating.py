from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.multimodal.modality_gating import modality_gating
from algorithms.registry import load
from core.errors import InputError

VECTOR = st.lists(st.floats(-5, 5), min_size=3, max_size=3)


@given(VECTOR, VECTOR, st.floats(-3, 3), st.integers(0, 100))
def test_equals_torch_and_stays_between_the_modalities(v: list[float], t: list[float], b: float, seed: int) -> None:
    W = np.random.default_rng(seed).standard_normal((3, 6))
    output = modality_gating(v, t, W.tolist(), b)
    tv, tt = torch.tensor(v, dtype=torch.float64), torch.tensor(t, dtype=torch.float64)
    gate = torch.sigmoid(torch.tensor(W) @ torch.cat([tv, tt]) + b)
    np.testing.assert_allclose(output["gate"], gate, atol=1e-12)
    np.testing.assert_allclose(output["fused"], torch.lerp(tt, tv, gate), atol=1e-12)
    assert (output["fused"] >= np.minimum(v, t) - 1e-9).all() and (output["fused"] <= np.maximum(v, t) + 1e-9).all()


@given(VECTOR, VECTOR)
def test_limits_of_the_bias(v: list[float], t: list[float]) -> None:
    np.testing.assert_allclose(modality_gating(v, t)["fused"], (np.array(v) + t) / 2)
    np.testing.assert_allclose(modality_gating(v, t, bias=50)["fused"], v, atol=1e-12)
    np.testing.assert_allclose(modality_gating(v, t, bias=-50)["fused"], t, atol=1e-12)


def test_a_closed_gate_starves_one_side() -> None:
    output = modality_gating([1.0], [2.0], bias=6)
    assert output["gradient_textual"][0] < 0.003
    assert output["gradient_visual"][0] + output["gradient_textual"][0] == 1


@pytest.mark.parametrize("bad", [{"visual": [1.0]}, {"gate_weights": [[1.0, 2.0]]}, {"textual": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("modality-gating").run(bad)
