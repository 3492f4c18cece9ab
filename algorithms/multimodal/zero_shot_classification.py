r"""Zero-shot classification with CLIP names the classes in captions and picks, for an image, the caption whose
embedding is nearest; image-text retrieval ranks by the same similarity.

$$\hat y = \arg\max_c \cos\big(u, v_c\big), \qquad p(c \mid u) = \mathrm{softmax}_c\big(s \cos(u, v_c)\big), \qquad
\text{recall@}k = \frac{\#\{i : \text{the right caption is among the first } k\}}{n}$$

**Intuition.** "A photo of a dog" is a classifier written in words: its text embedding plays the weight vector. New
classes cost one sentence and no training. The model was trained to match pictures with captions, so classes should be
phrased as captions.

**When to use it.** For open or changing class lists, for search over images by text and the reverse, and as a baseline
before labelling.

**Cost.** One embedding an image; caption embeddings are computed once.

**Pitfalls.** The wording matters: average the embeddings of several prompts, then normalise again. Bare words are
ambiguous (*crane*). Compare cosines, not raw dot products. Probabilities depend on the scale $s$ (100 in CLIP) and on
which captions are listed; they are not calibrated, and no class means "none of these". Fine counts, spatial relations
and text in images are weak. Recall@k grows with $k$ and shrinks with the number of candidates: report both.

**References.** Radford et al., *Learning transferable visual models from natural language supervision* (2021),
arXiv:2103.00020.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.multimodal.clip_contrastive_loss import normalised
from algorithms.multimodal.cross_modal_attention import Vectors
from algorithms.registry import Output, algorithm


@algorithm(
    id="zero-shot-classification",
    name="Zero-shot classification and image-text retrieval with CLIP",
    aliases=("CLIP zero-shot", "prompt captions", "image-text retrieval", "recall@k", "zero-shot image classification"),
    example={
        "image_embeddings": [[0.9, 0.1, 0.0], [0.1, 0.8, 0.3], [0.0, 0.3, 0.4]],
        "caption_embeddings": [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    },
)
def zero_shot_classification(
    image_embeddings: Vectors,
    caption_embeddings: Vectors,
    labels: Annotated[list[Annotated[int, Field(ge=0, le=47)]], Field(min_length=1, max_length=48)] | None = None,
    k: Annotated[int, Field(ge=1, le=48)] = 1,
    scale: Annotated[float, Field(gt=0, le=1000)] = 100.0,
) -> Output:
    """Nearest caption of each image, and recall@k in both directions.

    Parameters
    ----------
    image_embeddings : list of lists of float, n × d
        Images.
    caption_embeddings : list of lists of float, m × d
        Captions, one a class.
    labels : list of int, length n, or None
        Number of the right caption of each image, from 0; needed for accuracy and recall.
    k : int
        Depth of the ranking that counts as found.
    scale : float
        Factor s on the cosines before the softmax.

    Returns
    -------
    dict
        ``predictions`` (n,); ``similarities`` (n, m) cosines; ``probabilities`` (n, m). With labels also ``accuracy``, ``image_to_text_recall`` and ``text_to_image_recall`` at k: the latter over captions that have an image, found if one of its images is among the first k.

    Raises
    ------
    ValueError
        If sizes do not fit, a label names no caption or an embedding is zero.

    Examples
    --------
    >>> zero_shot_classification([[2.0, 1.0]], [[0.0, 5.0], [1.0, 0.0]])["predictions"].tolist()
    [1]
    """
    U, V = np.asarray(image_embeddings, dtype=np.float64), np.asarray(caption_embeddings, dtype=np.float64)
    if U.shape[1] != V.shape[1]:
        raise ValueError("images and captions need embeddings of the same width")
    S = normalised(U)[0] @ normalised(V)[0].T  # (n, m)
    output: Output = {
        "predictions": S.argmax(axis=1),
        "similarities": S,
        "probabilities": softmax_along(scale * S),
    }
    if labels is None:
        return output
    y = np.asarray(labels)
    if len(y) != len(U) or y.max() >= len(V):
        raise ValueError("labels needs one caption number for each image")
    to_text = np.argsort(-S, axis=1, kind="stable")[:, :k]  # (n, k)
    to_image = np.argsort(-S, axis=0, kind="stable")[:k]  # (k, m)
    used = np.unique(y)
    output["accuracy"] = float((S.argmax(axis=1) == y).mean())
    output["image_to_text_recall"] = float((to_text == y[:, None]).any(axis=1).mean())
    output["text_to_image_recall"] = float(np.mean([(y[to_image[:, c]] == c).any() for c in used]))
    return output
