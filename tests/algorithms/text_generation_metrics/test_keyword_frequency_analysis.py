from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon

from algorithms.registry import load
from algorithms.text_generation_metrics.keyword_frequency_analysis import keyword_frequency_analysis
from core.errors import InputError

COUNTS = st.lists(st.integers(1, 9), min_size=3, max_size=3)


@given(COUNTS, COUNTS)
def test_divergence_equals_scipy(counts: list[int], expected: list[int]) -> None:
    text = " ".join(["cat"] * counts[0] + ["dog"] * counts[1] + ["bird"] * counts[2] + ["noise"] * 5)
    output = keyword_frequency_analysis(text, ["cat", "Dog", "bird"], [float(x) for x in expected])
    assert output["counts"].tolist() == counts
    assert output["divergence_bits"] == pytest.approx(jensenshannon(counts, expected, base=2) ** 2, abs=1e-9)


@given(COUNTS)
def test_identical_distributions_diverge_by_zero(counts: list[int]) -> None:
    text = " ".join(["a"] * counts[0] + ["b"] * counts[1] + ["c"] * counts[2])
    scaled = [10.0 * x for x in counts]
    assert keyword_frequency_analysis(text, ["a", "b", "c"], scaled)["divergence_bits"] == pytest.approx(0, abs=1e-12)


def test_no_shared_term_is_one_bit_and_the_term_is_missing() -> None:
    output = keyword_frequency_analysis("cat cat", ["cat", "dog"], [0, 1])
    assert output["divergence_bits"] == 1
    assert output["missing"] == ["dog"]


@pytest.mark.parametrize(
    "bad",
    [
        {"expected": [1.0]},
        {"keywords": ["two words", "a", "b"]},
        {"keywords": ["a", "A", "b"]},
        {"text": "nothing here"},
    ],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("keyword-frequency-analysis").run(bad)
