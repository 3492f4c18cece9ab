"""Self-supervised pairs of a domain's own documents: title to text, heading to section, statement to the rest.

The statement that stands for a query is cut out of its passage (the inverse cloze task of Lee, Chang and Toutanova,
arXiv:1906.00300), so that words alone do not give the pair away.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping, Sequence

from models.training.pairs import Pair, PairCollection, is_held_out, sample, with_title

SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9(])")
QUESTION_SHAPES = (
    "what is {}",
    "What is {}?",
    "how does {} work",
    "How does {} work?",
    "explain {}",
    "what does {} mean",
    "definition of {}",
    "what is the idea behind {}",
)
STATEMENT_WORDS = (7, 40)
MINIMUM_WORDS = 12
"""A shorter passage says too little to be found by what it says."""


def sentences(text: str) -> list[str]:
    """Sentences of prose by their end marks; good enough to choose statements, not to cite them.

    Examples
    --------
    >>> sentences("We train a model. It works (see Table 2). Accuracy is 0.9 on both.")
    ['We train a model.', 'It works (see Table 2).', 'Accuracy is 0.9 on both.']
    """
    return [part.strip() for part in SENTENCE_END.split(" ".join(text.split())) if part.strip()]


def corpus_pairs(name: str, corpus: Mapping[str, tuple[str, str]], limit: int, seed: int) -> list[PairCollection]:
    """Pairs of a corpus without judgements.

    Parameters
    ----------
    name : str
        Of the corpus.
    corpus : mapping
        Id to (title, text).
    limit : int
        Pairs of either kind at most.
    seed : int
        Of the choice.
    """
    chosen = [(key, *value) for key, value in corpus.items() if len(value[1].split()) >= MINIMUM_WORDS]
    random.Random(seed).shuffle(chosen)
    titled = [row for row in chosen if row[1].strip()]
    apart = len(titled) >= 2 * limit
    found = [heading_pairs(f"{name}:title", titled[:limit], seed)]
    found.append(statement_pairs(f"{name}:statement", titled[limit : 2 * limit] if apart else chosen[:limit], seed))
    return [collection for collection in found if collection.pairs]


def heading_pairs(name: str, rows: Iterable[tuple[str, str, str]], seed: int) -> PairCollection:
    """Title or heading to its text, a third of them in the shape of a question where they are short."""
    chance = random.Random(seed)
    texts: list[str] = []
    pairs: list[Pair] = []
    for key, title, text in rows:
        query = title.strip()
        if len(query.split()) <= 5 and not query.endswith("?") and chance.random() < 1 / 3:
            query = chance.choice(QUESTION_SHAPES).format(lower_first(query))
        pairs.append(Pair(query, len(texts), is_held_out(key)))
        texts.append(text)
    return PairCollection(name, tuple(texts), tuple(pairs))


def statement_pairs(name: str, rows: Iterable[tuple[str, str, str]], seed: int) -> PairCollection:
    """A statement of a text, more often one of its conclusion, to the title and the rest of the text."""
    chance = random.Random(seed + 1)
    texts: list[str] = []
    pairs: list[Pair] = []
    for key, title, text in rows:
        parts = sentences(text)
        fit = [i for i, part in enumerate(parts) if STATEMENT_WORDS[0] <= len(part.split()) <= STATEMENT_WORDS[1]]
        if len(parts) < 4 or not fit:
            continue
        i = fit[-1] if chance.random() < 0.5 else chance.choice(fit)
        rest = " ".join(parts[:i] + parts[i + 1 :])
        pairs.append(Pair(parts[i], len(texts), is_held_out(key)))
        texts.append(with_title(title, rest) if chance.random() < 0.7 else rest)
    return PairCollection(name, tuple(texts), tuple(pairs))


def section_pairs(
    name: str, sections: Sequence[tuple[str, str, str, Sequence[str]]], limit: int, seed: int
) -> PairCollection:
    """Heading and other names to a section.

    Parameters
    ----------
    name : str
        Of the collection.
    sections : sequence of (document, heading, text, names)
        `names` are the further names of what the section is about, such as an article's aliases.
    limit, seed : int
        Pairs at most, and the seed of the choice.
    """
    chance = random.Random(seed)
    texts: list[str] = []
    pairs: list[Pair] = []
    for document, heading, text, names in sections:
        for query in dict.fromkeys((heading, *names)):
            asked = query.strip()
            if not asked:
                continue
            if len(asked.split()) <= 5 and not asked.endswith("?") and chance.random() < 0.5:
                asked = chance.choice(QUESTION_SHAPES).format(lower_first(asked))
            pairs.append(Pair(asked, len(texts), is_held_out(document)))
        texts.append(text)
    return PairCollection(name, tuple(texts), tuple(sample(pairs, limit, seed)))


def lower_first(text: str) -> str:
    """First letter in lower case unless the word is an abbreviation or a name in capitals.

    Examples
    --------
    >>> lower_first("Softmax function"), lower_first("BERT"), lower_first("k-means")
    ('softmax function', 'BERT', 'k-means')
    """
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
