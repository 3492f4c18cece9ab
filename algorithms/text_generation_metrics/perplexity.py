r"""Perplexity is the exponential of the mean negative log-likelihood that a language model gives to a text.

$$\mathrm{PPL} = \exp\!\Big(-\frac{1}{N}\sum_{t=1}^{N} \ln p(w_t \mid w_{<t})\Big)$$

**Intuition.** It is the inverse geometric mean of the token probabilities: the number of equally likely tokens among
which the model hesitates on average. A model that is uniform over $V$ tokens has perplexity $V$; one that is always
certain and right has perplexity 1.

**When to use it.** To compare language models with the same tokenizer on the same held-out text, to follow pretraining,
and to see how well a model fits a new domain. Lower is better.

**Cost.** One forward pass over the text, then $O(N)$.

**Pitfalls.** It measures confidence and fluency, not truth: a fluent false sentence has a low perplexity. Numbers of
models with different tokenizers do not compare, since $N$ counts tokens; convert them to bits a byte. Average the
log-likelihoods over all tokens and exponentiate once; the mean of the perplexities of sentences is another, larger
number. One token of probability zero makes it infinite. Base 2 for both logarithm and power gives the same value;
mixing bases does not.

**References.** Jelinek, Mercer, Bahl and Baker, *Perplexity: a measure of the difficulty of speech recognition tasks*
(1977). Jurafsky and Martin, *Speech and Language Processing*, chapter on n-gram language models.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.registry import Output, algorithm

TokenProbability = Annotated[float, Field(gt=0, le=1)]


@algorithm(
    id="perplexity",
    name="Perplexity",
    aliases=("PPL", "exp of mean NLL", "language model perplexity", "bits per token"),
    example={"probabilities": [0.5, 0.25, 0.125, 0.25]},
)
def perplexity(probabilities: Annotated[list[TokenProbability], Field(min_length=1, max_length=4096)]) -> Output:
    """Perplexity of a text from the probabilities of its tokens.

    Parameters
    ----------
    probabilities : list of float, length N
        Probability in (0, 1] that the model gave to each token that really came.

    Returns
    -------
    dict
        ``perplexity`` at least 1; ``mean_negative_log_likelihood`` in nats; ``bits_per_token``.

    Examples
    --------
    >>> round(perplexity([0.5, 0.125])["perplexity"], 12)
    4.0
    """
    nll = float(-np.log(probabilities).mean())
    return {
        "perplexity": float(np.exp(nll)),
        "mean_negative_log_likelihood": nll,
        "bits_per_token": nll / float(np.log(2)),
    }
