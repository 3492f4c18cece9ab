from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from algorithms.hypothesis_testing.chi_square_test import chi_square_test
from algorithms.registry import load
from core.errors import InputError


@given(
    st.integers(2, 4).flatmap(
        lambda c: st.lists(st.lists(st.integers(1, 50), min_size=c, max_size=c), min_size=2, max_size=5)
    ),
    st.booleans(),
)
def test_equals_scipy(table: list[list[int]], correction: bool) -> None:
    output = chi_square_test(table, correction)
    expected = stats.chi2_contingency(table, correction=correction)
    assert output["chi2"] == pytest.approx(expected.statistic, abs=1e-9)
    assert output["p_value"] == pytest.approx(expected.pvalue, rel=1e-6, abs=1e-15)
    assert output["degrees_of_freedom"] == expected.dof
    np.testing.assert_allclose(output["expected"], expected.expected_freq)
    if not correction:
        v = stats.contingency.association(np.array(table), method="cramer")
        assert output["cramers_v"] == pytest.approx(v, abs=1e-9)


@given(st.lists(st.integers(1, 20), min_size=2, max_size=4), st.lists(st.integers(1, 20), min_size=2, max_size=4))
def test_independent_table_has_zero(rows: list[int], columns: list[int]) -> None:
    output = chi_square_test([[r * c for c in columns] for r in rows])
    assert output["chi2"] == pytest.approx(0, abs=1e-9)
    assert output["p_value"] == pytest.approx(1)


def test_golden() -> None:
    # expected 180 and 820 in both rows: 2 * 20^2 / 180 + 2 * 20^2 / 820
    output = load("chi-square-test").run()
    assert output["chi2"] == pytest.approx(800 / 180 + 800 / 820)
    assert output["smallest_expected"] == 180


@pytest.mark.parametrize(
    "bad",
    [{"table": [[1, 2]]}, {"table": [[0, 0], [1, 2]]}, {"table": [[1, -2], [3, 4]]}, {"table": [[0.5, 1], [1, 2]]}],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("chi-square-test").run(bad)
