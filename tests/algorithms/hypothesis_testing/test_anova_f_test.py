from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from algorithms.hypothesis_testing.anova_f_test import anova_f_test
from algorithms.hypothesis_testing.two_sample_t_test import two_sample_t_test
from algorithms.registry import load
from core.errors import InputError

GROUP = st.lists(st.integers(-20, 20), min_size=2, max_size=10)


@given(st.lists(GROUP, min_size=2, max_size=5))
def test_equals_scipy(groups: list[list[int]]) -> None:
    assume(any(len(set(g)) > 1 for g in groups))
    assume(len({sum(g) / len(g) for g in groups}) > 1)  # rounding gives the oracle a negative F for equal means
    output = anova_f_test([[float(v) for v in g] for g in groups])
    expected = stats.f_oneway(*groups)
    assert output["f"] == pytest.approx(expected.statistic, abs=1e-9)
    assert output["p_value"] == pytest.approx(expected.pvalue, rel=1e-6, abs=1e-12)


@given(GROUP, GROUP)
def test_two_groups_are_the_squared_t(a: list[int], b: list[int]) -> None:
    assume(len(set(a)) > 1)
    x, y = [float(v) for v in a], [float(v) for v in b]
    t = two_sample_t_test(x, y, "pooled")
    output = anova_f_test([x, y])
    assert output["f"] == pytest.approx(t["t"] ** 2, abs=1e-9)
    assert output["p_value"] == pytest.approx(t["p_value"], rel=1e-6)


def test_golden() -> None:
    # means 5, 9, 10 and grand mean 8: 6 * (9 + 1 + 4) = 84; within 16 + 24 + 28 = 68
    output = load("anova-f-test").run()
    assert (output["ss_between"], output["ss_within"]) == (84, 68)
    assert output["f"] == pytest.approx((84 / 2) / (68 / 15))
    assert output["eta_squared"] == pytest.approx(84 / 152)
    assert (output["df_between"], output["df_within"]) == (2, 15)


@pytest.mark.parametrize(
    "bad", [{"groups": [[1.0, 2.0]]}, {"groups": [[1.0], [2.0]]}, {"groups": [[1.0, 1.0], [2.0, 2.0]]}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("anova-f-test").run(bad)
