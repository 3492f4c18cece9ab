from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jaccard as scipy_jaccard

from algorithms.nlp_tasks.jaccard_similarity import jaccard, jaccard_similarity, shingles
from algorithms.registry import load
from core.errors import InputError

SETS = st.sets(st.sampled_from("abcdefg"), min_size=1)


@given(SETS, SETS)
def test_equals_scipy_and_is_symmetric(a: set[str], b: set[str]) -> None:
    u, v = [x in a for x in "abcdefg"], [x in b for x in "abcdefg"]
    assert jaccard(a, b) == pytest.approx(1 - scipy_jaccard(u, v)) == jaccard(b, a)
    assert (jaccard(a, b) == 1) == (a == b) and (jaccard(a, b) == 0) == (not a & b)


@given(SETS, SETS, SETS)
def test_distance_is_a_metric(a: set[str], b: set[str], c: set[str]) -> None:
    assert (1 - jaccard(a, c)) <= (1 - jaccard(a, b)) + (1 - jaccard(b, c)) + 1e-12


def test_golden() -> None:
    r = load("jaccard-similarity").run({"text_a": "abcd", "text_b": "bcde"})
    assert r["similarity"] == 0.4 and (r["intersection"], r["union"]) == (2, 5)  # dog, bird of five animals
    assert r["overlap_coefficient"] == pytest.approx(2 / 3) and r["distance"] == pytest.approx(0.6)
    assert r["text_similarity"] == pytest.approx(1 / 3)  # abc bcd against bcd cde
    assert jaccard_similarity(["a", "a"], ["a"])["similarity"] == 1
    assert shingles("ab", 3) == {"ab"} and jaccard(set(), set()) == 1


@pytest.mark.parametrize("bad", [{"a": [1]}, {"shingle_size": 0}, {"a": ["x" * 201]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("jaccard-similarity").run(bad)
