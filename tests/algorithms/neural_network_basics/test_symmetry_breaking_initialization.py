from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.neural_network_basics.symmetry_breaking_initialization import symmetry_breaking_initialization
from algorithms.registry import load
from core.errors import InputError


@given(st.floats(0.1, 1.5), st.integers(2, 12))
def test_equal_units_stay_equal_although_their_weights_move(value: float, hidden: int) -> None:
    output = symmetry_breaking_initialization("constant", hidden, value, steps=100)
    assert output["hidden_spread_after"] < 1e-9
    assert output["distinct_hidden_units"] == 1
    assert output["weights_moved"] > 1e-3
    assert output["first_gradient_spread"] < 1e-15


def test_one_tied_unit_learns_less_than_random_ones() -> None:
    constant = symmetry_breaking_initialization("constant")
    assert constant["loss_after"] < constant["loss_before"]
    assert constant["loss_after"] > 0.2  # one unit cannot do XOR
    for seed in range(3):
        random = symmetry_breaking_initialization("random", seed=seed)
        assert random["loss_after"] < 1e-3
        assert random["distinct_hidden_units"] == 6
        assert random["first_gradient_spread"] > 1e-3


def test_only_all_zero_weights_give_zero_hidden_gradients() -> None:
    zero = load("symmetry-breaking-initialization").run({"start": "zero"})
    assert zero["first_hidden_gradient"] == 0
    assert zero["weights_moved"] == 0
    assert zero["loss_after"] == pytest.approx(0.5)
    assert symmetry_breaking_initialization("constant")["first_hidden_gradient"] > 0.01


@pytest.mark.parametrize("bad", [{"start": "ones"}, {"hidden": 1}, {"steps": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("symmetry-breaking-initialization").run(bad)
