from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.attention.attention_logit_scaling import attention_logit_scaling, jacobian_norm
from algorithms.registry import load
from core.errors import InputError


def test_variance_is_the_dimension_and_one_after_scaling() -> None:
    output = attention_logit_scaling([16, 64, 256, 1024], keys=64)
    np.testing.assert_allclose(output["variance_unscaled"], [16, 64, 256, 1024], rtol=0.1)
    np.testing.assert_allclose(output["variance_scaled"], [1, 1, 1, 1], rtol=0.1)


def test_unscaled_softmax_saturates_so_its_jacobian_vanishes() -> None:
    output = attention_logit_scaling([4, 512])
    assert output["largest_weight_unscaled"][1] > 0.99
    assert output["largest_weight_scaled"][1] < 0.5
    assert output["jacobian_norm_unscaled"][1] < 0.02 < 0.2 < output["jacobian_norm_scaled"][1]


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=6))
def test_jacobian_norm_equals_autograd(logits: list[float]) -> None:
    z = torch.tensor(logits, dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(lambda t: torch.softmax(t, 0), z)
    p = torch.softmax(z, 0).numpy()
    assert jacobian_norm(p) == pytest.approx(float(torch.linalg.norm(jacobian)), abs=1e-12)


@pytest.mark.parametrize("bad", [{"dimensions": []}, {"dimensions": [0]}, {"dimensions": [4096]}, {"keys": 1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("attention-logit-scaling").run(bad)
