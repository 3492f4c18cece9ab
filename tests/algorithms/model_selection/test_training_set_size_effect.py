from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.model_selection.training_set_size_effect import fit_at, training_set_size_effect
from algorithms.registry import load
from core.errors import InputError


def test_error_falls_to_the_noise_and_copies_do_nothing() -> None:
    output = training_set_size_effect()
    assert np.all(np.diff(output["errors"]) < 0)
    assert output["errors"][-1] == pytest.approx(output["noise_level"], rel=0.05)
    assert output["error_duplicated"] == pytest.approx(output["error"])
    assert output["error_doubled"] < output["error"]
    assert output["error_narrow"] > 10 * output["error"]


def test_excess_error_is_about_p_over_n() -> None:
    # six weights: sigma^2 * 6 / N for points spread over the range; a factor for the strips and the polynomial's edges
    output = training_set_size_effect(degree=5)
    excess = (output["errors"][3:] - output["noise_level"]) / 0.09 * np.array(output["sizes"][3:]) / 6
    np.testing.assert_allclose(excess, 1.0, atol=0.25)


@given(st.integers(0, 1000))
def test_fit_equals_numpy_polyfit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y, q = rng.random(15), rng.standard_normal(15), np.linspace(0.2, 0.8, 5)
    np.testing.assert_allclose(fit_at(x, y, q, 3), np.polyval(np.polyfit(x, y, 3), q), atol=1e-6)


@pytest.mark.parametrize("bad", [{"n": 3}, {"degree": 20}, {"noise": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("training-set-size-effect").run(bad)
