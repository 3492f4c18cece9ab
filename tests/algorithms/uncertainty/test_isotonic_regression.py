from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from algorithms.registry import load
from algorithms.uncertainty.isotonic_regression import isotonic_regression, pool_adjacent_violators
from core.errors import InputError

POINTS = st.lists(st.tuples(st.integers(0, 8), st.floats(-10, 10), st.floats(0.1, 5)), min_size=1, max_size=25)


@given(POINTS, st.booleans())
def test_equals_sklearn(points: list[tuple[int, float, float]], increasing: bool) -> None:
    x, y, w = (np.array(c, dtype=float) for c in zip(*points, strict=True))
    r = isotonic_regression(y.tolist(), x.tolist(), w.tolist(), increasing)
    oracle = IsotonicRegression(increasing=increasing).fit(x, y, sample_weight=w)
    np.testing.assert_allclose(r["fitted"], oracle.predict(r["x"]), atol=1e-8)
    assert r["sum_of_squares"] == pytest.approx(w @ (y - oracle.predict(x)) ** 2, abs=1e-6)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=20))
def test_blocks_are_means_and_a_second_fit_changes_nothing(y: list[float]) -> None:
    fitted, sizes = pool_adjacent_violators(np.array(y), np.ones(len(y)))
    ends = np.cumsum([0, *sizes])
    for start, end in pairwise(ends):
        np.testing.assert_allclose(fitted[start:end], np.mean(y[start:end]), atol=1e-12)
    np.testing.assert_allclose(pool_adjacent_violators(fitted, np.ones(len(y)))[0], fitted, atol=1e-12)


def test_golden() -> None:
    r = load("isotonic-regression").run()
    assert r["fitted"] == [1, 2.5, 2.5, 3.75, 3.75, 5.5, 5.5] and r["n_blocks"] == 4
    assert r["sum_of_squares"] == pytest.approx(2 * 0.25 + 2 * 0.0625 + 2 * 0.25)


@pytest.mark.parametrize("bad", [{"x": [1]}, {"weights": [0] * 7}, {"y": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("isotonic-regression").run(bad)
