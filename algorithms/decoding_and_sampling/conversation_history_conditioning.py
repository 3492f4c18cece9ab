r"""Conditioning on the conversation history means that a language model's next-token distribution depends on everything in its context, earlier turns included.

$$P(y \mid \text{history}, \text{prompt}) \ne P(y \mid \text{prompt})$$

**Intuition.** A chat model has no memory besides its context: the client sends the earlier turns again with every request, and the model continues one long text. The same question after different histories gets different answers. The small model here mixes an n-gram distribution with a cache of the words of earlier turns, so that what was said before becomes likelier.

**When to use it.** To understand chat memory, few-shot prompts and drift, and why identical prompts may be answered differently.

**Cost.** Every turn is processed again, or its keys and values are kept; long histories are costly and fill the window.

**Pitfalls.** For a reproducible answer the history must be equal too, not only prompt and seed. When the window is full the oldest turns are cut and the model "forgets" them. Text injected in earlier turns steers later answers. A pure n-gram model ignores all but the last words: with `cache = 0` a long history has no effect.

**References.** Kuhn and De Mori, *A Cache-Based Natural Language Model for Speech Recognition* (1990). Brown et al., *Language Models are Few-Shot Learners*,
arXiv:2005.14165.
"""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

from pydantic import Field

from algorithms.language_models.n_gram_language_model import SENTENCES, Corpus, NGramModel
from algorithms.registry import Output, algorithm

Turn = Annotated[str, Field(max_length=500)]


def cached_distribution(model: NGramModel, earlier: list[str], prompt: list[str], cache: float) -> dict[str, float]:
    """Mixture of the n-gram distribution after `prompt` and the frequencies of known words among the `earlier` ones.

    Examples
    --------
    >>> model = NGramModel.fit([["a", "b"], ["a", "c"]], 2)
    >>> cached_distribution(model, ["c", "c", "a", "x"], ["a"], cache=0.75)
    {'</s>': 0.0, 'a': 0.25, 'b': 0.125, 'c': 0.625}
    """
    base = model.distribution(prompt)
    seen = Counter(word for word in earlier if word in model.vocabulary)
    total = sum(seen.values())
    share = cache if total else 0.0
    return {w: (1 - share) * base.get(w, 0.0) + share * seen[w] / max(1, total) for w in model.vocabulary}


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Both distributions as bars."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3), layout="constrained")
    axes = figure.subplots()
    words = list(output["with_history"])
    x = range(len(words))
    axes.bar([i - 0.2 for i in x], [output["without_history"].get(w, 0.0) for w in words], 0.4, label="prompt alone")
    axes.bar([i + 0.2 for i in x], list(output["with_history"].values()), 0.4, label="history + prompt")
    axes.set_xticks(list(x), words, rotation=45)
    axes.set(ylabel="probability", title="next token")
    axes.legend()
    return figure


@algorithm(
    id="conversation-history-conditioning",
    name="Conditioning on conversation history",
    aliases=("chat history", "context effect", "conversation context"),
    example={"corpus": SENTENCES, "history": ["tell me about the dog", "the dog chased a cat"], "prompt": "the"},
    figure=draw,
)
def conversation_history_conditioning(
    corpus: Corpus,
    history: Annotated[list[Turn], Field(max_length=20)],
    prompt: Annotated[str, Field(min_length=1, max_length=500)],
    cache: Annotated[float, Field(ge=0, lt=1)] = 0.3,
    window: Annotated[int, Field(ge=1, le=1000)] = 100,
) -> Output:
    """Next-token distribution with and without earlier turns.

    Parameters
    ----------
    corpus : list of str
        Training sentences; words are split at spaces.
    history : list of str
        Earlier turns, oldest first.
    prompt : str
        The new turn.
    cache : float
        Weight of the words of earlier turns; 0 leaves a bigram model.
    window : int
        Words of history and prompt that fit, counted from the end; older ones are dropped.

    Returns
    -------
    dict
        ``with_history`` and ``without_history``: the 10 likeliest next tokens with probability; ``total_variation`` distance of both
        distributions, 0 to 1; ``context_words`` in use; ``dropped_words`` beyond the window; ``answer_changes``, whether the
        likeliest token differs.

    Raises
    ------
    ValueError
        If corpus or prompt hold no words.

    Examples
    --------
    >>> output = conversation_history_conditioning(["the cat", "the dog"], ["dog dog dog"], "the")
    >>> list(output["with_history"])[0], round(output["total_variation"], 3)
    ('dog', 0.15)
    """
    sentences = [sentence.split() for sentence in corpus if sentence.split()]
    words = prompt.split()
    if not sentences or not words:
        raise ValueError("corpus and prompt need at least one word")
    model = NGramModel.fit(sentences, 2)
    earlier = [word for turn in history for word in turn.split()]
    full = len(earlier) + len(words)
    kept = earlier[max(0, full - window) :]
    both = cached_distribution(model, kept, words, cache), cached_distribution(model, [], words, cache)
    tops = [dict(sorted(d.items(), key=lambda item: (-item[1], item[0]))[:10]) for d in both]
    return {
        "with_history": tops[0],
        "without_history": tops[1],
        "total_variation": sum(abs(both[0][w] - both[1][w]) for w in model.vocabulary) / 2,
        "context_words": min(full, window),
        "dropped_words": max(0, full - window),
        "answer_changes": next(iter(tops[0])) != next(iter(tops[1])),
    }
