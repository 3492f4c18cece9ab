"""What the run of an erratum's proof must show, and what it would show if the claim were right."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from pydantic import model_validator

from core.types import Frozen

TOLERANCE = 1e-6
"""Relative, for equal numbers: outputs are float64, an entry writes fewer digits."""
Relation = Literal["=", "!=", "<", "<=", ">", ">="]
ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Assertion(Frozen):
    """One relation between a place in an output and a value or another place.

    Attributes
    ----------
    at : str
        Keys and positions joined by dots.
    be : str
        The relation.
    value : any JSON value
        What it is compared with, unless `of` is given.
    of : str or None
        Another place in the same output.
    """

    at: str
    be: Relation = "="
    value: Any = None
    of: str | None = None

    @model_validator(mode="after")
    def _one_side(self) -> Assertion:
        if (self.value is None) == (self.of is None):
            raise ValueError("give either `value` or `of`")
        return self

    def holds(self, output: Any) -> bool:
        """Whether it is so in an output.

        Raises
        ------
        KeyError, IndexError
            If the output has no such place.

        Examples
        --------
        >>> Assertion(at="a.1", be="<", value=3).holds({"a": [5, 2]})
        True
        >>> Assertion(at="a.0", be="=", of="b").holds({"a": [5, 2], "b": 5.0})
        True
        """
        left = place(output, self.at)
        right = place(output, self.of) if self.of is not None else self.value
        if self.be in ORDER:
            return ORDER[self.be](left, right)
        return equal(left, right) == (self.be == "=")


def place(output: Any, path: str) -> Any:
    """The part of an output at a dotted path.

    Examples
    --------
    >>> place({"rows": [[1, 2]]}, "rows.0.1")
    2
    """
    for key in path.split("."):
        output = output[key] if isinstance(output, Mapping) else output[int(key)]
    return output


def equal(left: Any, right: Any) -> bool:
    """Whether two JSON values are equal, numbers within the tolerance.

    Examples
    --------
    >>> equal([1.0, "a"], [1.0000000001, "a"]), equal(1.0, 1.1), equal(True, 1)
    (True, False, False)
    """
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return bool(abs(left - right) <= TOLERANCE * max(1.0, abs(left), abs(right)))
    if isinstance(left, Sequence) and isinstance(right, Sequence) and not isinstance(left, str):
        return len(left) == len(right) and all(equal(a, b) for a, b in zip(left, right, strict=True))
    return bool(left == right)
