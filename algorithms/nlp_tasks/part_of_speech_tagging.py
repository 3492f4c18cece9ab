r"""Part-of-speech tagging labels each word of a sentence with its grammatical class, such as noun, verb or determiner.

$$\hat t_{1:n} = \arg\max_{t} \prod_i p(w_i \mid t_i)\, p(t_i \mid t_{i-1}) \;\text{(HMM)}, \qquad
p(t \mid w) \propto \exp \sum_i \big(E_{w_i t_i} + A_{t_{i-1} t_i}\big) \;\text{(CRF)}$$

**Intuition.** A word has a preferred class, and classes follow each other in typical orders. Both are combined over the whole
sentence by the Viterbi algorithm, which keeps the best path to each tag.

**When to use it.** As a first step of parsing, lemmatization and pattern extraction. Neural taggers are better; these are small and
can be read.

**Cost.** Viterbi takes $O(n T^2)$ for $T$ tags.

**Pitfalls.** In an HMM the tags are hidden and the words observed: words are generated from tags, and tags decoded from words. The
reverse reading is a common slip. Unknown words need smoothing or features such as suffixes. A CRF models the tags given
the words and so may use any feature, but its training normalises over whole sentences. Taking the best tag for each word
alone ignores the order. Tag sets differ between corpora. Rules are brittle outside their domain.

**References.** Rabiner (1989), a tutorial on hidden Markov models. Lafferty, McCallum and Pereira, *Conditional Random Fields*
(2001). Brants, *TnT* (2000).
"""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

CORPUS = """the/DET cat/NOUN sleeps/VERB
a/DET dog/NOUN barks/VERB loudly/ADV
she/PRON plays/VERB the/DET piano/NOUN
play/VERB the/DET song/NOUN
play/VERB me/PRON a/DET song/NOUN
give/VERB me/PRON the/DET red/ADJ book/NOUN
he/PRON reads/VERB Arabian/ADJ stories/NOUN at/ADP night/NOUN
they/PRON walk/VERB in/ADP the/DET old/ADJ city/NOUN
the/DET small/ADJ child/NOUN runs/VERB quickly/ADV
I/PRON love/VERB long/ADJ nights/NOUN
we/PRON saw/VERB the/DET play/NOUN in/ADP Paris/NOUN
the/DET love/NOUN of/ADP music/NOUN never/ADV ends/VERB"""
SENTENCES = [[tuple(pair.rsplit("/", 1)) for pair in line.split()] for line in CORPUS.splitlines()]
TAGS = sorted({tag for sentence in SENTENCES for _, tag in sentence})
WORDS = {w: i for i, w in enumerate(sorted({word.lower() for sentence in SENTENCES for word, _ in sentence}))}
UNKNOWN = len(WORDS)


def word_ids(words: list[str]) -> list[int]:
    """Numbers of the words; all unknown ones share the last."""
    return [WORDS.get(word.lower(), UNKNOWN) for word in words]


def hmm_scores() -> tuple[Floats, Floats, Floats]:
    """Log probabilities of start (T,), transition (T, T) and emission (V + 1, T), with add-one smoothing."""
    T = len(TAGS)
    start, A, E = np.ones(T), np.ones((T, T)), np.full((UNKNOWN + 1, T), 0.1)
    for sentence in SENTENCES:
        tags = [TAGS.index(tag) for _, tag in sentence]
        start[tags[0]] += 1
        np.add.at(A, (tags[:-1], tags[1:]), 1)
        np.add.at(E, (word_ids([w for w, _ in sentence]), tags), 1)
    return np.log(start / start.sum()), np.log(A / A.sum(1, keepdims=True)), np.log(E / E.sum(0))


def viterbi(start: Floats, A: Floats, emission: Floats) -> tuple[list[int], float]:
    """Best path and its score for emission scores (n, T).

    Examples
    --------
    >>> viterbi(np.zeros(2), np.array([[0.0, -5.0], [-5.0, 0.0]]), np.array([[0.0, -1.0], [-2.0, 0.0], [0.0, -3.0]]))
    ([0, 0, 0], -2.0)
    """
    best, back = start + emission[0], []
    for row in emission[1:]:
        options = best[:, None] + A  # (T from, T to)
        back.append(options.argmax(axis=0))
        best = options.max(axis=0) + row  # (T,)
    path = [int(best.argmax())]
    for pointers in reversed(back):
        path.append(int(pointers[path[-1]]))
    return path[::-1], float(best.max())


def logsumexp(x: Floats, axis: int) -> Floats:
    """Logarithm of the sum of exponentials along an axis."""
    top = x.max(axis=axis, keepdims=True)
    return np.asarray(np.log(np.exp(x - top).sum(axis=axis)) + top.squeeze(axis))


def crf_gradient(start: Floats, A: Floats, emission: Floats, tags: list[int]) -> tuple[Floats, Floats, Floats, float]:
    """Gradient of log p(tags | words) in start, A and emission: observed minus expected counts; and that value."""
    n = len(tags)
    forward, backward = [start + emission[0]], [np.zeros(len(start))]
    for i in range(1, n):
        forward.append(logsumexp(forward[-1][:, None] + A, 0) + emission[i])
        backward.append(logsumexp(A + (emission[n - i] + backward[-1])[None, :], 1))
    backward.reverse()
    log_z = float(logsumexp(forward[-1], 0))
    node = -np.exp(np.stack(forward) + np.stack(backward) - log_z)  # (n, T), minus the marginals
    edge = np.zeros_like(A)
    for i in range(1, n):
        edge -= np.exp(forward[i - 1][:, None] + A + (emission[i] + backward[i])[None, :] - log_z)
    node[np.arange(n), tags] += 1
    np.add.at(edge, (tags[:-1], tags[1:]), 1)
    score = start[tags[0]] + emission[np.arange(n), tags].sum() + A[tags[:-1], tags[1:]].sum()
    return node[0], edge, node, float(score) - log_z


@cache
def crf_scores() -> tuple[Floats, Floats, Floats]:
    """Start, transition and emission weights after 60 rounds of gradient ascent with an L2 penalty."""
    T = len(TAGS)
    start, A, E = np.zeros(T), np.zeros((T, T)), np.zeros((UNKNOWN + 1, T))
    for _ in range(60):
        for sentence in SENTENCES:
            ids, tags = word_ids([w for w, _ in sentence]), [TAGS.index(tag) for _, tag in sentence]
            to_start, to_edge, to_node, _ = crf_gradient(start, A, E[ids], tags)
            start, A, E = 0.998 * start + 0.1 * to_start, 0.998 * A + 0.1 * to_edge, 0.998 * E
            np.add.at(E, ids, 0.1 * to_node)
    return start, A, E


def by_rules(words: list[str]) -> list[str]:
    """Tags by closed lists, endings and neighbours."""
    closed = {
        "DET": "a an the this that",
        "PRON": "i me you he she it we they us them",
        "ADP": "in on at of to with from",
    }
    listed = {word: tag for tag, group in closed.items() for word in group.split()}
    tags: list[str] = []
    for i, word in enumerate(words):
        lower, before = word.lower(), tags[-1] if tags else ""
        if lower in listed:
            tags.append(listed[lower])
        elif lower.endswith("ly"):
            tags.append("ADV")
        elif (i == 0 and not lower.endswith("s")) or (before in {"PRON", "NOUN"} and word.islower()):
            tags.append("VERB")
        elif i + 1 < len(words) and lower.endswith(("ian", "ful", "ous", "ive", "al", "ed")):
            tags.append("ADJ")
        else:
            tags.append("NOUN")
    return tags


@algorithm(
    id="part-of-speech-tagging",
    name="Part-of-speech tagging",
    aliases=("POS tagging", "HMM tagger", "CRF tagger", "grammatical tagging", "part of speech"),
    example={"sentence": "Play me Arabian Nights", "method": "hmm"},
    cost="seconds",
)
def part_of_speech_tagging(
    sentence: Annotated[str, Field(min_length=1, max_length=500)], method: Literal["hmm", "crf", "rules"] = "hmm"
) -> Output:
    """Tag an English sentence with a model of twelve training sentences.

    Parameters
    ----------
    sentence : str
        Words separated by spaces or punctuation.
    method : {"hmm", "crf", "rules"}
        Hidden Markov model, conditional random field, or hand-written rules.

    Returns
    -------
    dict
        ``words`` (first 50) and their ``tags``; ``score``, log probability of words and tags (HMM) or of the tags given the
        words (CRF), null for rules; ``unknown_words``; ``training_accuracy`` of the method on its twelve sentences.

    Raises
    ------
    ValueError
        If the sentence has no word.

    Examples
    --------
    >>> part_of_speech_tagging("Play me Arabian Nights")["tags"]
    ['VERB', 'PRON', 'ADJ', 'NOUN']
    """
    words = re.findall(r"[^\W_]+(?:'[a-z]+)?", sentence)[:50]
    if not words:
        raise ValueError("the sentence has no word")
    score: float | None = None

    def tag(given: list[str]) -> tuple[list[str], float | None]:
        if method == "rules":
            return by_rules(given), None
        start, A, E = hmm_scores() if method == "hmm" else crf_scores()
        path, value = viterbi(start, A, E[word_ids(given)])
        if method == "crf":
            value = crf_gradient(start, A, E[word_ids(given)], path)[3]
        return [TAGS[i] for i in path], value

    tags, score = tag(words)
    checks = [a == b for s in SENTENCES for a, (_, b) in zip(tag([w for w, _ in s])[0], s, strict=True)]
    return {
        "words": words,
        "tags": tags,
        "score": score,
        "unknown_words": [word for word in words if word.lower() not in WORDS],
        "training_accuracy": sum(checks) / len(checks),
    }
