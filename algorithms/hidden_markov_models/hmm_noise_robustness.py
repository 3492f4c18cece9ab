r"""Robustness of a hidden Markov model to noisy observations comes from emissions that admit errors: by smoothing, by a mixture with noise, or by training on corrupted data.

$$\tilde b_j(k) = (1 - \varepsilon)\, b_j(k) + \varepsilon\, \frac1M$$

**Intuition.** A model trained on clean data gives near zero to symbols a state never emitted, so one corrupted observation throws the whole path off. Mixing each emission with a uniform noise component says that anything may
be read wrongly with probability $\varepsilon$; then the transitions outvote a single odd symbol. Training on artificially corrupted sequences reaches the same end.

**When to use it.** For sensors, OCR output, speech in noise and misspelt text. For continuous signals the counterpart is a mixture or a heavy-tailed density.

**Cost.** None at decoding time.

**Pitfalls.** Clean annotation alone is a good start, but it does not remove all ambiguity of noisy observations, as is sometimes claimed; the model must also expect the noise. Too large an $\varepsilon$ makes observations worthless. Plain maximum
likelihood with zeros can make the observed sequence impossible. Estimate $\varepsilon$ on held-out data that is as noisy as the use.

**References.** Rabiner, *A Tutorial on Hidden Markov Models* (1989). Gales and Young, *The Application of Hidden Markov Models in Speech
Recognition* (2008).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.hidden_markov_models.forward_backward_algorithm import HMM
from algorithms.hidden_markov_models.hidden_markov_model import sample
from algorithms.hidden_markov_models.hmm_mle_estimation import count_tables, smoothed
from algorithms.hidden_markov_models.semi_supervised_hmm import accuracy
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm

Ints = NDArray[np.int64]
CLEAN = HMM(
    np.full(3, 1 / 3),
    np.full((3, 3), 0.05) + 0.85 * np.eye(3),
    np.array([[0.5, 0.5, 0, 0, 0, 0], [0, 0, 0.5, 0.5, 0, 0], [0, 0, 0, 0, 0.5, 0.5]]),
)
"""The clean source: 3 sticky states, each with 2 of the 6 symbols to itself."""


def corrupted(x: Ints, noise: float, rng: np.random.Generator) -> Ints:
    """Observations of which a share `noise` is replaced by random symbols.

    Examples
    --------
    >>> corrupted(np.array([1, 2, 3]), 0.0, np.random.default_rng(0)).tolist()
    [1, 2, 3]
    """
    return np.where(rng.random(len(x)) < noise, rng.integers(6, size=len(x)), x)


def estimate(pairs: list[tuple[Ints, Ints]], k: float) -> HMM:
    """Count-based model with add-k smoothing of the emissions alone."""
    starts, moves, emitted = count_tables(pairs, 3, 6)
    return HMM(smoothed(starts, 0.1), smoothed(moves, 0.1), smoothed(emitted, k))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Accuracy of each remedy."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.barh(list(output["accuracies"]), list(output["accuracies"].values()))
    axes.set(xlabel="decoding accuracy", xlim=(0, 1), title=f"{inputs['noise']:.0%} of the observations corrupted")
    return figure


@algorithm(
    id="hmm-noise-robustness",
    name="HMM robustness to noisy observations",
    aliases=("noisy observations", "emission smoothing", "robust HMM"),
    example={"noise": 0.3},
    cost="seconds",
    figure=draw,
)
def hmm_noise_robustness(
    noise: Annotated[float, Field(ge=0, le=1)] = 0.3,
    epsilon: Annotated[float, Field(ge=0, le=1)] = 0.3,
    sequences: Annotated[int, Field(ge=1, le=60)] = 30,
    seed: Seed = 0,
) -> Output:
    """Decode corrupted sequences with models that expect noise to different degrees.

    Parameters
    ----------
    noise : float
        Share of test observations replaced by random symbols.
    epsilon : float
        Share of the uniform component in the mixture model.
    sequences : int
        Training sequences of 30 steps, and as many test sequences.
    seed : int
        Seed of the sequences.

    Returns
    -------
    dict
        ``accuracies`` of Viterbi decoding: ``clean`` (clean labelled data, emissions almost zero elsewhere), ``smoothing`` (add-k with
        k a tenth of the symbols of a state), ``mixture``, ``noise-augmented`` (trained on corrupted copies) and ``symbol-only`` (the state
        that owns the symbol, without a model); ``best`` remedy.

    Examples
    --------
    >>> accuracies = hmm_noise_robustness()["accuracies"]
    >>> accuracies["mixture"] > accuracies["clean"]
    True
    """
    rng = np.random.default_rng(seed)
    train = [sample(CLEAN, 30, rng) for _ in range(sequences)]
    test = [(z, corrupted(x, noise, rng)) for z, x in (sample(CLEAN, 30, rng) for _ in range(sequences))]
    noisy = [(z, corrupted(x, noise, rng)) for z, x in train]
    clean = estimate(train, 1e-9)
    mixed = HMM(clean.pi, clean.A, (1 - epsilon) * clean.B + epsilon / 6)
    scores = {
        "clean": accuracy(clean, test),
        "smoothing": accuracy(estimate(train, sequences), test),
        "mixture": accuracy(mixed, test),
        "noise-augmented": accuracy(estimate(noisy, 0.1), test),
        "symbol-only": float(np.mean([np.mean(x // 2 == z) for z, x in test])),
    }
    return {"accuracies": scores, "best": max(scores, key=lambda name: scores[name])}
