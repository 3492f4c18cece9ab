r"""Markov chain text generation writes a text word by word, drawing each word from what followed the current word in a training text.

$$w_{t+1} \sim P(\cdot \mid w_t), \qquad P(b \mid a) = \frac{\#(a\,b)}{\#(a\,\cdot)}$$

**Intuition.** The words are states of a chain and the bigram counts its transition matrix. A walk along the chain produces text in which every neighbouring pair occurs
in the training text, so it sounds right over two words and drifts over ten. In the long run pairs appear with the frequencies of the matrix.

**When to use it.** For teaching, placeholder text and as the simplest generator to compare with.

**Cost.** One pass to count, $O(1)$ a generated word with a prepared table.

**Pitfalls.** It must *sample*; always taking the likeliest word runs into a loop. Words without successor end the text, so mark sentence ends. Higher order gives smoother text but soon copies the source
literally. It knows nothing of grammar or meaning beyond its window. Fix the seed to reproduce a text.

**References.** Shannon, *A Mathematical Theory of Communication* (1948), section 3. Markov, *An Example of Statistical Investigation of the Text Eugene
Onegin* (1913).
"""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.language_models.n_gram_language_model import EOS, SENTENCES, SOS, Corpus
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def transition_matrix(sentences: list[list[str]]) -> tuple[list[str], Floats]:
    """States (start and end mark first) and row-stochastic matrix (S, S); the end leads to the start.

    Examples
    --------
    >>> states, P = transition_matrix([["a", "b"], ["a"]])
    >>> states, P[states.index("a")].tolist()
    (['<s>', '</s>', 'a', 'b'], [0.0, 0.5, 0.0, 0.5])
    """
    states = [SOS, EOS, *sorted({word for sentence in sentences for word in sentence})]
    index = {word: i for i, word in enumerate(states)}
    C = np.zeros((len(states), len(states)))
    C[1, 0] = 1
    for sentence in sentences:
        for a, b in zip([SOS, *sentence], [*sentence, EOS], strict=True):
            C[index[a], index[b]] += 1
    return states, C / C.sum(axis=1, keepdims=True)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Measured against expected frequency of each transition."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 3.4), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
    axes.plot(output["expected_frequencies"], output["measured_frequencies"], "o")
    axes.set(xlabel="transition probability", ylabel="frequency in the walk", title="Markov chain text")
    return figure


@algorithm(
    id="markov-chain-text-generation",
    name="Text generation from a Markov chain",
    aliases=("text generation", "Markov text generator", "Markov chain generator"),
    example={"corpus": SENTENCES, "words": 30, "seed": 0},
    figure=draw,
)
def markov_chain_text_generation(
    corpus: Corpus,
    words: Annotated[int, Field(ge=1, le=200)] = 30,
    walk: Annotated[int, Field(ge=1, le=50_000)] = 5_000,
    seed: Seed = 0,
) -> Output:
    """Learn a first-order chain from `corpus` and walk along it.

    Parameters
    ----------
    corpus : list of str
        Training sentences; words are split at spaces.
    words : int
        Words to write; ended sentences are followed by new ones.
    walk : int
        Transitions of a longer walk, to compare frequencies.
    seed : int
        Seed of the draws.

    Returns
    -------
    dict
        ``text``; ``unseen_pairs``, pairs of the walk that the corpus does not have: 0; ``transitions``, the 20 most frequent
        pairs of the walk, with their ``expected_frequencies`` P(b | a) and ``measured_frequencies``.

    Raises
    ------
    ValueError
        If the corpus holds no words.

    Examples
    --------
    >>> markov_chain_text_generation(["a b"], words=4)["text"]
    'a b. a b.'
    """
    sentences = [sentence.split() for sentence in corpus if sentence.split()]
    if not sentences:
        raise ValueError("the corpus needs at least one word")
    states, P = transition_matrix(sentences)
    cumulative = np.cumsum(P, axis=1)  # (S, S)
    u = np.random.default_rng(seed).random(max(walk, 3 * words + 3))
    path = [0]
    for draw_ in u:
        row = cumulative[path[-1]]
        path.append(int(np.searchsorted(row, draw_ * row[-1], side="right")))
    written: list[str] = []
    for state in path[1:]:
        if state == 1:
            written[-1] += "."
        elif state != 0:
            if len(written) == words:
                break
            written.append(states[state])
    pairs = Counter(itertools.pairwise(path[: walk + 1]))
    visits = Counter(path[:walk])
    top = sorted(pairs, key=lambda pair: (-pairs[pair], pair))[:20]
    return {
        "text": " ".join(written),
        "unseen_pairs": sum(P[pair] == 0 for pair in pairs),
        "transitions": [[states[a], states[b]] for a, b in top],
        "expected_frequencies": [P[pair] for pair in top],
        "measured_frequencies": [pairs[pair] / visits[pair[0]] for pair in top],
    }
