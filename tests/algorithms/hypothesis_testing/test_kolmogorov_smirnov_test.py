from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from algorithms.hypothesis_testing.kolmogorov_smirnov_test import kolmogorov_smirnov_test as ks
from algorithms.registry import load
from core.errors import InputError

SAMPLE = st.lists(st.floats(-5, 5), min_size=1, max_size=25)


@given(SAMPLE, SAMPLE)
def test_equals_scipy(a: list[float], b: list[float]) -> None:
    output, expected = ks(a, b), stats.ks_2samp(a, b, method="exact")
    assert output["d"] == pytest.approx(expected.statistic)
    assert output["p_value"] == pytest.approx(expected.pvalue, rel=1e-6)


@given(SAMPLE, SAMPLE)
def test_symmetric_and_invariant_under_monotone_functions(a: list[float], b: list[float]) -> None:
    output = ks(a, b)
    assert ks(b, a)["p_value"] == pytest.approx(output["p_value"])
    bent = ks([round(v, 3) ** 3 for v in a], [round(v, 3) ** 3 for v in b])
    assert bent["d"] == pytest.approx(ks([round(v, 3) for v in a], [round(v, 3) for v in b])["d"])


def test_extremes_and_direction() -> None:
    same = ks([1, 2, 3], [1, 2, 3])
    assert (same["d"], same["p_value"]) == (0, 1)
    apart = ks([1, 2, 3], [4, 5, 6])
    assert apart["d"] == 1
    assert apart["p_value"] == pytest.approx(2 / 20)  # two of the C(6, 3) orders are separated
    assert apart["a_is_lower_there"]
    assert not ks([4, 5, 6], [1, 2, 3])["a_is_lower_there"]


def test_finds_a_shift_and_keeps_its_level() -> None:
    rng = np.random.default_rng(0)
    assert ks(rng.standard_normal(200).tolist(), (rng.standard_normal(200) + 0.5).tolist())["reject"]
    false_alarms = [ks(*rng.standard_normal((2, 30)).tolist())["reject"] for _ in range(200)]
    assert np.mean(false_alarms) < 0.09


@pytest.mark.parametrize("bad", [{"a": []}, {"b": [0.0] * 401}, {"alpha": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("kolmogorov-smirnov-test").run(bad)
