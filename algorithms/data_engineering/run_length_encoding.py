r"""Run-length encoding replaces each run of equal values by the value and the number of its repetitions.

$$[1,1,1,1,2,2,3,3,3,3,3] \;\to\; [1,4,\;2,2,\;3,5]$$

**Intuition.** A run of any length costs two numbers. So the size depends on the number of runs, not on the number of
values, and order is everything: [1,2,3,4,5,1,2,3,4,5] has ten runs, its sorted form five.

**When to use it.** For sorted or slowly changing columns (dates, countries, flags), bitmaps, masks of segmentation, and
repetition and definition levels in Parquet.

**Cost.** One pass each way. $2r$ numbers for $r$ runs.

**Pitfalls.** Without repetition the result is twice as long as the input. Sorting helps only if the rows are sorted
together; sorting one column alone destroys the records. Parquet therefore mixes runs with bit-packed stretches. A counter
of fixed width needs a rule for longer runs. Noise in the last digit turns one long run into many short ones, so floating
point columns rarely gain. Random access needs the cumulative lengths.

**References.** Golomb, *Run-Length Encodings* (1966). Abadi, Madden and Ferreira, *Integrating Compression and Execution in
Column-Oriented Database Systems* (2006).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeVar

from algorithms.inputs import Integers
from algorithms.registry import Output, algorithm

T = TypeVar("T", bound=Hashable)


def runs(values: Sequence[T]) -> list[tuple[T, int]]:
    """(value, length) of each run.

    Examples
    --------
    >>> runs("aab")
    [('a', 2), ('b', 1)]
    """
    found: list[tuple[T, int]] = []
    for value in values:
        if found and found[-1][0] == value:
            found[-1] = (value, found[-1][1] + 1)
        else:
            found.append((value, 1))
    return found


def decode(pairs: list[tuple[T, int]]) -> list[T]:
    """The values of the runs.

    Examples
    --------
    >>> decode([("a", 2), ("b", 1)])
    ['a', 'a', 'b']
    """
    return [value for value, length in pairs for _ in range(length)]


@algorithm(
    id="run-length-encoding",
    name="Run-length encoding",
    aliases=("RLE", "run length encoding", "run-length compression"),
    example={"values": [1, 1, 1, 1, 2, 2, 3, 3, 3, 3, 3]},
)
def run_length_encoding(values: Integers) -> Output:
    """Encode `values`, and compare with the encoding of their sorted form.

    Parameters
    ----------
    values : list of int, length n
        The column.

    Returns
    -------
    dict
        ``encoded`` value, length, value, length, … (first 50 numbers); ``runs`` and ``runs_when_sorted``;
        ``numbers_stored`` = 2 runs; ``compression_ratio`` = n / numbers stored; ``decodes_exactly``.

    Examples
    --------
    >>> r = run_length_encoding([1, 2, 3, 4, 5, 1, 2, 3, 4, 5])
    >>> r["runs"], r["runs_when_sorted"]
    (10, 5)
    """
    pairs = runs(values)
    return {
        "encoded": [number for pair in pairs for number in pair][:50],
        "runs": len(pairs),
        "runs_when_sorted": len(runs(sorted(values))),
        "numbers_stored": 2 * len(pairs),
        "compression_ratio": len(values) / (2 * len(pairs)),
        "decodes_exactly": decode(pairs) == values,
    }
