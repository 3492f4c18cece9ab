r"""Modality gating fuses two modalities by a learnt gate that decides, component by component, how much of each to let
through.

$$g = \sigma\big(W [v; t] + b\big) \in (0, 1)^d, \qquad o = g \odot v + (1 - g) \odot t$$

**Intuition.** Not every input needs both modalities to the same degree: a blurred picture should count less, a vague
sentence too. The gate sees both and mixes them convexly, so each component of the result lies between those of the two.
With $W = 0$ and $b = 0$ it is the plain mean; $b \to \pm\infty$ selects one side. Such dynamic reweighting keeps the
stronger modality from always winning. Modality-specific layers before the gate, and shared ones after it, are the usual
arrangement.

**When to use it.** To fuse image, text or sound where quality varies or one may be missing.

**Cost.** $2 d^2 + d$ parameters; one product an example.

**Pitfalls.** The gate may close on one modality early in training and starve the other of gradient; drop modalities at
random while training. Bring both to the same width and scale first. $g$ and $1 - g$ must be used together; two
independent gates do not compete. A gate value is not a measure of importance if the two vectors differ in norm.

**References.** Arevalo et al., *Gated multimodal units for information fusion* (2017), arXiv:1702.01992. Wang, Tran and
Feiszli, *What makes training multi-modal classification networks hard?* (2019), arXiv:1905.12681.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.activations.sigmoid import logistic
from algorithms.inputs import rectangular
from algorithms.multimodal.cross_modal_attention import Coordinate
from algorithms.registry import Output, algorithm

Features = Annotated[list[Coordinate], Field(min_length=1, max_length=50)]
GateMatrix = Annotated[
    list[Annotated[list[Coordinate], Field(min_length=2, max_length=100)]],
    Field(min_length=1, max_length=50),
    AfterValidator(rectangular),
]


@algorithm(
    id="modality-gating",
    name="Modality gating and dynamic reweighting",
    aliases=("gated fusion", "dynamic reweighting", "modality-specific attention", "gated multimodal unit", "GMU"),
    example={"visual": [1.0, 0.5], "textual": [-1.0, 2.0]},
)
def modality_gating(
    visual: Features, textual: Features, gate_weights: GateMatrix | None = None, bias: Coordinate = 0.0
) -> Output:
    """Fuse a visual and a textual vector.

    Parameters
    ----------
    visual : list of float, length d
        Visual features v.
    textual : list of float, length d
        Textual features t.
    gate_weights : list of lists of float, d × 2d, or None
        Weights W; by default zero, so that the bias alone sets the gate.
    bias : float
        Bias b of each gate.

    Returns
    -------
    dict
        ``gate`` (d,) in [0, 1], the share of the visual side; ``fused`` (d,); ``mean_gate``; ``gradient_visual`` and ``gradient_textual`` (d,): how much each component of the result moves with its own visual or textual input at a fixed gate.

    Raises
    ------
    ValueError
        If the sizes do not fit.

    Examples
    --------
    >>> modality_gating([1.0], [3.0])["fused"].tolist()
    [2.0]
    """
    v, t = np.asarray(visual, dtype=np.float64), np.asarray(textual, dtype=np.float64)  # (d,), (d,)
    if v.shape != t.shape:
        raise ValueError("visual and textual need the same length")
    W = np.zeros((len(v), 2 * len(v))) if gate_weights is None else np.asarray(gate_weights, dtype=np.float64)
    if W.shape != (len(v), 2 * len(v)):
        raise ValueError(f"gate_weights must be {len(v)} × {2 * len(v)}, got {W.shape[0]} × {W.shape[1]}")
    gate = logistic(W @ np.concatenate([v, t]) + bias)  # (d,)
    return {
        "gate": gate,
        "fused": gate * v + (1 - gate) * t,
        "mean_gate": float(gate.mean()),
        "gradient_visual": gate,
        "gradient_textual": 1 - gate,
    }
