r"""Causal language modeling trains a model to predict each token from the tokens before it; the labels are the input shifted by one.

$$\mathcal L = -\frac{1}{T} \sum_{t=1}^{T} \log P_\theta(x_{t+1} \mid x_1, \dots, x_t)$$

**Intuition.** Any text is its own teacher: at each position the right answer is the next token. Minimising the mean negative log-likelihood makes the model's conditional distributions match
those of the text. The small network here embeds the last few tokens, concatenates them and predicts the next with a softmax, as in the first neural language model.

**When to use it.** To pretrain generators of the GPT family and, on documents of one's own, to adapt them.

**Cost.** One forward and backward pass a batch; every token is a training example.

**Pitfalls.** The shift must be made exactly once: many libraries shift labels inside the model, so shifting them beforehand trains to predict two tokens ahead. Without a causal mask the answer leaks. Padding is
excluded from the loss. Exponentiated loss is the perplexity, comparable only with the same tokenizer. A low training loss on little text is memory, not language.

**References.** Bengio et al., *A Neural Probabilistic Language Model*, JMLR (2003). Radford et al., *Improving Language Understanding by Generative
Pre-Training* (2018).
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Parameters = dict[str, Floats]


def shifted(tokens: list[int], window: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Contexts (T - 1, window) of the last tokens, -1 before the start, and labels (T - 1,), the input shifted by one.

    Examples
    --------
    >>> X, y = shifted([5, 6, 7], window=2)
    >>> X.tolist(), y.tolist()
    ([[-1, 5], [5, 6]], [6, 7])
    """
    padded = np.array([-1] * (window - 1) + tokens)
    contexts = np.stack([padded[i : i + window] for i in range(len(tokens) - 1)])  # (T - 1, w)
    return contexts, np.array(tokens[1:])


def loss_and_gradients(theta: Parameters, X: NDArray[np.int64], y: NDArray[np.int64]) -> tuple[float, Parameters]:
    """Mean cross-entropy of labels `y` (n,) for contexts `X` (n, w), and its gradients.

    `theta` has E (V + 1, d), the last row for positions before the start, W1 (w d, h), b1 (h,), W2 (h, V), b2 (V,).
    """
    n = len(y)
    embedded = theta["E"][X].reshape(n, -1)  # (n, w d)
    H = np.tanh(embedded @ theta["W1"] + theta["b1"])  # (n, h)
    P = softmax_along(H @ theta["W2"] + theta["b2"])  # (n, V)
    loss = float(-np.log(P[np.arange(n), y]).mean())
    P[np.arange(n), y] -= 1
    dlogits = P / n  # (n, V)
    dH = dlogits @ theta["W2"].T * (1 - H**2)  # (n, h)
    dE = np.zeros_like(theta["E"])
    np.add.at(dE, X.ravel(), (dH @ theta["W1"].T).reshape(X.size, -1))
    gradients = {"E": dE, "W1": embedded.T @ dH, "b1": dH.sum(axis=0), "W2": H.T @ dlogits, "b2": dlogits.sum(axis=0)}
    return loss, gradients


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Loss and the entropy of single tokens."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["losses"], label="loss")
    axes.axhline(output["unigram_entropy"], color="grey", linestyle="--", label="entropy of single tokens")
    axes.set(xlabel="checkpoint", ylabel="nats a token", title="causal language modeling")
    axes.legend()
    return figure


@algorithm(
    id="causal-language-modeling",
    name="Causal language modeling (next-token objective)",
    aliases=("CLM", "autoregressive LM", "next-token prediction", "next word prediction objective"),
    example={"text": "the cat sat on the mat . the dog sat on the rug . the cat saw the dog . the dog saw the cat ."},
    cost="trains",
    figure=draw,
)
def causal_language_modeling(
    text: Annotated[str, Field(min_length=3, max_length=1000)],
    window: Annotated[int, Field(ge=1, le=4)] = 3,
    steps: Annotated[int, Field(ge=1, le=1000)] = 300,
    learning_rate: Annotated[float, Field(gt=0, le=2)] = 0.5,
    prompt: Annotated[str, Field(max_length=200)] = "the cat",
    seed: Seed = 0,
) -> Output:
    """Train a small neural language model on `text`, split at spaces.

    Parameters
    ----------
    text : str
        Training text; at least two words.
    window : int
        Previous tokens the model sees.
    steps : int
        Steps of gradient descent on the whole text.
    learning_rate : float
        Step size.
    prompt : str
        Text whose next token is predicted.
    seed : int
        Seed of the initial weights.

    Returns
    -------
    dict
        ``inputs`` and ``labels``, the first 10, labels shifted by one; ``loss_before``, ``loss_after`` (nats a token) and
        ``losses`` at up to 20 checkpoints; ``unigram_entropy``, the best loss without context; ``perplexity_after``;
        ``next_token`` after the prompt with ``next_probability``.

    Raises
    ------
    ValueError
        If the text has fewer than two words.

    Examples
    --------
    >>> output = causal_language_modeling("a b c a b c a b c a b c", prompt="a b")
    >>> output["inputs"][:3], output["labels"][:3], output["next_token"]
    (['a', 'b', 'c'], ['b', 'c', 'a'], 'c')
    """
    words = text.split()
    if len(words) < 2:
        raise ValueError("the text needs at least two words, or there is no next token to learn")
    vocabulary = sorted(set(words))
    V, d, h = len(vocabulary), 8, 16
    number = {word: i for i, word in enumerate(vocabulary)}
    X, y = shifted([number[word] for word in words], window)
    rng = np.random.default_rng(seed)
    shapes = {"E": (V + 1, d), "W1": (window * d, h), "b1": (h,), "W2": (h, V), "b2": (V,)}
    theta = {k: rng.standard_normal(s) * (0.3 if len(s) > 1 else 0.0) for k, s in shapes.items()}
    losses = []
    for _ in range(steps):
        loss, gradients = loss_and_gradients(theta, X, y)
        losses.append(loss)
        theta = {name: value - learning_rate * gradients[name] for name, value in theta.items()}
    losses.append(loss_and_gradients(theta, X, y)[0])
    known = [number[word] for word in prompt.split() if word in number][-window:]
    context = np.array([[-1] * (window - len(known)) + known])  # (1, w)
    H = np.tanh(theta["E"][context].reshape(1, -1) @ theta["W1"] + theta["b1"])  # (1, h)
    p = softmax_along(H @ theta["W2"] + theta["b2"])[0]  # (V,)
    shares = np.array(list(Counter(y.tolist()).values())) / len(y)
    return {
        "inputs": words[:-1][:10],
        "labels": words[1:][:10],
        "loss_before": losses[0],
        "loss_after": losses[-1],
        "losses": losses[:: max(1, steps // 20)][:20],
        "unigram_entropy": -(shares * np.log(shares)).sum(),
        "perplexity_after": math.exp(losses[-1]),
        "next_token": vocabulary[int(np.argmax(p))],
        "next_probability": p.max(),
    }
