from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.imbalanced_learning.coarse_to_fine_binning import coarse_to_fine_binning
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 1000), st.lists(st.integers(1, 5), min_size=1, max_size=5))
def test_the_product_is_a_distribution_with_the_right_margins(seed: int, sizes: list[int]) -> None:
    rng = np.random.default_rng(seed)
    B = rng.dirichlet(np.ones(len(sizes)))
    inside = [rng.dirichlet(np.ones(size)) for size in sizes]
    output = coarse_to_fine_binning(B.tolist(), [p.tolist() for p in inside])
    assert output["total"] == pytest.approx(1)
    for b in range(len(sizes)):
        part = output["probabilities"][output["bin_of_class"] == b]
        np.testing.assert_allclose(part, B[b] * inside[b])
        assert part.sum() == pytest.approx(B[b])
    assert output["best_probability"] == output["probabilities"].max() >= output["greedy_probability"]
    assert output["bin_of_class"][output["greedy_class"]] == B.argmax()
    assert output["greedy_probability"] == pytest.approx(B.max() * inside[B.argmax()].max())


def test_the_best_class_need_not_be_in_the_best_bin() -> None:
    output = coarse_to_fine_binning([0.6, 0.4], [[0.5, 0.5], [1.0]])
    assert (output["best_class"], output["best_probability"]) == (2, 0.4)
    assert (output["greedy_class"], output["greedy_probability"]) == (0, 0.3)


def test_square_root_bins_save_scores() -> None:
    output = coarse_to_fine_binning([1 / 16] * 16, [[1 / 16] * 16] * 16)
    assert (output["scores_computed_greedy"], output["scores_computed_flat"]) == (32, 256)


@pytest.mark.parametrize(
    "bad",
    [{"bin_probabilities": [1.0]}, {"bin_probabilities": [0.5, 0.4]}, {"class_probabilities": [[0.5, 0.6], [1.0]]}],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("coarse-to-fine-binning").run(bad)
