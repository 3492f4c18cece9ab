r"""Cross-modal attention lets the tokens of one modality look at the features of another: queries come from text, keys
and values from image regions, or the other way round.

$$A = \mathrm{softmax}\!\Big(\frac{Q_{\text{text}} K_{\text{image}}^\top}{\sqrt{d}}\Big) \in \mathbb{R}^{L_t \times L_v}, \qquad O = A\, V_{\text{image}}$$

**Intuition.** Each word distributes one unit of attention over the regions, most on those whose features match it, and
takes home their weighted mean. *Dog* looks at the dog. The weights of a word sum to 1; they are a soft grounding of
words in the picture.

**When to use it.** For visual question answering (the question attends to regions), captioning (the word being written
attends to regions), grounding, and text-conditioned image generation.

**Cost.** $O(L_t L_v d)$, against $O((L_t + L_v)^2 d)$ for joint attention.

**Pitfalls.** The softmax runs over regions, not over words. A weight is no proof of importance. Neither CLIP nor
VisualBERT is an example, though both are often named: CLIP is a dual encoder whose modalities meet only in a dot
product, VisualBERT runs one joint self-attention over words and regions. ViLBERT, LXMERT and Flamingo do use
cross-attention. Both sides need the same width, so project first. With no matching region the weights still sum to 1;
give the model a way to look at nothing.

**References.** Lu et al., *ViLBERT* (2019), arXiv:1908.02265. Tan and Bansal, *LXMERT* (2019), arXiv:1908.07490.
Alayrac et al., *Flamingo* (2022), arXiv:2204.14198.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from algorithms.activations.softmax import softmax_along
from algorithms.figures import whole_ticks
from algorithms.inputs import rectangular
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Coordinate = Annotated[float, Field(ge=-1e3, le=1e3)]
Vectors = Annotated[
    list[Annotated[list[Coordinate], Field(min_length=1, max_length=64)]],
    Field(min_length=1, max_length=48),
    AfterValidator(rectangular),
]


def attention(Q: Floats, K: Floats, V: Floats) -> tuple[Floats, Floats]:
    """Scaled dot-product attention: output (n, v) and weights (n, m)."""
    weights = softmax_along(Q @ K.T / np.sqrt(Q.shape[1]))
    return weights @ V, weights


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Heat map of the weights of words over regions."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(output["weights"], vmin=0, vmax=1, cmap="Blues")
    whole_ticks(axes.xaxis, axes.yaxis)
    axes.set(xlabel="image region", ylabel="text token", title="cross-modal attention")
    figure.colorbar(image)
    return figure


@algorithm(
    id="cross-modal-attention",
    name="Cross-modal attention",
    aliases=("text-image attention", "VQA", "image captioning", "grounding", "cross-attention between modalities"),
    example={
        "text": [[3.0, 0.0], [0.0, 3.0], [0.0, 0.0]],
        "regions": [[2.0, 0.0], [0.0, 2.0], [0.5, 0.5]],
    },
    figure=draw,
)
def cross_modal_attention(text: Vectors, regions: Vectors, values: Vectors | None = None) -> Output:
    """Text tokens attend to image regions.

    Parameters
    ----------
    text : list of lists of float, Lt × d
        Queries, one a word.
    regions : list of lists of float, Lv × d
        Keys, one a region.
    values : list of lists of float, Lv × dv, or None
        What is fetched from each region; by default the keys.

    Returns
    -------
    dict
        ``weights`` (Lt, Lv), rows summing to 1; ``output`` (Lt, dv); ``grounding`` the region with the largest weight for each word; ``entropy_bits`` of each row; ``multiplications`` of the two products, and ``joint_multiplications`` of joint self-attention.

    Raises
    ------
    ValueError
        If widths or lengths do not fit.

    Examples
    --------
    >>> cross_modal_attention([[5.0, 0.0]], [[0.0, 4.0], [4.0, 0.0]])["grounding"]
    [1]
    """
    Q, K = np.asarray(text, dtype=np.float64), np.asarray(regions, dtype=np.float64)  # (Lt, d), (Lv, d)
    V = K if values is None else np.asarray(values, dtype=np.float64)  # (Lv, dv)
    if Q.shape[1] != K.shape[1] or len(V) != len(K):
        raise ValueError("text and regions need the same width, regions and values the same length")
    out, weights = attention(Q, K, V)
    logs = np.log2(weights, out=np.zeros_like(weights), where=weights > 0)
    joint = len(Q) + len(K)
    return {
        "weights": weights,
        "output": out,
        "grounding": weights.argmax(axis=1).tolist(),
        "entropy_bits": np.maximum(0, -(weights * logs).sum(axis=1)),
        "multiplications": len(Q) * len(K) * (Q.shape[1] + V.shape[1]),
        "joint_multiplications": joint**2 * (Q.shape[1] + V.shape[1]),
    }
