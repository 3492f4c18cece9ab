r"""Joint self-attention over concatenated modalities puts words and image regions in one sequence and lets a single
Transformer attend over all of them, as VisualBERT does.

$$X = [\,T;\, R\,] \in \mathbb{R}^{(L_t + L_v) \times d}, \qquad A = \mathrm{softmax}\!\Big(\frac{X W_Q (X W_K)^\top}{\sqrt d}\Big) \in \mathbb{R}^{(L_t + L_v) \times (L_t + L_v)}$$

**Intuition.** Attention does not care what a vector stands for. With both modalities in one sequence, the four blocks
of $A$ (text to text, text to image, image to text, image to image) compete for the same unit of attention, and fusion
happens in every layer. A segment vector added to each modality tells them apart. This is called single-stream.

**When to use it.** For understanding tasks with short inputs: question answering, retrieval with re-ranking,
entailment.

**Cost.** $(L_t + L_v)^2$ scores a head and layer, and no embedding can be stored in advance: each pair of text and
image needs a pass of its own.

**Pitfalls.** Without segment or position vectors the model cannot tell a region from a word. Project both modalities to
the same width and similar norms, or one takes all the attention. CLIP is not an example: it has aligned embeddings of
two separate encoders and no joint attention. Nor is this cross-attention between two streams, as in ViLBERT. Give words
a causal mask only when generating.

**References.** Li et al., *VisualBERT* (2019), arXiv:1908.03557. Chen et al., *UNITER* (2019), arXiv:1909.11740.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from algorithms.figures import whole_ticks
from algorithms.multimodal.cross_modal_attention import Coordinate, Vectors, attention
from algorithms.registry import Output, algorithm


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Heat map of the joint attention with the border between the modalities."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 4), layout="constrained")
    axes = figure.subplots()
    axes.imshow(output["weights"], vmin=0, vmax=1, cmap="Blues")
    whole_ticks(axes.xaxis, axes.yaxis)
    border = len(inputs["text"]) - 0.5
    axes.axhline(border)
    axes.axvline(border)
    axes.set(xlabel="looked at: text, then image", ylabel="looking", title="joint attention")
    return figure


@algorithm(
    id="joint-multimodal-self-attention",
    name="Joint self-attention over concatenated modalities (VisualBERT)",
    aliases=("VisualBERT", "single-stream", "joint attention", "concatenated modalities", "UNITER"),
    example={
        "text": [[1.0, 0.0, 0.5], [0.0, 1.0, 0.5]],
        "regions": [[1.0, 0.2, -0.5], [0.1, 1.0, -0.5], [0.3, 0.3, -0.5]],
    },
    figure=draw,
)
def joint_multimodal_self_attention(text: Vectors, regions: Vectors, segment_offset: Coordinate = 0.0) -> Output:
    """One attention layer, with identity projections, over words and regions together.

    Parameters
    ----------
    text : list of lists of float, Lt × d
        Word vectors.
    regions : list of lists of float, Lv × d
        Region vectors.
    segment_offset : float
        Added to each component of the region vectors, as a simple segment embedding.

    Returns
    -------
    dict
        ``weights`` (Lt + Lv, Lt + Lv), rows summing to 1; ``output`` (Lt + Lv, d); ``block_shares`` mean attention that text and image give to text and image; ``scores_computed`` = (Lt + Lv)²; ``two_stream_scores`` = 2 Lt Lv of cross-attention both ways.

    Raises
    ------
    ValueError
        If the widths differ.

    Examples
    --------
    >>> joint_multimodal_self_attention([[1.0]], [[1.0], [1.0]])["scores_computed"]
    9
    """
    T, R = np.asarray(text, dtype=np.float64), np.asarray(regions, dtype=np.float64)  # (Lt, d), (Lv, d)
    if T.shape[1] != R.shape[1]:
        raise ValueError("text and regions need the same width")
    X = np.concatenate([T, R + segment_offset])  # (Lt + Lv, d)
    out, weights = attention(X, X, X)
    n = len(T)
    return {
        "weights": weights,
        "output": out,
        "block_shares": {
            "text to text": float(weights[:n, :n].sum(axis=1).mean()),
            "text to image": float(weights[:n, n:].sum(axis=1).mean()),
            "image to text": float(weights[n:, :n].sum(axis=1).mean()),
            "image to image": float(weights[n:, n:].sum(axis=1).mean()),
        },
        "scores_computed": len(X) ** 2,
        "two_stream_scores": 2 * n * len(R),
    }
