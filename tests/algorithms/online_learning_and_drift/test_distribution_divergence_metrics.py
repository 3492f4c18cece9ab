from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy

from algorithms.online_learning_and_drift.distribution_divergence_metrics import distribution_divergence_metrics
from algorithms.registry import load
from core.errors import InputError

PAIR = st.integers(2, 8).flatmap(lambda k: st.tuples(*[st.lists(st.integers(1, 50), min_size=k, max_size=k)] * 2))


@given(PAIR)
def test_equals_scipy(pair: tuple[list[int], list[int]]) -> None:
    expected, observed = pair
    r = distribution_divergence_metrics(expected, observed)
    assert r["kl_observed_expected"] == pytest.approx(entropy(observed, expected), abs=1e-12)
    assert r["kl_expected_observed"] == pytest.approx(entropy(expected, observed), abs=1e-12)
    assert r["js_distance"] == pytest.approx(jensenshannon(expected, observed), abs=1e-7)
    assert r["psi"] == pytest.approx(entropy(observed, expected) + entropy(expected, observed), abs=1e-12)
    assert -1e-12 <= r["js"] <= np.log(2) + 1e-12
    assert distribution_divergence_metrics(observed, expected)["js"] == pytest.approx(r["js"])
    scaled = distribution_divergence_metrics([7 * c for c in expected], observed)
    assert scaled["psi"] == pytest.approx(r["psi"], abs=1e-12)


def test_golden_psi() -> None:
    # 0.15 ln 2.5 + 0 + (-0.1) ln 0.75 + (-0.05) ln 0.75 = 0.13744 + 0.02877 + 0.01438
    r = load("distribution-divergence-metrics").run()
    assert (
        r["psi"] == pytest.approx(0.18060, abs=1e-5) and r["verdict"] == "moderate shift" and r["largest_change"] == 0
    )
    assert r["total_variation"] == pytest.approx(0.15)


def test_limits() -> None:
    same = distribution_divergence_metrics([1, 2], [10, 20])
    assert same["psi"] == same["js"] == 0 and same["verdict"] == "stable"
    apart = load("distribution-divergence-metrics").run({"expected": [1, 0], "observed": [0, 1]})
    assert apart["js"] == pytest.approx(np.log(2)) and apart["psi"] == "Infinity" and apart["verdict"] == "large shift"
    smoothed = distribution_divergence_metrics([1, 0], [0, 1], smoothing=0.5)
    assert smoothed["psi"] == pytest.approx(2 * 0.5 * np.log(3)) and smoothed["verdict"] == "large shift"


@pytest.mark.parametrize("bad", [{"expected": [1, 2]}, {"expected": [0, 0], "observed": [1, 1]}, {"observed": [-1, 1]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("distribution-divergence-metrics").run(bad)
