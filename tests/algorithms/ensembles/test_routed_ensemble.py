from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.ensembles.routed_ensemble import routed_ensemble
from algorithms.registry import load
from core.errors import InputError


@settings(max_examples=8)
@given(st.integers(0, 1000))
def test_clusters_with_own_rules_need_own_models(seed: int) -> None:
    output = routed_ensemble("clusters", seed=seed)
    assert output["routed_mse"] < 0.05 < 1 < output["single_model_mse"]
    assert sorted(output["route_sizes"]) == pytest.approx([100, 100, 100], abs=3)


def test_a_balanced_router_helps_the_tail() -> None:
    runs = [routed_ensemble("head-tail", per_group=100, seed=s) for s in range(6)]
    mean = {key: np.mean([run[key] for run in runs]) for key in runs[0]}
    assert mean["routed_tail_accuracy"] > mean["single_model_tail_accuracy"] + 0.05
    for run in runs:
        assert run["routed_accuracy"] <= run["router_accuracy"]  # a wrong route cannot be repaired
        both = (run["routed_tail_accuracy"] + run["routed_head_accuracy"]) / 2
        assert run["routed_accuracy"] == pytest.approx(both)


@pytest.mark.parametrize("bad", [{"routing": "random"}, {"per_group": 2}, {"noise": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("routed-ensemble").run(bad)
