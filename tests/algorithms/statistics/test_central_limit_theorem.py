from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from algorithms.registry import load
from algorithms.statistics.central_limit_theorem import central_limit_theorem as clt
from algorithms.statistics.central_limit_theorem import means
from core.errors import InputError


@given(st.sampled_from(["uniform", "exponential", "bernoulli"]), st.integers(1, 100), st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_variance_of_the_mean_is_sigma_squared_over_n(source: str, n: int, seed: int) -> None:
    output = clt(source, n, seed=seed)  # type: ignore[arg-type]
    sigma_squared = {"uniform": 1 / 12, "exponential": 1.0, "bernoulli": 0.25}[source]
    assert output["expected_variance"] == pytest.approx(sigma_squared / n)
    assert output["variance_of_means"] == pytest.approx(sigma_squared / n, rel=0.25)


def test_single_draws_follow_their_distribution() -> None:
    for source, law in [("uniform", stats.uniform()), ("exponential", stats.expon()), ("cauchy", stats.cauchy())]:
        assert stats.kstest(means(source, 1, 5000, seed=1), law.cdf).pvalue > 0.001  # type: ignore[arg-type]


def test_approaches_the_normal() -> None:
    one, many = clt("exponential", 1), clt("exponential", 200)
    assert one["distance_to_normal"] > 0.1 > 0.03 > many["distance_to_normal"]
    assert one["skewness"] == pytest.approx(2, abs=0.4)
    assert abs(many["skewness"]) < 0.3  # 2 / sqrt(200) = 0.14


def test_distance_equals_scipy() -> None:
    m = means("uniform", 5, 1000, seed=3)
    expected = stats.kstest((m - 0.5) / np.sqrt(1 / 60), "norm").statistic
    assert clt("uniform", 5, 1000, seed=3)["distance_to_normal"] == pytest.approx(expected, abs=1e-12)


def test_cauchy_means_do_not_concentrate() -> None:
    one, many = clt("cauchy", 1), clt("cauchy", 400)
    # the quartiles of a standard Cauchy are -1 and 1, whatever the number of draws averaged
    assert one["interquartile_range"] == pytest.approx(2, rel=0.15)
    assert many["interquartile_range"] == pytest.approx(2, rel=0.15)
    assert many["distance_to_normal"] > 0.05
    assert many["expected_variance"] is None


@pytest.mark.parametrize("bad", [{"source": "zipf"}, {"sample_size": 0}, {"sample_size": 501}, {"repeats": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("central-limit-theorem").run(bad)
