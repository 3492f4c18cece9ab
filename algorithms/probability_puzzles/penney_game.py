r"""Penney's game is a race between two coin sequences: a coin is flipped until one of them shows up, and its owner wins.

$$P(\text{HH before TH}) = \tfrac14, \qquad P(\text{TH before HH}) = \tfrac34$$

**Intuition.** HH can win only if the first two flips are both heads. As soon as one tail has appeared, a pair of heads must be preceded by
a tail, so TH comes first. Hence 1/4 against 3/4, although both sequences have the same chance in any two given flips.

**When to use it.** As an example of an absorbing Markov chain: the state is the longest suffix of the flips that is a prefix of one of
the sequences, and the chance to win solves a small linear system.

**Cost.** $O(m^3)$ for sequences with $m$ symbols together.

**Pitfalls.** Equal probability per position does not mean equal chances in a race. The game is not transitive: for any sequence of three there
is one that beats it more often than not, so choose second; against $abc$ take $\bar b a b$. Waiting time is another question: HH takes 6
flips on average, TH 4, but a sequence with the longer waiting time can still be the favourite. If one sequence contains the other, the
contained one cannot lose to it.

**References.** Penney, *Journal of Recreational Mathematics* (1969). Gardner, *Scientific American* (October 1974). Conway's leading numbers;
Graham, Knuth and Patashnik, *Concrete Mathematics* (1994), section 8.4.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm

Sequence = Annotated[str, Field(min_length=1, max_length=8, pattern="^[HT]+$")]
HeadsChance = Annotated[float, Field(ge=0.05, le=0.95)]
Games = Annotated[int, Field(ge=100, le=5000)]


def next_state(flips: str, sequences: tuple[str, str]) -> str:
    """Longest suffix of `flips` that begins one of the sequences.

    Examples
    --------
    >>> next_state("HT", ("HH", "TH"))
    'T'
    """
    while not any(sequence.startswith(flips) for sequence in sequences):
        flips = flips[1:]
    return flips


def winning_chances(yours: str, friend: str, heads: float) -> tuple[float, float]:
    """Chance that `yours` comes first, and the expected number of flips, from the absorbing Markov chain.

    Examples
    --------
    >>> [round(value, 6) for value in winning_chances("HH", "TH", 0.5)]
    [0.25, 3.0]
    """
    pair = (yours, friend)
    states = sorted({sequence[:i] for sequence in pair for i in range(len(sequence))})
    states = [s for s in states if not any(s.endswith(sequence) for sequence in pair)]
    index = {state: i for i, state in enumerate(states)}
    Q, win = np.zeros((len(states), len(states))), np.zeros(len(states))  # moves among states, moves into a win
    for state, i in index.items():
        for face, chance in (("H", heads), ("T", 1 - heads)):
            flips = state + face
            if flips.endswith(yours):
                win[i] += chance
            elif not flips.endswith(friend):
                Q[i, index[next_state(flips, pair)]] += chance
    fundamental = np.eye(len(states)) - Q
    solved = np.linalg.solve(fundamental, np.stack([win, np.ones(len(states))], axis=1))  # (states, 2)
    return float(solved[index[""], 0]), float(solved[index[""], 1])


def play(yours: str, friend: str, heads: float, rng: np.random.Generator) -> bool:
    """One game; true if `yours` came first."""
    flips = ""
    while True:
        flips = (flips + ("H" if rng.random() < heads else "T"))[-8:]
        if flips.endswith(yours):
            return True
        if flips.endswith(friend):
            return False


@algorithm(
    id="penney-game",
    name="Penney's game: HH vs TH",
    aliases=("coin sequence game", "HH before TH", "Penney's game", "HH vs TH", "coin flip race"),
    example={"yours": "HH", "friend": "TH"},
)
def penney_game(
    yours: Sequence, friend: Sequence, heads: HeadsChance = 0.5, games: Games = 2000, seed: Seed = 0
) -> Output:
    """Chances of both players, exactly and in simulated games.

    Parameters
    ----------
    yours, friend : str
        Sequences of H and T, at most 8 flips.
    heads : float
        Probability of heads.
    games : int
        Number of simulated games.
    seed : int
        Seed of the simulation.

    Returns
    -------
    dict
        ``you`` and ``friend``, chances that sum to one; ``expected_flips`` of a game; ``simulated_you``, the share of
        simulated games that you win.

    Raises
    ------
    ValueError
        If one sequence ends with the other, so that both could appear at the same flip, or one of them takes more
        than 10,000 flips on average.

    Examples
    --------
    >>> result = penney_game("HH", "TH")
    >>> round(result["you"], 6), round(result["friend"], 6)
    (0.25, 0.75)
    """
    if yours.endswith(friend) or friend.endswith(yours):
        raise ValueError("one sequence ends with the other, so both would appear at once; choose different ones")
    you, flips = winning_chances(yours, friend, heads)
    if flips > 10_000:
        raise ValueError(f"a game would take {flips:.0f} flips on average; choose shorter sequences or a fairer coin")
    rng = np.random.default_rng(seed)
    played = max(100, min(games, int(100_000 / flips)))  # bounds the number of flips
    wins = sum(play(yours, friend, heads, rng) for _ in range(played))
    return {"you": you, "friend": 1 - you, "expected_flips": flips, "simulated_you": wins / played}
