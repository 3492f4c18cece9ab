r"""Text classification assigns a text to one class (binary, multi-class) or to several labels at once (multi-label).

$$\hat c = \arg\max_c \; \log p(c) + \sum_{w} n_w \log p(w \mid c), \qquad
p(w \mid c) = \frac{N_{wc} + \alpha}{N_c + \alpha |V|}$$

**Intuition.** Multinomial naive Bayes counts how often each word occurs in the texts of a class and multiplies the evidence of the
words as if they were independent. For several labels one such yes-no classifier is trained for each label.

**When to use it.** Spam, topics, intents, tickets. Naive Bayes is the baseline that needs few examples; a fine-tuned encoder is
better with more.

**Cost.** One pass over the training texts; prediction is linear in the words.

**Pitfalls.** Binary means two classes, multi-class more than two of which exactly one holds; multi-label allows any number, so softmax
is wrong there and one sigmoid a label is right. Smoothing keeps an unseen word from making a probability zero. Naive Bayes
ranks well but its probabilities are too extreme. Report F1 for each class when classes are unbalanced. Fit the
vocabulary on training texts only. A label such as {"text": "I love this product!", "label": "positive"} is one JSON line
of training data.

**References.** Manning, Raghavan and Schütze, *Introduction to Information Retrieval* (2008), chapter 13.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Name
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints

LabelledText = tuple[Name, Annotated[list[Annotated[str, Field(min_length=1, max_length=40)]], Field(max_length=8)]]
DEFAULT: dict[str, list[tuple[str, list[str]]]] = {
    "binary": [
        ("I love this product", ["positive"]),
        ("works great and looks great", ["positive"]),
        ("excellent quality, I recommend it", ["positive"]),
        ("terrible, it broke after a day", ["negative"]),
        ("I hate the noise", ["negative"]),
        ("poor quality and a waste of money", ["negative"]),
    ],
    "multi-class": [
        ("the team won the match", ["sport"]),
        ("a late goal decided the game", ["sport"]),
        ("parliament passed the law", ["politics"]),
        ("the minister lost the vote", ["politics"]),
        ("the new chip is faster", ["technology"]),
        ("software update fixes a bug", ["technology"]),
    ],
    "multi-label": [
        ("cheap flight and hotel in Rome", ["travel", "price"]),
        ("the hotel was clean", ["travel"]),
        ("low price, big discount", ["price"]),
        ("pasta and wine in a small restaurant", ["food"]),
        ("cheap restaurant with good pizza", ["food", "price"]),
        ("train to the old city", ["travel"]),
    ],
}


def tokens(text: str) -> list[str]:
    """Lower-case words."""
    return re.findall(r"[a-z']+", text.lower())


def count_matrix(texts: list[str], vocabulary: dict[str, int]) -> Floats:
    """Word counts (n, V); unknown words are left out."""
    X = np.zeros((len(texts), len(vocabulary)))  # (n, V)
    for row, text in enumerate(texts):
        for word in tokens(text):
            if word in vocabulary:
                X[row, vocabulary[word]] += 1
    return X


def naive_bayes(X: Floats, y: Ints, classes: int, alpha: float, x: Floats) -> Floats:
    """Class probabilities (m, C) of count rows x (m, V) after training on X (n, V) and y (n,).

    Examples
    --------
    >>> naive_bayes(np.eye(2), np.array([0, 1]), 2, 1.0, np.eye(2)[:1]).round(3).tolist()
    [[0.667, 0.333]]
    """
    prior = np.bincount(y, minlength=classes) / len(y)  # (C,)
    counts = np.stack([X[y == c].sum(axis=0) for c in range(classes)]) + alpha  # (C, V)
    log_likelihood = np.log(counts / counts.sum(axis=1, keepdims=True))  # (C, V)
    return softmax_along(np.log(prior) + x @ log_likelihood.T)


@algorithm(
    id="text-classification",
    name="Text classification",
    aliases=(
        "spam",
        "document classification",
        "spam detection",
        "multi-label classification",
        "naive Bayes text classifier",
    ),
    example={"text": "I love this product!", "kind": "binary"},
)
def text_classification(
    text: Annotated[str, Field(min_length=1, max_length=2_000)],
    kind: Literal["binary", "multi-class", "multi-label"] = "binary",
    examples: Annotated[list[LabelledText], Field(max_length=200)] = [],  # noqa: B006 (never changed)
    alpha: Annotated[float, Field(gt=0, le=100)] = 1.0,
    threshold: Annotated[float, Field(gt=0, lt=1)] = 0.5,
) -> Output:
    """Train naive Bayes on labelled texts and classify one more.

    Parameters
    ----------
    text : str
        Text to classify.
    kind : {"binary", "multi-class", "multi-label"}
        Two classes, more than two, or any number of labels for each text.
    examples : list of (text, labels)
        Training texts; empty for six built-in ones.
    alpha : float
        Smoothing added to every count.
    threshold : float
        Multi-label: a label is given from this probability on.

    Returns
    -------
    dict
        ``labels`` of the text; ``probabilities`` by class (they sum to one unless multi-label); ``training_accuracy``, share of
        training texts whose labels are all reproduced; ``record``, text and labels as a training record; ``unknown_words``.

    Raises
    ------
    ValueError
        If the examples do not fit the kind.

    Examples
    --------
    >>> text_classification("I love this product!")["labels"]
    ['positive']
    """
    data = examples or DEFAULT[kind]
    classes = sorted({label for _, labels in data for label in labels})
    if (kind == "binary" and len(classes) != 2) or (kind == "multi-class" and len(classes) < 3):
        raise ValueError(
            f"{kind} classification with {len(classes)} classes; binary needs two, multi-class three or more"
        )
    if kind != "multi-label" and any(len(labels) != 1 for _, labels in data):
        raise ValueError(f"{kind} examples need exactly one label each; use multi-label for several")
    if not classes:
        raise ValueError("the examples have no label")
    vocabulary = {w: i for i, w in enumerate(sorted({w for t, _ in data for w in tokens(t)}))}
    X = count_matrix([t for t, _ in data], vocabulary)  # (n, V)
    inputs = np.vstack([count_matrix([text], vocabulary), X])  # (1 + n, V)
    if kind == "multi-label":
        member = np.array([[int(c in labels) for c in classes] for _, labels in data])  # (n, C)
        if (member.all(axis=0)).any():
            raise ValueError("a label that every example has cannot be learned; add examples without it")
        P = np.stack([naive_bayes(X, member[:, c], 2, alpha, inputs)[:, 1] for c in range(len(classes))], axis=1)
        given = [[c for c, p in zip(classes, row, strict=True) if p >= threshold] for row in P]
    else:
        y = np.array([classes.index(labels[0]) for _, labels in data])  # (n,)
        P = naive_bayes(X, y, len(classes), alpha, inputs)  # (1 + n, C)
        given = [[classes[int(row.argmax())]] for row in P]
    right = [sorted(set(labels)) == found for (_, labels), found in zip(data, given[1:], strict=True)]
    return {
        "labels": given[0],
        "probabilities": dict(zip(classes, P[0], strict=True)),
        "training_accuracy": sum(right) / len(right),
        "record": {"text": text, "label": given[0][0] if len(given[0]) == 1 else given[0]},
        "unknown_words": [w for w in tokens(text) if w not in vocabulary][:50],
    }
