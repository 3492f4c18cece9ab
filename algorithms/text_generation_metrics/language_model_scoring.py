r"""Language-model scoring rates a generated text by the likelihood that another language model gives to its tokens.

$$s(w_{1:N}) = \frac1N \sum_{t=1}^{N} \ln p(w_t \mid w_{t-1}), \qquad
p(w \mid v) = \frac{c(v, w) + k}{c(v) + k\,|V|}$$

**Intuition.** A model that has read much good text finds good text probable. No reference answer is needed: the scoring
model plays the reader. Here it is a bigram model with add-$k$ smoothing trained on a small corpus; with a neural model
the formula of the score is the same.

**When to use it.** To rerank candidates, to filter noisy data, and to spot broken output where no reference exists.

**Cost.** One forward pass a candidate; here $O(N)$ look-ups.

**Pitfalls.** It uses token likelihoods and not n-gram overlap: "only measures n-gram overlap" is a complaint about
ROUGE and BLEU that is often put here by mistake. Its real limit is that it rates fluency, so a fluent falsehood scores
high; that fluency is judged better than content is true here and not of ROUGE-C. Sums favour short texts: divide by the
length. Very probable text may also be dull and repetitive. Scores of models with different vocabularies do not compare,
and a model prefers its own output.

**References.** Jurafsky and Martin, *Speech and Language Processing*, chapter on n-gram language models. Yuan, Neubig
and Liu, *BARTScore* (2021), arXiv:2106.11520.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Annotated

from pydantic import Field

from algorithms.inputs import Text
from algorithms.registry import Output, algorithm
from algorithms.text_generation_metrics.rouge import words

START, UNKNOWN = "<s>", "<unk>"


@algorithm(
    id="language-model-scoring",
    name="Scoring text by likelihood under another language model",
    aliases=(
        "LM likelihood scoring",
        "LM scoring",
        "pseudo-reference-free score",
        "likelihood reranking",
        "fluency score",
    ),
    example={
        "corpus": ["the cat sat on the mat", "the dog sat on the rug", "a cat saw the dog"],
        "candidates": ["the cat sat on the rug", "rug the on sat cat the"],
        "smoothing": 0.1,
    },
)
def language_model_scoring(
    corpus: Annotated[list[Text], Field(min_length=1, max_length=16)],
    candidates: Annotated[list[Text], Field(min_length=1, max_length=16)],
    smoothing: Annotated[float, Field(gt=0, le=100)] = 0.1,
) -> Output:
    """Rank candidates by their mean log-likelihood under a bigram model of a corpus.

    Parameters
    ----------
    corpus : list of str
        Sentences that the scoring model learns from.
    candidates : list of str
        Texts to rate, each with at least one word.
    smoothing : float
        The k added to each count; words outside the corpus share one token.

    Returns
    -------
    dict
        ``scores`` mean log-likelihoods in nats; ``perplexities``; ``ranking`` candidate numbers, best first;
        ``vocabulary_size``.

    Examples
    --------
    >>> language_model_scoring(["a b a b"], ["b b b", "a b a"])["ranking"]
    [1, 0]
    """
    sentences = [words(text) for text in corpus]
    vocabulary = {word for sentence in sentences for word in sentence} | {UNKNOWN}
    pairs: Counter[tuple[str, str]] = Counter()
    heads: Counter[str] = Counter()
    for sentence in sentences:
        for previous, word in zip([START, *sentence], sentence, strict=False):
            pairs[previous, word] += 1
            heads[previous] += 1
    scores = []
    for index, candidate in enumerate(candidates):
        tokens = [word if word in vocabulary else UNKNOWN for word in words(candidate)]
        if not tokens:
            raise ValueError(f"candidate {index} holds no word")
        logs = [
            math.log((pairs[v, w] + smoothing) / (heads[v] + smoothing * len(vocabulary)))
            for v, w in zip([START, *tokens], tokens, strict=False)
        ]
        scores.append(math.fsum(logs) / len(logs))
    return {
        "scores": scores,
        "perplexities": [math.exp(-score) for score in scores],
        "ranking": sorted(range(len(scores)), key=lambda i: -scores[i]),
        "vocabulary_size": len(vocabulary),
    }
