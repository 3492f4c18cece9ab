from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.model_selection.curse_of_dimensionality import curse_of_dimensionality
from algorithms.registry import load
from core.errors import InputError


def test_distances_concentrate() -> None:
    contrast = curse_of_dimensionality()["contrast_by_dimension"]
    assert np.all(np.diff(contrast) < 0)
    assert contrast[-1] < 0.15 < 10 < contrast[1]


def test_ten_bins_in_ten_dimensions_and_one_percent() -> None:
    output = curse_of_dimensionality(10, bins=10, share=0.01)
    assert output["log10_cells"] == pytest.approx(10)
    assert output["edge"] == pytest.approx(0.63, abs=0.005)


@settings(max_examples=5)
@given(st.integers(1, 30), st.floats(0.01, 0.9))
def test_the_cube_of_that_edge_holds_the_share(d: int, share: float) -> None:
    edge = curse_of_dimensionality(d, n=20, share=share)["edge"]
    assert edge**d == pytest.approx(share)


def test_irrelevant_features_blind_the_neighbours() -> None:
    runs = [curse_of_dimensionality(noise_features=300, seed=s) for s in range(3)]
    assert np.mean([r["accuracy_two_features"] for r in runs]) > np.mean([r["accuracy_with_noise"] for r in runs]) + 0.1


@pytest.mark.parametrize("bad", [{"d": 0}, {"share": 0}, {"n": 5}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("curse-of-dimensionality").run(bad)
