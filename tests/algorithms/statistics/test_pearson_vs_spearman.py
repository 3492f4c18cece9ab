from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from algorithms.registry import load
from algorithms.statistics.pearson_vs_spearman import pearson_vs_spearman as compare
from core.errors import InputError


def test_exponential_of_1_to_100() -> None:
    output = compare("exponential", 100)
    assert output["spearman"] == pytest.approx(1)
    assert output["pearson"] == pytest.approx(0.2520320, abs=5e-8)
    assert output["pearson_with_log_y"] == pytest.approx(1)
    assert output["suggestion"] == "monotone but curved: try a transform"


@pytest.mark.parametrize(
    ("relation", "spearman", "perfect_line"),
    [
        ("linear", 1, True),
        ("decreasing linear", -1, True),
        ("exponential", 1, False),
        ("decreasing exponential", -1, False),
        ("cubic", 1, False),
    ],
)
def test_monotone_relations(relation: str, spearman: int, perfect_line: bool) -> None:
    output = compare(relation, 60)  # type: ignore[arg-type]
    assert output["spearman"] == pytest.approx(spearman)
    assert (abs(output["pearson"]) > 1 - 1e-9) == perfect_line
    assert output["pearson"] * spearman > 0
    assert (output["suggestion"] == "linear") == perfect_line


@pytest.mark.parametrize("relation", ["parabola", "independent"])
def test_relations_that_neither_sees(relation: str) -> None:
    output = compare(relation, 200)  # type: ignore[arg-type]
    assert abs(output["pearson"]) < 0.2
    assert abs(output["spearman"]) < 0.2
    assert output["suggestion"] == "no monotone relation: plot it"
    assert output["pearson_with_log_y"] is None or relation == "parabola"


@given(st.lists(st.integers(-50, 50), min_size=4, max_size=20, unique=True), st.randoms())
def test_own_data_equal_scipy(x: list[int], random: object) -> None:
    y = [((v * 37) % 101) ** 2 / 10 for v in x]
    if len(set(y)) < 2:
        return
    output = compare(x=[float(v) for v in x], y=y)
    assert output["pearson"] == pytest.approx(stats.pearsonr(x, y).statistic, abs=1e-9)
    assert output["spearman"] == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-9)


def test_an_outlier_moves_pearson_more() -> None:
    x = np.arange(20.0)
    y = x.copy()
    y[-1] = -200
    output = compare(x=x.tolist(), y=y.tolist())
    assert output["spearman"] > 0.7 > 0 > output["pearson"]


@pytest.mark.parametrize("bad", [{"relation": "sine"}, {"n": 301}, {"x": [1.0, 2.0]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("pearson-vs-spearman").run(bad)
