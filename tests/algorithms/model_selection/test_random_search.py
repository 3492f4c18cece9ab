from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from algorithms.model_selection.random_search import random_search
from algorithms.registry import load
from core.errors import InputError


def test_sixty_draws_hit_the_top_five_percent() -> None:
    assert random_search(60, 0.05)["probability"] == pytest.approx(0.954, abs=0.0005)
    assert random_search(60, 0.05)["draws_needed"] == 59  # 0.95^59 = 0.0485 < 0.05 < 0.95^58 = 0.0510


@settings(max_examples=10)
@given(st.integers(1, 100), st.floats(0.02, 0.5))
def test_formula_equals_the_binomial_and_the_simulation(draws: int, share: float) -> None:
    output = random_search(draws, share)
    assert output["probability"] == pytest.approx(binom.sf(0, draws, share))
    assert output["simulated_probability"] == pytest.approx(output["probability"], abs=0.09)  # four standard errors
    enough = random_search(output["draws_needed"], share)
    assert enough["probability"] >= 0.95 - 1e-9


@pytest.mark.parametrize("draws", [25, 100])
def test_random_tries_more_values_of_the_input_that_matters(draws: int) -> None:
    output = random_search(draws)
    assert output["random_best"] > output["grid_best"] + 0.1
    assert output["distinct_values_random"] == output["distinct_values_grid"] ** 2 == output["grid_points"]


@pytest.mark.parametrize("bad", [{"draws": 0}, {"top_share": 0}, {"wanted_probability": 1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("random-search").run(bad)
