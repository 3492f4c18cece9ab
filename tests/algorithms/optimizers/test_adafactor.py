from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.optimizers.adafactor import adafactor, factored_second_moment
from algorithms.registry import load
from core.errors import InputError

SIDE = st.lists(st.floats(0.1, 5), min_size=1, max_size=6)


@given(SIDE, SIDE)
def test_is_exact_for_rank_one_squares(a: list[float], b: list[float]) -> None:
    output = adafactor(np.outer(a, b).tolist(), steps=1)
    np.testing.assert_allclose(output["first_second_moment"], np.outer(a, b) ** 2, rtol=1e-9)
    assert output["first_relative_error"] < 1e-9
    assert output["state_numbers"] == len(a) + len(b)


def test_reconstruction_keeps_row_and_column_sums() -> None:
    squares = np.random.default_rng(0).random((4, 3))
    V = factored_second_moment(squares.sum(axis=1), squares.sum(axis=0))
    np.testing.assert_allclose(V.sum(axis=0), squares.sum(axis=0))
    np.testing.assert_allclose(V.sum(axis=1), squares.sum(axis=1))


def test_golden_of_a_matrix_that_is_not_rank_one() -> None:
    # squares [[1, 0], [0, 1]]: rows (1, 1), columns (1, 1), sum 2: every entry 1/2
    output = adafactor([[1.0, 0.0], [0.0, 1.0]], steps=1)
    np.testing.assert_allclose(output["first_second_moment"], np.full((2, 2), 0.5))
    assert output["first_relative_error"] == pytest.approx(np.sqrt(4 * 0.25 / 2))


def test_learns_with_less_state_than_adam() -> None:
    output = load("adafactor").run()
    assert output["loss_after"] < 0.01 * output["loss_before"]
    wide = adafactor(np.ones((64, 64)).tolist(), steps=1)
    assert wide["second_moment_bytes_per_parameter"] == 4 * 128 / 4096
    assert wide["adam_state_numbers"] == 8192


@pytest.mark.parametrize("bad", [{"target": [[1.0], [1.0, 2.0]]}, {"target": [[0.0]]}, {"clip": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("adafactor").run(bad)
