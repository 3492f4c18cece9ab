from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from algorithms.registry import load
from algorithms.statistics.zipf_law import fitted_exponent, zipf_law, zipf_masses
from core.errors import InputError


@given(st.integers(2, 300), st.floats(0.1, 3))
def test_equals_scipy(n: int, s: float) -> None:
    masses = zipf_masses(n, s)
    np.testing.assert_allclose(masses, stats.zipfian(s, n).pmf(np.arange(1, n + 1)), rtol=1e-9)
    assert fitted_exponent(masses) == pytest.approx(s)


def test_top_of_1000_items() -> None:
    output = zipf_law(1000, 1.0, head=10)
    assert output["top_masses"][0] == pytest.approx(0.134, abs=5e-4)
    assert output["ratios_to_first"][:3].tolist() == pytest.approx([1, 1 / 2, 1 / 3])
    assert output["harmonic_number"] == pytest.approx(sum(1 / k for k in range(1, 1001)))
    assert output["head_share"] + output["tail_share"] == pytest.approx(1)
    assert output["head_share"] == pytest.approx(2.9289683 / 7.4854709)  # H_10 / H_1000


def test_the_tail_may_outweigh_the_head_or_not() -> None:
    assert zipf_law(1000, 1.0, head=10)["tail_share"] > 0.5
    assert zipf_law(1000, 2.0, head=10)["tail_share"] < 0.1


def test_exponent_of_sampled_words() -> None:
    rng = np.random.default_rng(0)
    counts = np.bincount(rng.choice(200, size=500_000, p=zipf_masses(200, 1.1)), minlength=200)
    rng.shuffle(counts)
    assert zipf_law(frequencies=counts.astype(float).tolist())["fitted_exponent"] == pytest.approx(1.1, abs=0.03)


def test_energy_is_a_power_law_and_magnitude_is_not() -> None:
    # Gutenberg-Richter with b = 1: exponential magnitudes; energy grows as 10^(1.5 M), so rank exponent 1.5
    n = 2000
    magnitude = -np.log10(np.arange(1, n + 1) / n)
    assert fitted_exponent(10 ** (1.5 * magnitude)) == pytest.approx(1.5)
    log_rank = np.log(np.arange(1, n))
    assert np.corrcoef(log_rank, np.log(magnitude[:-1]))[0, 1] > -0.95  # far from a line


@pytest.mark.parametrize("bad", [{"n_items": 1}, {"exponent": -1}, {"frequencies": [1.0, 0.0]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("zipf-law").run(bad)
