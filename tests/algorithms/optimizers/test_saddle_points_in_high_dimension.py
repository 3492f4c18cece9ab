from __future__ import annotations

import numpy as np
import pytest

from algorithms.optimizers.saddle_points_in_high_dimension import random_symmetric, saddle_points_in_high_dimension
from algorithms.registry import load
from core.errors import InputError


def test_ensemble_has_the_right_variances() -> None:
    M = random_symmetric(3, 20_000, np.random.default_rng(0))
    # off-diagonal (a + b) / √2 has variance 1, diagonal 2a / √2 variance 2
    assert M[:, 0, 1].var() == pytest.approx(1, abs=0.05)
    assert M[:, 0, 0].var() == pytest.approx(2, abs=0.1)


def test_shares_in_one_and_two_dimensions() -> None:
    output = saddle_points_in_high_dimension([1, 2], matrices=5000)
    assert output["minimum_shares"][0] == pytest.approx(0.5, abs=0.03)
    assert output["saddle_shares"][0] == 0
    # in two dimensions a GOE matrix is positive definite with probability (2 - √2) / 4 = 0.1464
    assert output["minimum_shares"][1] == pytest.approx((2 - np.sqrt(2)) / 4, abs=0.02)


def test_minima_vanish_faster_than_independent_signs() -> None:
    output = load("saddle-points-in-high-dimension").run()
    shares = np.array(output["minimum_shares"])
    assert np.all(np.diff(shares) <= 0)
    assert np.all(shares[1:] < np.array(output["independent_signs"])[1:])
    assert output["saddle_shares"][-1] == 1
    np.testing.assert_allclose(output["negative_shares"], 0.5, atol=0.03)
    totals = shares + output["maximum_shares"] + np.array(output["saddle_shares"])
    np.testing.assert_allclose(totals, 1)


@pytest.mark.parametrize("bad", [{"dimensions": [0]}, {"dimensions": [500]}, {"matrices": 10**7}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("saddle-points-in-high-dimension").run(bad)
