r"""Autoregressive decoding generates a sequence token by token: each new token is chosen from a distribution conditioned on all previous ones and then appended to them.

$$y_t \sim P(\cdot \mid \text{<SOS>}, y_1, \dots, y_{t-1}), \qquad \text{until } y_t = \text{<EOS>}$$

**Intuition.** The loop is the same for an n-gram model and for GPT: start mark, next-token distribution, choose, append, repeat; stop at the end mark or at a limit. The rule of choice (greedy, sampling, top-k, beam) is separate from the model. Here the model is an n-gram model of a small corpus.

**When to use it.** In every generator of text, code, audio or actions.

**Cost.** One model call a token, strictly one after another; Transformers cache keys and values so that a call processes only the new token.

**Pitfalls.** Without a limit a model that never emits <EOS> runs forever. An error early on stays in the context of all later steps. The prompt is part of the context: its tokens are given, not generated. Do not count <SOS> and <EOS> as text. A Transformer conditions on *all* previous tokens
up to its window, an n-gram model on the last few.

**References.** Sutskever, Vinyals and Le, arXiv:1409.3215. Vaswani et al., arXiv:1706.03762. Radford et al. (2019).
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.decoding_and_sampling.categorical_sampling import draw_tokens
from algorithms.inputs import Seed
from algorithms.language_models.n_gram_language_model import EOS, SENTENCES, Corpus, NGramModel
from algorithms.registry import Output, algorithm


@algorithm(
    id="autoregressive-decoding",
    name="Autoregressive decoding loop",
    aliases=("generate", "<SOS>/<EOS>", "generation loop", "token by token generation"),
    example={"corpus": SENTENCES, "prompt": "the cat", "strategy": "greedy"},
)
def autoregressive_decoding(
    corpus: Corpus,
    prompt: Annotated[str, Field(max_length=200)] = "",
    strategy: Literal["greedy", "sample"] = "greedy",
    max_tokens: Annotated[int, Field(ge=1, le=50)] = 20,
    n: Annotated[int, Field(ge=1, le=5)] = 3,
    seed: Seed = 0,
) -> Output:
    """Continue `prompt` with an n-gram model of `corpus`.

    Parameters
    ----------
    corpus : list of str
        Training sentences; words are split at spaces.
    prompt : str
        Given start of the text; empty to start after <SOS>.
    strategy : {"greedy", "sample"}
        Take the likeliest token, or draw.
    max_tokens : int
        Limit of new tokens.
    n : int
        Order of the model: it sees n - 1 tokens.
    seed : int
        Seed of the draws.

    Returns
    -------
    dict
        ``text`` with the prompt; ``new_tokens``; ``steps``, each with its context, the number of candidates, the token chosen and its
        probability; ``stopped_by``: end-token or limit; ``log_probability`` of the new tokens.

    Raises
    ------
    ValueError
        If the corpus holds no words.

    Examples
    --------
    >>> output = autoregressive_decoding(["a b c", "a b d d"], prompt="a", n=2)
    >>> output["text"], output["stopped_by"]
    ('a b c', 'end-token')
    """
    sentences = [sentence.split() for sentence in corpus if sentence.split()]
    if not sentences:
        raise ValueError("the corpus needs at least one word")
    model = NGramModel.fit(sentences, n)
    rng = np.random.default_rng(seed)
    history, steps, log_p = prompt.split(), [], 0.0
    start, stopped = len(history), "limit"
    for _ in range(max_tokens):
        distribution = model.distribution(history)
        words, p = list(distribution), np.array(list(distribution.values()))
        choice = int(np.argmax(p)) if strategy == "greedy" else int(draw_tokens(p, rng.random(1))[0])
        context = ["<SOS>", *history][-6:]
        steps.append({"context": context, "candidates": len(words), "token": words[choice], "probability": p[choice]})
        log_p += float(np.log(p[choice]))
        if words[choice] == EOS:
            stopped = "end-token"
            break
        history.append(words[choice])
    return {
        "text": " ".join(history),
        "new_tokens": history[start:],
        "steps": steps[:20],
        "stopped_by": stopped,
        "log_probability": log_p,
    }
