r"""Masked language modeling hides some tokens of a text and trains a bidirectional encoder to restore them from both sides.

$$\mathcal L = -\frac{1}{|M|} \sum_{t \in M} \log P_\theta(x_t \mid \tilde x), \qquad |M| \approx 0.15\, n$$

**Intuition.** It is a cloze test: the gaps can only be filled by understanding the rest. Of the 15% chosen tokens, 80% become [MASK], 10% a random token and 10%
stay as they are, so that the model must keep a good vector for *every* token and does not rely on a symbol that never occurs in use.

**When to use it.** To pretrain encoders such as BERT and RoBERTa, for classification, tagging and retrieval.

**Cost.** One pass a batch, but only 15% of the tokens give a training signal; a causal model learns from all.

**Pitfalls.** The loss counts the chosen positions only, including those left unchanged; all others carry the label -100. Special tokens are never chosen. The original BERT
fixed the masks once (static); RoBERTa draws them anew at every pass (dynamic) and drops next-sentence prediction. Masked tokens are predicted independently of each
other, so the model does not define the probability of a text and is no generator.

**References.** Devlin et al., *BERT*, arXiv:1810.04805. Liu et al., *RoBERTa*, arXiv:1907.11692. Taylor, *Cloze Procedure* (1953).
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm

SPECIAL = {"[CLS]", "[SEP]", "[PAD]", "[MASK]"}
IGNORED = -100
Actions = NDArray[np.int64]


def choose_actions(special: NDArray[np.bool_], rate: float, rng: np.random.Generator) -> Actions:
    """For each token: 0 not chosen, 1 mask, 2 random token, 3 keep (but predict).

    Examples
    --------
    >>> choose_actions(np.array([True, True]), 1.0, np.random.default_rng(0)).tolist()
    [0, 0]
    """
    chosen = (rng.random(len(special)) < rate) & ~special
    u = rng.random(len(special))
    return np.where(chosen, np.select([u < 0.8, u < 0.9], [1, 2], 3), 0)


def masked_loss(log_p: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """Mean negative log-probability (n, V) at positions whose label (n,) is not -100; 0 if there are none.

    Examples
    --------
    >>> round(masked_loss(np.log(np.full((3, 4), 0.25)), np.array([-100, 2, -100])), 4)
    1.3863
    """
    kept = np.flatnonzero(labels != IGNORED)
    return float(-log_p[kept, labels[kept]].mean()) if len(kept) else 0.0


@algorithm(
    id="masked-language-modeling",
    name="Masked language modeling",
    aliases=("MLM", "cloze", "BERT pretraining", "RoBERTa dynamic masking", "RoBERTa"),
    example={
        "text": "[CLS] the quick brown fox jumps over the lazy dog and runs into the dark forest [SEP]",
        "epochs": 3,
    },
)
def masked_language_modeling(
    text: Annotated[str, Field(min_length=1, max_length=1000)],
    rate: Annotated[float, Field(gt=0, le=1)] = 0.15,
    masking: Literal["dynamic", "static"] = "dynamic",
    epochs: Annotated[int, Field(ge=1, le=10)] = 3,
    seed: Seed = 0,
) -> Output:
    """Mask `text`, split at spaces, once for each epoch.

    Parameters
    ----------
    text : str
        Text; [CLS], [SEP], [PAD] are never chosen.
    rate : float
        Share of tokens to predict.
    masking : {"dynamic", "static"}
        New masks each epoch (RoBERTa) or the same (BERT).
    epochs : int
        Passes over the text.
    seed : int
        Seed of the choices.

    Returns
    -------
    dict
        ``masked``, the text of each epoch; ``predicted_positions`` of each epoch; ``labels`` of the first epoch, at most 50, -100
        where no loss is taken; ``vocabulary``, which the labels number, at most 50; ``distinct_maskings`` among the epochs;
        ``uniform_loss``, the loss of a model that guesses; ``shares`` of chosen, masked, random and kept tokens measured on
        20,000 tokens.

    Raises
    ------
    ValueError
        If the text has no words besides special tokens.

    Examples
    --------
    >>> output = masked_language_modeling("a b c d", rate=1.0)
    >>> output["predicted_positions"][0]
    [0, 1, 2, 3]
    """
    tokens = text.split()
    special = np.array([token in SPECIAL for token in tokens], dtype=bool)
    vocabulary = sorted(set(tokens) - SPECIAL)
    if not vocabulary:
        raise ValueError("the text needs at least one word besides special tokens")
    number = {word: i for i, word in enumerate(vocabulary)}
    rng = np.random.default_rng(seed)
    masked, positions = [], []
    first: Actions = np.zeros(0, dtype=np.int64)
    for epoch in range(epochs):
        if masking == "static":
            rng = np.random.default_rng(seed)
        actions = choose_actions(special, rate, rng)  # (n,)
        randoms = rng.integers(len(vocabulary), size=len(tokens))  # (n,)
        shown = [
            {0: token, 1: "[MASK]", 2: vocabulary[r], 3: token}[int(a)]
            for token, a, r in zip(tokens, actions, randoms, strict=True)
        ]
        masked.append(" ".join(shown))
        positions.append(np.flatnonzero(actions).tolist())
        first = actions if epoch == 0 else first
    labels = np.array([number[t] if a else IGNORED for t, a in zip(tokens, first, strict=True)])
    uniform = np.full((len(tokens), len(vocabulary)), -np.log(len(vocabulary)))
    many = choose_actions(np.zeros(20_000, dtype=bool), rate, np.random.default_rng(seed))
    chosen = max(1, int((many > 0).sum()))
    return {
        "masked": masked,
        "predicted_positions": positions,
        "labels": labels[:50],
        "vocabulary": vocabulary[:50],
        "distinct_maskings": len(set(masked)),
        "uniform_loss": masked_loss(uniform, labels),
        "shares": {
            "chosen": (many > 0).mean(),
            "masked": (many == 1).sum() / chosen,
            "random": (many == 2).sum() / chosen,
            "kept": (many == 3).sum() / chosen,
        },
    }
