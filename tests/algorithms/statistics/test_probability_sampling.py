from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.statistics.probability_sampling import draw_sample, population
from algorithms.statistics.probability_sampling import probability_sampling as survey
from core.errors import InputError

METHODS = ["simple", "systematic", "stratified", "cluster"]


@pytest.mark.parametrize("method", METHODS)
def test_every_design_is_unbiased(method: str) -> None:
    output = survey(method)  # type: ignore[arg-type]
    assert abs(output["bias"]) < 4 * np.sqrt(output["variance"] / 1000)
    assert output["sample_size"] == 200


@given(st.sampled_from(METHODS), st.integers(0, 1000))
def test_samples_hold_different_units_of_the_population(method: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    sample = draw_sample(method, 10, 20, 5, np.arange(200), rng)  # type: ignore[arg-type]
    assert len(sample) == len(set(sample.tolist())) == 40
    assert 0 <= sample.min() <= sample.max() < 200
    counts = np.bincount(sample // 20, minlength=10)
    if method == "stratified":
        assert counts.tolist() == [4] * 10  # keeps the proportions exactly
    if method == "cluster":
        assert sorted(counts.tolist()) == [0] * 8 + [20] * 2
    if method == "systematic":
        assert set(np.diff(sample).tolist()) == {5}


@given(st.integers(0, 20))
@settings(max_examples=5, deadline=None)
def test_variances_by_theory(seed: int) -> None:
    groups, size, k = 40, 25, 5
    y = population(groups, size, 0.5, seed)
    simple = survey("simple", groups, size, k, seed=seed)
    assert simple["design_effect"] == pytest.approx(1, abs=0.2)
    stratified = survey("stratified", groups, size, k, seed=seed)
    within = (1 - 1 / k) * y.var(axis=1, ddof=1).mean() / (groups * size / k)
    assert stratified["variance"] == pytest.approx(within, rel=0.2)
    cluster = survey("cluster", groups, size, k, seed=seed)
    between = (1 - 1 / k) * y.mean(axis=1).var(ddof=1) / (groups / k)
    assert cluster["variance"] == pytest.approx(between, rel=0.2)


def test_strata_help_and_clusters_hurt() -> None:
    assert survey("stratified", icc=0.5)["design_effect"] < 0.65  # about 1 - icc
    assert survey("cluster", icc=0.5)["design_effect"] > 8  # about 1 + 24 * 0.5
    assert survey("cluster", icc=0.0)["design_effect"] < 2


def test_a_periodic_list_spoils_systematic_sampling() -> None:
    # period 40 and k = 5: each sample sees the same 8 of the 40 groups. There are only 5 possible samples, so the
    # design effect of one population is noisy; its mean over populations is not.
    runs = {
        listing: [survey("systematic", listing=listing, repeats=200, seed=s) for s in range(12)]  # type: ignore[arg-type]
        for listing in ("periodic", "grouped")
    }
    effects = {listing: np.mean([run["design_effect"] for run in many]) for listing, many in runs.items()}
    assert effects["periodic"] > 5 > 1 > effects["grouped"]
    periodic, grouped = runs["periodic"][0], runs["grouped"][0]
    assert periodic["smallest_group_count"] == 0
    assert grouped["smallest_group_count"] == 5


@pytest.mark.parametrize("bad", [{"method": "quota"}, {"group_size": 26}, {"icc": 1.0}, {"repeats": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("probability-sampling").run(bad)
