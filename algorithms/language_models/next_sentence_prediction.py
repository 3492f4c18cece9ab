r"""Next-sentence prediction trains BERT to tell whether the second of two sentences really follows the first or was drawn from another document.

$$\text{input: [CLS] } A \text{ [SEP] } B \text{ [SEP]}, \qquad y = \begin{cases} \text{IsNext} & \text{with probability } \tfrac12 \\ \text{NotNext} & \text{otherwise} \end{cases}$$

**Intuition.** Masked words teach what happens inside a sentence; this task was meant to teach how sentences relate, for question answering and inference. Half of the pairs are true
neighbours, half combine a sentence with one of another document. A binary classifier reads the [CLS] vector.

**When to use it.** To reproduce BERT. Later models drop it (RoBERTa) or replace it by sentence order (ALBERT).

**Cost.** Pairs are made while data are prepared; the classifier has $2 d + 2$ parameters.

**Pitfalls.** Negatives must come from a *different* document; a sentence from the same one may be a fair successor. Since they then differ in topic, the task is largely solved by topic words and
teaches little coherence, which is why it was found dispensable. The last sentence of a document has no successor. Keep classes balanced.

**References.** Devlin et al., *BERT*, arXiv:1810.04805. Liu et al., *RoBERTa*, arXiv:1907.11692. Lan et al., *ALBERT*, arXiv:1909.11942.
"""

from __future__ import annotations

import re
from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm

Documents = Annotated[list[Annotated[str, Field(min_length=1, max_length=2000)]], Field(min_length=2, max_length=16)]


def sentences_of(document: str) -> list[str]:
    """Sentences of a text.

    Examples
    --------
    >>> sentences_of("It rains. Really? Yes!")
    ['It rains.', 'Really?', 'Yes!']
    """
    return [part.strip() for part in re.findall(r"[^.!?]+[.!?]*", document) if part.strip()]


def overlap(a: str, b: str) -> float:
    """Jaccard similarity of the words of two sentences."""
    one, two = ({word.strip(".,!?").lower() for word in s.split()} for s in (a, b))
    return len(one & two) / max(1, len(one | two))


@algorithm(
    id="next-sentence-prediction",
    name="Next-sentence prediction",
    aliases=("NSP", "IsNext NotNext"),
    example={
        "documents": [
            "The cat slept on the sofa. The cat woke up at noon. At noon it was hungry. It was hungry for fish.",
            "Stocks fell on Monday. On Monday investors sold bonds too. Investors feared higher rates. Rates rose on Friday.",
        ],
        "pairs": 8,
    },
)
def next_sentence_prediction(
    documents: Documents, pairs: Annotated[int, Field(ge=1, le=50)] = 8, seed: Seed = 0
) -> Output:
    """Make sentence pairs with labels.

    Parameters
    ----------
    documents : list of str
        At least two texts, at least one of two or more sentences.
    pairs : int
        Pairs to make.
    seed : int
        Seed of the choices.

    Returns
    -------
    dict
        ``pairs``, each with first, second, label and the numbers of both documents; ``positive_share`` measured on 2,000 draws;
        ``overlap_next`` and ``overlap_other``, mean word overlap of true and false pairs among those draws.

    Raises
    ------
    ValueError
        If no document has two sentences.

    Examples
    --------
    >>> output = next_sentence_prediction(["A one. B two.", "C three. D four."], pairs=4)
    >>> {pair["label"] for pair in output["pairs"]} <= {"IsNext", "NotNext"}
    True
    """
    split = [sentences_of(document) for document in documents]
    starts = [(d, i) for d, sentences in enumerate(split) for i in range(len(sentences) - 1)]
    if not starts:
        raise ValueError("at least one document needs two sentences")
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(max(pairs, 2000)):
        d, i = starts[rng.integers(len(starts))]
        if rng.random() < 0.5:
            other, second, label = d, split[d][i + 1], "IsNext"
        else:
            other = int((d + rng.integers(1, len(split))) % len(split))  # any document but d
            second, label = (split[other] or [""])[rng.integers(max(1, len(split[other])))], "NotNext"
        made.append({"first": split[d][i], "second": second, "label": label, "documents": [d, other]})
    overlaps: dict[str, list[float]] = {"IsNext": [], "NotNext": []}
    for pair in made:
        overlaps[str(pair["label"])].append(overlap(str(pair["first"]), str(pair["second"])))
    return {
        "pairs": made[:pairs],
        "positive_share": len(overlaps["IsNext"]) / len(made),
        "overlap_next": float(np.mean(overlaps["IsNext"])),
        "overlap_other": float(np.mean(overlaps["NotNext"])),
    }
