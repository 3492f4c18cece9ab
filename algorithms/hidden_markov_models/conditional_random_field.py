r"""A linear-chain conditional random field scores whole label sequences given the observations and normalises over all of them.

$$P(z \mid x) = \frac{1}{Z(x)} \exp\!\left(\sum_{t} s_t(z_t) + \sum_{t>1} A_{z_{t-1} z_t}\right), \qquad Z(x) = \sum_{z'} \exp(\dots)$$

**Intuition.** A hidden Markov model spends its effort on explaining the observations; a CRF models the labels directly, given them, so that any overlapping feature (or a neural network) may produce the scores $s_t$. $Z$ is computed by the
forward recursion in log space, the best sequence by Viterbi, marginals by forward-backward.

**When to use it.** For named entities, chunks and tags, often on top of a BiLSTM or BERT.

**Cost.** $O(N^2 T)$; training needs $Z$ and the marginals of every sequence in every step.

**Pitfalls.** Scores are arbitrary numbers, not probabilities. Normalising each step by itself gives a maximum-entropy Markov model (MEMM), which suffers from label bias; a CRF normalises *once* a sequence. Compute $Z$ with log-sum-exp. The gradient of $\log Z$ with respect to $s_t(j)$ is
the marginal $P(z_t = j)$, a good test. Being discriminative it cannot generate observations.

**References.** Lafferty, McCallum and Pereira, *Conditional Random Fields*, ICML (2001). Sutton and McCallum, *An Introduction to Conditional Random
Fields*, arXiv:1011.4088.
"""

from __future__ import annotations

import itertools
from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.figures import heatmap
from algorithms.hidden_markov_models.viterbi_algorithm import best_path
from algorithms.inputs import rectangular
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Score = Annotated[float, Field(allow_inf_nan=False, ge=-1e4, le=1e4)]
Row = Annotated[list[Score], Field(min_length=1, max_length=12)]
ScoreRows = Annotated[list[Row], Field(min_length=1, max_length=50), AfterValidator(rectangular)]
Square = Annotated[list[Row], Field(min_length=1, max_length=12), AfterValidator(rectangular)]
Path = Annotated[list[Annotated[int, Field(ge=0, le=11)]], Field(min_length=1, max_length=50)]


def log_sum_exp(x: Floats, axis: int) -> Floats:
    """Logarithm of the sum of exponentials along an axis, without overflow."""
    top = x.max(axis=axis, keepdims=True)
    return np.asarray(np.log(np.exp(x - top).sum(axis=axis)) + np.squeeze(top, axis=axis))


def log_alphas(scores: Floats, A: Floats) -> Floats:
    """Log forward sums (T, N) of local scores (T, N) and transition scores (N, N).

    Examples
    --------
    >>> log_alphas(np.zeros((2, 2)), np.zeros((2, 2))).round(4).tolist()
    [[0.0, 0.0], [0.6931, 0.6931]]
    """
    alpha = np.empty_like(scores)
    alpha[0] = scores[0]
    for t in range(1, len(scores)):
        alpha[t] = scores[t] + log_sum_exp(alpha[t - 1][:, None] + A, axis=0)
    return alpha


def sequence_score(scores: Floats, A: Floats, z: list[int]) -> float:
    """Unnormalised score of a label sequence."""
    return float(sum(scores[t, j] for t, j in enumerate(z)) + sum(A[i, j] for i, j in itertools.pairwise(z)))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Heat map of the marginals."""
    return heatmap(output["marginals"], "label marginals", xlabel="label", ylabel="position")


@algorithm(
    id="conditional-random-field",
    name="Linear-chain conditional random field",
    aliases=("CRF", "MEMM", "discriminative sequence labeling", "linear-chain CRF"),
    example={
        "scores": [[2.0, 0.5, 0.0], [0.3, 1.2, 1.0], [0.1, 0.9, 1.1]],
        "transitions": [[0.5, 1.0, -2.0], [0.2, 0.0, 1.5], [0.3, -0.5, 0.5]],
        "labels": [0, 1, 2],
    },
    figure=draw,
)
def conditional_random_field(scores: ScoreRows, transitions: Square, labels: Path | None = None) -> Output:
    """Inference in a linear chain with given scores.

    Parameters
    ----------
    scores : list of list of float, (T, N)
        Score of each label at each position.
    transitions : list of list of float, (N, N)
        Score of label j after label i.
    labels : list of int, (T,), optional
        Sequence whose probability is asked; the best one if not given.

    Returns
    -------
    dict
        ``log_partition`` log Z; ``best_path`` and its ``best_probability``; ``probability`` and ``log_probability`` of `labels`;
        ``marginals`` (T, N), rows summing to one.

    Raises
    ------
    ValueError
        If the shapes do not fit or a label is out of range.

    Examples
    --------
    >>> output = conditional_random_field([[0.0, 0.0]] * 3, [[0.0, 0.0], [0.0, 0.0]], [0, 1, 0])
    >>> round(output["probability"], 6), output["marginals"].round(3).tolist()
    (0.125, [[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]])
    """
    S, A = np.asarray(scores, dtype=np.float64), np.asarray(transitions, dtype=np.float64)  # (T, N), (N, N)
    T, N = S.shape
    if A.shape != (N, N):
        raise ValueError(f"{N} labels need a {N} × {N} matrix of transitions, got {A.shape}")
    path, best = best_path(np.zeros(N), A, S)
    z = path.tolist() if labels is None else labels
    if len(z) != T or max(z) >= N:
        raise ValueError(f"labels must be {T} numbers from 0 to {N - 1}")
    alpha = log_alphas(S, A)
    beta = (log_alphas(S[::-1], A.T) - S[::-1])[::-1]  # (T, N): the same recursion from the end, without the own score
    log_Z = float(log_sum_exp(alpha[-1], axis=0))
    log_p = sequence_score(S, A, z) - log_Z
    return {
        "log_partition": log_Z,
        "best_path": path,
        "best_probability": float(np.exp(best - log_Z)),
        "probability": float(np.exp(log_p)),
        "log_probability": log_p,
        "marginals": np.exp(alpha + beta - log_Z),
    }
