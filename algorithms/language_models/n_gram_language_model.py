r"""An n-gram language model predicts the next word from the previous $n - 1$ words, with probabilities counted in a corpus.

$$P(w_i \mid w_1, \dots, w_{i-1}) \approx P(w_i \mid w_{i-n+1}, \dots, w_{i-1}) = \frac{\#(w_{i-n+1} \dots w_i)}{\#(w_{i-n+1} \dots w_{i-1})}$$

**Intuition.** The Markov assumption cuts the history to a short window, so that counts suffice: a bigram model ($n = 2$) knows how often each word followed each
other word. The distribution over the next word sums to one for every seen context.

**When to use it.** As a baseline, for spelling and speech rescoring, and wherever a model must be trained in seconds.

**Cost.** One pass over the corpus; memory grows with the number of distinct n-grams.

**Pitfalls.** Most n-grams of a new text were never seen: the plain estimate gives them zero and the perplexity becomes infinite, so add-$k$ smoothing or, better,
Kneser-Ney is needed. Larger $n$ is sparser, not simply better. No dependency beyond the window is seen. Mark sentence starts and ends, or
sequence probabilities do not sum to one. The window is $n - 1$ words, not $n$.

**References.** Jurafsky and Martin, *Speech and Language Processing*, chapter 3. Chen and Goodman, *An Empirical Study of Smoothing Techniques*
(1999). Shannon, *A Mathematical Theory of Communication* (1948).
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from algorithms.registry import Output, algorithm

SOS, EOS = "<s>", "</s>"
Corpus = Annotated[list[Annotated[str, Field(min_length=1, max_length=500)]], Field(min_length=1, max_length=64)]
"""1 to 64 sentences."""
SENTENCES = [
    "the cat sat on the mat",
    "the dog sat on the rug",
    "the cat chased the dog",
    "a dog chased a cat",
    "the mat is on the floor",
]
Context = tuple[str, ...]


@dataclass(frozen=True)
class NGramModel:
    """Counts of next words for each context of up to n - 1 words, and the vocabulary with the end mark."""

    n: int
    counts: dict[Context, Counter[str]]
    vocabulary: tuple[str, ...]

    @classmethod
    def fit(cls, sentences: list[list[str]], n: int) -> NGramModel:
        """Count n-grams and all their shorter contexts."""
        counts: dict[Context, Counter[str]] = {}
        for sentence in sentences:
            padded = [*[SOS] * max(1, n - 1), *sentence, EOS]
            for i in range(max(1, n - 1), len(padded)):
                for length in range(n):
                    counts.setdefault(tuple(padded[i - length : i]), Counter())[padded[i]] += 1
        return cls(n, counts, tuple(sorted({word for sentence in sentences for word in sentence} | {EOS})))

    def distribution(self, history: list[str], k: float = 0.0) -> dict[str, float]:
        """Next-word probabilities given the last n - 1 words of `history`, with add-k smoothing.

        Without smoothing an unseen context backs off to its longest seen suffix.
        """
        padded = [*[SOS] * max(1, self.n - 1), *history]
        context = tuple(padded[len(padded) - self.n + 1 :]) if self.n > 1 else ()
        while k == 0 and context not in self.counts:
            context = context[1:]
        counter = self.counts.get(context, Counter())
        total = sum(counter.values()) + k * len(self.vocabulary)
        return {word: (counter[word] + k) / total for word in self.vocabulary if counter[word] + k > 0}


@algorithm(
    id="n-gram-language-model",
    name="N-gram language model",
    aliases=("bigram model", "Markov model", "statistical language model", "language modeling", "trigram model"),
    example={"corpus": SENTENCES, "n": 2, "context": "the", "text": "the cat sat on the rug"},
)
def n_gram_language_model(
    corpus: Corpus,
    n: Annotated[int, Field(ge=1, le=5)] = 2,
    context: Annotated[str, Field(max_length=500)] = "",
    text: Annotated[str, Field(min_length=1, max_length=500)] = "the cat sat",
    k: Annotated[float, Field(ge=0, le=100)] = 0.0,
) -> Output:
    """Fit an n-gram model and query it; words are split at spaces.

    Parameters
    ----------
    corpus : list of str
        Training sentences.
    n : int
        Order: 1 for unigrams, 2 for bigrams.
    context : str
        History whose next word is asked; empty for the start of a sentence.
    text : str
        Sentence to score.
    k : float
        Added to each count; 0 for plain maximum likelihood with back-off for unseen contexts.

    Returns
    -------
    dict
        ``next_words``, the 20 likeliest with probability; ``probability_sum`` over all words: 1; ``log_probability`` of the
        text with its end mark (natural, minus infinity if a word is impossible); ``perplexity`` a token; ``distinct_contexts``.

    Raises
    ------
    ValueError
        If the corpus or the text holds no words.

    Examples
    --------
    >>> output = n_gram_language_model(["a b", "a c", "a b"], n=2, context="a", text="a b")
    >>> {word: round(p, 4) for word, p in output["next_words"].items()}, round(output["log_probability"], 4)
    ({'b': 0.6667, 'c': 0.3333}, -0.4055)
    """
    sentences = [sentence.split() for sentence in corpus]
    words = text.split()
    if not any(sentences) or not words:
        raise ValueError("corpus and text need at least one word")
    model = NGramModel.fit([sentence for sentence in sentences if sentence], n)
    asked = model.distribution(context.split(), k)
    target = [*words, EOS]
    steps = [model.distribution(target[:i], k).get(word, 0.0) for i, word in enumerate(target)]
    log_p = sum(math.log(p) if p > 0 else -math.inf for p in steps)
    mean = -log_p / len(target)
    return {
        "next_words": dict(sorted(asked.items(), key=lambda item: (-item[1], item[0]))[:20]),
        "probability_sum": sum(asked.values()),
        "log_probability": log_p,
        "perplexity": math.exp(mean) if mean < 700 else math.inf,
        "distinct_contexts": sum(len(c) == n - 1 for c in model.counts),
    }
