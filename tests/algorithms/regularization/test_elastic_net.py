from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import ElasticNet

from algorithms.registry import load
from algorithms.regularization.elastic_net import elastic_net
from algorithms.regularization.l1_regularization import l1_regularization
from algorithms.regularization.l2_regularization import l2_regularization
from core.errors import InputError


def data(seed: int) -> tuple[list[list[float]], list[float]]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(15, 4)).tolist(), rng.normal(1, 2, size=15).tolist()


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize(("alpha", "ratio"), [(0.1, 0.5), (0.4, 0.2)])
def test_equals_sklearn(seed: int, alpha: float, ratio: float) -> None:
    X, y = data(seed)
    model = ElasticNet(alpha=alpha, l1_ratio=ratio, tol=1e-12, max_iter=100_000).fit(X, y)
    output = elastic_net(X, y, 15 * alpha * ratio, 15 * alpha * (1 - ratio), intercept=True)
    np.testing.assert_allclose(output["weights"], model.coef_, atol=1e-6)
    assert output["intercept"] == pytest.approx(float(model.intercept_), abs=1e-6)


def test_the_ends_are_lasso_and_ridge() -> None:
    X, y = data(3)
    np.testing.assert_allclose(elastic_net(X, y, 2.0, 0.0)["weights"], l1_regularization(X, y, 2.0)["weights"])
    np.testing.assert_allclose(
        elastic_net(X, y, 0.0, 2.0)["weights"], l2_regularization(X, y, 2.0)["weights"], atol=1e-8
    )


def test_identical_features_share_their_weight_and_lasso_drops_one() -> None:
    output = load("elastic-net").run()
    assert output["weights"][0] == pytest.approx(output["weights"][1], abs=1e-6)
    assert output["weights"][0] > 0.9
    assert output["lasso_weights"][1] == pytest.approx(0, abs=1e-6)
    assert output["zeros"] == 1
    assert all(w != 0 for w in output["ridge_weights"])


@pytest.mark.parametrize("bad", [{"l1_penalty": -1}, {"l2_penalty": -1}, {"y": [1.0]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("elastic-net").run(bad)
