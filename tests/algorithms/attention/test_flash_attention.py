from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.attention.flash_attention import flash_attention, flash_backward, flash_forward
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 12), st.integers(1, 12), st.integers(1, 5), st.integers(1, 5), st.integers(0, 9))
def test_tiles_of_any_size_equal_torch(n: int, m: int, Br: int, Bc: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    arrays = [rng.standard_normal(s) for s in ((n, 3), (m, 3), (m, 2))]
    dO = rng.standard_normal((n, 2))
    tensors = [torch.tensor(a, requires_grad=True) for a in arrays]
    expected = torch.nn.functional.scaled_dot_product_attention(*tensors)
    expected.backward(torch.tensor(dO))
    O, L = flash_forward(*arrays, Br, Bc)
    np.testing.assert_allclose(O, expected.detach(), atol=1e-12)
    lse = torch.logsumexp(torch.tensor(arrays[0]) @ torch.tensor(arrays[1]).T / 3**0.5, dim=1)
    np.testing.assert_allclose(L, lse, atol=1e-12)
    for mine, tensor in zip(flash_backward(*arrays, O, L, dO, Br, Bc), tensors, strict=True):
        np.testing.assert_allclose(mine, tensor.grad, atol=1e-11)


def test_traffic_of_the_stated_configuration() -> None:
    output = flash_attention(4096, 64, 51200)
    assert output["hbm_standard"] == pytest.approx(1.70e7, rel=0.005)
    assert output["hbm_flash"] == pytest.approx(1.34e6, rel=0.005)
    assert output["hbm_ratio"] == pytest.approx(12.695, abs=0.01)


def test_only_a_tile_of_scores_is_held() -> None:
    output = flash_attention(n=37, block_rows=5, block_columns=7)
    assert (output["peak_scores"], output["peak_scores_standard"]) == (35, 37 * 37)
    assert output["forward_error"] < 1e-14
    assert output["backward_error"] < 1e-13


def test_more_sram_means_less_traffic() -> None:
    a, b = (flash_attention(sram_elements=m)["hbm_flash"] for m in (10_000, 20_000))
    assert a == 2 * b


@pytest.mark.parametrize("bad", [{"n": 97}, {"block_rows": 0}, {"sram_elements": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("flash-attention").run(bad)
