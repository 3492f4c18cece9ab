r"""The XOR swap exchanges two integers without a temporary variable, by three exclusive-or assignments.

$$a \leftarrow a \oplus b, \qquad b \leftarrow a \oplus b, \qquad a \leftarrow a \oplus b$$

**Intuition.** XOR is commutative and associative, $x \oplus x = 0$ and $x \oplus 0 = x$. So after the first step $a$ holds
the difference of both values; combined with one of them it yields the other: $a \oplus b \oplus a = b$.

**When to use it.** As an exercise, and in hardware without spare registers. In real code use a temporary variable, or
`a, b = b, a` in Python; compilers know the pattern.

**Cost.** Three dependent operations; the version with a temporary is not slower, and often faster.

**Pitfalls.** If both names refer to the same memory cell, as in swapping `x[i]` with `x[j]` for i = j, the first step sets the
cell to zero and the value is lost. It works on integers only. Two swaps in a row are the identity, so a peephole optimiser
may drop them, but only if nothing between them reads or writes the two variables.

The same algebra finds the one number without a partner in a list: XOR all of them.

**References.** Warren, *Hacker's Delight* (2012), section 2-20. Muchnick, *Advanced Compiler Design and Implementation*
(1997), on peephole optimisation.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from algorithms.registry import Output, algorithm

Integer = Annotated[int, Field(ge=-(2**53), le=2**53)]
Register = Annotated[int, Field(ge=0, le=7)]
Program = Annotated[list[tuple[Register, Register]], Field(max_length=200)]


def swap_cells(memory: list[int], i: int, j: int) -> list[list[int]]:
    """XOR-swap two cells in place and return the memory after each of the three steps.

    Examples
    --------
    >>> swap_cells([5, 9], 0, 1)
    [[12, 9], [12, 5], [9, 5]]
    """
    steps = []
    for target, other in ((i, j), (j, i), (i, j)):
        memory[target] ^= memory[other]
        steps.append(memory.copy())
    return steps


def eliminate(swaps: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Drop swaps of a register with itself, and pairs of equal swaps with nothing in between, until none is left.

    Examples
    --------
    >>> eliminate([(0, 1), (2, 3), (3, 2), (1, 0), (0, 2)])
    [(0, 2)]
    """
    kept: list[tuple[int, int]] = []
    for swap in swaps:
        if swap[0] == swap[1]:
            continue
        if kept and set(kept[-1]) == set(swap):
            kept.pop()
        else:
            kept.append(swap)
    return kept


def run_swaps(swaps: list[tuple[int, int]]) -> list[int]:
    """Eight registers 0..7 after the swaps."""
    registers = list(range(8))
    for i, j in swaps:
        registers[i], registers[j] = registers[j], registers[i]
    return registers


@algorithm(
    id="xor-swap",
    name="Swap without a temporary (XOR)",
    aliases=(
        "temporary-variable swap",
        "XOR algebra",
        "dead-swap elimination",
        "peephole optimisation",
        "swap two numbers without a third variable",
    ),
    example={"a": 5, "b": 9, "swaps": [[0, 1], [1, 0], [2, 3]]},
)
def xor_swap(a: Integer, b: Integer, swaps: Program = []) -> Output:  # noqa: B006 (never changed)
    """Swap `a` and `b` by XOR, show the aliasing trap, and simplify a program of swaps.

    Parameters
    ----------
    a : int
        First number.
    b : int
        Second number.
    swaps : list of (register, register)
        A program that swaps registers 0 to 7; may be empty.

    Returns
    -------
    dict
        ``swapped`` [b, a]; ``steps``, [a, b] after each assignment; ``aliased``, the value of a when both names mean its
        cell (0); ``xor`` = a ^ b; ``simplified``, the swaps that remain (at most 50), ``removed``, and ``registers``, the
        same after both programs.

    Examples
    --------
    >>> r = xor_swap(5, 9, swaps=[(0, 1), (1, 0), (2, 3)])
    >>> r["swapped"], r["aliased"], r["simplified"]
    ([9, 5], 0, [(2, 3)])
    """
    memory = [a, b]
    steps = swap_cells(memory, 0, 1)
    shared = [a]
    swap_cells(shared, 0, 0)
    simplified = eliminate(swaps)
    return {
        "swapped": memory,
        "steps": steps,
        "aliased": shared[0],
        "xor": a ^ b,
        "simplified": simplified[:50],
        "removed": len(swaps) - len(simplified),
        "registers": run_swaps(simplified),
    }
