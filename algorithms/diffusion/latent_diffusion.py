r"""Latent diffusion runs a diffusion model in the small latent space of an autoencoder and decodes the result to
pixels; Stable Diffusion is the best-known case.

$$z_0 = \mathcal E(x), \qquad z_t = \sqrt{\bar\alpha_t}\, z_0 + \sqrt{1 - \bar\alpha_t}\, \varepsilon, \qquad \hat x = \mathcal D(\hat z_0)$$

**Intuition.** Most pixels are predictable from their neighbours. An encoder removes this redundancy once; the diffusion
then models only what is left, at a fraction of the cost. With a factor 8 a side and 4 channels, an RGB image of $512
\times 512$, 786,432 numbers, becomes a latent of $64 \times 64 \times 4$ = 16,384: 48 times fewer.

**When to use it.** For images, audio and video at high resolution, with text through cross-attention.

**Cost.** Each step works on the latent; encoder and decoder run once. Attention over positions falls with the fourth
power of the side factor.

**Pitfalls.** The latent space is of lower dimension than the pixels; calling it high-dimensional contradicts its
purpose. A $100 \times 100$ image has 10,000 dimensions in greyscale only; in RGB it has 30,000. Scale latents to unit
variance before the diffusion. The decoder limits detail: small text and faces suffer. The autoencoder is trained first
and then frozen.

**References.** Rombach et al., *High-resolution image synthesis with latent diffusion models* (2022), arXiv:2112.10752.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.diffusion.ddim_sampling import implicit_chain
from algorithms.diffusion.ddpm_forward_process import Floats
from algorithms.diffusion.ddpm_reverse_sampling import mode_shares
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm

Side = Annotated[int, Field(ge=1, le=100_000)]


def bar_images(n: int, seed: int) -> Floats:
    """Images (n, 64) of 8 × 8 pixels, half with a horizontal and half with a vertical bar, with faint noise."""
    rng = np.random.default_rng(seed)
    image = np.zeros((n, 8, 8))
    image[: n // 2, 3:5, :] = 1.0
    image[n // 2 :, :, 3:5] = 1.0
    return (image + 0.05 * rng.standard_normal(image.shape)).reshape(n, 64)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Two generated images."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 2.6), layout="constrained")
    for axes, image in zip(figure.subplots(1, 2), output["images"], strict=True):
        axes.imshow(image, cmap="gray_r")
        axes.set(xticks=[], yticks=[], title="decoded sample")
    return figure


@algorithm(
    id="latent-diffusion",
    name="Latent diffusion",
    aliases=("Stable Diffusion", "pixel vs latent dimension", "latent diffusion model", "LDM", "VAE latent diffusion"),
    example={"height": 100, "width": 100, "channels": 1},
    cost="trains",
    figure=draw,
)
def latent_diffusion(
    height: Side = 512,
    width: Side = 512,
    channels: Annotated[int, Field(ge=1, le=16)] = 3,
    downsampling: Annotated[int, Field(ge=1, le=64)] = 8,
    latent_channels: Annotated[int, Field(ge=1, le=64)] = 4,
    samples: Annotated[int, Field(ge=2, le=500)] = 200,
    seed: Seed = 0,
) -> Output:
    """Dimensions of pixel and latent space, and a small run: encode bar images, diffuse in two dimensions, decode.

    Parameters
    ----------
    height : int
        Height of the image in pixels.
    width : int
        Width of the image in pixels.
    channels : int
        1 for greyscale, 3 for RGB.
    downsampling : int
        Factor of the encoder a side, rounded up.
    latent_channels : int
        Channels of the latent.
    samples : int
        Images generated in the small run.
    seed : int
        Seed of images and noise.

    Returns
    -------
    dict
        ``pixel_dimensions``, ``latent_dimensions``, ``compression``; of the small run ``reconstruction_error`` root mean square of encoding and decoding, ``mode_shares`` of generated horizontal and vertical
        bars, ``sample_error`` root mean square distance to the nearer clean image; ``images`` two generated ones, 8 × 8, rounded.

    Examples
    --------
    >>> latent_diffusion(100, 100, 1)["pixel_dimensions"], latent_diffusion(100, 100, 3)["pixel_dimensions"]
    (10000, 30000)
    """
    latent = -(-height // downsampling) * -(-width // downsampling) * latent_channels
    x = bar_images(400, seed)  # (n, 64)
    centre = x.mean(axis=0)
    axes = np.linalg.svd(x - centre, full_matrices=False)[2][:2]  # (2, 64), the linear autoencoder
    z = (x - centre) @ axes.T  # (n, 2)
    scale = z.std()  # one scale for unit variance
    z = z / scale
    groups = np.stack([z[:200].mean(axis=0), z[200:].mean(axis=0)])  # (2, 2)
    spread = float(np.sqrt(((z - np.repeat(groups, 200, axis=0)) ** 2).mean()))
    rng = np.random.default_rng(seed)
    start = rng.standard_normal((samples, 2))
    generated = implicit_chain(start, groups, spread, 200, 50, 0.0, rng)[-1]  # (m, 2)
    images = generated * scale @ axes + centre  # (m, 64), decoded
    clean = bar_images(2, 0).round()  # (2, 64)
    nearest = ((images[:, None, :] - clean) ** 2).mean(axis=2)  # (m, 2)
    shown = [int(nearest[:, k].argmin()) for k in range(2)]
    return {
        "pixel_dimensions": height * width * channels,
        "latent_dimensions": latent,
        "compression": height * width * channels / latent,
        "reconstruction_error": float(np.sqrt(((z * scale @ axes + centre - x) ** 2).mean())),
        "mode_shares": mode_shares(images, clean),
        "sample_error": float(np.sqrt(nearest.min(axis=1).mean())),
        "images": images[shown].reshape(2, 8, 8).round(2),
    }
