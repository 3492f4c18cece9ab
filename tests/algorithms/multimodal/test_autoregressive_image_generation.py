from __future__ import annotations

import itertools

import numpy as np
import pytest

from algorithms.multimodal.autoregressive_image_generation import (
    CAPTIONS,
    autoregressive_image_generation,
    generate,
    learn,
    nats_per_token,
    striped_images,
)
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize("caption", CAPTIONS)
def test_the_caption_steers_the_image(caption: str) -> None:
    output = autoregressive_image_generation(caption)  # type: ignore[arg-type]
    assert output["agreement"] > 0.85
    assert output["agreement_other_caption"] < 0.7
    assert output["sequence"][:2] == caption.split() and len(output["sequence"]) == 2 + 36
    assert output["nats_per_token"] < 0.5 * output["nats_before"]
    assert output["nats_wrong_caption"] > 1.0  # worse than not knowing: the wrong caption misleads


def test_tables_are_conditional_frequencies() -> None:
    images = np.zeros((1, 6, 6), dtype=np.int64)
    table = learn(np.array([0]), images)
    np.testing.assert_allclose(table.sum(axis=3), 1)
    # 25 inner positions with left 0 and upper 0, all 0, and one pseudo-count each
    np.testing.assert_allclose(table[0, 0, 0], [26 / 27, 1 / 27])
    np.testing.assert_allclose(table[1, 0, 0], [0.5, 0.5])  # nothing was seen for the other caption


def test_likelihood_is_a_product_over_the_raster_order() -> None:
    rng = np.random.default_rng(0)
    labels = np.array([0, 1, 1])
    images = striped_images(labels, 0.3, rng)
    table = rng.dirichlet(np.ones(2), size=(2, 3, 3))
    total = 0.0
    for label, image in zip(labels, images, strict=True):
        for r, c in itertools.product(range(6), range(6)):
            left = image[r, c - 1] if c else 2
            upper = image[r - 1, c] if r else 2
            total -= np.log(table[label, left, upper, image[r, c]])
    assert nats_per_token(table, labels, images) == pytest.approx(total / (3 * 36))


def test_sampling_follows_the_table() -> None:
    table = np.full((2, 3, 3, 2), [0.8, 0.2])
    rng = np.random.default_rng(0)
    share = np.mean([generate(table, 0, 1.0, rng).mean() for _ in range(200)])
    assert share == pytest.approx(0.2, abs=0.02)  # 7200 tokens
    cold = np.mean([generate(table, 0, 0.1, rng).mean() for _ in range(50)])
    assert cold < 0.001


@pytest.mark.parametrize("bad", [{"caption": "dots"}, {"noise": 0.9}, {"images": 10**7}, {"temperature": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("autoregressive-image-generation").run(bad)
