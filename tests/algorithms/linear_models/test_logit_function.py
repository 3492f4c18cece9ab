from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import logit

from algorithms.linear_models.logit_function import logit_function
from algorithms.registry import load
from core.errors import InputError

CHANCES = st.lists(st.floats(1e-6, 1 - 1e-6), min_size=1, max_size=20)


@given(CHANCES, st.floats(-5, 5))
def test_equals_scipy_and_inverts_the_sigmoid(p: list[float], weight: float) -> None:
    output = logit_function(p, weight)
    np.testing.assert_allclose(output["logits"], logit(p), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(output["round_trip"], p, rtol=1e-9)
    odds_after = output["p_after"] / (1 - output["p_after"])
    np.testing.assert_allclose(odds_after, output["odds"] * math.exp(weight), rtol=1e-6)


@given(CHANCES)
def test_is_antisymmetric(p: list[float]) -> None:
    np.testing.assert_allclose(
        logit_function([1 - v for v in p])["logits"], -logit_function(p)["logits"], rtol=1e-6, atol=1e-9
    )


def test_goldens() -> None:
    output = logit_function([0.75, 0.5, 0.01], weight=math.log(2))
    assert output["logits"][0] == pytest.approx(math.log(3)) == pytest.approx(1.0986, abs=5e-5)
    assert output["odds"].tolist() == pytest.approx([3, 1, 1 / 99])
    assert output["odds_ratio"] == pytest.approx(2)
    # doubling the odds is not doubling the probability: 6/7, 2/3, 2/101
    assert output["p_after"].tolist() == pytest.approx([6 / 7, 2 / 3, 2 / 101])


@pytest.mark.parametrize("bad", [{"p": [0.0]}, {"p": [1.0]}, {"p": []}, {"weight": 1000}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("logit-function").run(bad)
