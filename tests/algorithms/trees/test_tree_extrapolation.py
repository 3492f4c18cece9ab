from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.trees.tree_extrapolation import tree_extrapolation
from core.errors import InputError


@pytest.mark.parametrize("model", ["tree", "random-forest", "gbdt"])
@pytest.mark.parametrize("x", [10.0, -10.0, 1.5])
def test_outside_the_range_the_prediction_is_that_of_the_edge(model: str, x: float) -> None:
    output = tree_extrapolation(x, model)
    assert output["prediction"] == output["prediction_at_edge"]
    assert output["prediction"] == pytest.approx(min(max(x, 0), 1), abs=0.05)
    assert output["linear_prediction"] == pytest.approx(output["truth"])


def test_a_full_tree_answers_one_at_ten() -> None:
    assert tree_extrapolation(10.0, "tree")["prediction"] == 1.0


@pytest.mark.parametrize("model", ["tree", "random-forest", "gbdt"])
def test_inside_the_range_the_models_follow_the_line(model: str) -> None:
    output = tree_extrapolation(0.5, model, n=100)
    assert output["prediction"] == pytest.approx(0.5, abs=0.03)


@settings(max_examples=10)
@given(st.floats(1, 1e6), st.floats(-5, 5))
def test_the_tree_never_leaves_the_range_of_its_targets(x: float, slope: float) -> None:
    assert abs(tree_extrapolation(x, "tree", n=20, slope=slope)["prediction"]) <= abs(slope) + 1e-12


@pytest.mark.parametrize("bad", [{"model": "svm"}, {"n": 2}, {"x": float("inf")}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("tree-extrapolation").run(bad)
