from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.cbook import boxplot_stats
from scipy import stats

from algorithms.data_preparation.outlier_detection_rules import merge_rare, outlier_detection_rules
from algorithms.registry import load
from core.errors import InputError

DATA = st.lists(st.integers(-100, 100), min_size=3, max_size=50)


@given(DATA, st.floats(0.5, 3))
def test_equals_matplotlib_fliers_and_scipy_z(data: list[int], limit: float) -> None:
    output = outlier_detection_rules([float(v) for v in data], z_threshold=limit)
    assert output["iqr_outliers"].tolist() == sorted(boxplot_stats(data)[0]["fliers"].tolist())
    if len(set(data)) > 1:
        z = np.abs(stats.zscore(data, ddof=1))
        if np.abs(z - limit).min() > 1e-9:
            assert output["z_outlier_count"] == (z > limit).sum()
        assert output["largest_z"] == pytest.approx(z.max())
    assert output["largest_z"] <= output["largest_possible_z"] + 1e-9


def test_z_cannot_fire_in_ten_values_and_the_fences_can() -> None:
    output = outlier_detection_rules([0.0] * 5 + [1.0] * 4 + [1e9])
    assert output["largest_possible_z"] == pytest.approx(9 / np.sqrt(10))
    assert output["z_outliers"].tolist() == []
    assert output["iqr_outliers"].tolist() == [1e9]


def test_shares_for_normal_data() -> None:
    data = np.random.default_rng(0).standard_normal(4000).tolist()
    output = outlier_detection_rules(data)
    assert output["z_outlier_count"] / 4000 == pytest.approx(0.0027, abs=0.003)
    assert output["iqr_outlier_count"] / 4000 == pytest.approx(0.007, abs=0.005)


@given(st.lists(st.sampled_from("aabcdefgh"), min_size=1, max_size=60), st.floats(0, 0.5))
def test_merging_preserves_counts(categories: list[str], share: float) -> None:
    merged = merge_rare(categories, share)
    assert sum(merged.values()) == len(categories)
    for name, count in merged.items():
        assert name == "other" or (count == categories.count(name) and count / len(categories) >= share)
    rare = {c for c in categories if categories.count(c) / len(categories) < share}
    assert merged.get("other", 0) == sum(c in rare for c in categories)


def test_a_share_at_the_limit_is_kept() -> None:
    assert merge_rare(["a", "a", "a", "b"], 0.25) == {"a": 3, "b": 1}
    assert merge_rare(["a", "a", "a", "b"], 0.26) == {"a": 3, "other": 1}


def test_example_with_categories() -> None:
    output = load("outlier-detection-rules").run({"categories": ["a"] * 18 + ["b", "c"], "min_share": 0.06})
    assert output["iqr_outliers"] == [95]
    assert output["merged_counts"] == {"a": 18, "other": 2}


@pytest.mark.parametrize("bad", [{"data": [1.0]}, {"z_threshold": 0}, {"min_share": 2}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("outlier-detection-rules").run(bad)
