from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

from algorithms.hypothesis_testing.ab_test import ab_test
from algorithms.hypothesis_testing.chi_square_test import chi_square_test
from algorithms.registry import load
from core.errors import InputError

COUNTS = st.tuples(st.integers(1, 99), st.integers(100, 500))


@given(
    COUNTS, COUNTS, st.sampled_from([("two-sided", "two-sided"), ("a is better", "larger"), ("b is better", "smaller")])
)
def test_equals_statsmodels(a: tuple[int, int], b: tuple[int, int], sides: tuple[str, str]) -> None:
    output = ab_test(*a, *b, alternative=sides[0])  # type: ignore[arg-type]
    z, p = proportions_ztest([a[0], b[0]], [a[1], b[1]], alternative=sides[1])
    assert output["z"] == pytest.approx(z, abs=1e-9)
    assert output["p_value"] == pytest.approx(p, rel=1e-6, abs=1e-12)
    low, high = confint_proportions_2indep(a[0], a[1], b[0], b[1], method="wald")
    assert output["interval"].tolist() == pytest.approx([low, high])


@given(COUNTS, COUNTS)
def test_z_squared_is_chi_square(a: tuple[int, int], b: tuple[int, int]) -> None:
    chi2 = chi_square_test([[a[0], a[1] - a[0]], [b[0], b[1] - b[0]]])
    output = ab_test(*a, *b)
    assert output["z"] ** 2 == pytest.approx(chi2["chi2"])
    assert output["p_value"] == pytest.approx(chi2["p_value"], abs=1e-9)


def test_type_one_error_is_about_alpha() -> None:
    x = np.random.default_rng(0).binomial(1000, 0.1, size=(2000, 2))
    rejected = [ab_test(int(a), 1000, int(b), 1000)["reject"] for a, b in x]
    assert np.mean(rejected) == pytest.approx(0.05, abs=0.015)


def test_one_sided_says_nothing_if_the_other_version_wins() -> None:
    assert ab_test(160, 1000, 200, 1000)["reject"]
    assert ab_test(160, 1000, 200, 1000, alternative="a is better")["p_value"] > 0.95


def test_lift_and_degenerate_counts() -> None:
    assert ab_test(200, 1000, 160, 1000)["relative_lift"] == pytest.approx(0.25)
    nothing = ab_test(0, 10, 0, 10)
    assert (nothing["z"], nothing["p_value"], nothing["relative_lift"]) == (0, 1, None)


@pytest.mark.parametrize("bad", [{"conversions_a": 1001}, {"visitors_b": 0}, {"alpha": 2}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("ab-test").run(bad)
