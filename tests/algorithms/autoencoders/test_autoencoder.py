from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA

from algorithms.autoencoders.autoencoder import autoencoder, plane_data
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize("seed", [0, 1])
def test_linear_form_spans_the_pca_subspace_but_not_its_axes(seed: int) -> None:
    output = autoencoder("linear", seed=seed)
    x = plane_data(300, seed)
    pca = PCA(2).fit(x)
    residual = ((pca.inverse_transform(pca.transform(x)) - x) ** 2).sum()
    assert output["pca_squared_error"] == pytest.approx(residual)
    assert output["squared_error"] == pytest.approx(residual, rel=1e-4)
    assert output["squared_error"] >= residual * (1 - 1e-9)  # PCA is the best of its rank
    assert output["subspace_gap"] < 0.02
    assert output["axis_alignment"].min() < 0.99


def test_a_curved_set_needs_the_nonlinearity() -> None:
    output = autoencoder("non-linear", steps=1500)
    assert output["loss_after"] < 0.25 * output["pca_loss"]
    assert output["pca_loss"] == pytest.approx(0.25, rel=0.15)  # one of two directions of variance 1/2, over 2 values
    assert output["loss_after"] < 0.1 * output["loss_before"]


def test_denoising_is_nearer_to_the_clean_input_than_the_noisy_one() -> None:
    output = autoencoder("denoising", steps=1500)
    assert output["error_noisy"] == pytest.approx(0.09, rel=0.1)
    assert output["error_denoised"] < output["error_noisy"]


def test_anomalies_have_a_high_reconstruction_error() -> None:
    assert autoencoder("anomaly detection", steps=1500)["auc"] > 0.85


def test_a_wider_code_reconstructs_better() -> None:
    errors = [autoencoder("linear", code=k)["loss_after"] for k in (1, 2, 4)]
    assert errors[0] > errors[1] > errors[2]
    assert np.isfinite(errors).all()


@pytest.mark.parametrize("bad", [{"variant": "sparse"}, {"code": 0}, {"steps": 10**7}, {"noise": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("autoencoder").run(bad)
