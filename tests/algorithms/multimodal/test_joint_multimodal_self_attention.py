from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.multimodal.joint_multimodal_self_attention import joint_multimodal_self_attention
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 4), st.floats(-1, 1), st.integers(0, 50))
def test_equals_torch(lt: int, lv: int, d: int, offset: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    T, R = rng.standard_normal((lt, d)), rng.standard_normal((lv, d))
    output = joint_multimodal_self_attention(T.tolist(), R.tolist(), offset)
    X = torch.tensor(np.concatenate([T, R + offset]))[None]
    expected = torch.nn.functional.scaled_dot_product_attention(X, X, X)[0]
    np.testing.assert_allclose(output["output"], expected, atol=1e-12)
    assert output["weights"].shape == (lt + lv, lt + lv)
    assert output["scores_computed"] == (lt + lv) ** 2
    shares = output["block_shares"]
    assert shares["text to text"] + shares["text to image"] == pytest.approx(1)
    assert shares["image to text"] + shares["image to image"] == pytest.approx(1)


def test_equal_vectors_share_attention_by_length() -> None:
    output = joint_multimodal_self_attention([[1.0, 1.0]] * 2, [[1.0, 1.0]] * 6)
    assert output["block_shares"]["text to image"] == pytest.approx(0.75)
    assert output["block_shares"]["image to text"] == pytest.approx(0.25)


def test_large_norms_take_all_the_attention_and_a_segment_offset_separates() -> None:
    assert joint_multimodal_self_attention([[1.0, 0.0]], [[9.0, 0.0]])["block_shares"]["text to image"] > 0.99
    apart = joint_multimodal_self_attention([[1.0, 1.0]], [[1.0, 1.0]], -6.0)
    assert apart["block_shares"]["text to text"] > 0.99


def test_both_modalities_can_be_reordered() -> None:
    text, regions = [[1.0, 0.3], [0.2, 1.0]], [[0.5, 0.5], [1.0, 0.0], [0.0, -1.0]]
    one = joint_multimodal_self_attention(text, regions)
    other = joint_multimodal_self_attention(text[::-1], regions[::-1])
    np.testing.assert_allclose(one["output"][[1, 0, 4, 3, 2]], other["output"])
    assert one["block_shares"] == pytest.approx(other["block_shares"])


@pytest.mark.parametrize("bad", [{"text": [[1.0]]}, {"regions": []}, {"segment_offset": 1e9}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("joint-multimodal-self-attention").run(bad)
