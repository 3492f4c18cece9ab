from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.convolution_and_vision.object_detection import (
    anchors_at,
    iou,
    non_maximum_suppression,
    object_detection,
)
from algorithms.registry import load
from core.errors import InputError

CORNER = st.integers(0, 10)
BOX = st.tuples(CORNER, CORNER, st.integers(1, 8), st.integers(1, 8)).map(
    lambda b: [b[0], b[1], b[0] + b[2], b[1] + b[3]]
)


@given(BOX, BOX)
def test_iou_equals_counting_pixels(a: list[int], b: list[int]) -> None:
    canvas = np.zeros((2, 20, 20), dtype=bool)
    for mask, (x1, y1, x2, y2) in zip(canvas, (a, b), strict=True):
        mask[y1:y2, x1:x2] = True
    expected = (canvas[0] & canvas[1]).sum() / (canvas[0] | canvas[1]).sum()
    A, B = np.array([a], dtype=float), np.array([b], dtype=float)
    assert iou(A, B)[0, 0] == pytest.approx(expected)
    assert iou(A, B)[0, 0] == iou(B, A)[0, 0]
    assert iou(A, A)[0, 0] == 1


@given(st.lists(st.tuples(BOX, st.floats(0, 1), st.integers(0, 1)), min_size=1, max_size=8), st.floats(0, 1))
def test_kept_boxes_do_not_overlap_and_each_other_is_covered(
    rows: list[tuple[list[int], float, int]], threshold: float
) -> None:
    boxes = np.array([box for box, _, _ in rows], dtype=float)
    scores, classes = np.array([s for _, s, _ in rows]), np.array([float(c) for _, _, c in rows])
    kept = non_maximum_suppression(boxes, scores, classes, threshold)
    overlaps = iou(boxes, boxes)
    for i in range(len(rows)):
        rivals = [j for j in kept if j != i and classes[i] == classes[j] and overlaps[i, j] > threshold]
        if i in kept:
            assert not rivals
        else:
            assert any(scores[j] >= scores[i] for j in rivals)
    assert list(scores[kept]) == sorted(scores[kept], reverse=True)


def test_golden() -> None:
    output = load("object-detection").run()
    assert output["kept"] == [0, 2]
    # boxes of side 40, moved by 2: 38² / (2 · 40² - 38²) = 1444 / 1756
    assert output["iou"][0][1] == pytest.approx(1444 / 1756)


def test_other_classes_are_not_suppressed() -> None:
    boxes = [[0.0, 0.0, 2.0, 2.0], [0.0, 0.0, 2.0, 2.0]]
    assert object_detection(boxes, [0.9, 0.8])["kept"] == [0]
    assert object_detection(boxes, [0.9, 0.8], classes=[0, 1])["kept"] == [0, 1]


def test_nine_anchors_of_the_right_areas_and_shapes() -> None:
    anchors = anchors_at(5.0, -3.0, [128, 256, 512], [0.5, 1, 2])
    sizes = anchors[:, 2:] - anchors[:, :2]
    assert len(anchors) == 9
    np.testing.assert_allclose(sizes.prod(axis=1), np.repeat([128**2, 256**2, 512**2], 3))
    np.testing.assert_allclose(sizes[:, 1] / sizes[:, 0], np.tile([0.5, 1, 2], 3))
    np.testing.assert_allclose((anchors[:, :2] + anchors[:, 2:]) / 2, [[5, -3]] * 9)


def test_decoding_a_cell() -> None:
    # zeros: the centre of the cell, (3.5, 2.5) · 32 = (112, 80), and the prior 64 × 32
    assert object_detection([[0, 0, 1, 1]], [0.5])["yolo_box"].tolist() == [80, 64, 144, 96]
    moved = object_detection([[0, 0, 1, 1]], [0.5], yolo_output=[50.0, -50.0, float(np.log(2)), 0.0])["yolo_box"]
    np.testing.assert_allclose(moved, [128 - 64, 64 - 16, 128 + 64, 64 + 16])


@pytest.mark.parametrize(
    "bad", [{"boxes": [[0, 0, 0, 1]], "scores": [0.5]}, {"scores": [0.5]}, {"iou_threshold": 2}, {"classes": [1]}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("object-detection").run(bad)
