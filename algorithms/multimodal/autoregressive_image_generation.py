r"""Autoregressive image generation writes an image as a sequence of discrete tokens after the tokens of its caption and
predicts them one by one, as the first DALL-E does.

$$p(y \mid c) = \prod_{i=1}^{n} p_\theta\big(y_i \mid c,\, y_{<i}\big), \qquad [\,c_1, \dots, c_m,\ y_1, \dots, y_n\,]$$

**Intuition.** A discrete autoencoder turns an image into a grid of code numbers, read line by line. Text and image then
form one sequence, and an ordinary language model with a causal mask learns it. Generation fills the grid token by token
after the caption. The model here is a table of conditional frequencies given caption, left and upper token, learnt from
noisy striped $6 \times 6$ images.

**When to use it.** When one sequence model should serve both modalities, and likelihoods are wanted.

**Cost.** One forward pass a token: 1,024 for DALL-E's $32 \times 32$ grid, against a fixed number of steps for
diffusion.

**Pitfalls.** The text must come first, or it cannot steer the image. DALL-E is autoregressive; citing it as an example
of masked language-image modelling is a common error (VisualBERT and BEiT-3 mask). Later DALL-E versions are diffusion
models. Errors accumulate down the grid. The autoencoder limits detail. Sampling greedily gives flat images; use a
temperature.

**References.** Ramesh et al., *Zero-shot text-to-image generation* (2021), arXiv:2102.12092. Esser, Rombach and Ommer,
*Taming transformers* (2020), arXiv:2012.09841.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm

Ints = NDArray[np.int64]
CAPTIONS = ("horizontal stripes", "vertical stripes")
SIDE, EDGE = 6, 2  # EDGE stands for the token outside the grid


def striped_images(captions: Ints, noise: float, rng: np.random.Generator) -> Ints:
    """Token grids (n, 6, 6) of 0 and 1 that fit their captions (n,), with flipped tokens and a random phase."""
    row, column = np.indices((SIDE, SIDE))
    phase = rng.integers(0, 2, len(captions))[:, None, None]
    clean = (np.where(captions[:, None, None] == 0, row, column) + phase) % 2
    return np.where(rng.random(clean.shape) < noise, 1 - clean, clean)


def contexts(images: Ints) -> tuple[Ints, Ints]:
    """Left and upper tokens of every position (n, 6, 6); EDGE outside."""
    padded = np.pad(images, ((0, 0), (1, 0), (1, 0)), constant_values=EDGE)
    return padded[:, 1:, :-1], padded[:, :-1, 1:]


def learn(captions: Ints, images: Ints) -> NDArray[np.float64]:
    """Probabilities (2 captions, 3 left, 3 upper, 2 tokens) with one pseudo-count."""
    left, upper = contexts(images)
    counts = np.ones((2, 3, 3, 2))
    np.add.at(counts, (np.broadcast_to(captions[:, None, None], images.shape), left, upper, images), 1)
    return np.asarray(counts / counts.sum(axis=3, keepdims=True))


def nats_per_token(table: NDArray[np.float64], captions: Ints, images: Ints) -> float:
    """Mean negative log-likelihood of image tokens."""
    left, upper = contexts(images)
    caption = np.broadcast_to(captions[:, None, None], images.shape)
    return float(-np.log(table[caption, left, upper, images]).mean())


def generate(table: NDArray[np.float64], caption: int, temperature: float, rng: np.random.Generator) -> Ints:
    """One grid (6, 6), token by token in raster order."""
    grid = np.full((SIDE + 1, SIDE + 1), EDGE)
    for row in range(1, SIDE + 1):
        for column in range(1, SIDE + 1):
            p = table[caption, grid[row, column - 1], grid[row - 1, column]] ** (1 / temperature)
            grid[row, column] = int(rng.random() < p[1] / p.sum())
    return grid[1:, 1:]


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The generated image."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3, 3.2), layout="constrained")
    axes = figure.subplots()
    axes.imshow(output["image"], cmap="gray_r", vmin=0, vmax=1)
    axes.set(xticks=[], yticks=[], title=inputs["caption"])
    return figure


@algorithm(
    id="autoregressive-image-generation",
    name="Autoregressive image-token generation (DALL-E 1)",
    aliases=("DALL-E", "image tokens", "DALL-E 1", "text-to-image tokens", "raster-order generation"),
    example={"caption": "vertical stripes"},
    cost="trains",
    figure=draw,
)
def autoregressive_image_generation(
    caption: Literal["horizontal stripes", "vertical stripes"] = "vertical stripes",
    images: Annotated[int, Field(ge=2, le=2000)] = 500,
    noise: Annotated[float, Field(ge=0, le=0.5)] = 0.05,
    temperature: Annotated[float, Field(ge=0.05, le=20)] = 0.5,
    seed: Seed = 0,
) -> Output:
    """Learn a token model of captioned images and generate one.

    Parameters
    ----------
    caption : {"horizontal stripes", "vertical stripes"}
        Caption of the image to generate.
    images : int
        Training images.
    noise : float
        Share of flipped tokens in them.
    temperature : float
        Temperature of the sampling.
    seed : int
        Seed of data and sampling.

    Returns
    -------
    dict
        ``image`` (6, 6) tokens; ``sequence`` caption tokens followed by image tokens; ``nats_per_token`` on fresh images, ``nats_wrong_caption`` with the captions exchanged, ``nats_before`` = ln 2; ``agreement`` share of tokens of 100 generated images that fit the caption in the
        better phase, averaged; ``agreement_other_caption`` with the other caption's pattern.

    Examples
    --------
    >>> result = autoregressive_image_generation("vertical stripes")
    >>> result["sequence"][:2], result["agreement"] > 0.85
    (['vertical', 'stripes'], True)
    """
    rng, wanted = np.random.default_rng(seed), CAPTIONS.index(caption)
    labels, fresh = rng.integers(0, 2, images), rng.integers(0, 2, 500)
    table = learn(labels, striped_images(labels, noise, rng))
    test = striped_images(fresh, noise, rng)
    made = np.stack([generate(table, wanted, temperature, rng) for _ in range(100)])  # (100, 6, 6)

    def agreement(kind: int) -> float:
        clean = np.indices((SIDE, SIDE))[kind] % 2  # (6, 6)
        share = (made == clean).mean(axis=(1, 2))
        return float(np.maximum(share, 1 - share).mean())  # either phase is right

    return {
        "image": made[0],
        "sequence": [*caption.split(), *(int(token) for token in made[0].ravel())],
        "nats_per_token": nats_per_token(table, fresh, test),
        "nats_wrong_caption": nats_per_token(table, 1 - fresh, test),
        "nats_before": float(np.log(2)),
        "agreement": agreement(wanted),
        "agreement_other_caption": agreement(1 - wanted),
    }
