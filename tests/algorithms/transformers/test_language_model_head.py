from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.transformers.language_model_head import language_model_head
from core.errors import InputError


@given(st.integers(1, 6), st.integers(1, 6), st.booleans())
def test_equals_a_linear_layer_and_softmax(V: int, d: int, with_bias: bool) -> None:
    rng = np.random.default_rng(V * 10 + d)
    h, U, b = rng.standard_normal(d), rng.standard_normal((V, d)), rng.standard_normal(V)
    output = language_model_head(h.tolist(), U.tolist(), [f"w{i}" for i in range(V)], b.tolist() if with_bias else None)
    z = torch.nn.functional.linear(torch.tensor(h), torch.tensor(U), torch.tensor(b) if with_bias else None)
    np.testing.assert_allclose(output["logits"], z)
    np.testing.assert_allclose(output["probabilities"], torch.softmax(z, 0))
    assert output["entropy_bits"] == pytest.approx(
        float(torch.distributions.Categorical(logits=z).entropy()) / np.log(2)
    )
    assert output["parameters"] == V * d + (V if with_bias else 0)


def test_the_cat_sat_on_the() -> None:
    # logits 2.5, 1.8, 0.7: e^ = 12.1825, 6.0496, 2.0138, sum 20.2459
    output = load("language-model-head").run()
    assert output["ranking"] == ["mat", "sofa", "floor"]
    np.testing.assert_allclose(output["probabilities"], np.array([12.1825, 6.0496, 2.0138]) / 20.2459, atol=1e-5)
    assert sum(output["probabilities"]) == pytest.approx(1)


@pytest.mark.parametrize(
    "bad", [{"hidden": [1.0]}, {"bias": [1.0]}, {"vocabulary": ["mat"]}, {"unembedding": [[1], [1, 2]]}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("language-model-head").run(bad)
