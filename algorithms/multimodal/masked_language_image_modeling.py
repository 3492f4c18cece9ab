r"""Masked language-image modeling hides some word tokens and some image tokens of a pair and trains the model to
restore them from what is left of both.

$$L = -\frac{1}{|M|} \sum_{i \in M} \ln p_\theta\big(x_i \mid x_{\setminus M}\big), \qquad M \subset \text{text positions} \cup \text{image positions}$$

**Intuition.** A masked colour word can often not be guessed from the rest of the sentence, but the picture shows it,
and the reverse. So the model is forced to align the modalities. Here a pair has two words (colour, shape) and two image
codes for the same, with some noise; the model is a softmax for each position over all four, and is compared with and
without sight of the other modality.

**When to use it.** To pretrain encoders for understanding: question answering, retrieval, grounding.

**Cost.** One pass a pair; only masked positions give a loss.

**Pitfalls.** The loss counts masked positions of both modalities, and only those; counting visible ones teaches
copying. If both sides of a fact are masked at once, nothing can be learnt: choose the rate with care, and mask one
modality at a time or correlated regions together. DALL-E is no example, though often named: it generates
autoregressively. VisualBERT, UNITER and BEiT-3 mask. A masked model is no generator by itself.

**References.** Devlin et al., *BERT* (2018), arXiv:1810.04805. Li et al., *VisualBERT* (2019), arXiv:1908.03557. Wang
et al., *BEiT-3* (2022), arXiv:2208.10442.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats
from algorithms.toy_networks import Adam

Ints = NDArray[np.int64]
VALUES, MASK = 4, 4  # four colours and four shapes; token 4 is the mask
POSITIONS = ("colour word", "shape word", "colour patch", "shape patch")


def paired_tokens(n: int, noise: float, rng: np.random.Generator) -> Ints:
    """Tokens (n, 4): colour and shape word, colour and shape code of the image, the codes sometimes wrong."""
    truth = rng.integers(0, VALUES, (n, 2))
    wrong = rng.random((n, 2)) < noise
    return np.concatenate([truth, np.where(wrong, rng.integers(0, VALUES, (n, 2)), truth)], axis=1)


def one_hot(tokens: Ints) -> Floats:
    """Features (n, 20) of masked tokens (n, 4)."""
    return np.eye(VALUES + 1)[tokens].reshape(len(tokens), -1)


def masked_loss(W: Floats, tokens: Ints, mask: NDArray[np.bool_]) -> tuple[float, Floats, Floats]:
    """Mean loss over masked positions, its gradient for W (20, 16) and probabilities (n, 4 positions, 4 values)."""
    x = one_hot(np.where(mask, MASK, tokens))  # (n, 20)
    p = softmax_along((x @ W).reshape(len(x), 4, VALUES))  # (n, 4, 4)
    picked = np.take_along_axis(p, tokens[:, :, None], axis=2)[:, :, 0]  # (n, 4)
    count = max(1, int(mask.sum()))
    loss = float(-(np.log(picked) * mask).sum() / count)
    d = (p - np.eye(VALUES)[tokens]) * mask[:, :, None] / count  # nothing flows from visible positions
    return loss, x.T @ d.reshape(len(x), -1), p


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Accuracy at each masked position, with and without the other modality."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3), layout="constrained")
    axes = figure.subplots()
    positions = np.arange(len(POSITIONS))
    axes.bar(positions - 0.2, list(output["accuracy"].values()), width=0.4, label="other modality visible")
    axes.bar(positions + 0.2, list(output["accuracy_hidden"].values()), width=0.4, label="hidden")
    axes.set(xticks=positions, ylim=(0, 1.25), ylabel="accuracy", title="masked token")
    axes.set_xticklabels(POSITIONS)
    axes.legend(ncols=2, loc="upper center")  # above the bars
    return figure


@algorithm(
    id="masked-language-image-modeling",
    name="Masked language-image modeling",
    aliases=(
        "MLIM",
        "masked language-image modelling",
        "masked multimodal modeling",
        "masked image modeling with text",
    ),
    example={"mask_rate": 0.3},
    cost="trains",
    figure=draw,
)
def masked_language_image_modeling(
    mask_rate: Annotated[float, Field(ge=0.05, le=0.95)] = 0.3,
    noise: Annotated[float, Field(ge=0, le=1)] = 0.1,
    steps: Annotated[int, Field(ge=1, le=1000)] = 300,
    seed: Seed = 0,
) -> Output:
    """Train on pairs with random masks and restore one token at a time.

    Parameters
    ----------
    mask_rate : float
        Probability of masking each token, of text and image alike.
    noise : float
        Probability that an image code is drawn at random.
    steps : int
        Training steps on 256 fresh pairs each.
    seed : int
        Seed of pairs and masks.

    Returns
    -------
    dict
        ``loss_before`` = ln 4 and ``loss_after`` on 2,000 fresh pairs with random masks; ``accuracy`` by position when it alone is masked; ``accuracy_hidden`` when the whole other modality is masked too, about chance (0.25); ``best_possible`` accuracy = 1 - 3/4 noise;
        ``masked_share``.

    Examples
    --------
    >>> result = masked_language_image_modeling()
    >>> result["accuracy"]["colour word"] > 0.85, result["accuracy_hidden"]["colour word"] < 0.4
    (True, True)
    """
    rng = np.random.default_rng(seed)
    W, optimizer = np.zeros((4 * (VALUES + 1), 4 * VALUES)), Adam(0.05)
    test = paired_tokens(2000, noise, rng)
    test_mask = rng.random(test.shape) < mask_rate
    before = masked_loss(W, test, test_mask)[0]
    for _ in range(steps):
        tokens = paired_tokens(256, noise, rng)
        optimizer.step([W], [masked_loss(W, tokens, rng.random(tokens.shape) < mask_rate)[1]])
    visible: dict[str, float] = {}
    hidden: dict[str, float] = {}
    for position, name in enumerate(POSITIONS):
        mask = np.zeros(test.shape, dtype=bool)
        mask[:, position] = True
        for result in (visible, hidden):
            p = masked_loss(W, test, mask)[2]
            result[name] = float((p[:, position].argmax(axis=1) == test[:, position]).mean())
            mask[:, [2, 3] if position < 2 else [0, 1]] = True  # then hide the other modality
    return {
        "loss_before": before,
        "loss_after": masked_loss(W, test, test_mask)[0],
        "accuracy": visible,
        "accuracy_hidden": hidden,
        "best_possible": 1 - 0.75 * noise,
        "masked_share": float(test_mask.mean()),
    }
