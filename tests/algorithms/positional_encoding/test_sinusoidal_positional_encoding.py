from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.positional_encoding.sinusoidal_positional_encoding import (
    sinusoidal_positional_encoding,
    sinusoidal_table,
)
from algorithms.registry import load
from core.errors import InputError


def test_golden_of_four_dimensions() -> None:
    # sin 1, cos 1, sin .01, cos .01; sin 2, cos 2, sin .02, cos .02
    expected = [[0, 1, 0, 1], [0.8415, 0.5403, 0.0100, 1.0000], [0.9093, -0.4161, 0.0200, 0.9998]]
    np.testing.assert_allclose(sinusoidal_positional_encoding([0, 1, 2], 4)["encodings"], expected, atol=6e-5)


def test_golden_of_three_dimensions() -> None:
    expected = [[0, 1, 0], [0.841, 0.540, 0.002], [0.909, -0.416, 0.004]]
    np.testing.assert_allclose(sinusoidal_positional_encoding([0, 1, 2], 3)["encodings"], expected, atol=6e-4)


@given(st.integers(0, 5000), st.integers(1, 16))
def test_equals_the_slow_loop(pos: int, half: int) -> None:
    d = 2 * half
    row = sinusoidal_table(np.array([float(pos)]), d)[0]
    for i in range(half):
        w = pos / 10000 ** (2 * i / d)
        assert row[2 * i] == pytest.approx(np.sin(w), abs=1e-12)
        assert row[2 * i + 1] == pytest.approx(np.cos(w), abs=1e-12)


def test_shift_depends_on_the_offset_only_and_is_a_rotation() -> None:
    output = sinusoidal_positional_encoding([0, 3, 70, 999], 64, offset=5)
    np.testing.assert_allclose(output["shift_norms"], 4.12214, atol=6e-6)
    np.testing.assert_allclose(output["shift_dots"], 23.50397, atol=6e-6)
    assert output["shift_matrix_error"] < 1e-12


def test_rows_are_distinct_and_wavelengths_geometric() -> None:
    table = sinusoidal_table(np.arange(10_000.0), 8)
    assert len(np.unique(table.round(9), axis=0)) == 10_000
    wavelengths = sinusoidal_positional_encoding([0], 64)["wavelengths"]
    assert wavelengths[0] == pytest.approx(2 * np.pi)
    assert 7000 < wavelengths[-1] / (2 * np.pi) < 10_000
    np.testing.assert_allclose(wavelengths[1:] / wavelengths[:-1], 10000 ** (2 / 64))


def test_images_encode_row_and_column_separately() -> None:
    output = sinusoidal_positional_encoding([3, 3, 5], 8, columns=[1, 2, 1])["encodings"]
    assert np.array_equal(output[0, :4], output[1, :4])
    assert np.array_equal(output[0, 4:], output[2, 4:])
    np.testing.assert_allclose(output[1, 4:], sinusoidal_table(np.array([2.0]), 4)[0])


@pytest.mark.parametrize(
    "bad", [{"positions": [-1]}, {"d_model": 0}, {"columns": [1]}, {"d_model": 3, "columns": [0, 0, 0]}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("sinusoidal-positional-encoding").run(bad)
