from __future__ import annotations

import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from algorithms.registry import load
from algorithms.statistics.mean_median_mode_skewness import mean_median_mode_skewness as middles
from core.errors import InputError

DATA = st.lists(st.integers(-20, 20), min_size=3, max_size=40)


@given(DATA)
def test_equals_scipy_and_the_standard_library(data: list[int]) -> None:
    output = middles([float(v) for v in data])
    assert output["mean"] == pytest.approx(statistics.fmean(data))
    assert output["median"] == statistics.median(data)
    assert output["mode"] == min(statistics.multimode(data))
    assert output["mode_count"] == data.count(int(output["mode"]))
    if len(set(data)) > 1:
        assert output["skewness"] == pytest.approx(stats.skew(data), abs=1e-9)


def test_left_skew_with_median_60() -> None:
    output = load("mean-median-mode-skewness").run()
    assert output["mean"] < output["median"] == 60 < output["mode"]
    assert output["shape"] == "left-skewed"
    assert output["rule_of_thumb_holds"]


def test_mirrored_data_swap_the_direction() -> None:
    output = middles([-v for v in [15, 30, 45, 55, 60, 65, 70, 70, 70]])
    assert output["shape"] == "right-skewed"
    assert output["rule_of_thumb_holds"]


def test_symmetric_data_have_equal_middles() -> None:
    output = middles([1, 2, 2, 3, 3, 3, 4, 4, 5])
    assert output["mean"] == output["median"] == output["mode"] == 3
    assert output["shape"] == "symmetric"
    assert output["rule_of_thumb_holds"]


def test_rule_of_thumb_can_fail() -> None:
    # discrete and right-skewed (one far value), yet the mean lies below the median
    output = middles([0.0] * 4 + [1.0] * 6 + [3.0])
    assert output["skewness"] > 0.1
    assert output["mean"] < output["median"]
    assert not output["rule_of_thumb_holds"]


def test_normal_sample_is_nearly_symmetric() -> None:
    data = np.random.default_rng(0).standard_normal(4000)
    assert abs(middles(data.tolist())["skewness"]) < 0.15


@pytest.mark.parametrize("bad", [{"data": [1.0]}, {"data": ["a", "b"]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("mean-median-mode-skewness").run(bad)
