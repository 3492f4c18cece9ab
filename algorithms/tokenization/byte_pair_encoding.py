r"""Byte-pair encoding (BPE) learns a subword vocabulary by repeatedly merging the most frequent pair of adjacent symbols.

$$(a, b)^* = \arg\max_{(a,b)} \#(a\,b), \qquad \mathcal V \leftarrow \mathcal V \cup \{ab\}$$

**Intuition.** Words start as characters. Frequent pairs such as "e" + "s", then "es" + "t", grow into frequent word parts, frequent words end as
single tokens, and rare words stay in pieces. New text is encoded by applying the learned merges in the order in which they were learned, so no word is ever
unknown as long as its characters are in the base vocabulary.

**When to use it.** As the tokenizer of most language models; GPT-2 starts from the 256 bytes, so that every text can be encoded.

**Cost.** Training recounts the pairs of distinct words for each merge; encoding is quadratic in the length of a word at worst.

**Pitfalls.** BPE is the *algorithm*; its tokens are subwords or bytes, so "tokens may be byte-pair encodings" mixes the two. Vocabulary size is base symbols plus merges. Encoding
must apply merges by rank, not by frequency in the new text nor longest match first. Merges never cross word borders here; an end-of-word mark (</w>)
keeps suffixes apart from stems. Ties need a fixed rule, or two runs learn different vocabularies.

**References.** Sennrich, Haddow and Birch, *Neural Machine Translation of Rare Words with Subword Units*, arXiv:1508.07909. Gage, *A New
Algorithm for Data Compression* (1994).
"""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Annotated

from pydantic import Field

from algorithms.registry import Output, algorithm
from algorithms.tokenization.word_tokenization import ShortText

END = "</w>"
Pair = tuple[str, str]


def merge_pair(symbols: tuple[str, ...], pair: Pair) -> tuple[str, ...]:
    """Symbols with every occurrence of `pair`, from left to right, merged.

    Examples
    --------
    >>> merge_pair(("a", "a", "a", "b"), ("a", "a"))
    ('aa', 'a', 'b')
    """
    merged: list[str] = []
    i = 0
    while i < len(symbols):
        if symbols[i : i + 2] == pair:
            merged.append(pair[0] + pair[1])
            i += 2
        else:
            merged.append(symbols[i])
            i += 1
    return tuple(merged)


def learn_merges(counts: Counter[str], merges: int, end: str = END) -> list[Pair]:
    """Merges in order of learning from word counts; ties go to the alphabetically smallest pair.

    Examples
    --------
    >>> learn_merges(Counter({"low": 5, "lot": 2}), 2)
    [('l', 'o'), ('lo', 'w')]
    """
    words = {word: (*word, *([end] if end else [])) for word in counts}
    learned: list[Pair] = []
    for _ in range(merges):
        pairs: Counter[Pair] = Counter()
        for word, symbols in words.items():
            for pair in itertools.pairwise(symbols):
                pairs[pair] += counts[word]
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        learned.append(best)
        words = {word: merge_pair(symbols, best) for word, symbols in words.items()}
    return learned


def encode_word(word: str, merges: list[Pair], end: str = END) -> list[str]:
    """Tokens of a word by applying `merges` in order."""
    symbols: tuple[str, ...] = (*word, *([end] if end else []))
    for pair in merges:
        symbols = merge_pair(symbols, pair)
    return list(symbols)


def frequencies(counts: Counter[str], learned: list[Pair], end: str) -> list[int]:
    """How often each pair stands in the corpus when it is merged.

    Examples
    --------
    >>> frequencies(Counter({"low": 5, "lot": 2}), [("l", "o"), ("lo", "w")], "")
    [7, 5]
    """
    found = []
    for i, pair in enumerate(learned):
        words = {word: encode_word(word, learned[:i], end) for word in counts}
        found.append(sum(counts[w] * sum(p == pair for p in itertools.pairwise(s)) for w, s in words.items()))
    return found


@algorithm(
    id="byte-pair-encoding",
    name="Byte-pair encoding (subword tokenization)",
    aliases=("BPE", "subword tokenization", "subword modelling", "BPE merges"),
    example={
        "corpus": "low low low low low lower lower newest newest newest newest newest newest widest widest widest",
        "merges": 10,
        "text": "lowest newer",
    },
)
def byte_pair_encoding(
    corpus: ShortText,
    merges: Annotated[int, Field(ge=0, le=200)] = 10,
    text: ShortText = "lowest",
    end_of_word: bool = True,
) -> Output:
    """Learn merges from `corpus` and encode `text`; both are split at spaces.

    Parameters
    ----------
    corpus : str
        Training text.
    merges : int
        Number of merges to learn.
    text : str
        Text to encode.
    end_of_word : bool
        Whether words end in the mark ``</w>``.

    Returns
    -------
    dict
        ``merges``, the first 50 learned pairs; ``merge_count``; ``merge_frequencies``, how often each pair occurred when it
        was merged; ``corpus_tokens`` of the corpus after all merges; ``base_symbols`` and ``vocabulary_size`` = base symbols +
        merges; ``tokens`` of the text; ``decoded``, the tokens joined back; ``unknown_symbols`` of the text that training
        never saw.

    Examples
    --------
    >>> output = byte_pair_encoding("low low lower newest newest newest widest", merges=3, text="lowest")
    >>> output["merges"], output["tokens"]
    ([('e', 's'), ('es', 't'), ('est', '</w>')], ['l', 'o', 'w', 'est</w>'])
    """
    counts = Counter(corpus.split())
    end = END if end_of_word else ""
    base = sorted({*"".join(counts), *([end] if end else [])})
    learned = learn_merges(counts, merges, end)
    tokens = [token for word in text.split() for token in encode_word(word, learned, end)]
    return {
        "merges": learned[:50],
        "merge_count": len(learned),
        "merge_frequencies": frequencies(counts, learned[:50], end),
        "corpus_tokens": sum(n * len(encode_word(word, learned, end)) for word, n in counts.items()),
        "base_symbols": len(base),
        "vocabulary_size": len(base) + len(learned),
        "tokens": tokens,
        "decoded": "".join(tokens).replace(END, " ").strip(),
        "unknown_symbols": sorted(set("".join(text.split())) - set(base)),
    }
