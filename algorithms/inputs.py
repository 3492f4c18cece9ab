"""Bounded input types for algorithms: a hostile size is refused before any work starts.

Every parameter of an algorithm is annotated with one of these or with ``Annotated[..., Field(...)]`` of its own;
`algorithms.registry` derives the JSON schema from the annotations. All numbers are finite.

Examples
--------
>>> from pydantic import TypeAdapter
>>> TypeAdapter(Matrix).validate_python([[1, 2], [3, 4]])
[[1.0, 2.0], [3.0, 4.0]]
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field


def rectangular(rows: list[list[Any]]) -> list[list[Any]]:
    """Return `rows` unchanged.

    Raises
    ------
    ValueError
        If the rows differ in length.
    """
    lengths = {len(row) for row in rows}
    if len(lengths) > 1:
        raise ValueError(f"all rows need the same length, got lengths {sorted(lengths)}")
    return rows


Number = Annotated[float, Field(allow_inf_nan=False, ge=-1e12, le=1e12)]
"""A finite real number."""
Positive = Annotated[float, Field(allow_inf_nan=False, gt=0, le=1e12)]
"""A finite number above zero."""
NonNegative = Annotated[float, Field(allow_inf_nan=False, ge=0, le=1e12)]
"""A finite number, zero or above."""
Probability = Annotated[float, Field(allow_inf_nan=False, ge=0, le=1)]
"""A number in [0, 1]."""
Count = Annotated[int, Field(ge=0, le=1_000_000_000_000)]
"""A whole number, zero or above, that is only calculated with (never a size to allocate or a number of loops)."""
Size = Annotated[int, Field(ge=1, le=512)]
"""A size to allocate or a number of loops, 1 to 512; use an own ``Field`` where more is cheap."""
Steps = Annotated[int, Field(ge=1, le=5_000)]
"""A number of cheap iterations, 1 to 5,000."""
Seed = Annotated[int, Field(ge=0, le=2**32 - 1)]
"""A seed for ``numpy.random.default_rng``."""
Vector = Annotated[list[Number], Field(min_length=1, max_length=4096)]
"""1 to 4,096 numbers."""
Matrix = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=512)]],
    Field(min_length=1, max_length=512),
    AfterValidator(rectangular),
]
"""A rectangular matrix of at most 512 × 512 numbers, given as rows."""
Labels = Annotated[list[Annotated[int, Field(ge=-1_000, le=1_000)]], Field(min_length=1, max_length=4096)]
"""1 to 4,096 class labels."""
Integers = Annotated[list[Annotated[int, Field(ge=-(2**53), le=2**53)]], Field(min_length=1, max_length=4096)]
"""1 to 4,096 whole numbers."""
Text = Annotated[str, Field(min_length=1, max_length=20_000)]
"""1 to 20,000 characters."""
Name = Annotated[str, Field(min_length=1, max_length=200)]
"""A short string, 1 to 200 characters."""
Texts = Annotated[list[Text], Field(min_length=1, max_length=256)]
"""1 to 256 texts."""
Tokens = Annotated[list[Name], Field(min_length=1, max_length=4096)]
"""1 to 4,096 tokens."""
Table = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=16)]],
    Field(min_length=2, max_length=256),
    AfterValidator(rectangular),
]
"""A training table: 2 to 256 rows of 1 to 16 features."""
Targets = Annotated[list[Number], Field(min_length=2, max_length=256)]
"""2 to 256 targets, one a row of a `Table`."""
Points = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=32)]],
    Field(min_length=1, max_length=256),
    AfterValidator(rectangular),
]
"""1 to 256 points of 1 to 32 coordinates."""
TokenVectors = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=16)]],
    Field(min_length=1, max_length=16),
    AfterValidator(rectangular),
]
"""1 to 16 token vectors of 1 to 16 numbers each, given as rows."""


def check_lengths(X: list[list[float]], y: list[Any]) -> None:
    """Raise ValueError unless `X` and `y` have as many rows."""
    if len(X) != len(y):
        raise ValueError(f"X has {len(X)} rows and y has {len(y)}; give one target a row")
