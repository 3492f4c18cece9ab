r"""The chain rule of a language model writes the probability of a text as the product of the probabilities of each word given all words before it.

$$P(w_1, \dots, w_n) = \prod_{i=1}^{n} P(w_i \mid w_1, \dots, w_{i-1}), \qquad \mathrm{PPL} = P(w_1, \dots, w_n)^{-1/n}$$

**Intuition.** The rule is exact for every joint distribution; it only fixes an order of asking. It turns the impossible task of one table over all texts into
many small ones: predict the next word. Summed over all sequences of length $n$ the products give one, since each conditional does.

**When to use it.** To score texts, to compute perplexity, and as the reason why next-token prediction models whole texts.

**Cost.** One model call a word, or one pass of a causal Transformer for all of them.

**Pitfalls.** Multiply in logarithms: the product of a few hundred probabilities underflows. Conditioning on *all* previous words is exact; an n-gram model cuts the
history and only approximates. Longer texts have smaller probabilities, so compare them by perplexity a token. A single impossible
word makes the whole text impossible. Without an end mark the probabilities of texts of *different* length do not form one distribution.

**References.** Bengio et al., *A Neural Probabilistic Language Model*, JMLR (2003). Jurafsky and Martin, *Speech and Language Processing*, chapter 3.
"""

from __future__ import annotations

import itertools
import math
from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Probability, Seed
from algorithms.registry import Output, algorithm

Conditionals = Annotated[list[Probability], Field(min_length=1, max_length=1000)]


@algorithm(
    id="language-model-chain-rule",
    name="Chain rule of a language model",
    aliases=("sequence probability", "joint probability factorisation", "chain rule of probability"),
    example={"conditionals": [0.2, 0.5, 0.1, 0.4]},
)
def language_model_chain_rule(
    conditionals: Conditionals,
    vocabulary: Annotated[int, Field(ge=1, le=6)] = 3,
    length: Annotated[int, Field(ge=1, le=4)] = 3,
    seed: Seed = 0,
) -> Output:
    """Joint probability of given conditionals, and a check of the rule on a random joint distribution.

    Parameters
    ----------
    conditionals : list of float, length n
        P(w_i | w_1 … w_{i-1}) for each word.
    vocabulary : int
        Words of the random distribution.
    length : int
        Sequence length of the random distribution.
    seed : int
        Seed of the random distribution.

    Returns
    -------
    dict
        ``probability``; ``log_probability`` (natural); ``perplexity``; ``bits_per_word``; ``sum_over_sequences`` of the products
        of conditionals of the random distribution: 1; ``largest_error`` between a product and the joint entry.

    Examples
    --------
    >>> output = language_model_chain_rule([0.2, 0.5, 0.1, 0.4])
    >>> round(output["probability"], 6), round(output["perplexity"], 4)
    (0.004, 3.9764)
    """
    log_p = sum(math.log(p) if p > 0 else -math.inf for p in conditionals)
    mean = -log_p / len(conditionals)
    joint = np.random.default_rng(seed).dirichlet(np.ones(vocabulary**length)).reshape((vocabulary,) * length)
    total, worst = 0.0, 0.0
    for sequence in itertools.product(range(vocabulary), repeat=length):
        product = 1.0
        for i, word in enumerate(sequence):
            # P(w_i | prefix) = P(prefix, w_i) / P(prefix): sums over what is not fixed yet
            product *= joint[sequence[:i]][word].sum() / joint[sequence[:i]].sum()
        total += product
        worst = max(worst, abs(product - joint[sequence]))
    return {
        "probability": math.exp(log_p),
        "log_probability": log_p,
        "perplexity": math.exp(mean) if mean < 700 else math.inf,
        "bits_per_word": mean / math.log(2),
        "sum_over_sequences": total,
        "largest_error": worst,
    }
