from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import MinMaxScaler

from algorithms.data_preparation.min_max_normalization import min_max_normalization
from algorithms.registry import load
from core.errors import InputError

VALUES = st.lists(st.integers(-100, 100), min_size=2, max_size=40).filter(lambda v: len(set(v)) > 1)


@given(VALUES, st.lists(st.integers(-300, 300), min_size=1, max_size=10), st.sampled_from([(0, 1), (-1, 1), (5, 9)]))
def test_equals_sklearn(x: list[int], new: list[int], ends: tuple[int, int]) -> None:
    scaler = MinMaxScaler(ends).fit(np.array(x, dtype=float)[:, None])
    output = min_max_normalization([float(v) for v in x], [float(v) for v in new], *ends)
    np.testing.assert_allclose(output["scaled"], scaler.transform(np.array(x, dtype=float)[:, None])[:, 0], atol=1e-12)
    np.testing.assert_allclose(
        output["scaled_new"], scaler.transform(np.array(new, dtype=float)[:, None])[:, 0], atol=1e-12
    )
    assert output["scaled"].min() == pytest.approx(ends[0])
    assert output["scaled"].max() == pytest.approx(ends[1])
    assert output["outside"] == sum(v < min(x) or v > max(x) for v in new)


def test_minus_one_to_one_needs_the_second_step() -> None:
    unit, both = min_max_normalization([10, 20, 50])["scaled"], min_max_normalization([10, 20, 50], low=-1)["scaled"]
    assert unit.tolist() == [0, 0.25, 1]
    np.testing.assert_allclose(both, 2 * unit - 1)


@pytest.mark.parametrize("bad", [{"x": [3.0, 3.0]}, {"low": 1, "high": 1}, {"x": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("min-max-normalization").run(bad)
