from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import orthogonal_procrustes
from scipy.stats import ortho_group

from algorithms.multimodal.modality_gap import modality_gap, procrustes
from algorithms.registry import load
from core.errors import InputError


@settings(max_examples=20)
@given(st.integers(2, 6), st.integers(0, 1000))
def test_procrustes_equals_scipy_and_recovers_a_rotation(d: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    U, V = rng.standard_normal((20, d)), rng.standard_normal((20, d))
    np.testing.assert_allclose(procrustes(U, V), orthogonal_procrustes(U, V)[0], atol=1e-8)
    rotation = ortho_group.rvs(d, random_state=seed)
    output = modality_gap(U.tolist(), (U @ rotation).tolist())
    np.testing.assert_allclose(output["rotation"], rotation, atol=1e-8)
    assert output["alignment_procrustes"] == pytest.approx(1)
    assert output["alignment_linear"] == pytest.approx(1)
    assert output["orthogonality_error"] < 1e-10
    assert output["alignment_shuffled"] < output["alignment_procrustes"] - 0.1


def test_gap_golden() -> None:
    # unit centroids (1, 0) and (0, 1): distance sqrt 2; cosine of every pair 0
    output = modality_gap([[2.0, 0.0], [5.0, 0.0]], [[0.0, 1.0], [0.0, 3.0]])
    assert output["gap"] == pytest.approx(np.sqrt(2))
    assert output["alignment_before"] == 0
    assert modality_gap([[1.0, 2.0], [3.0, 4.0]], [[2.0, 4.0], [6.0, 8.0]])["gap"] == pytest.approx(0)


def test_a_linear_map_bridges_different_widths() -> None:
    rng = np.random.default_rng(0)
    U = rng.standard_normal((40, 5))
    U /= np.linalg.norm(U, axis=1, keepdims=True)
    V = U @ rng.standard_normal((5, 3))
    V += 0.01 * rng.standard_normal(V.shape)
    output = modality_gap(U.tolist(), V.tolist())
    assert output["gap"] is None and output["rotation"] is None
    assert output["alignment_linear"] > 0.95
    assert output["alignment_shuffled"] < output["alignment_linear"] - 0.3


@pytest.mark.parametrize("bad", [{"image_embeddings": [[1.0, 0.0]] * 2}, {"text_embeddings": [[0.0, 0.0]] * 4}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("modality-gap").run(bad)
