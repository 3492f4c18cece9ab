r"""The CLIP contrastive loss trains an image encoder and a text encoder so that each image of a batch is most similar
to its own caption, and each caption to its own image.

$$S_{ij} = \frac{\cos(u_i, v_j)}{\tau}, \qquad
L = \tfrac12 \Big( -\frac1N \sum_i \ln \frac{e^{S_{ii}}}{\sum_j e^{S_{ij}}} - \frac1N \sum_i \ln \frac{e^{S_{ii}}}{\sum_j e^{S_{ji}}} \Big)$$

**Intuition.** It is a classification with $N$ classes in both directions: which of the captions belongs to this image,
and the reverse (InfoNCE). All other pairs of the batch serve as negatives, free of charge. If all similarities are
equal, the loss is $\ln N$. A small temperature $\tau$ makes hard negatives count. The two encoders never see each
other's input, so embeddings can be stored and searched.

**When to use it.** To learn a shared space from pairs; ALIGN does it on noisy alt-texts, where scale makes up for
noise.

**Cost.** $N^2$ similarities a batch; large batches help.

**Pitfalls.** Normalise the embeddings before the product. CLIP is a dual encoder: it has neither cross-attention nor
joint attention, and naming it as an example of these is a common error; it shows aligned embeddings. Equal captions in
a batch become false negatives. Use both directions. Learn $\ln(1/\tau)$ and bound it at 100. The two clouds stay apart:
see the modality gap.

**References.** Radford et al., *CLIP* (2021), arXiv:2103.00020. Jia et al., *ALIGN* (2021), arXiv:2102.05918. Oord, Li
and Vinyals (2018), arXiv:1807.03748.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.figures import whole_ticks
from algorithms.multimodal.cross_modal_attention import Floats, Vectors
from algorithms.registry import Output, algorithm


def normalised(x: Floats) -> tuple[Floats, Floats]:
    """Rows of unit length (n, d) and their former lengths (n, 1).

    Raises
    ------
    ValueError
        If a row is zero.
    """
    norms = np.linalg.norm(x, axis=1, keepdims=True)
    if (norms == 0).any():
        raise ValueError("an embedding is the zero vector, which has no direction")
    return x / norms, norms


def loss_and_gradients(images: Floats, texts: Floats, temperature: float) -> tuple[float, Floats, Floats, Floats]:
    """Loss, similarities (N, N) divided by the temperature, and gradients of both sets of raw embeddings."""
    u, u_norm = normalised(images)  # (N, d)
    v, v_norm = normalised(texts)  # (N, d)
    S = u @ v.T / temperature  # (N, N)
    rows, columns = softmax_along(S), softmax_along(S, axis=0)
    n = len(S)
    own = np.diag(S)
    to_text = (S.max(axis=1) + np.log(np.exp(S - S.max(axis=1, keepdims=True)).sum(axis=1)) - own).mean()
    to_image = (S.max(axis=0) + np.log(np.exp(S - S.max(axis=0)).sum(axis=0)) - own).mean()
    d_s = (rows + columns - 2 * np.eye(n)) / (2 * n * temperature)  # (N, N)
    d_u, d_v = d_s @ v, d_s.T @ u
    d_images = (d_u - (d_u * u).sum(axis=1, keepdims=True) * u) / u_norm  # through the normalisation
    d_texts = (d_v - (d_v * v).sum(axis=1, keepdims=True) * v) / v_norm
    return float((to_text + to_image) / 2), S, d_images, d_texts


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Cosine similarities before the training steps."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 3.4), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(output["similarities"], vmin=-1, vmax=1, cmap="RdBu")
    whole_ticks(axes.xaxis, axes.yaxis)
    axes.set(xlabel="caption", ylabel="image", title="cosine similarity")
    figure.colorbar(image)
    return figure


@algorithm(
    id="clip-contrastive-loss",
    name="CLIP contrastive pretraining loss",
    aliases=("CLIP", "InfoNCE", "dual encoder", "ALIGN", "vision-language pretraining", "VLP", "CLIP loss"),
    example={
        "image_embeddings": [[1.0, 0.1], [0.0, 1.0], [-1.0, 0.2]],
        "text_embeddings": [[0.9, 0.0], [0.2, 1.0], [-0.8, -0.1]],
    },
    figure=draw,
)
def clip_contrastive_loss(
    image_embeddings: Vectors,
    text_embeddings: Vectors,
    temperature: Annotated[float, Field(ge=0.005, le=100)] = 0.07,
    steps: Annotated[int, Field(ge=0, le=200)] = 50,
    learning_rate: Annotated[float, Field(gt=0, le=10)] = 0.1,
) -> Output:
    """Loss of a batch of pairs, and after descending on the embeddings themselves.

    Parameters
    ----------
    image_embeddings : list of lists of float, N × d
        Images; row i belongs to caption i.
    text_embeddings : list of lists of float, N × d
        Captions.
    temperature : float
        Temperature τ.
    steps : int
        Steps of gradient descent on the embeddings.
    learning_rate : float
        Step size.

    Returns
    -------
    dict
        ``loss``; ``chance_loss`` = ln N; ``similarities`` (N, N) cosines; ``image_to_text_accuracy``, ``text_to_image_accuracy``; ``loss_after_descent``, ``accuracy_after_descent`` from image to text.

    Raises
    ------
    ValueError
        If shapes differ or an embedding is zero.

    Examples
    --------
    >>> round(clip_contrastive_loss([[1.0], [1.0]], [[1.0], [1.0]], steps=0)["loss"], 4)
    0.6931
    """
    U, V = np.asarray(image_embeddings, dtype=np.float64), np.asarray(text_embeddings, dtype=np.float64)
    if U.shape != V.shape:
        raise ValueError("image and text embeddings need the same shape: one caption an image")
    loss, S, _, _ = loss_and_gradients(U, V, temperature)
    own = np.arange(len(U))
    for _ in range(steps):
        _, _, d_images, d_texts = loss_and_gradients(U, V, temperature)
        U, V = U - learning_rate * d_images, V - learning_rate * d_texts
    after, S_after, _, _ = loss_and_gradients(U, V, temperature)
    return {
        "loss": loss,
        "chance_loss": float(np.log(len(U))),
        "similarities": S * temperature,
        "image_to_text_accuracy": float((S.argmax(axis=1) == own).mean()),
        "text_to_image_accuracy": float((S.argmax(axis=0) == own).mean()),
        "loss_after_descent": after,
        "accuracy_after_descent": float((S_after.argmax(axis=1) == own).mean()),
    }
