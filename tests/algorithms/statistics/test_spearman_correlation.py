from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from algorithms.registry import load
from algorithms.statistics.spearman_correlation import average_ranks, spearman_correlation
from core.errors import InputError

PAIRS = st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=3, max_size=30).filter(
    lambda p: len({a for a, _ in p}) > 1 and len({b for _, b in p}) > 1
)


@given(PAIRS)
def test_equals_scipy(pairs: list[tuple[int, int]]) -> None:
    x, y = [float(a) for a, _ in pairs], [float(b) for _, b in pairs]
    np.testing.assert_array_equal(average_ranks(np.array(x)), stats.rankdata(x))
    assert spearman_correlation(x, y)["rho"] == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-12)


@given(PAIRS)
def test_monotone_functions_change_nothing(pairs: list[tuple[int, int]]) -> None:
    x, y = [float(a) for a, _ in pairs], [float(b) for _, b in pairs]
    bent = spearman_correlation([np.exp(v) for v in x], [v**3 for v in y])["rho"]
    assert bent == pytest.approx(spearman_correlation(x, y)["rho"])


def test_monotone_data_and_the_short_formula() -> None:
    assert spearman_correlation([1, 2, 3, 4], [1, 10, 11, 500])["rho"] == pytest.approx(1)
    assert spearman_correlation([1, 2, 3, 4], [9, 8, 2, -5])["rho"] == pytest.approx(-1)
    output = spearman_correlation([1, 2, 3, 4, 5], [2, 1, 4, 3, 5])
    assert output["sum_squared_rank_differences"] == 4
    assert output["rho"] == pytest.approx(1 - 6 * 4 / (5 * 24))
    assert not output["ties"]


def test_less_efficient_than_pearson_under_normality() -> None:
    # arcsine-corrected Spearman estimates the same rho with about 1 / 0.912 of the variance at rho = 0
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((2, 2000, 50))
    ranks = [np.argsort(np.argsort(a, axis=1), axis=1) for a in (x, y)]
    centred = [a - a.mean(axis=1, keepdims=True) for a in (x, y, *ranks)]
    unit = [a / np.linalg.norm(a, axis=1, keepdims=True) for a in centred]
    pearson, spearman = (unit[0] * unit[1]).sum(axis=1), (unit[2] * unit[3]).sum(axis=1)
    sample = spearman_correlation(x[0].tolist(), y[0].tolist())
    assert sample["rho"] == pytest.approx(spearman[0])
    assert sample["pearson_r"] == pytest.approx(pearson[0])
    efficiency = pearson.var() / (2 * np.sin(np.pi / 6 * spearman)).var()
    assert 0.84 < efficiency < 0.98


@pytest.mark.parametrize("bad", [{"x": [1.0] * 5}, {"x": [1.0, 2.0]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("spearman-correlation").run(bad)
