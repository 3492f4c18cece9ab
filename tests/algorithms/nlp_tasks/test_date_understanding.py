from __future__ import annotations

from datetime import date

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from algorithms.nlp_tasks.date_understanding import date_understanding, shift
from algorithms.registry import load
from core.errors import InputError


@given(
    st.dates(date(1800, 1, 1), date(2200, 1, 1)),
    st.integers(-300, 300),
    st.sampled_from(["day", "week", "month", "year"]),
)
def test_shift_equals_dateutil(day: date, count: int, unit: str) -> None:
    assert shift(day, count, unit) == day + relativedelta(**{f"{unit}s": count})


@pytest.mark.parametrize(
    ("text", "question", "answer"),
    [
        ("Today is Christmas Eve 1937", "What is the date tomorrow in MM/DD/YYYY?", "12/25/1937"),
        ("Today is 02/28/1900.", "What is the date tomorrow?", "03/01/1900"),
        ("Today is 02/28/2000.", "What is the date tomorrow?", "02/29/2000"),
        ("It is March 5th, 2021.", "What was the date two weeks ago?", "02/19/2021"),
        ("Today is 1/31/2021", "What is the date one month from today?", "02/28/2021"),
        ("Today is New Year's Eve 1999.", "What is the date the day after tomorrow?", "01/02/2000"),
        ("Today is Halloween of 2020", "What was the date a year ago?", "10/31/2019"),
        ("Today is 12/24/1937", "What is today's date?", "12/24/1937"),
    ],
)
def test_questions(text: str, question: str, answer: str) -> None:
    assert date_understanding(text, question)["answer"] == answer


def test_weekday() -> None:
    r = load("date-understanding").run()
    assert r["weekday"] == "Saturday" and r["today"] == "12/24/1937" and r["offset"] == "+1 day"


@pytest.mark.parametrize(
    "bad",
    [
        {"text": "Nice weather."},
        {"text": "Today is 13/01/2020"},
        {"question": "Why?"},
        {"question": "999999 years ago?"},
    ],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("date-understanding").run(bad)
