r"""A hidden Markov model describes a sequence of observations produced by a chain of hidden states: each state depends on the one before, each observation on its own state.

$$P(x, z) = \pi_{z_1} b_{z_1}(x_1) \prod_{t=2}^{T} a_{z_{t-1} z_t}\, b_{z_t}(x_t)$$

**Intuition.** Part-of-speech tags follow each other with certain probabilities (transitions) and each tag produces words (emissions). Only words are seen. The model is generative:
it defines the joint probability, from which likelihoods, best paths and posteriors follow. One model for each word makes a speech recogniser: the word whose model gives the sound the highest likelihood wins.

**When to use it.** For tagging, speech, biological sequences and other chains with few states and little data.

**Cost.** $N^2 + N M$ parameters; $O(N^2 T)$ for inference.

**Pitfalls.** In tagging the *tags* are hidden and the words are observed; it is often told the other way round. Output independence is *conditional*: given its own state, an observation is independent of all other states
and observations, but state and observation do depend on each other through the emission. Parameters are time-homogeneous: transition and emission probabilities do not change with $t$; that is not a
statement about the probability of a word. Rows of $A$ and $B$ must sum to one. Mr Markov has no final "e".

**References.** Rabiner, *A Tutorial on Hidden Markov Models and Selected Applications in Speech Recognition* (1989).
"""

from __future__ import annotations

import itertools
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.hidden_markov_models.forward_backward_algorithm import (
    FEVER,
    HMM,
    Distribution,
    Names,
    Observations,
    Stochastic,
    forward,
    numbers,
)
from algorithms.inputs import Name, Seed
from algorithms.registry import Output, algorithm

Ints = NDArray[np.int64]


def joint_probability(model: HMM, z: Ints, x: Ints) -> float:
    """P(x, z) of a state path and observations.

    Examples
    --------
    >>> model = HMM.checked(FEVER["initial"], FEVER["transition"], FEVER["emission"])
    >>> round(joint_probability(model, np.array([0, 0, 1]), np.array([0, 1, 2])), 5)
    0.01512
    """
    p = model.pi[z[0]] * model.B[z[0], x[0]]
    for t in range(1, len(x)):
        p *= model.A[z[t - 1], z[t]] * model.B[z[t], x[t]]
    return float(p)


def sample(model: HMM, length: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """States (T,) and observations (T,) drawn from the model."""
    N, M = model.B.shape
    z, x = np.zeros(length, dtype=np.int64), np.zeros(length, dtype=np.int64)
    for t in range(length):
        z[t] = rng.choice(N, p=model.pi if t == 0 else model.A[z[t - 1]])
        x[t] = rng.choice(M, p=model.B[z[t]])
    return z, x


def output_dependence(model: HMM) -> float:
    """Largest |P(x_2 | z_1, z_2, z_3, x_1) - P(x_2 | z_2)| by enumeration of length 3: 0 for every HMM."""
    N, M = model.B.shape
    worst = 0.0
    for z in itertools.product(range(N), repeat=3):
        for x1 in range(M):
            joint = np.array(
                [
                    sum(joint_probability(model, np.array(z), np.array([x1, x2, x3])) for x3 in range(M))
                    for x2 in range(M)
                ]
            )  # (M,)
            if joint.sum() > 0:
                worst = max(worst, float(np.abs(joint / joint.sum() - model.B[z[1]]).max()))
    return worst


def word_recognition(words: int, rng: np.random.Generator) -> float:
    """Share of 100 sampled utterances whose word has the highest forward likelihood, one left-to-right HMM a word."""
    models = []
    for _ in range(words):
        A = 0.6 * np.eye(3) + 0.4 * np.eye(3, k=1)
        A[2, 2] = 1.0
        models.append(HMM(np.array([1.0, 0.0, 0.0]), A, rng.dirichlet(np.full(6, 0.3), size=3) * 0.94 + 0.01))
    right = 0
    for _ in range(100):
        word = int(rng.integers(words))
        _, x = sample(models[word], 12, rng)
        right += word == int(np.argmax([np.log(forward(m, x)[1]).sum() for m in models]))
    return right / 100


@algorithm(
    id="hidden-markov-model",
    name="Hidden Markov model",
    aliases=(
        "HMM",
        "output independence",
        "time-homogeneity",
        "HMM isolated-word speech recognition",
        "speech-to-text",
        "ASR",
        "one HMM per word",
    ),
    example={**FEVER, "path": ["Healthy", "Healthy", "Fever"]},
)
def hidden_markov_model(
    states: Annotated[Names, Field(max_length=4)],
    symbols: Annotated[Names, Field(max_length=4)],
    initial: Distribution,
    transition: Stochastic,
    emission: Stochastic,
    observations: Observations,
    path: Annotated[list[Name], Field(min_length=1, max_length=50)],
    words: Annotated[int, Field(ge=2, le=5)] = 3,
    seed: Seed = 0,
) -> Output:
    """Joint probability of a path and observations, a check of output independence and a word recogniser.

    Parameters
    ----------
    states : list of str, (N,)
        Hidden states, at most 4.
    symbols : list of str, (M,)
        Observable symbols, at most 4.
    initial : list of float, (N,)
        Initial probabilities.
    transition : list of list of float, (N, N)
        Transition probabilities, a row for each state.
    emission : list of list of float, (N, M)
        Emission probabilities, a row for each state.
    observations : list of str, (T,)
        Observed symbols.
    path : list of str, (T,)
        Hidden states of the asked path.
    words : int
        Words of the speech recogniser, one random model each.
    seed : int
        Seed of samples and word models.

    Returns
    -------
    dict
        ``joint_probability`` P(x, z); ``likelihood`` P(x), the sum over all paths; ``path_posterior`` P(z | x);
        ``output_dependence``: 0; ``sampled_states`` and ``sampled_observations``, ten steps; ``recognition_accuracy`` of the
        word recogniser on 100 utterances.

    Raises
    ------
    ValueError
        If shapes do not fit, rows do not sum to one, a name is unknown or the observations are impossible.

    Examples
    --------
    >>> output = hidden_markov_model(**FEVER, path=["Healthy", "Healthy", "Fever"])
    >>> round(output["joint_probability"], 5), output["output_dependence"] < 1e-12
    (0.01512, True)
    """
    model = HMM.checked(initial, transition, emission)
    if model.B.shape != (len(states), len(symbols)):
        raise ValueError(f"emission must be {len(states)} × {len(symbols)} (states × symbols), got {model.B.shape}")
    if len(path) != len(observations):
        raise ValueError(f"the path has {len(path)} states but there are {len(observations)} observations")
    x, z = numbers(observations, symbols, "symbols"), numbers(path, states, "states")  # (T,)
    joint = joint_probability(model, z, x)
    likelihood = float(np.prod(forward(model, x)[1]))
    rng = np.random.default_rng(seed)
    drawn_z, drawn_x = sample(model, 10, rng)
    return {
        "joint_probability": joint,
        "likelihood": likelihood,
        "path_posterior": joint / likelihood,
        "output_dependence": output_dependence(model),
        "sampled_states": [states[i] for i in drawn_z],
        "sampled_observations": [symbols[i] for i in drawn_x],
        "recognition_accuracy": word_recognition(words, rng),
    }
