r"""Domain-adaptive pretraining continues the pretraining of a language model on unlabelled text of the target domain
before any fine-tuning.

$$\theta_{t+1} = \theta_t - \eta \nabla_\theta \Big( -\frac1N \sum_{i} \ln p_\theta(c_{i} \mid c_{i-1}) \Big), \qquad \theta_0 = \theta_{\text{general}}$$

on the domain text, with a low $\eta$.

**Intuition.** Words and phrases of medicine or law are rare in general text. The same objective as in pretraining moves
the model towards them, and needs no labels. Domain perplexity falls; later fine-tuning then starts nearer. Here the
model is a character bigram model with a matrix of logits, trained by gradient descent.

**When to use it.** When the domain differs clearly from the pretraining text and much unlabelled domain text exists, as
in BioBERT.

**Cost.** A fraction of pretraining: steps times tokens.

**Pitfalls.** General ability falls while domain ability rises: use a low learning rate and mix in general text. Measure
perplexity on held-out domain text, never on the training part. The old tokenizer splits domain words into many pieces.
Many passes over a small corpus only memorise it.

**References.** Gururangan et al., *Don't stop pretraining* (2020), arXiv:2004.10964. Lee et al., *BioBERT* (2019),
arXiv:1901.08746.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Passage = Annotated[str, Field(min_length=2, max_length=4000)]
ALPHABET = "abcdefghijklmnopqrstuvwxyz "


def bigram_counts(text: str) -> Floats:
    """Counts (27, 27) of neighbouring letters; other characters count as spaces.

    Examples
    --------
    >>> bigram_counts("ab!").sum(), bigram_counts("ab!")[0, 1]
    (np.float64(2.0), np.float64(1.0))
    """
    codes: NDArray[np.int64] = np.array([max(ALPHABET.find(c), -1) % 27 for c in text.lower()], dtype=np.int64)
    counts = np.zeros((27, 27))
    np.add.at(counts, (codes[:-1], codes[1:]), 1)
    return counts


def bigram_perplexity(logits: Floats, counts: Floats) -> float:
    """Perplexity of counted bigrams under softmax(logits) by row."""
    return float(np.exp(-(counts * np.log(softmax_along(logits))).sum() / counts.sum()))


def continue_training(logits: Floats, counts: Floats, steps: int, learning_rate: float) -> Floats:
    """Gradient descent on the mean negative log-likelihood of the counted bigrams."""
    for _ in range(steps):
        p = softmax_along(logits)  # (27, 27)
        logits = logits - learning_rate * (counts.sum(axis=1, keepdims=True) * p - counts) / counts.sum()
    return logits


@algorithm(
    id="domain-adaptive-pretraining",
    name="Domain-adaptive pretraining",
    aliases=("DAPT", "continued pretraining", "domain adaptation of language models", "BioBERT"),
    example={
        "general_text": "the cat sat on the mat and the dog ran to the door while the children were at home with their friends",
        "domain_text": "the patient received insulin for diabetes and the physician prescribed antibiotics against pneumonia in the clinic",
        "held_out_text": "the physician treated the patient for pneumonia with antibiotics",
    },
    cost="trains",
)
def domain_adaptive_pretraining(
    general_text: Passage,
    domain_text: Passage,
    held_out_text: Passage,
    learning_rate: Annotated[float, Field(gt=0, le=10)] = 2.0,
    steps: Annotated[int, Field(ge=0, le=1000)] = 200,
) -> Output:
    """Pretrain a bigram model on general text, then continue on domain text.

    Parameters
    ----------
    general_text : str
        Text of the pretraining.
    domain_text : str
        Unlabelled text of the domain.
    held_out_text : str
        Other text of the domain, for the measurement only.
    learning_rate : float
        Step size of the continued training.
    steps : int
        Steps of the continued training.

    Returns
    -------
    dict
        ``domain_perplexity_before`` and ``_after`` on held-out domain text; ``general_perplexity_before`` and ``_after`` on the general
        text; ``weight_change`` norm.

    Examples
    --------
    >>> result = domain_adaptive_pretraining("aaaa bbbb", "abababab", "ababab")
    >>> result["domain_perplexity_after"] < result["domain_perplexity_before"]
    True
    """
    general, domain, held_out = (bigram_counts(text) for text in (general_text, domain_text, held_out_text))
    base = continue_training(np.zeros((27, 27)), general, 400, 5.0)
    tuned = continue_training(base, domain, steps, learning_rate)
    return {
        "domain_perplexity_before": bigram_perplexity(base, held_out),
        "domain_perplexity_after": bigram_perplexity(tuned, held_out),
        "general_perplexity_before": bigram_perplexity(base, general),
        "general_perplexity_after": bigram_perplexity(tuned, general),
        "weight_change": float(np.linalg.norm(tuned - base)),
    }
