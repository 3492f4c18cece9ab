from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cosine as scipy_cosine
from sklearn.metrics.pairwise import cosine_similarity as sklearn_cosine

from algorithms.embeddings.cosine_similarity import cosine_matrix, cosine_similarity
from algorithms.registry import load
from core.errors import InputError

NUMBER = st.floats(-100, 100).filter(lambda x: x == 0 or abs(x) > 1e-3)


@given(
    st.integers(1, 5).flatmap(lambda d: st.tuples(*[st.lists(NUMBER, min_size=d, max_size=d)] * 2)),
    st.floats(0.01, 100),
)
def test_equals_scipy_and_ignores_scale(pair: tuple[list[float], list[float]], scale: float) -> None:
    a, b = pair
    output = cosine_similarity(a, b)
    if any(a) and any(b):
        assert output["cosine"] == pytest.approx(1 - scipy_cosine(a, b), abs=1e-9)
        assert cosine_similarity([scale * x for x in a], b)["cosine"] == pytest.approx(output["cosine"], abs=1e-9)
    else:
        assert output["cosine"] == 0
    assert -1 <= output["cosine"] <= 1


def test_matrix_equals_sklearn() -> None:
    rng = np.random.default_rng(0)
    A, B = rng.standard_normal((4, 3)), rng.standard_normal((5, 3))
    A[1] = 0
    np.testing.assert_allclose(cosine_matrix(A, B), sklearn_cosine(A, B), atol=1e-12)


def test_example_by_hand() -> None:
    # 2 + 8 + 15 = 25; norms sqrt 14 and sqrt 45
    output = load("cosine-similarity").run()
    assert output["cosine"] == pytest.approx(25 / (14 * 45) ** 0.5)
    assert output["dot"] == 25
    assert output["euclidean"] == pytest.approx(3)  # (1, 2, 2)
    assert output["norms"] == pytest.approx([14**0.5, 45**0.5])


def test_angles_and_ranking() -> None:
    assert cosine_similarity([1, 0], [-2, 0])["angle_degrees"] == pytest.approx(180)
    assert cosine_similarity([1, 0], [0, 3])["angle_degrees"] == pytest.approx(90)
    output = cosine_similarity([1, 0], [1, 0], others=[[0, 1], [5, 1], [-1, 0]])
    assert output["ranking"].tolist() == [1, 0, 2]
    np.testing.assert_allclose(output["similarities"], [5 / 26**0.5, 0, -1])


@pytest.mark.parametrize("bad", [{"a": [1.0]}, {"a": []}, {"others": [[1.0]]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("cosine-similarity").run(bad)
