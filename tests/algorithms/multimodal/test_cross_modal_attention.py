from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.multimodal.cross_modal_attention import cross_modal_attention
from algorithms.registry import load
from core.errors import InputError

SIZES = st.integers(1, 6)


@given(SIZES, SIZES, SIZES, SIZES, st.integers(0, 100))
def test_equals_torch(lt: int, lv: int, d: int, dv: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    Q, K, V = rng.standard_normal((lt, d)), rng.standard_normal((lv, d)), rng.standard_normal((lv, dv))
    output = cross_modal_attention(Q.tolist(), K.tolist(), V.tolist())
    expected = torch.nn.functional.scaled_dot_product_attention(*(torch.tensor(a)[None] for a in (Q, K, V)))[0]
    np.testing.assert_allclose(output["output"], expected, atol=1e-12)
    assert output["weights"].shape == (lt, lv)
    np.testing.assert_allclose(output["weights"].sum(axis=1), 1)


def test_words_find_their_regions_and_a_blank_query_looks_everywhere() -> None:
    output = cross_modal_attention([[9.0, 0.0], [0.0, 9.0], [0.0, 0.0]], [[2.0, 0.0], [0.0, 2.0]])
    assert output["grounding"][:2] == [0, 1]
    np.testing.assert_allclose(output["weights"][2], [0.5, 0.5])
    assert output["entropy_bits"][2] == pytest.approx(1) and output["entropy_bits"][0] < 0.01


def test_grounding_names_one_region_for_each_word() -> None:
    text = [[0.0, 9.0], [9.0, 0.0], [0.0, 9.0]]
    assert cross_modal_attention(text, [[2.0, 0.0], [0.0, 2.0]])["grounding"] == [1, 0, 1]


def test_order_of_the_regions_does_not_matter() -> None:
    text, regions = [[1.0, 2.0]], [[1.0, 0.0], [0.0, 1.0], [2.0, 2.0]]
    forward, backward = cross_modal_attention(text, regions), cross_modal_attention(text, regions[::-1])
    np.testing.assert_allclose(forward["output"], backward["output"])
    np.testing.assert_allclose(forward["weights"], backward["weights"][:, ::-1])


def test_cost_against_joint_attention() -> None:
    output = cross_modal_attention([[0.0]] * 3, [[0.0]] * 5)
    assert output["multiplications"] == 3 * 5 * 2 and output["joint_multiplications"] == 64 * 2


@pytest.mark.parametrize("bad", [{"text": [[1.0]]}, {"values": [[1.0]]}, {"regions": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("cross-modal-attention").run(bad)
