"""Whether the numbers and words of a right result are shown, in an answer or in its runs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
MARKERS = re.compile(r"\[\d+\]|^\s*\d+\.\s", re.M)
FROM_RUN = 60
FROM_TEXT = 400


def numbers_in(value: Any) -> list[float]:
    """All numbers in a JSON value or a text; truth values are none.

    Examples
    --------
    >>> numbers_in({"p": [0.5, True], "text": "1,000 times"})
    [0.5, 1000.0]
    """
    if isinstance(value, bool):
        return []
    if isinstance(value, int | float):
        return [float(value)]
    if isinstance(value, Mapping):
        return [number for item in value.values() for number in numbers_in(item)]
    if isinstance(value, list | tuple):
        return [number for item in value for number in numbers_in(item)]
    if isinstance(value, str):
        return [float(number) for number in NUMBER.findall(value.replace(",", ""))][:FROM_TEXT]
    return []


def squashed(text: str) -> str:
    """White space made single blanks."""
    return re.sub(r"\s+", " ", text).strip()


def right_value(
    answer: str,
    outputs: Sequence[Any],
    expected: Sequence[float],
    expected_text: Sequence[str],
    tolerance: float,
) -> bool:
    """Whether all expected numbers show within the tolerance (a percentage counts), and one of the expected texts.

    Parameters
    ----------
    answer : str
        Its citation markers and list numbers are no results.
    outputs : sequence
        Of the runs that went well; the first 60 numbers of each count.
    tolerance : float
        Absolute.

    Examples
    --------
    >>> right_value("It is 12.5 % [1].", [], [0.125], [], 1e-3)
    True
    """
    said = MARKERS.sub(" ", answer)
    pool = [number for output in outputs for number in numbers_in(output)[:FROM_RUN]] + numbers_in(said)
    shown = all(any(near(number, wanted, tolerance) for number in pool) for wanted in expected)
    text = squashed(json.dumps(list(outputs), ensure_ascii=False) + " " + said).lower()
    return shown and (not expected_text or any(squashed(word).lower() in text for word in expected_text))


def near(number: float, wanted: float, tolerance: float) -> bool:
    """Within the tolerance, as it stands or as a percentage."""
    slack = 1e-9
    return abs(wanted - number) <= tolerance + slack or abs(wanted * 100 - number) <= tolerance * 100 + slack
