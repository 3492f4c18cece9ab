r"""ViT patch embedding cuts an image into fixed-size patches, flattens each and maps it linearly to a token.

$$N = \frac{H}{P} \cdot \frac{W}{P}, \qquad z_0 = [x_{cls};\; x_1 E;\; \dots;\; x_N E] + E_{pos}, \qquad E \in \mathbb R^{P^2 C \times D}$$

**Intuition.** A Transformer wants a sequence of vectors. Patches play the part of words: 224 × 224 pixels in patches of
16 give 196 tokens of $16 \cdot 16 \cdot 3 = 768$ numbers, with the class token 197. Position embeddings say where each
came from. A video of $T$ frames gives $T$ times as many, or fewer with tubelets that also span time.

**When to use it.** As the entrance of vision Transformers, and for images in multimodal language models.

**Cost.** $N P^2 C D$ multiply-adds; it equals a convolution with kernel and stride $P$.

**Pitfalls.** $H$ and $W$ must be multiples of $P$: resize or pad. Global attention costs $O(N^2)$: halving $P$ makes
four times as many tokens and sixteen times the attention. The claim that it is cheaper than convolution on large images
is wrong: convolution is linear in the pixels, hence windowed attention (Swin). Another resolution needs interpolated
position embeddings. Mind the order when flattening; a checkpoint expects its own.

**References.** Dosovitskiy et al., *An image is worth 16x16 words*, arXiv:2010.11929. Arnab et al., *ViViT*,
arXiv:2103.15691. Liu et al., *Swin Transformer*, arXiv:2103.14030.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Side = Annotated[int, Field(ge=1, le=512)]


def patchify(video: Floats, patch: int, tubelet: int = 1) -> Floats:
    """Patches (N, tubelet · P · P · C) of a clip (T, H, W, C), in the order time, row, column.

    Examples
    --------
    >>> patchify(np.arange(8.0).reshape(1, 2, 4, 1), 2).tolist()
    [[0.0, 1.0, 4.0, 5.0], [2.0, 3.0, 6.0, 7.0]]
    """
    T, H, W, C = video.shape
    blocks = video.reshape(T // tubelet, tubelet, H // patch, patch, W // patch, patch, C)
    return blocks.transpose(0, 2, 4, 1, 3, 5, 6).reshape(-1, tubelet * patch * patch * C)


def unpatchify(tokens: Floats, shape: tuple[int, int, int, int], patch: int, tubelet: int = 1) -> Floats:
    """The clip (T, H, W, C) that these patches were cut from.

    Examples
    --------
    >>> unpatchify(np.array([[0.0, 1.0, 4.0, 5.0], [2.0, 3.0, 6.0, 7.0]]), (1, 2, 4, 1), 2).ravel().tolist()
    [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    """
    T, H, W, C = shape
    blocks = tokens.reshape(T // tubelet, H // patch, W // patch, tubelet, patch, patch, C)
    return blocks.transpose(0, 3, 1, 4, 2, 5, 6).reshape(shape)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """A picture with the grid of its patches."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 4), layout="constrained")
    axes = figure.subplots()
    H, W, P = inputs["height"], inputs["width"], inputs["patch_size"]
    rows, columns = np.mgrid[:H, :W]
    axes.imshow(np.sin(rows / H * 7) + np.cos(columns / W * 5), cmap="gray")
    axes.vlines(np.arange(0, W + 1, P) - 0.5, -0.5, H - 0.5, color="red", linewidth=0.5)
    axes.hlines(np.arange(0, H + 1, P) - 0.5, -0.5, W - 0.5, color="red", linewidth=0.5)
    axes.set(title=f"{output['patches_per_frame']} patches", xticks=[], yticks=[])
    return figure


@algorithm(
    id="vit-patch-embedding",
    name="Vision Transformer patch embedding",
    aliases=(
        "ViT",
        "image patches",
        "patchify",
        "Video frames/patches as a sequence",
        "tubelet",
        "frame tokens",
        "Vision Transformer",
        "patch embedding",
    ),
    example={"height": 224, "width": 224, "patch_size": 16, "channels": 3, "embedding_dim": 768, "frames": 1},
    cost="seconds",
    figure=draw,
)
def vit_patch_embedding(
    height: Side = 224,
    width: Side = 224,
    patch_size: Annotated[int, Field(ge=1, le=512)] = 16,
    channels: Annotated[int, Field(ge=1, le=4)] = 3,
    embedding_dim: Annotated[int, Field(ge=1, le=4096)] = 768,
    frames: Annotated[int, Field(ge=1, le=64)] = 1,
    tubelet: Annotated[int, Field(ge=1, le=64)] = 1,
    cls_token: bool = True,
    seed: Seed = 0,
) -> Output:
    """Token counts of an image or video, and the embedding of a random one with its check against a convolution.

    Parameters
    ----------
    height : int
        Rows of pixels, a multiple of the patch size.
    width : int
        Columns of pixels, a multiple of the patch size.
    patch_size : int
        Side P of a patch.
    channels : int
        Colour channels.
    embedding_dim : int
        Size D of a token after the linear map.
    frames : int
        Frames of the clip; 1 for an image.
    tubelet : int
        Frames that one patch spans; frames must be a multiple.
    cls_token : bool
        Count a class token too.
    seed : int
        Seed of the random picture and weights.

    Returns
    -------
    dict
        ``patches_per_frame``, ``patches`` and ``tokens`` (with the class token); ``patch_dim`` before and
        ``embedding_dim`` after the linear map; ``parameters`` of map, positions and class token; ``attention_pairs``,
        tokens squared; ``restored_exactly``, whether the inverse reshape gives the clip back;
        ``convolution_difference`` between the linear map of the first patches and the strided convolution at their
        places, 0 up to rounding; ``first_token``, its first 8 numbers.

    Raises
    ------
    ValueError
        If the sizes don't divide, or the clip has more than 4 million values.

    Examples
    --------
    >>> out = vit_patch_embedding(224, 224, 16)
    >>> out["patches"], out["tokens"], out["patch_dim"]
    (196, 197, 768)
    """
    if height % patch_size or width % patch_size:
        raise ValueError("height and width must be multiples of patch_size; resize or pad the image")
    if frames % tubelet:
        raise ValueError("frames must be a multiple of tubelet")
    if frames * height * width * channels > 4_000_000:
        raise ValueError("the clip is larger than 4 million values; lower the frames or the resolution")
    rng = np.random.default_rng(seed)
    clip = rng.standard_normal((frames, height, width, channels))
    cut = patchify(clip, patch_size, tubelet)  # (N, t P P C)
    shown = min(8, embedding_dim)
    E = rng.standard_normal((cut.shape[1], shown)) / np.sqrt(cut.shape[1])  # the first columns of the map
    tokens = cut[:4] @ E  # (≤ 4, shown)
    kernel = E.reshape(tubelet, patch_size, patch_size, channels, shown)  # the same numbers as a kernel
    slots = [(i // (width // patch_size), i % (width // patch_size)) for i in range(len(tokens))]
    convolved = []
    for row, column in slots if frames == tubelet else slots[:1]:
        if row < height // patch_size:
            top, left = row * patch_size, column * patch_size
            window = clip[:tubelet, top : top + patch_size, left : left + patch_size]
            convolved.append(np.tensordot(window, kernel, axes=4))
    n = len(cut) + int(cls_token)
    return {
        "patches_per_frame": (height // patch_size) * (width // patch_size),
        "patches": len(cut),
        "tokens": n,
        "patch_dim": cut.shape[1],
        "embedding_dim": embedding_dim,
        "parameters": (cut.shape[1] + 1) * embedding_dim + (n + int(cls_token)) * embedding_dim,
        "attention_pairs": n * n,
        "restored_exactly": bool(np.array_equal(unpatchify(cut, clip.shape, patch_size, tubelet), clip)),
        "convolution_difference": np.abs(np.stack(convolved) - tokens[: len(convolved)]).max(),
        "first_token": tokens[0],
    }
