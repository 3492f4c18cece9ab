from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import pdist, squareform
from sklearn.decomposition import PCA

from algorithms.dimensionality_reduction.multidimensional_scaling import multidimensional_scaling
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 1000))
def test_euclidean_distances_are_reproduced_and_give_the_pca_scores(seed: int) -> None:
    X = np.random.default_rng(seed).standard_normal((10, 3))
    D = squareform(pdist(X))
    output = multidimensional_scaling(D.tolist(), 3)
    np.testing.assert_allclose(squareform(pdist(output["coordinates"])), D, atol=1e-8)
    assert output["negative_share"] == pytest.approx(0, abs=1e-9)
    scores = PCA(3).fit_transform(X)
    np.testing.assert_allclose(np.abs(output["coordinates"]), np.abs(scores), atol=1e-7)
    two = multidimensional_scaling(D.tolist(), 2)["coordinates"]
    np.testing.assert_allclose(np.abs(two), np.abs(scores[:, :2]), atol=1e-7)


def test_a_three_by_four_rectangle() -> None:
    output = load("multidimensional-scaling").run()
    assert output["eigenvalues"][:2] == pytest.approx([16, 9])  # 4 points at +-2 and at +-1.5
    assert output["largest_misfit"] < 1e-9
    np.testing.assert_allclose(np.abs(output["coordinates"]), [[2, 1.5]] * 4)


def test_impossible_distances_show_as_negative_eigenvalues() -> None:
    # 0 is at 1 from three points that are 2 from each other: no plane or space allows that (needs sqrt(3) at most)
    D = [[0, 1, 1, 1], [1, 0, 2, 2], [1, 2, 0, 2], [1, 2, 2, 0]]
    output = multidimensional_scaling(D, 3)
    values = output["eigenvalues"]
    assert output["negative_share"] == pytest.approx(-values[values < 0].sum() / np.abs(values).sum())
    assert output["negative_share"] > 0.01
    assert output["stress"] > 0.01


def test_fewer_dimensions_fit_worse() -> None:
    D = squareform(pdist(np.random.default_rng(1).standard_normal((12, 4))))
    stress = [multidimensional_scaling(D.tolist(), k)["stress"] for k in (1, 2, 3, 4)]
    assert stress[0] > stress[1] > stress[2] > stress[3]


@pytest.mark.parametrize(
    "bad",
    [
        {"distances": [[0, 1], [2, 0]]},
        {"distances": [[1, 1], [1, 0]]},
        {"distances": [[0, 1, 2]] * 2},
        {"n_components": 9},
    ],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("multidimensional-scaling").run(bad)
