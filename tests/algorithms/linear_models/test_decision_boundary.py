from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from algorithms.linear_models.decision_boundary import decision_boundary
from algorithms.registry import load
from algorithms.toy_data import gaussian_blobs
from core.errors import InputError


@pytest.mark.parametrize("threshold", [0.2, 0.5, 0.9])
def test_equals_sklearn_at_any_threshold(threshold: float) -> None:
    X, y = gaussian_blobs(np.array([[0.0, 0.0, 1.0], [1.0, 2.0, 0.0]]), 20, 1.0, 0)
    model = LogisticRegression().fit(X, y)
    output = decision_boundary(model.coef_[0].tolist(), float(model.intercept_[0]), X.tolist(), threshold)
    assert output["classes"].tolist() == (model.predict_proba(X)[:, 1] >= threshold).astype(int).tolist()
    assert output["boundary_dimension"] == 2


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=5), st.floats(-5, 5), st.data())
def test_distance_is_that_to_the_projection(w: list[float], b: float, data: st.DataObject) -> None:
    assume(np.linalg.norm(w) > 0.1)
    x = np.array(data.draw(st.lists(st.floats(-5, 5), min_size=len(w), max_size=len(w))))
    output = decision_boundary(w, b, [x.tolist()])
    distance = output["signed_distances"][0]
    foot = x - distance * np.array(w) / np.linalg.norm(w)
    assert np.dot(w, foot) + b == pytest.approx(0, abs=1e-9)
    nearest = output["nearest_boundary_point"]
    assert np.dot(w, nearest) + b == pytest.approx(0, abs=1e-9)
    assert np.linalg.norm(nearest) == pytest.approx(output["distance_from_origin"])


def test_golden_and_dimension() -> None:
    # |(3, 4)| = 5: distances -5/5, 2/5, (9 + 8 - 5)/5, (3 + 2 - 5)/5
    output = load("decision-boundary").run()
    assert output["signed_distances"] == pytest.approx([-1, 0.4, 2.4, 0])
    assert output["classes"] == [0, 1, 1, 1]
    assert output["boundary_dimension"] == 1  # a line in the plane
    assert decision_boundary([1.0], 0, [[1.0]])["boundary_dimension"] == 0
    assert decision_boundary([1.0] * 10, 0, [[1.0] * 10])["boundary_dimension"] == 9


@pytest.mark.parametrize("bad", [{"weights": [0, 0]}, {"weights": [1.0]}, {"threshold": 1.0}, {"points": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("decision-boundary").run(bad)
