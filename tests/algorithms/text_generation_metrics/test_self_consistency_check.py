from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy

from algorithms.registry import load
from algorithms.text_generation_metrics.self_consistency_check import normalise_answer, self_consistency_check
from core.errors import InputError

ANSWERS = st.lists(st.sampled_from(["A", "a.", "b", "The b", "c"]), min_size=2, max_size=12)


@given(ANSWERS)
def test_equals_the_slow_count(answers: list[str]) -> None:
    normal = [normalise_answer(a) for a in answers]
    pairs = [x == y for x, y in itertools.combinations(normal, 2)]
    output = self_consistency_check(answers)
    _, counts = np.unique(normal, return_counts=True)
    assert output["pairwise_agreement"] == pytest.approx(np.mean(pairs))
    assert output["agreement_rate"] == max(counts) / len(answers)
    assert output["entropy_bits"] == pytest.approx(entropy(counts, base=2), abs=1e-12)


def test_a_deterministic_source_agrees_and_a_random_one_does_not() -> None:
    sure = self_consistency_check(["Paris"] * 20)
    assert sure["agreement_rate"] == 1 and sure["flagged"] is False
    rng = np.random.default_rng(0)
    guess = self_consistency_check([str(x) for x in rng.integers(0, 50, size=200)])
    # 50 equally likely answers: expected pairwise agreement 1/50
    assert guess["pairwise_agreement"] == pytest.approx(0.02, abs=0.01)
    assert guess["agreement_rate"] < 0.1 and guess["flagged"] is True


def test_articles_case_and_marks_do_not_count() -> None:
    assert self_consistency_check(["The Nile.", "nile", "NILE!"])["agreement_rate"] == 1


@pytest.mark.parametrize("bad", [{"answers": ["one"]}, {"threshold": 2}, {"answers": ["", "a"]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("self-consistency-check").run(bad)
