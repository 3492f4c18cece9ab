r"""Date understanding infers a date from an anchor in the text and an offset in the question, such as "tomorrow".

$$\text{answer} = \text{anchor date} + \text{offset}$$

**Intuition.** Two pieces must be found: what day "today" is, given as a date or as a holiday with a year, and how far the
question moves from it. The rest is calendar arithmetic. "Today is Christmas Eve 1937" anchors at 12/24/1937, so tomorrow
is 12/25/1937.

**When to use it.** As a test of commonsense and arithmetic reasoning in language models (a BIG-bench task), and in assistants
that schedule things.

**Cost.** Linear in the text.

**Pitfalls.** 03/04/2020 is March 4 in the United States and April 3 elsewhere; the benchmark asks for MM/DD/YYYY. A month is no
fixed number of days: one month after January 31 is clamped to the end of February, and adding a month is not undone by
taking one off. Leap years: 1900 was none, 2000 was. "Next Friday" is ambiguous. Moving holidays (Easter, Thanksgiving)
need rules of their own. Time zones decide what "today" is.

**References.** Srivastava et al., *Beyond the Imitation Game* (BIG-bench), arXiv:2206.04615. Wei et al., arXiv:2201.11903.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from algorithms.registry import Output, algorithm

HOLIDAYS = {
    "christmas eve": (12, 24),
    "christmas day": (12, 25),
    "christmas": (12, 25),
    "new year's eve": (12, 31),
    "new year's day": (1, 1),
    "valentine's day": (2, 14),
    "halloween": (10, 31),
    "independence day": (7, 4),
}
NUMBERS = {
    w: i
    for i, w in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    )
}
NUMBERS |= {"a": 1, "an": 1}
MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
Sentence = Annotated[str, Field(min_length=1, max_length=500)]


def anchor(text: str) -> date:
    """The day that the text calls today.

    Raises
    ------
    ValueError
        If it names none.

    Examples
    --------
    >>> anchor("Today is Christmas Eve 1937").isoformat(), anchor("It is March 5, 2021.").isoformat()
    ('1937-12-24', '2021-03-05')
    """
    lower = text.lower()
    slashed = re.search(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b", lower)
    if slashed:
        return date(int(slashed[3]), int(slashed[1]), int(slashed[2]))
    for name, (month, day) in HOLIDAYS.items():
        found = re.search(rf"\b{re.escape(name)},?\s+(?:of\s+|in\s+)?(\d{{4}})\b", lower)
        if found:
            return date(int(found[1]), month, day)
    written = re.search(rf"\b({'|'.join(MONTHS)})\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b", lower)
    if written:
        return date(int(written[3]), MONTHS[written[1]], int(written[2]))
    raise ValueError("found no anchor; write e.g. 'Today is 12/24/1937' or 'Today is Christmas Eve 1937'")


def shift(day: date, count: int, unit: str) -> date:
    """A date moved by days, weeks, months or years; a day that the new month lacks becomes its last.

    Examples
    --------
    >>> shift(date(2021, 1, 31), 1, "month").isoformat()
    '2021-02-28'
    """
    if unit in {"day", "week"}:
        return day + timedelta(days=count * (7 if unit == "week" else 1))
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def offset(question: str) -> tuple[int, str]:
    """Signed count and unit that the question asks for.

    Raises
    ------
    ValueError
        If it has none.

    Examples
    --------
    >>> offset("What was the date two weeks ago?")
    (-2, 'week')
    """
    lower = question.lower()
    for phrase, count in (("day after tomorrow", 2), ("day before yesterday", -2), ("tomorrow", 1), ("yesterday", -1)):
        if phrase in lower:
            return count, "day"
    found = re.search(r"\b(\d{1,6}|[a-z]+)\s+(day|week|month|year)s?\b(.{0,20})", lower)
    if found and (found[1].isdigit() or found[1] in NUMBERS):
        count = int(found[1]) if found[1].isdigit() else NUMBERS[found[1]]
        return (-count if re.search(r"\b(ago|before|earlier)\b", found[3]) else count), found[2]
    if "today" in lower:
        return 0, "day"
    raise ValueError("found no offset; ask e.g. for 'tomorrow', 'two weeks ago' or '3 days from today'")


@algorithm(
    id="date-understanding",
    name="Date understanding",
    aliases=("date reasoning", "date arithmetic", "what is the date tomorrow"),
    example={"text": "Today is Christmas Eve 1937.", "question": "What is the date tomorrow in MM/DD/YYYY?"},
)
def date_understanding(text: Sentence, question: Sentence) -> Output:
    """Answer a question about a date.

    Parameters
    ----------
    text : str
        States what day today is: MM/DD/YYYY, a written date, or a fixed holiday with its year.
    question : str
        Asks for today, tomorrow, yesterday, or a number of days, weeks, months or years from it or ago.

    Returns
    -------
    dict
        ``answer`` as MM/DD/YYYY; ``weekday``; ``today`` as MM/DD/YYYY; ``offset`` in words.

    Raises
    ------
    ValueError
        If anchor or offset is missing, or a date does not exist.

    Examples
    --------
    >>> date_understanding("Today is Christmas Eve 1937.", "What is the date tomorrow in MM/DD/YYYY?")["answer"]
    '12/25/1937'
    """
    today = anchor(text)
    count, unit = offset(question)
    try:
        answer = shift(today, count, unit)
    except OverflowError as error:
        raise ValueError("the answer lies outside the calendar of years 1 to 9999") from error
    return {
        "answer": answer.strftime("%m/%d/") + f"{answer.year:04d}",
        "weekday": calendar.day_name[answer.weekday()],
        "today": today.strftime("%m/%d/") + f"{today.year:04d}",
        "offset": f"{count:+d} {unit}",
    }
