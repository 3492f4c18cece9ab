r"""The modality gap is the distance between the clouds of image and text embeddings in a shared space; alignment maps
one cloud onto the other.

$$\Delta = \Big\|\frac1n \sum_i \hat u_i - \frac1n \sum_i \hat v_i\Big\|, \qquad
R^* = \arg\min_{R^\top R = I} \|U R - V\|_F = A B^\top, \quad U^\top V = A \Sigma B^\top$$

with embeddings of unit length $\hat u, \hat v$ and the singular value decomposition of $U^\top V$.

**Intuition.** Contrastive training only asks that the right pair be nearest; each modality still keeps to its own
narrow cone, formed at random at the start. The distance of the centroids measures this. If the two clouds differ by a
rotation, orthogonal Procrustes recovers it from pairs; if by any linear map, least squares does. Projecting image
features to the width of the text space is the same step in multimodal language models.

**When to use it.** To diagnose a shared space, to mix both modalities in one index, and to stitch separately trained
encoders.

**Cost.** $O(n d^2 + d^3)$.

**Pitfalls.** A gap does not mean bad retrieval within pairs, and closing it by shifting means may even hurt. Alignment
needs true pairs: with shuffled ones the score falls, a control worth running. With fewer pairs than dimensions a linear
map fits anything: test on held-out pairs. Procrustes keeps angles, least squares shrinks. Centre before comparing
shapes.

**References.** Liang et al., *Mind the gap* (2022), arXiv:2203.02053. Schönemann, *A generalized solution of the
orthogonal Procrustes problem* (1966).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.inputs import Seed, rectangular
from algorithms.multimodal.clip_contrastive_loss import normalised
from algorithms.multimodal.cross_modal_attention import Coordinate, Floats
from algorithms.registry import Output, algorithm
from algorithms.transfer_and_efficient_tuning.low_rank_factorization import jacobi_svd

Embeddings = Annotated[
    list[Annotated[list[Coordinate], Field(min_length=1, max_length=16)]],
    Field(min_length=2, max_length=128),
    AfterValidator(rectangular),
]


def procrustes(U: Floats, V: Floats) -> Floats:
    """Orthogonal R (d, d) that brings U R nearest to V."""
    A, _, Bt = jacobi_svd(U.T @ V)
    return A @ Bt


def mean_cosine(U: Floats, V: Floats) -> float:
    """Mean cosine of paired rows; a zero row counts as 0."""
    norms = np.linalg.norm(U, axis=1) * np.linalg.norm(V, axis=1)
    return float(np.divide((U * V).sum(axis=1), norms, out=np.zeros(len(U)), where=norms > 0).mean())


@algorithm(
    id="modality-gap",
    name="Modality gap and embedding alignment",
    aliases=("centroid distance", "Procrustes", "modality projection", "paired alignment", "embedding alignment"),
    example={
        "image_embeddings": [[1.0, 0.2], [0.3, 1.0], [-0.9, 0.4], [-0.2, -1.0]],
        "text_embeddings": [[-0.2, 1.0], [-1.0, 0.3], [-0.4, -0.9], [1.0, -0.2]],
    },
)
def modality_gap(image_embeddings: Embeddings, text_embeddings: Embeddings, seed: Seed = 0) -> Output:
    """Gap of paired embeddings, and alignment by Procrustes and by a linear map.

    Parameters
    ----------
    image_embeddings : list of lists of float, n × d
        Images; row i belongs to text i.
    text_embeddings : list of lists of float, n × e
        Texts; Procrustes needs e = d.
    seed : int
        Seed of the shuffle of the pairs.

    Returns
    -------
    dict
        ``gap`` between the centroids of unit vectors, in [0, 2], None if the widths differ; ``alignment_before`` mean cosine of pairs (None likewise); ``alignment_procrustes`` after rotation and ``rotation`` (d, d), None likewise; ``alignment_linear`` after least squares; ``alignment_shuffled`` the
        procrustes (else linear) alignment refitted on shuffled pairs; ``orthogonality_error`` of the rotation.

    Raises
    ------
    ValueError
        If the numbers of rows differ or an embedding is zero.

    Examples
    --------
    >>> result = modality_gap([[1, 0], [0, 1], [-1, 1]], [[0, 1], [-1, 0], [-1, -1]])
    >>> round(result["alignment_procrustes"], 6), result["rotation"].round().astype(int).tolist()
    (1.0, [[0, 1], [-1, 0]])
    """
    U, V = np.asarray(image_embeddings, dtype=np.float64), np.asarray(text_embeddings, dtype=np.float64)
    if len(U) != len(V):
        raise ValueError("image and text embeddings need the same number of rows")
    unit_u, unit_v = normalised(U)[0], normalised(V)[0]  # (n, d), (n, e)
    shuffled = unit_v[np.random.default_rng(seed).permutation(len(V))]

    def linear(target: Floats) -> float:
        return mean_cosine(unit_u @ np.linalg.pinv(unit_u) @ target, target)

    same = U.shape[1] == V.shape[1]
    output: Output = {
        "gap": float(np.linalg.norm(unit_u.mean(axis=0) - unit_v.mean(axis=0))) if same else None,
        "alignment_before": mean_cosine(unit_u, unit_v) if same else None,
        "alignment_procrustes": None,
        "rotation": None,
        "orthogonality_error": None,
        "alignment_linear": linear(unit_v),
        "alignment_shuffled": linear(shuffled),
    }
    if same:
        R = procrustes(unit_u, unit_v)  # (d, d)
        output["rotation"] = R
        output["alignment_procrustes"] = mean_cosine(unit_u @ R, unit_v)
        output["alignment_shuffled"] = mean_cosine(unit_u @ procrustes(unit_u, shuffled), shuffled)
        output["orthogonality_error"] = float(np.abs(R.T @ R - np.eye(len(R))).max())
    return output
