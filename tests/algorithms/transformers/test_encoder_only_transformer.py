from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.transformers.decoder_only_transformer import StackWeights, stack
from algorithms.transformers.encoder_only_transformer import encoder_only_transformer
from algorithms.transformers.transformer_encoder_layer import encoder_layer, layer_norm
from core.errors import InputError


@given(st.lists(st.integers(0, 63), min_size=2, max_size=6), st.integers(0, 20))
def test_every_position_sees_both_sides(tokens: list[int], seed: int) -> None:
    output = encoder_only_transformer(tokens, seed=seed)
    assert (output["effect_of_first_token"] > 1e-6).all()
    assert (output["effect_of_last_token"] > 1e-6).all()
    np.testing.assert_allclose(output["attention"].sum(axis=1), 1)
    assert (output["attention"] > 0).all()


def test_stack_is_layers_without_a_mask() -> None:
    W = StackWeights.random(64, 8, 16, layers=2, seed=0)
    h = W.E[[5, 6, 7]] + W.P[:3]
    for layer in W.layers:
        h = encoder_layer(h, layer, heads=2, norm="pre", activation="gelu")[0]
    output = encoder_only_transformer([5, 6, 7])
    np.testing.assert_allclose(output["cls_vector"], layer_norm(h)[0])
    np.testing.assert_allclose(output["mean_vector"], layer_norm(h).mean(axis=0), atol=1e-12)
    assert np.abs(stack([5, 6, 7], W, 2, causal=True)[0] - layer_norm(h)).max() > 0.01


@pytest.mark.parametrize("bad", [{"tokens": []}, {"tokens": [-1]}, {"heads": 3}, {"layers": 9}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("encoder-only-transformer").run(bad)
