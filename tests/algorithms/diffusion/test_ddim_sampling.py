from __future__ import annotations

import numpy as np
import pytest

from algorithms.diffusion.ddim_sampling import ddim_sampling, implicit_chain
from algorithms.diffusion.ddpm_reverse_sampling import reverse_chain
from algorithms.registry import load
from core.errors import InputError

CENTRES = np.array([[-2.0], [2.0]])


def test_eta_one_over_all_steps_is_ddpm() -> None:
    start = np.random.default_rng(5).standard_normal((20, 1))
    ours = implicit_chain(start, CENTRES, 0.3, 60, 60, 1.0, np.random.default_rng(7))
    ddpm = reverse_chain(start, CENTRES, 0.3, 60, "posterior", np.random.default_rng(7))
    np.testing.assert_allclose(np.array(ours), np.array(ddpm), atol=1e-9)


def test_same_start_same_output_only_without_injected_noise() -> None:
    assert ddim_sampling([-2.0, 2.0])["same_start_difference"] == 0
    assert ddim_sampling([-2.0, 2.0], eta=1.0)["same_start_difference"] > 0.5


def test_gaussian_data_are_reached_in_closed_form() -> None:
    # for N(mu, s^2) the deterministic flow keeps the standardised position: x_0 = mu + s * x_T (variance of x_T is 1)
    start = np.array([[-1.5], [0.0], [0.8]])
    end = implicit_chain(start, np.array([[1.0]]), 0.5, 500, 500, 0.0, np.random.default_rng(0))[-1]
    np.testing.assert_allclose(end, 1.0 + 0.5 * start, atol=0.02)


def test_few_steps_do_and_more_are_better() -> None:
    few, more = (ddim_sampling([-2.0, 2.0], kept_steps=k, samples=2000) for k in (2, 50))
    assert more["mode_shares"][0] == pytest.approx(0.5, abs=0.04)
    assert more["spread_in_modes"] == pytest.approx(0.3, rel=0.08)
    assert few["spread_in_modes"] > 2 * more["spread_in_modes"]
    assert few["network_calls"] == 2


@pytest.mark.parametrize("bad", [{"kept_steps": 501}, {"eta": 2}, {"steps": 10, "kept_steps": 11}, {"modes": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("ddim-sampling").run(bad)
