from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.normalization_layers.layer_normalization import layer_normalization, recurrent_norms
from algorithms.registry import load
from core.errors import InputError

ROWS = st.integers(2, 6).flatmap(
    lambda d: st.lists(st.lists(st.floats(-50, 50), min_size=d, max_size=d), min_size=1, max_size=5)
)


@given(ROWS, st.integers(0, 99))
def test_equals_torch(rows: list[list[float]], seed: int) -> None:
    rng = np.random.default_rng(seed)
    d = len(rows[0])
    gamma, beta = rng.normal(size=d), rng.normal(size=d)
    expected = torch.nn.functional.layer_norm(
        torch.tensor(rows, dtype=torch.float64), (d,), torch.tensor(gamma), torch.tensor(beta), 1e-5
    )
    output = layer_normalization(rows, gamma.tolist(), beta.tolist())
    np.testing.assert_allclose(output["output"], expected, atol=1e-9)


@given(ROWS)
def test_a_row_does_not_depend_on_the_others(rows: list[list[float]]) -> None:
    alone = layer_normalization([rows[0]])["output"][0]
    np.testing.assert_allclose(layer_normalization(rows)["output"][0], alone)


def test_golden() -> None:
    output = layer_normalization([[1, 2, 3, 4]])
    np.testing.assert_allclose(output["output"][0], [-1.342, -0.447, 0.447, 1.342], atol=5e-4)
    assert output["output_means"][0] == pytest.approx(0, abs=1e-12)
    assert output["output_variances"][0] == pytest.approx(1, abs=1e-4)


@given(st.integers(2, 40), st.floats(0.1, 5))
def test_the_recurrent_state_stays_within_the_root_of_its_width(width: int, scale: float) -> None:
    assert recurrent_norms(width, 30, scale, True, 0).max() <= np.sqrt(width) + 1e-9


def test_without_it_the_recurrent_state_explodes() -> None:
    output = load("layer-normalization").run()
    assert output["recurrent_norm_normalised"] <= output["recurrent_bound"] == 4
    assert output["recurrent_norm"] > 20


@pytest.mark.parametrize("bad", [{"gamma": [1.0]}, {"epsilon": 0}, {"x": [[1.0], [1.0, 2.0]]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("layer-normalization").run(bad)
