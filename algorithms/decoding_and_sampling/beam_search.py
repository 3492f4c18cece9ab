r"""Beam search keeps the $B$ most probable partial sequences at every step and extends each of them by every token.

$$\mathcal B_t = \text{top-}B \left\{ (y, v) : y \in \mathcal B_{t-1} \right\} \text{ by } \sum_{s \le t} \log P(y_s \mid y_{<s})$$

**Intuition.** Greedy decoding commits to one prefix; beam search keeps several in play, so that a slightly worse start may win later. With $B = 1$ it is greedy; with $B$ at least the number of sequences it finds the exact maximum.

**When to use it.** For translation, speech recognition and summarisation, where probability and quality agree; not for open-ended stories.

**Cost.** $B$ model calls a step, $O(B V)$ candidates to rank.

**Pitfalls.** It is a deterministic *search*, not a sampling method: the seed has no effect unless sampling is switched on. Log-probabilities fall with every token, so short sequences win; a length penalty, dividing by $n^\alpha$, corrects it. It is not guaranteed to find the best sequence. Larger beams find likelier texts, and beyond a point *worse* ones. The beams are often
near copies of each other.

**References.** Graves, *Sequence Transduction with Recurrent Neural Networks*, arXiv:1211.3711. Wu et al., arXiv:1609.08144 (length penalty). Stahlberg and Byrne, *On
NMT Search Errors and Model Errors*, arXiv:1908.10090.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.decoding_and_sampling.greedy_decoding import (
    TRAP,
    FewProbabilities,
    Length,
    Transitions,
    best_sequence,
    greedy,
    markov_model,
)
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Beam = tuple[tuple[int, ...], float]


def beam_steps(p: Floats, P: Floats, length: int, width: int) -> list[list[Beam]]:
    """Beams after each step as (tokens, log-probability), best first; impossible sequences are dropped.

    Examples
    --------
    >>> steps = beam_steps(np.array([0.6, 0.4]), np.array([[0.5, 0.5], [0.0, 1.0]]), length=2, width=2)
    >>> [tokens for tokens, _ in steps[-1]]
    [(1, 1), (0, 0)]
    """
    with np.errstate(divide="ignore"):
        log_p, log_P = np.log(p), np.log(P)
    beams: list[Beam] = [((), 0.0)]
    history = []
    for _ in range(length):
        candidates = [
            ((*tokens, v), score + float(log_P[tokens[-1], v] if tokens else log_p[v]))
            for tokens, score in beams
            for v in range(len(p))
        ]
        possible = [beam for beam in candidates if beam[1] > -np.inf]
        beams = sorted(possible, key=lambda beam: -beam[1])[:width]  # stable: ties go to the lower tokens
        history.append(beams)
    return history


@algorithm(
    id="beam-search",
    name="Beam search",
    aliases=("beam decoding", "beam width"),
    example={**TRAP, "width": 2},
)
def beam_search(
    initial: FewProbabilities,
    transitions: Transitions,
    length: Length = 3,
    width: Annotated[int, Field(ge=1, le=64)] = 2,
) -> Output:
    """Beam search in a Markov language model.

    Parameters
    ----------
    initial : list of float, (V,)
        Probabilities of the first token.
    transitions : list of list of float, (V, V)
        Row i: probabilities of the token after token i.
    length : int
        Tokens to write.
    width : int
        Beams B to keep.

    Returns
    -------
    dict
        ``tokens`` of the best beam, ``probability`` and ``log_probability``; ``beams``, up to 10 of the last step with probability;
        ``greedy_tokens``; ``best_tokens`` and ``best_probability`` of all sequences (None if there are more than 5,000);
        ``is_exact``, whether the best was found (None if unknown); ``candidates`` that were scored.

    Raises
    ------
    ValueError
        If shapes do not fit or a row does not sum to one.

    Examples
    --------
    >>> output = beam_search(**TRAP, width=2)
    >>> output["tokens"], output["greedy_tokens"], output["is_exact"]
    ((1, 1, 1), (0, 0, 0), True)
    """
    p, P = markov_model(initial, transitions)
    history = beam_steps(p, P, length, width)
    tokens, score = history[-1][0]
    best = best_sequence(p, P, length)
    return {
        "tokens": tokens,
        "probability": float(np.exp(score)),
        "log_probability": score,
        "beams": [{"tokens": list(t), "probability": float(np.exp(s))} for t, s in history[-1][:10]],
        "greedy_tokens": greedy(p, P, length),
        "best_tokens": best[0] if best else None,
        "best_probability": best[1] if best else None,
        "is_exact": bool(np.isclose(np.exp(score), best[1], rtol=1e-9, atol=0)) if best else None,
        "candidates": len(p) * (1 + sum(len(beams) for beams in history[:-1])),
    }
