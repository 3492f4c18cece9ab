from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.model_selection.no_free_lunch_theorem import nearest_neighbour, no_free_lunch_theorem
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(2, 3), st.integers(1, 3))
def test_every_learner_errs_on_half_of_all_functions(n_inputs: int, rows: int) -> None:
    output = no_free_lunch_theorem(n_inputs, rows)
    assert output["functions"] == 2 ** (2**n_inputs)
    assert output["unseen"] == 2**n_inputs - rows
    assert list(output["mean_error"].values()) == pytest.approx([0.5] * 4)


def test_on_structured_functions_the_learners_differ() -> None:
    smooth = no_free_lunch_theorem(3, 5)["mean_error_smooth"]
    assert smooth["nearest_neighbour"] < 0.4
    assert smooth["majority"] + smooth["anti_majority"] == pytest.approx(1)
    assert max(smooth.values()) - min(smooth.values()) > 0.3


def test_nearest_neighbour_uses_the_hamming_distance() -> None:
    X, y = np.array([[0, 0, 0], [1, 1, 1]]), np.array([0, 1])
    assert [nearest_neighbour(X, y, np.array(q)) for q in ([1, 0, 0], [1, 1, 0])] == [0, 1]


@pytest.mark.parametrize("bad", [{"n_inputs": 4}, {"n_inputs": 2, "training_rows": 4}, {"training_rows": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("no-free-lunch-theorem").run(bad)
