from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.uncertainty.deep_ensemble import deep_ensemble
from core.errors import InputError


def test_spread_grows_off_the_data() -> None:
    r = load("deep-ensemble").run()
    assert max(r["losses_after"]) < 0.02  # noise 0.01
    assert r["std_outside"] > 10 * r["std_inside"] > 0


@given(st.integers(0, 100))
@settings(max_examples=4)
def test_the_mean_is_no_worse_than_its_members(seed: int) -> None:
    r = deep_ensemble(members=3, steps=100, seed=seed)
    assert r["rmse_inside"] <= r["member_rmse_inside"] + 1e-12  # convexity of the squared error
    assert len(set(r["losses_after"])) == 3


def test_repeats_for_one_seed() -> None:
    assert deep_ensemble(2, 20)["mean"].tolist() == deep_ensemble(2, 20)["mean"].tolist()


@pytest.mark.parametrize("bad", [{"members": 1}, {"members": 100}, {"hidden": 1000}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("deep-ensemble").run(bad)
