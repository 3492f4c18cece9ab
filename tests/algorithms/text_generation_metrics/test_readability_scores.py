from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.text_generation_metrics.readability_scores import readability_scores, syllable_count
from core.errors import InputError


def test_golden_from_counts() -> None:
    # 0.39 * 20 + 11.8 * 1.5 - 15.59 = 7.8 + 17.7 - 15.59; 0.4 * (20 + 10); 206.835 - 20.3 - 126.9
    output = readability_scores(100, 5, 150, 10)
    assert output["flesch_kincaid_grade"] == pytest.approx(9.91)
    assert output["gunning_fog"] == pytest.approx(12)
    assert output["flesch_reading_ease"] == pytest.approx(59.635)


def test_golden_from_text() -> None:
    # The cat sat. | It looked at elephants. -> 7 words; syllables 1+1+1, 1+2+1+3 by the vowel rule
    output = readability_scores(text="The cat sat. It looked at elephants.")
    assert (output["words"], output["sentences"], output["syllables"]) == (7, 2, 10)
    assert output["complex_words"] == 1
    assert output["flesch_kincaid_grade"] == pytest.approx(0.39 * 3.5 + 11.8 * 10 / 7 - 15.59)


@pytest.mark.parametrize(
    ("word", "count"), [("a", 1), ("table", 2), ("make", 1), ("university", 5), ("smile", 1), ("the", 1)]
)
def test_syllables(word: str, count: int) -> None:
    assert syllable_count(word) == count


@given(st.integers(1, 500), st.integers(1, 20), st.integers(0, 500))
def test_repeating_a_text_changes_no_score(words: int, times: int, extra: int) -> None:
    once = readability_scores(words, 1, words + extra, words // 2)
    many = readability_scores(words * times, times, (words + extra) * times, words // 2 * times)
    for key in ("flesch_kincaid_grade", "gunning_fog", "flesch_reading_ease"):
        assert many[key] == pytest.approx(once[key])


def test_longer_sentences_are_harder() -> None:
    easy, hard = readability_scores(100, 20, 150), readability_scores(100, 2, 150)
    assert hard["flesch_kincaid_grade"] > easy["flesch_kincaid_grade"]
    assert hard["flesch_reading_ease"] < easy["flesch_reading_ease"]


@pytest.mark.parametrize("bad", [{"sentences": 200}, {"syllables": 50}, {"words": 0}, {"text": "12 34."}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("readability-scores").run(bad)
