from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from algorithms.hypothesis_testing.two_sample_t_test import two_sample_t_test
from algorithms.registry import load
from core.errors import InputError

GROUP = st.lists(st.integers(-20, 20), min_size=2, max_size=20)


@given(GROUP, GROUP, st.booleans(), st.sampled_from(["two-sided", "greater", "less"]))
def test_equals_scipy(a: list[int], b: list[int], pooled: bool, alternative: str) -> None:
    assume(len(set(a)) > 1 and len(set(b)) > 1)
    x, y = [float(v) for v in a], [float(v) for v in b]
    variant = "pooled" if pooled else "welch"
    output = two_sample_t_test(x, y, variant, alternative)  # type: ignore[arg-type]
    expected = stats.ttest_ind(a, b, equal_var=pooled, alternative=alternative)
    assert output["t"] == pytest.approx(expected.statistic, abs=1e-12)
    assert output["p_value"] == pytest.approx(expected.pvalue, rel=1e-9)
    assert output["degrees_of_freedom"] == pytest.approx(expected.df)


def test_golden() -> None:
    # means 2 and 3, pooled variance 1, standard error sqrt(2/3)
    output = two_sample_t_test([1, 2, 3], [2, 3, 4], variant="pooled")
    assert output["t"] == pytest.approx(-np.sqrt(1.5))
    assert output["degrees_of_freedom"] == 4
    assert output["cohens_d"] == pytest.approx(-1)


def test_pooled_is_misled_by_unequal_variances_and_welch_is_not() -> None:
    rng = np.random.default_rng(0)
    few, many = 5 * rng.standard_normal((800, 5)), rng.standard_normal((800, 40))  # equal means
    rates = {
        variant: np.mean(
            [two_sample_t_test(a, b, variant)["reject"] for a, b in zip(few.tolist(), many.tolist(), strict=True)]  # type: ignore[arg-type]
        )
        for variant in ("welch", "pooled")
    }
    assert rates["welch"] == pytest.approx(0.05, abs=0.025)
    assert rates["pooled"] > 0.2


@pytest.mark.parametrize("bad", [{"a": [1.0]}, {"a": [1.0, 1.0], "b": [2.0, 2.0]}, {"variant": "paired"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("two-sample-t-test").run(bad)
