r"""Bayes' theorem turns the probability of the evidence given a cause into the probability of the cause given the evidence.

$$P(A \mid B) = \frac{P(B \mid A)\,P(A)}{P(B)}, \qquad P(B) = \sum_j P(B \mid A_j)\,P(A_j)$$

**Intuition.** Reweight what was believed before (the prior) by how well each hypothesis predicts the observation (the likelihood), and normalise. In odds it
is a product: posterior odds = prior odds × likelihood ratio.

**When to use it.** To read diagnostic tests, to combine evidence, and as the rule behind naive Bayes, filters and every Bayesian model.

**Cost.** $O(k)$ for $k$ hypotheses.

**Pitfalls.** The base-rate fallacy: a good test does not make a positive result reliable if the disease is rare. With prevalence 1%, sensitivity 99% and
false positive rate 5%, only one positive in six is ill: of 10,000 people 99 ill and 495 healthy ones test positive. Do not confuse
$P(A \mid B)$ with $P(B \mid A)$ (the prosecutor's fallacy), nor a low false positive rate with a high chance of being ill. Multiplying
several tests needs them independent *given* the state. A prior of exactly 0 can never be revised. The hypotheses must cover all cases.

**References.** Bayes (1763), *Philosophical Transactions* 53. Gigerenzer and Hoffrage, *How to improve Bayesian reasoning without instruction:
frequency formats* (1995). Jaynes, *Probability Theory: The Logic of Science* (2003).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.figures import whole_ticks
from algorithms.inputs import NonNegative, Probability
from algorithms.registry import Output, algorithm
from algorithms.statistics.shannon_entropy import normalised

Floats = NDArray[np.float64]
Weights = Annotated[list[NonNegative], Field(min_length=2, max_length=50)]
Likelihoods = Annotated[list[Probability], Field(min_length=2, max_length=50)]


def posterior(prior: Floats, likelihood: Floats) -> tuple[Floats, float]:
    """Posterior (k,) and the probability of the evidence, from a prior and likelihoods (k,).

    Raises
    ------
    ValueError
        If the evidence is impossible under every hypothesis that the prior allows.

    Examples
    --------
    >>> posterior(np.array([0.5, 0.5]), np.array([0.2, 0.6]))[0].round(4).tolist()
    [0.25, 0.75]
    """
    joint = prior * likelihood  # (k,)
    evidence = float(joint.sum())
    if evidence == 0:
        raise ValueError("the evidence has probability 0 under every hypothesis with a positive prior")
    return joint / evidence, evidence


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Prior and posterior as bars."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    place = np.arange(len(output["posterior"]))
    axes.bar(place - 0.2, output["prior"], width=0.4, label="prior")
    axes.bar(place + 0.2, output["posterior"], width=0.4, label="posterior")
    axes.legend()
    whole_ticks(axes.xaxis)
    axes.set(xlabel="hypothesis", ylabel="probability", title="Bayes' theorem")
    return figure


@algorithm(
    id="bayes-theorem",
    name="Bayes' theorem",
    aliases=(
        "Bayes rule",
        "posterior",
        "Base-rate fallacy",
        "false positives",
        "disease test",
        "Bayes' rule",
        "posterior probability",
        "positive predictive value of a test",
    ),
    example={"prevalence": 0.01, "sensitivity": 0.99, "false_positive_rate": 0.05},
    figure=draw,
)
def bayes_theorem(
    prevalence: Probability = 0.01,
    sensitivity: Probability = 0.99,
    false_positive_rate: Probability = 0.05,
    specificity: Probability | None = None,
    prior: Weights | None = None,
    likelihood: Likelihoods | None = None,
) -> Output:
    """Posterior after a positive test, or of any list of hypotheses.

    Parameters
    ----------
    prevalence : float
        Prior probability of the disease (the base rate); not used if a prior list is given.
    sensitivity : float
        P(positive | ill).
    false_positive_rate : float
        P(positive | healthy).
    specificity : float
        P(negative | healthy); replaces the false-positive rate, which is one minus it.
    prior : list of float, length k
        Prior probabilities (or weights) of several hypotheses.
    likelihood : list of float, length k
        Probability of the evidence under each hypothesis.

    Returns
    -------
    dict
        ``prior`` and ``posterior``, each (k,), summing to one; for a test the order is ill, healthy; ``evidence``, the
        probability of what was seen; ``p_ill_given_positive``, ``p_ill_given_negative`` (None for lists, or if no
        negative is possible); ``p_ill_after_positives``, after one, two and three independent positive tests; ``of_10000``: ill and positive, healthy and positive.

    Raises
    ------
    ValueError
        If only one of the lists is given, they differ in length, or the evidence is impossible.

    Examples
    --------
    >>> round(bayes_theorem(0.01, 0.99, 0.05)["p_ill_given_positive"], 4)
    0.1667
    """
    if prior is not None or likelihood is not None:
        if prior is None or likelihood is None or len(prior) != len(likelihood):
            raise ValueError("give prior and likelihood with one entry for each hypothesis")
        before = normalised(prior)  # (k,)
        after, evidence = posterior(before, np.asarray(likelihood, dtype=np.float64))
        return {
            "prior": before,
            "posterior": after,
            "evidence": evidence,
            "p_ill_given_positive": None,
            "p_ill_given_negative": None,
            "p_ill_after_positives": None,
            "of_10000": None,
        }
    if specificity is not None:
        false_positive_rate = 1 - specificity
    before = np.array([prevalence, 1 - prevalence])
    positive = np.array([sensitivity, false_positive_rate])
    after, evidence = posterior(before, positive)
    negative = float(posterior(before, 1 - positive)[0][0]) if before @ (1 - positive) > 0 else None
    return {
        "prior": before,
        "posterior": after,
        "evidence": evidence,
        "p_ill_given_positive": float(after[0]),
        "p_ill_given_negative": negative,
        "p_ill_after_positives": [float(posterior(before, positive**count)[0][0]) for count in (1, 2, 3)],
        "of_10000": 10_000 * before * positive,
    }
