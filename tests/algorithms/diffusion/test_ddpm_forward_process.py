from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.diffusion.ddpm_forward_process import ddpm_forward_process, noise_schedule
from algorithms.registry import load
from core.errors import InputError


@given(st.sampled_from(["linear", "cosine"]), st.integers(2, 1000))
def test_alpha_bar_falls_from_one(kind: str, steps: int) -> None:
    beta, alpha_bar = noise_schedule(kind, steps)  # type: ignore[arg-type]
    assert len(beta) == steps and len(alpha_bar) == steps + 1
    assert alpha_bar[0] == 1 and (np.diff(alpha_bar) < 0).all()
    assert (beta > 0).all() and (beta < 1).all()
    product = 1.0
    for s in range(steps):
        product *= 1 - beta[s]
    assert alpha_bar[-1] == pytest.approx(product)


def test_both_schedules_end_in_noise() -> None:
    # sum of the linear betas is 1000 * 0.01005 = 10.05, so alpha-bar is a little below e^-10.05 = 4.3e-5
    assert ddpm_forward_process([1.0])["final_alpha_bar"] == pytest.approx(4.04e-5, rel=0.01)
    assert ddpm_forward_process([1.0], schedule="cosine")["final_alpha_bar"] < 1e-4
    _, cosine = noise_schedule("cosine", 1000)
    assert cosine[500] == pytest.approx(np.cos((0.508 / 1.008) * np.pi / 2) ** 2, rel=1e-3)


@given(st.integers(1, 1000), st.integers(0, 100))
def test_closed_form(t: int, seed: int) -> None:
    x0 = [0.5, -2.0]
    output = ddpm_forward_process(x0, t, seed=seed)
    expected = output["signal_scale"] * np.array(x0) + output["noise_scale"] * output["noise"]
    np.testing.assert_allclose(output["x_t"], expected)
    assert output["signal_scale"] ** 2 + output["noise_scale"] ** 2 == pytest.approx(1)
    assert output["signal_to_noise"] == pytest.approx(output["signal_scale"] ** 2 / output["noise_scale"] ** 2)


def test_the_chain_has_the_mean_and_variance_of_the_closed_form() -> None:
    runs = np.array([ddpm_forward_process([2.0] * 50, 30, 50, "cosine", seed)["x_t_chain"] for seed in range(100)])
    reference = ddpm_forward_process([2.0], 30, 50, "cosine")
    assert runs.mean() == pytest.approx(2 * reference["signal_scale"], abs=0.05)  # 5000 draws
    assert runs.std() == pytest.approx(reference["noise_scale"], abs=0.04)


@pytest.mark.parametrize("bad", [{"t": 1001}, {"t": -1}, {"schedule": "sigmoid"}, {"x0": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("ddpm-forward-process").run(bad)
