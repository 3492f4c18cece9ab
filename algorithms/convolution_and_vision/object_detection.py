r"""Object detection finds boxes and classes of the objects in an image; IoU compares boxes, non-maximum suppression
removes duplicates.

$$\mathrm{IoU}(A, B) = \frac{|A \cap B|}{|A \cup B|}, \qquad x = (\sigma(t_x) + c_x)\,s, \quad w = p_w\,e^{t_w}$$

**Intuition.** A single-stage detector such as YOLO divides the image into a grid; each cell predicts boxes relative to
prior shapes, the anchors, with a score. Faster R-CNN first proposes regions from 9 anchors at each place (3 scales, 3
aspect ratios) and classifies them afterwards. Both produce many overlapping boxes for one object. Non-maximum
suppression (NMS) keeps the best and drops all that overlap it too much, then goes on with the next.

**When to use it.** IoU for matching and for the metric (mAP); NMS after most detectors, except set-based ones such as
DETR.

**Cost.** NMS: $O(n \log n)$ for the sort and $O(n k)$ comparisons with the $k$ kept boxes.

**Pitfalls.** Run NMS for each class separately, or a dog suppresses the cat beside it. A low threshold removes true
neighbours in crowds, a high one leaves duplicates. Boxes come as corners or as centre and size: mixing them up gives
nonsense quietly. IoU is 0 for all disjoint boxes, however near, so as a loss it needs GIoU. Some old code adds one
pixel to widths.

**References.** Redmon et al., *You only look once*, arXiv:1506.02640. Ren et al., *Faster R-CNN*, arXiv:1506.01497.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.inputs import Number, Probability, rectangular
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Box = Annotated[list[Annotated[float, Field(ge=-1e6, le=1e6)]], Field(min_length=4, max_length=4)]
Boxes = Annotated[list[Box], Field(min_length=1, max_length=200), AfterValidator(rectangular)]


def iou(a: Floats, b: Floats) -> Floats:
    """IoU (n, m) of boxes (n, 4) and (m, 4) given as x1, y1, x2, y2.

    Examples
    --------
    >>> iou(np.array([[0.0, 0.0, 2.0, 2.0]]), np.array([[1.0, 0.0, 3.0, 2.0]])).round(4).tolist()
    [[0.3333]]
    """
    top_left = np.maximum(a[:, None, :2], b[None, :, :2])  # (n, m, 2)
    bottom_right = np.minimum(a[:, None, 2:], b[None, :, 2:])  # (n, m, 2)
    overlap = np.prod(np.maximum(bottom_right - top_left, 0), axis=2)  # (n, m)
    areas = [np.prod(v[:, 2:] - v[:, :2], axis=1) for v in (a, b)]
    union = areas[0][:, None] + areas[1][None] - overlap
    return np.asarray(overlap / np.maximum(union, 1e-300))


def non_maximum_suppression(boxes: Floats, scores: Floats, classes: Floats, threshold: float) -> list[int]:
    """Indices of the boxes that are kept, best first; a box only suppresses others of its class.

    Examples
    --------
    >>> boxes = np.array([[0.0, 0.0, 2.0, 2.0], [0.1, 0.0, 2.1, 2.0], [5.0, 5.0, 6.0, 6.0]])
    >>> non_maximum_suppression(boxes, np.array([0.8, 0.9, 0.7]), np.zeros(3), 0.5)
    [1, 2]
    """
    overlaps = iou(boxes, boxes)
    kept: list[int] = []
    for i in np.argsort(-scores, kind="stable"):
        if not any(overlaps[i, j] > threshold and classes[i] == classes[j] for j in kept):
            kept.append(int(i))
    return kept


def anchors_at(x: float, y: float, scales: list[float], ratios: list[float]) -> Floats:
    """Anchor boxes around a place, of area scale² and height / width equal to the ratio, as x1, y1, x2, y2.

    Examples
    --------
    >>> anchors_at(0.0, 0.0, [2.0], [1.0]).tolist()
    [[-1.0, -1.0, 1.0, 1.0]]
    """
    rows = []
    for scale in scales:
        for ratio in ratios:
            w, h = scale / np.sqrt(ratio), scale * np.sqrt(ratio)
            rows.append([x - w / 2, y - h / 2, x + w / 2, y + h / 2])
    return np.array(rows)


def decode_yolo(t: list[float], cell: tuple[int, int], stride: float, prior: tuple[float, float]) -> Floats:
    """Box of raw outputs (tx, ty, tw, th) in a grid cell (column, row), as x1, y1, x2, y2.

    Examples
    --------
    >>> decode_yolo([0.0, 0.0, 0.0, 0.0], (3, 2), 32.0, (64.0, 32.0)).tolist()
    [80.0, 64.0, 144.0, 96.0]
    """
    center = (1 / (1 + np.exp(-np.clip(t[:2], -500, 500))) + np.array(cell)) * stride  # (2,)
    size = np.array(prior) * np.exp(np.clip(t[2:], -50, 50))  # (2,)
    return np.concatenate([center - size / 2, center + size / 2])


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """All boxes dashed, the kept ones solid."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    figure = Figure(figsize=(4, 3.5), layout="constrained")
    axes = figure.subplots()
    for i, (x1, y1, x2, y2) in enumerate(inputs["boxes"]):
        kept = i in output["kept"]
        color, line = ("C0", "-") if kept else ("grey", "--")
        axes.add_patch(Rectangle((x1, y1), x2 - x1, y2 - y1, fill=False, color=color, linestyle=line))
        axes.text(x2, y2, f"{inputs['scores'][i]:g}", ha="right", va="bottom", color=color, fontsize=8)
    axes.autoscale_view()
    axes.invert_yaxis()
    axes.set(xlabel="x", ylabel="y", title="kept boxes solid")
    return figure


@algorithm(
    id="object-detection",
    name="Object detection (YOLO grid, anchors, IoU, NMS)",
    aliases=(
        "YOLO single-stage detection (IoU, NMS)",
        "YOLO",
        "non-maximum suppression",
        "NMS",
        "IoU",
        "Faster R-CNN anchors",
        "RPN",
        "region proposals",
        "anchors",
        "intersection over union",
        "anchor boxes",
    ),
    example={
        "boxes": [[10, 10, 50, 50], [12, 12, 52, 52], [60, 60, 90, 90], [14, 8, 48, 54]],
        "scores": [0.9, 0.8, 0.7, 0.6],
        "iou_threshold": 0.5,
    },
    figure=draw,
)
def object_detection(
    boxes: Boxes,
    scores: Annotated[list[Probability], Field(min_length=1, max_length=200)],
    iou_threshold: Probability = 0.5,
    classes: Annotated[list[Annotated[int, Field(ge=0, le=1000)]], Field(min_length=1, max_length=200)] | None = None,
    scales: Annotated[list[Annotated[float, Field(gt=0, le=1e5)]], Field(min_length=1, max_length=5)] = [128, 256, 512],  # noqa: B006
    ratios: Annotated[list[Annotated[float, Field(gt=0, le=100)]], Field(min_length=1, max_length=5)] = [0.5, 1, 2],  # noqa: B006
    yolo_output: Annotated[list[Number], Field(min_length=4, max_length=4)] = [0.0, 0.0, 0.0, 0.0],  # noqa: B006
) -> Output:
    """IoU and NMS of boxes, the anchors at one place, and the decoding of a YOLO cell.

    Parameters
    ----------
    boxes : list of [x1, y1, x2, y2]
        Corners, with x1 < x2 and y1 < y2.
    scores : list of float
        Confidence of each box.
    iou_threshold : float
        Overlap above which a box is suppressed.
    classes : list of int or null
        Class of each box; one class if null.
    scales : list of float
        Square roots of the anchors' areas.
    ratios : list of float
        Heights over widths of the anchors.
    yolo_output : list of 4 floats
        Raw (tx, ty, tw, th) of the cell in column 3 and row 2 of a grid of stride 32, with a prior of 64 × 32.

    Returns
    -------
    dict
        ``iou`` between all boxes, at most 8 × 8; ``kept``, indices after NMS, best first, and ``suppressed``;
        ``anchors`` around the origin (scales · ratios boxes) and ``anchors_per_location``; ``yolo_box`` as corners.

    Raises
    ------
    ValueError
        If lengths differ or a box is empty.

    Examples
    --------
    >>> out = object_detection([[0, 0, 2, 2], [1, 0, 3, 2]], [0.9, 0.8], iou_threshold=0.3)
    >>> out["iou"].round(4).tolist(), out["kept"], out["anchors_per_location"]
    ([[1.0, 0.3333], [0.3333, 1.0]], [0], 9)
    """
    corners = np.asarray(boxes, dtype=np.float64)  # (n, 4)
    labels = np.zeros(len(corners)) if classes is None else np.asarray(classes, dtype=np.float64)
    if len(scores) != len(corners) or len(labels) != len(corners):
        raise ValueError("give one score, and one class if any, for each box")
    if (corners[:, 2:] <= corners[:, :2]).any():
        raise ValueError("each box needs x1 < x2 and y1 < y2; give corners, not centre and size")
    kept = non_maximum_suppression(corners, np.asarray(scores), labels, iou_threshold)
    anchors = anchors_at(0.0, 0.0, scales, ratios)
    return {
        "iou": iou(corners[:8], corners[:8]),
        "kept": kept,
        "suppressed": [i for i in range(len(corners)) if i not in kept],
        "anchors": anchors,
        "anchors_per_location": len(anchors),
        "yolo_box": decode_yolo(yolo_output, (3, 2), 32.0, (64.0, 32.0)),
    }
