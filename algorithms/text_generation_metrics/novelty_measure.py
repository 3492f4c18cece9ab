r"""The novelty measure is the share of a text's n-grams that do not occur in a reference corpus.

$$\text{novelty}_n = \frac{|\{g \in G_n(x) : g \notin G_n(C)\}|}{|G_n(x)|}, \qquad
\text{distinct}_n = \frac{|\mathrm{set}(G_n(x))|}{|G_n(x)|}$$

where $G_n(x)$ lists the n-grams of the text in order, repeats included.

**Intuition.** Text copied from the corpus contains only known n-grams and scores 0; text with nothing in common scores
1. Longer n-grams are rarer, so novelty grows with $n$: words are seldom new, phrases of five words mostly are.
Distinct-n looks at the text alone and falls when it repeats itself.

**When to use it.** To find memorised training data in generated text, to see how abstractive a summary is against its
source, and to watch the diversity of outputs.

**Cost.** $O(|x| + |C|)$ with a hash set.

**Pitfalls.** Novelty is not quality: random words are very novel. State $n$; numbers with different $n$ do not compare.
A copied passage with one word changed every few words looks new to long n-grams. The corpus must be the one the model
really saw, tokenised the same way. Distinct-n falls with length even for good text.

**References.** Li et al., *A diversity-promoting objective function for neural conversation models* (2016),
arXiv:1510.03055. See, Liu and Manning, *Get to the point* (2017), arXiv:1704.04368, on novel n-grams in summaries.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from algorithms.inputs import Text
from algorithms.registry import Output, algorithm
from algorithms.text_generation_metrics.rouge import ngram_counts, words


@algorithm(
    id="novelty-measure",
    name="Novelty (n-gram) measure",
    aliases=("originality", "distinct n-grams vs corpus", "distinct-n", "novel n-grams", "memorisation check"),
    example={
        "text": "the cat sat on the moon",
        "corpus": ["the cat sat on the mat", "the dog slept"],
    },
)
def novelty_measure(
    text: Text,
    corpus: Annotated[list[Text], Field(min_length=1, max_length=32)],
    n: Annotated[int, Field(ge=1, le=9)] = 2,
) -> Output:
    """Share of new n-grams and of distinct n-grams.

    Parameters
    ----------
    text : str
        Text to judge, with at least n words.
    corpus : list of str
        Texts that count as known; no n-gram crosses from one to the next.
    n : int
        Length of the n-grams in words.

    Returns
    -------
    dict
        ``novelty`` in [0, 1]; ``distinct`` in (0, 1]; ``ngram_count``; ``new_ngrams`` the first 20 new ones in order.

    Raises
    ------
    ValueError
        If the text has fewer than n words.

    Examples
    --------
    >>> novelty_measure("a b d", ["a b c"], 2)["novelty"]
    0.5
    """
    tokens = words(text)
    counts = ngram_counts(tokens, n)
    total = counts.total()
    if not total:
        raise ValueError(f"the text has fewer than n = {n} words")
    known = {gram for document in corpus for gram in ngram_counts(words(document), n)}
    new = [gram for gram in counts if gram not in known]
    return {
        "novelty": sum(counts[gram] for gram in new) / total,
        "distinct": len(counts) / total,
        "ngram_count": total,
        "new_ngrams": [" ".join(gram) for gram in new[:20]],
    }
