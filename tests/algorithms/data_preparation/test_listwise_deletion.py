from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.data_preparation.listwise_deletion import listwise_deletion, missing_chance
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 100), st.floats(0.1, 0.6))
@settings(max_examples=20, deadline=None)
def test_unbiased_only_if_missing_completely_at_random(seed: int, share: float) -> None:
    runs = {m: listwise_deletion(m, share, seed=seed) for m in ("MCAR", "MAR", "MNAR")}  # type: ignore[arg-type]
    for run in runs.values():
        assert run["kept_share"] == pytest.approx(1 - share, abs=0.02)
    assert abs(runs["MCAR"]["bias"]) < 5 * runs["MCAR"]["standard_error"]
    assert runs["MAR"]["bias"] < -5 * runs["MAR"]["standard_error"]
    assert runs["MNAR"]["bias"] < runs["MAR"]["bias"]  # missingness by y itself does more harm than by x


def test_adjusting_for_the_observed_cause_repairs_mar_only() -> None:
    mar, mnar = listwise_deletion("MAR"), listwise_deletion("MNAR")
    assert mar["adjusted_mean"] == pytest.approx(mar["true_mean"], abs=5 * mar["standard_error"])
    assert abs(mnar["adjusted_mean"] - mnar["true_mean"]) > 0.1


@given(st.floats(0.1, 0.7), st.integers(0, 50))
def test_chances_have_the_wanted_mean_and_rise_with_their_cause(share: float, seed: int) -> None:
    x, y = np.random.default_rng(seed).standard_normal((2, 200))
    for mechanism, driver in (("MAR", x), ("MNAR", y)):
        p = missing_chance(mechanism, x, y, share)  # type: ignore[arg-type]
        assert p.mean() == pytest.approx(share, abs=1e-6)
        assert (np.diff(p[np.argsort(driver)]) >= 0).all()


def test_own_rows() -> None:
    output = load("listwise-deletion").run({"rows": [[1, None, 3], [4, 5, 6], [None, None, None], [7, 8, 9]]})
    assert output["complete_rows"] == [[4, 5, 6], [7, 8, 9]]
    assert output["complete_row_count"] == 2


@pytest.mark.parametrize("bad", [{"mechanism": "MNR"}, {"missing_share": 1}, {"rows": [[1, 2], [3]]}, {"n": 10**7}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("listwise-deletion").run(bad)
