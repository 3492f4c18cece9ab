from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from algorithms.registry import load
from algorithms.statistics.kl_divergence import kl_divergence
from core.errors import InputError

PAIRS = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 20)), min_size=1, max_size=10).filter(
    lambda rows: any(p for p, _ in rows)
)


@given(PAIRS)
def test_discrete_equals_scipy(rows: list[tuple[int, int]]) -> None:
    p, q = [float(a) for a, _ in rows], [float(b) for _, b in rows]
    output = kl_divergence(p, q, [0.0], [1.0])
    assert output["kl"] == pytest.approx(stats.entropy(p, q), abs=1e-12)
    assert output["kl"] >= 0
    assert kl_divergence(p, q, [0.0], [1.0], base="2")["kl"] == pytest.approx(output["kl"] / math.log(2))


@given(st.lists(st.tuples(st.floats(-3, 3), st.floats(0.1, 3)), min_size=1, max_size=8))
def test_gaussian_equals_torch(rows: list[tuple[float, float]]) -> None:
    m, s = [a for a, _ in rows], [b for _, b in rows]
    law = torch.distributions.Normal(torch.tensor(m, dtype=torch.float64), torch.tensor(s, dtype=torch.float64))
    prior = torch.distributions.Normal(
        torch.zeros(len(m), dtype=torch.float64), torch.ones(len(m), dtype=torch.float64)
    )
    expected = torch.distributions.kl_divergence(law, prior)
    output = kl_divergence([1], [1], m, s, form="gaussian")
    assert output["kl"] == pytest.approx(float(expected.sum()), abs=1e-12)
    assert output["kl_by_dimension"].tolist() == pytest.approx(expected.tolist(), abs=1e-12)


def test_goldens() -> None:
    assert kl_divergence([1], [1], [1.0], [1.0], form="gaussian")["kl"] == 0.5
    assert kl_divergence([1], [1], [0.0], [1.0], form="gaussian")["kl"] == 0
    output = kl_divergence([0.5, 0.5], [0.9, 0.1], [0.0], [1.0])
    assert output["kl"] == pytest.approx(0.5 * math.log(0.5 / 0.9) + 0.5 * math.log(0.5 / 0.1))
    assert output["reverse_kl"] == pytest.approx(0.9 * math.log(0.9 / 0.5) + 0.1 * math.log(0.1 / 0.5))
    assert output["kl"] != pytest.approx(output["reverse_kl"])


def test_missing_mass_is_infinite() -> None:
    output = load("kl-divergence").run({"p": [0.5, 0.5], "q": [1.0, 0.0]})
    assert output["kl"] == "Infinity"
    assert output["reverse_kl"] == pytest.approx(math.log(2))


@pytest.mark.parametrize(
    "bad", [{"p": [1.0]}, {"form": "gaussian", "sd": [1.0, 1.0]}, {"sd": [0.0]}, {"q": [0.0, 0.0]}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("kl-divergence").run(bad)
