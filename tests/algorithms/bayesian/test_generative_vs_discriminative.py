from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from algorithms.bayesian.generative_vs_discriminative import draw_classes, generative_vs_discriminative
from algorithms.registry import load
from core.errors import InputError


@pytest.fixture(scope="module")
def curves() -> dict[str, dict[str, object]]:
    worlds = ("independent", "redundant")
    return {w: generative_vs_discriminative(w, repeats=30) for w in worlds}  # type: ignore[arg-type]


def test_generative_needs_fewer_samples_if_its_assumption_holds(curves: dict[str, dict[str, np.ndarray]]) -> None:
    output = curves["independent"]
    gap = output["generative_accuracy"] - output["discriminative_accuracy"]
    assert (gap[:3] > 0.005).all()
    assert abs(gap[-1]) < 0.01
    assert output["generative_accuracy"][-1] == pytest.approx(output["best_accuracy"], abs=0.02)


def test_discriminative_wins_if_the_assumption_is_wrong(curves: dict[str, dict[str, np.ndarray]]) -> None:
    output = curves["redundant"]
    assert output["discriminative_accuracy"][-1] > output["generative_accuracy"][-1] + 0.05
    assert output["discriminative_accuracy"][-1] == pytest.approx(output["best_accuracy"], abs=0.02)


def test_only_the_joint_model_notices_an_outlier(curves: dict[str, dict[str, float]]) -> None:
    for output in curves.values():
        assert output["log_density_outlier"] < output["log_density_typical"] - 100
        assert output["outlier_confidence"] > 0.99


def test_best_accuracy_is_that_of_a_classifier_with_endless_data() -> None:
    rng = np.random.default_rng(0)
    X, y = draw_classes("redundant", 40_000, rng)
    best = generative_vs_discriminative("redundant", repeats=5)["best_accuracy"]
    half = LogisticRegression().fit(X[:20_000], y[:20_000]).score(X[20_000:], y[20_000:])
    assert half == pytest.approx(best, abs=0.01)


@given(st.sampled_from(["independent", "redundant"]), st.integers(0, 99))
def test_features_given_the_class(world: str, seed: int) -> None:
    X, y = draw_classes(world, 400, np.random.default_rng(seed))  # type: ignore[arg-type]
    within = abs(np.corrcoef(X[y == 1].T)[0, 1])
    assert (within > 0.8) == (world == "redundant")
    assert (X[y == 1].mean(axis=0) > X[y == 0].mean(axis=0) - 0.1).all()


@pytest.mark.parametrize("bad", [{"world": "flat"}, {"repeats": 1000}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("generative-vs-discriminative").run(bad)
