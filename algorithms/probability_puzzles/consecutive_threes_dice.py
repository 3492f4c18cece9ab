r"""The consecutive-threes puzzle asks for the probability that a given face comes up twice in a row in three dice rolls.

$$P(A \cup B) = P(A) + P(B) - P(A \cap B) = \frac{1}{36} + \frac{1}{36} - \frac{1}{216} = \frac{11}{216} \approx 0.0509$$

with $A$: rolls 1 and 2 are threes, $B$: rolls 2 and 3 are threes.

**Intuition.** Count outcomes: 6 of the 216 begin with two threes, 6 end with two, and three threes is in both, so $6 + 6 - 1 = 11$.
Inclusion-exclusion subtracts what was counted twice. Or split into disjoint cases: exactly one of the two pairs, plus all three:
$2 \cdot \tfrac56 \left(\tfrac16\right)^2 + \left(\tfrac16\right)^3$.

**When to use it.** As the smallest example of inclusion-exclusion, and of runs in random sequences.

**Cost.** A recursion over the length of the current run: $O(n r)$ for $n$ rolls and runs of $r$. Inclusion-exclusion takes $2^{n - r + 1}$ terms.

**Pitfalls.** The events overlap; adding $1/36 + 1/36$ counts three threes twice. In the second form the last term is $(1/6)^3$, a power: the
misprint $(1/6) \cdot 3$, which is in circulation, gives $59/108$, more than one half. And in the first, the probabilities multiply:
$2 \cdot \frac16 \cdot \frac16 - \frac16 \cdot \frac16 \cdot \frac16$. "Two in a row" includes three in a row unless it says exactly.

**References.** Feller, *An Introduction to Probability Theory and Its Applications*, vol. 1 (1968), chapters IV and XIII.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import Annotated

from pydantic import Field

from algorithms.registry import Output, algorithm

Rolls = Annotated[int, Field(ge=1, le=12)]
Sides = Annotated[int, Field(ge=1, le=100)]


def run_probability(rolls: int, sides: int, run: int) -> Fraction:
    """Exact probability of a run of one face, by recursion over the length of the current run.

    Examples
    --------
    >>> run_probability(3, 6, 2)
    Fraction(11, 216)
    """
    hit = Fraction(1, sides)
    chance = [Fraction(1)] + [Fraction(0)] * (run - 1)  # chance[j]: no full run yet, the last j rolls hit
    done = Fraction(0)
    for _ in range(rolls):
        done += chance[-1] * hit
        chance = [sum(chance, Fraction(0)) * (1 - hit)] + [c * hit for c in chance[:-1]]
    return done


def inclusion_exclusion(rolls: int, sides: int, run: int) -> Fraction:
    """The same by inclusion-exclusion over the events "a run starts at roll i".

    Examples
    --------
    >>> inclusion_exclusion(3, 6, 2)
    Fraction(11, 216)
    """
    starts = range(rolls - run + 1)
    total = Fraction(0)
    for size in range(1, len(starts) + 1):
        for chosen in combinations(starts, size):
            fixed = {start + offset for start in chosen for offset in range(run)}  # rolls that must hit
            total += (-1) ** (size + 1) * Fraction(1, sides ** len(fixed))
    return total


@algorithm(
    id="consecutive-threes-dice",
    name="Two consecutive threes in three dice rolls",
    aliases=(
        "dice puzzle",
        "three dice",
        "Inclusion-exclusion principle",
        "union of events",
        "consecutive threes",
        "two threes in a row",
    ),
    example={"rolls": 3, "sides": 6, "run": 2},
)
def consecutive_threes_dice(rolls: Rolls = 3, sides: Sides = 6, run: Rolls = 2) -> Output:
    """Probability that one given face comes up at least `run` times in a row.

    Parameters
    ----------
    rolls : int
        Number of rolls.
    sides : int
        Faces of the die, all equally likely.
    run : int
        Length of the run that is waited for.

    Returns
    -------
    dict
        ``probability``; ``fraction`` in lowest terms, e.g. "11/216"; ``favourable`` and ``outcomes``, counts;
        ``by_inclusion_exclusion``, the same fraction from that principle.

    Examples
    --------
    >>> consecutive_threes_dice(3, 6, 2)["fraction"]
    '11/216'
    """
    exact = run_probability(rolls, sides, run)
    outcomes = sides**rolls
    favourable = int(exact * outcomes)
    return {
        "probability": float(exact),
        "fraction": str(exact),
        "favourable": favourable if outcomes < 2**53 else str(favourable),
        "outcomes": outcomes if outcomes < 2**53 else str(outcomes),
        "by_inclusion_exclusion": str(inclusion_exclusion(rolls, sides, run)),
    }
