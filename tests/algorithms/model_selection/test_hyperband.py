from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.model_selection.hyperband import hyperband, loss_at, plan
from algorithms.registry import load
from core.errors import InputError


def test_brackets_of_the_paper() -> None:
    # Li et al. 2018, table 1, with n = ceil((s_max + 1) / (s + 1) * eta^s)
    output = hyperband(81, 3)
    assert output["starts"] == [(81, 1), (34, 3), (15, 9), (8, 27), (5, 81)]
    assert output["rungs"][0] == [(81, 1), (27, 3), (9, 9), (3, 27), (1, 81)]
    assert output["configurations_tried"] == 143


@given(st.integers(1, 300), st.integers(2, 5))
def test_plan_keeps_its_rules(R: int, eta: int) -> None:
    brackets = plan(R, eta)
    s_max = len(brackets) - 1
    assert eta**s_max <= R < eta ** (s_max + 1)
    for bracket in brackets:
        assert bracket[-1][1] == pytest.approx(R)
        assert bracket[-1][0] >= 1
        for (n, r), (m, q) in pairwise(bracket):
            assert m == n // eta
            assert q == pytest.approx(eta * r)
        assert sum(n * r for n, r in bracket) <= (s_max + 2) * (R + eta ** len(bracket))


def test_more_starts_beat_random_search_when_early_losses_tell() -> None:
    runs = [hyperband(81, 3, seed=s) for s in range(10)]
    assert np.mean([run["best_loss"] for run in runs]) < np.mean([run["random_search_loss"] for run in runs])
    assert runs[0]["configurations_tried"] > 3 * runs[0]["random_search_tried"]


def test_curves_fall_from_one_to_their_final_value() -> None:
    final, speed = np.array([0.2]), np.array([0.5])
    assert loss_at(final, speed, 0)[0] == 1
    assert loss_at(final, speed, 100)[0] == pytest.approx(0.2)


@pytest.mark.parametrize("bad", [{"R": 0}, {"eta": 1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("hyperband").run(bad)
