r"""Greedy decoding writes the most probable next token at every step, without any randomness.

$$y_t = \arg\max_v P(v \mid y_{<t}, x)$$

**Intuition.** Each step is the best one by itself, but the whole need not be the most probable sequence: a likely first word may lead only to unlikely continuations. The example compares the greedy path with the best of all paths of a small Markov model.

**When to use it.** For extraction, classification, code and other tasks with one right answer; and as a baseline.

**Cost.** One model call a token; the cheapest rule of all.

**Pitfalls.** It is not a *sampling* method: nothing is drawn, the result is the same for every seed, as with top-k at $k = 1$ or a temperature tending to zero. In theory it is deterministic; on real servers even temperature 0 is not bit-reproducible, since the order of floating-point sums, the batch
and the routing of experts vary and can flip near ties. Long greedy texts tend to repeat themselves. Ties need a rule (here the lower number).

**References.** Sutskever, Vinyals and Le, arXiv:1409.3215. Holtzman et al., *The Curious Case of Neural Text Degeneration*, arXiv:1904.09751.
"""

from __future__ import annotations

import itertools
from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.decoding_and_sampling.categorical_sampling import checked, draw_tokens
from algorithms.inputs import Probability, Seed, rectangular
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

FewProbabilities = Annotated[list[Probability], Field(min_length=1, max_length=8)]
Transitions = Annotated[list[FewProbabilities], Field(min_length=1, max_length=8), AfterValidator(rectangular)]
Length = Annotated[int, Field(ge=1, le=12)]
TRAP = {"initial": [0.6, 0.4], "transitions": [[0.55, 0.45], [0.1, 0.9]], "length": 3}
"""A Markov model in which the likelier first token leads to less likely sequences."""


def markov_model(initial: list[float], transitions: list[list[float]]) -> tuple[Floats, Floats]:
    """Checked initial distribution (V,) and transition matrix (V, V).

    Raises
    ------
    ValueError
        If shapes do not fit or a row does not sum to one.
    """
    p, P = checked(initial), np.stack([checked(row) for row in transitions])
    if P.shape != (len(p), len(p)):
        raise ValueError(f"{len(p)} tokens need a {len(p)} × {len(p)} matrix of transitions, got {P.shape}")
    return p, P


def sequence_probability(tokens: tuple[int, ...], p: Floats, P: Floats) -> float:
    """Probability of a sequence under a Markov model.

    Examples
    --------
    >>> sequence_probability((0, 1), np.array([0.5, 0.5]), np.array([[0.0, 1.0], [1.0, 0.0]]))
    0.5
    """
    steps = [P[a, b] for a, b in itertools.pairwise(tokens)]
    return float(p[tokens[0]] * np.prod(steps))


def best_sequence(p: Floats, P: Floats, length: int) -> tuple[tuple[int, ...], float] | None:
    """Most probable of all sequences, or None if there are more than 5,000."""
    if len(p) ** length > 5000:
        return None
    best = max(itertools.product(range(len(p)), repeat=length), key=lambda tokens: sequence_probability(tokens, p, P))
    return best, sequence_probability(best, p, P)


def greedy(p: Floats, P: Floats, length: int) -> tuple[int, ...]:
    """The greedy sequence; ties go to the lower number.

    Examples
    --------
    >>> greedy(np.array([0.4, 0.6]), np.array([[0.5, 0.5], [0.9, 0.1]]), 3)
    (1, 0, 0)
    """
    tokens = [int(np.argmax(p))]
    while len(tokens) < length:
        tokens.append(int(np.argmax(P[tokens[-1]])))
    return tuple(tokens)


@algorithm(
    id="greedy-decoding",
    name="Greedy decoding",
    aliases=("argmax decoding", "greedy search"),
    example=TRAP,
)
def greedy_decoding(
    initial: FewProbabilities,
    transitions: Transitions,
    length: Length = 3,
    draws: Annotated[int, Field(ge=1, le=500)] = 200,
    seed: Seed = 0,
) -> Output:
    """Greedy sequence of a Markov language model, against the best one and random ones.

    Parameters
    ----------
    initial : list of float, (V,)
        Probabilities of the first token.
    transitions : list of list of float, (V, V)
        Row i: probabilities of the token after token i.
    length : int
        Tokens to write.
    draws : int
        Random sequences for comparison.
    seed : int
        Seed of the random sequences; the greedy one does not depend on it.

    Returns
    -------
    dict
        ``tokens`` and their ``probability``; ``best_tokens`` and ``best_probability`` of all sequences (None if there are more than
        5,000); ``mean_sampled_probability`` of random sequences; ``distinct_samples``.

    Raises
    ------
    ValueError
        If shapes do not fit or a row does not sum to one.

    Examples
    --------
    >>> output = greedy_decoding(**TRAP)
    >>> output["tokens"], output["best_tokens"]
    ((0, 0, 0), (1, 1, 1))
    """
    p, P = markov_model(initial, transitions)
    tokens = greedy(p, P, length)
    best = best_sequence(p, P, length)
    rng = np.random.default_rng(seed)
    samples = []
    for _ in range(draws):
        sample = [int(draw_tokens(p, rng.random(1))[0])]
        while len(sample) < length:
            sample.append(int(draw_tokens(P[sample[-1]], rng.random(1))[0]))
        samples.append(tuple(sample))
    return {
        "tokens": tokens,
        "probability": sequence_probability(tokens, p, P),
        "best_tokens": best[0] if best else None,
        "best_probability": best[1] if best else None,
        "mean_sampled_probability": float(np.mean([sequence_probability(s, p, P) for s in samples])),
        "distinct_samples": len(set(samples)),
    }
