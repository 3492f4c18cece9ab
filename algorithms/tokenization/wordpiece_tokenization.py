r"""WordPiece is the subword tokenizer of BERT: it learns merges by a likelihood score and splits words greedily into the longest known pieces.

$$\mathrm{score}(a, b) = \frac{\#(ab)}{\#(a)\,\#(b)}$$

**Intuition.** Where BPE merges the most frequent pair, WordPiece prefers pairs that occur together more often than their parts would by chance. Pieces
inside a word carry the prefix "##", so "playing" becomes "play", "##ing". Encoding walks from left to right and takes the longest piece in the
vocabulary each time.

**When to use it.** With BERT and its descendants, whose vocabulary of about 30,000 pieces it produced.

**Cost.** Encoding is quadratic in the word length at worst; training as BPE.

**Pitfalls.** If at some point no piece matches, the *whole* word becomes [UNK], not only its rest. Greedy longest match is not always the best
split. "##ing" and "ing" are different tokens. The score favours rare pairs strongly: two symbols that occur once, together, score highest.
The original training code was never published; the score above is the usual account of it.

**References.** Schuster and Nakajima, *Japanese and Korean Voice Search*, ICASSP (2012). Wu et al., arXiv:1609.08144. Devlin et al., *BERT*,
arXiv:1810.04805.
"""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Annotated

from pydantic import Field

from algorithms.inputs import Name
from algorithms.registry import Output, algorithm
from algorithms.tokenization.byte_pair_encoding import merge_pair
from algorithms.tokenization.word_tokenization import ShortText, split_words

Pieces = Annotated[list[Name], Field(min_length=1, max_length=1000)]


def longest_match(word: str, vocabulary: set[str], unknown: str = "[UNK]") -> list[str]:
    """Pieces of a word by greedy longest match, or [unknown] if it cannot be covered.

    Examples
    --------
    >>> longest_match("unaffable", {"un", "##aff", "##able"}), longest_match("xyz", {"x"})
    (['un', '##aff', '##able'], ['[UNK]'])
    """
    pieces: list[str] = []
    start = 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = ("##" if start else "") + word[start:end]
            if piece in vocabulary:
                pieces.append(piece)
                start = end
                break
        else:
            return [unknown]
    return pieces


def join_pair(symbols: tuple[str, ...], pair: tuple[str, str], joined: str) -> tuple[str, ...]:
    """Symbols with every occurrence of `pair` replaced by `joined`.

    Examples
    --------
    >>> join_pair(("h", "##u", "##g"), ("##u", "##g"), "##ug")
    ('h', '##ug')
    """
    return tuple(joined if symbol == pair[0] + pair[1] else symbol for symbol in merge_pair(symbols, pair))


def learn_pieces(counts: Counter[str], merges: int) -> list[str]:
    """Vocabulary: the symbols of all words, then one piece a merge, by the WordPiece score; ties go to the smallest pair."""
    words = {word: (word[0], *("##" + c for c in word[1:])) for word in counts}
    vocabulary = sorted({symbol for symbols in words.values() for symbol in symbols})
    for _ in range(merges):
        singles: Counter[str] = Counter()
        pairs: Counter[tuple[str, str]] = Counter()
        for word, symbols in words.items():
            for symbol in symbols:
                singles[symbol] += counts[word]
            for pair in itertools.pairwise(symbols):
                pairs[pair] += counts[word]
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair] / (singles[pair[0]] * singles[pair[1]]), pair))
        joined = best[0] + best[1].removeprefix("##")
        words = {word: join_pair(symbols, best, joined) for word, symbols in words.items()}
        vocabulary.append(joined)
    return vocabulary


@algorithm(
    id="wordpiece-tokenization",
    name="WordPiece tokenization",
    aliases=("BERT tokenizer", "## continuation", "WordPiece"),
    example={
        "text": "unaffable playing xylophone",
        "vocabulary": ["un", "##aff", "##able", "play", "##ing", "##ed", "the"],
    },
)
def wordpiece_tokenization(
    text: ShortText,
    vocabulary: Pieces | None = None,
    corpus: ShortText = "hug hug hug pug pug pun bun bun hugs",
    merges: Annotated[int, Field(ge=0, le=100)] = 5,
) -> Output:
    """Split `text` by a given vocabulary, or by one learned from `corpus`.

    Parameters
    ----------
    text : str
        Text; split into words and punctuation marks first, in lower case.
    vocabulary : list of str, optional
        Pieces; those inside words start with ##.
    corpus : str
        Training text if no vocabulary is given; split at spaces.
    merges : int
        Pieces to learn beyond single symbols.

    Returns
    -------
    dict
        ``tokens``; ``unknown``, how many words became [UNK]; ``decoded``, pieces joined again; ``learned``, the pieces learned
        (empty if a vocabulary was given); ``vocabulary_size``.

    Examples
    --------
    >>> wordpiece_tokenization("unaffable xyz", ["un", "##aff", "##able"])["tokens"]
    ['un', '##aff', '##able', '[UNK]']
    """
    learned = learn_pieces(Counter(corpus.lower().split()), merges) if vocabulary is None else []
    pieces = set(vocabulary or learned)
    words = split_words(text.lower())
    tokens = [piece for word in words for piece in longest_match(word, pieces)]
    return {
        "tokens": tokens,
        "unknown": tokens.count("[UNK]"),
        "decoded": " ".join(tokens).replace(" ##", ""),
        "learned": learned[len(learned) - merges :] if len(learned) > merges else learned,
        "vocabulary_size": len(pieces),
    }
