from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import top_k_accuracy_score
from sklearn.metrics.pairwise import cosine_similarity

from algorithms.multimodal.zero_shot_classification import zero_shot_classification
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(2, 6), st.integers(0, 200), st.data())
def test_equals_sklearn(n: int, seed: int, data: st.DataObject) -> None:
    rng = np.random.default_rng(seed)
    U, V = rng.standard_normal((n, 4)), rng.standard_normal((n, 4))
    k = data.draw(st.integers(1, n - 1))
    output = zero_shot_classification(U.tolist(), V.tolist(), list(range(n)), k)
    S = cosine_similarity(U, V)
    np.testing.assert_allclose(output["similarities"], S, atol=1e-12)
    assert output["predictions"].tolist() == S.argmax(axis=1).tolist()
    if n > 2:
        assert output["image_to_text_recall"] == top_k_accuracy_score(range(n), S, k=k, labels=range(n))
        assert output["text_to_image_recall"] == top_k_accuracy_score(range(n), S.T, k=k, labels=range(n))
    np.testing.assert_allclose(output["probabilities"].sum(axis=1), 1)


def test_length_does_not_decide() -> None:
    # the raw dot product would prefer the long caption: 5 against 2
    assert zero_shot_classification([[2.0, 1.0]], [[0.0, 5.0], [1.0, 0.0]])["predictions"].tolist() == [1]


def test_golden_probability() -> None:
    output = zero_shot_classification([[1.0, 0.0]], [[1.0, 0.0], [0.0, 1.0]], scale=2.0)
    assert output["probabilities"][0, 0] == pytest.approx(1 / (1 + np.exp(-2)))


def test_recall_golden_with_two_images_of_one_caption() -> None:
    images, captions = [[1.0, 0.0], [0.1, 1.0], [1.0, 0.9]], [[1.0, 0.0], [0.0, 1.0]]
    output = zero_shot_classification(images, captions, [0, 1, 1])
    # the third image leans to caption 0: two of three right; both captions find a right image first
    assert output["accuracy"] == output["image_to_text_recall"] == pytest.approx(2 / 3)
    assert output["text_to_image_recall"] == 1
    assert zero_shot_classification(images, captions, [0, 1, 1], k=2)["image_to_text_recall"] == 1


@pytest.mark.parametrize(
    "bad", [{"labels": [0]}, {"labels": [0, 1, 9]}, {"image_embeddings": [[0.0, 0.0, 0.0]]}, {"k": 0}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("zero-shot-classification").run(bad)
