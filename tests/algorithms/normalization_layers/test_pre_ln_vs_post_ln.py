from __future__ import annotations

import numpy as np
import pytest
import torch

from algorithms.normalization_layers.layer_normalization import standardise
from algorithms.normalization_layers.pre_ln_vs_post_ln import passes, pre_ln_vs_post_ln, standardise_backward
from algorithms.registry import load
from core.errors import InputError


def test_backward_of_the_normalization_equals_autograd() -> None:
    rng = np.random.default_rng(0)
    x, upstream = rng.normal(size=(3, 5)), rng.normal(size=(3, 5))
    t = torch.tensor(x, requires_grad=True)
    torch.nn.functional.layer_norm(t, (5,)).backward(torch.tensor(upstream))
    np.testing.assert_allclose(standardise_backward(x, upstream), t.grad, atol=1e-10)


@pytest.mark.parametrize("placement", ["pre", "post"])
def test_weight_gradients_equal_autograd(placement: str) -> None:
    rng = np.random.default_rng(1)
    W, x, upstream = rng.normal(size=(4, 6, 6)) / 2, standardise(rng.normal(size=(3, 6)), 1e-5), rng.normal(size=(3, 6))
    weights = [torch.tensor(w, requires_grad=True) for w in W]
    h = torch.tensor(x)
    for w in weights:
        if placement == "pre":
            h = h + torch.nn.functional.layer_norm(h, (6,)) @ w.T
        else:
            h = torch.nn.functional.layer_norm(h + h @ w.T, (6,))
    if placement == "pre":
        h = torch.nn.functional.layer_norm(h, (6,))
    h.backward(torch.tensor(upstream))
    expected = [w.grad.norm().item() for w in weights if w.grad is not None]
    np.testing.assert_allclose(passes(placement, W, x, upstream)[1], expected, rtol=1e-8)


def test_identity_path_stays_whole_in_pre_ln_and_shrinks_in_post_ln() -> None:
    output = load("pre-ln-vs-post-ln").run()
    assert output["pre_identity_gain"] == 1
    assert 0.3 < output["post_identity_gain"] * 2 ** (24 / 2) < 3


def test_stream_grows_like_the_root_of_the_depth_in_pre_ln_only() -> None:
    output = pre_ln_vs_post_ln(layers=40)
    # each block adds variance 1 to a start of 1
    assert output["pre_stream_sizes"][-1] == pytest.approx(np.sqrt(41), rel=0.1)
    np.testing.assert_allclose(output["post_stream_sizes"], 1, atol=1e-4)


def test_last_weight_gradient_falls_with_depth_in_pre_ln_only() -> None:
    shallow, deep = pre_ln_vs_post_ln(layers=3), pre_ln_vs_post_ln(layers=35)
    # 1 / sqrt(L + 1): from 1/2 to 1/6
    assert deep["pre_last_weight_gradient"] / shallow["pre_last_weight_gradient"] == pytest.approx(1 / 3, rel=0.2)
    assert deep["post_last_weight_gradient"] / shallow["post_last_weight_gradient"] == pytest.approx(1, rel=0.2)


@pytest.mark.parametrize("bad", [{"layers": 0}, {"width": 10_000}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("pre-ln-vs-post-ln").run(bad)
