from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.decoding_and_sampling.categorical_sampling import categorical_sampling, draw_tokens
from algorithms.registry import load
from core.errors import InputError

P = [0.4, 0.3, 0.2, 0.1]


@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=10), st.floats(0, 1))
def test_first_index_whose_cumulative_sum_reaches_u(weights: list[float], u: float) -> None:
    p = np.array(weights) / sum(weights)
    reached = [i for i in range(len(p)) if p[: i + 1].cumsum()[-1] >= u]
    assert draw_tokens(p, np.array([u]))[0] == (reached[0] if reached else len(p) - 1)


def test_golden_of_seed_42() -> None:
    output = categorical_sampling(P, draws=20, seed=42)["tokens"].tolist()
    assert output == [2, 1, 2, 1, 0, 3, 2, 2, 0, 1, 0, 3, 1, 2, 1, 0, 1, 0, 2, 1]


def test_frequencies_converge() -> None:
    output = categorical_sampling(P, draws=100_000, seed=1)
    assert output["largest_deviation"] < 4 * output["expected_deviation"] < 0.01
    np.testing.assert_allclose(output["expected_deviation"], np.sqrt(0.24 / 100_000))


def test_temperature() -> None:
    np.testing.assert_allclose(categorical_sampling(P, temperature=0.5)["distribution"], np.array([16, 9, 4, 1]) / 30)
    assert set(categorical_sampling(P, temperature=1e-3)["tokens"]) == {0}
    np.testing.assert_allclose(categorical_sampling(P, temperature=100)["distribution"], [0.25] * 4, atol=0.005)


def test_given_uniforms_and_impossible_tokens() -> None:
    assert categorical_sampling([0.5, 0.0, 0.5, 0.0], u=[0.2, 0.5, 0.6, 1.0])["tokens"].tolist() == [0, 0, 2, 2]


@pytest.mark.parametrize(
    "bad", [{"probabilities": [0.5, 0.4]}, {"probabilities": []}, {"draws": 0}, {"u": [1.2]}, {"temperature": 0}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("categorical-sampling").run(bad)
