from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.positional_encoding.integer_position_encoding import integer_position_encoding
from algorithms.registry import load
from core.errors import InputError


def test_magnitude_grows_and_drowns_the_words() -> None:
    output = integer_position_encoding([1, 10, 100, 1000], d_model=16)
    np.testing.assert_allclose(output["norm_integer"], [4, 40, 400, 4000])  # p times the root of 16
    np.testing.assert_allclose(output["norm_sinusoidal"], np.sqrt(8))
    distances = output["word_distance_integer"]
    assert distances == sorted(distances, reverse=True)
    assert distances[-1] < 1e-4
    assert min(output["word_distance_sinusoidal"]) > 0.1


@given(st.integers(1, 1000), st.integers(1, 1000), st.integers(0, 50))
def test_only_sinusoidal_dot_products_are_relative(p: int, q: int, k: int) -> None:
    output = integer_position_encoding([p, q], d_model=8, offset=k)
    assert output["dot_sinusoidal"][0] == pytest.approx(output["dot_sinusoidal"][1], abs=1e-9)
    np.testing.assert_allclose(output["dot_integer"], [8 * p * (p + k), 8 * q * (q + k)])


@pytest.mark.parametrize("bad", [{"positions": []}, {"positions": [0]}, {"d_model": 3}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("integer-position-encoding").run(bad)
