from __future__ import annotations

import numpy as np
import pytest

from core.errors import InputError, InputTooLarge, NotFound
from core.settings import RerankerSettings
from models.rerankers import get_reranker
from models.rerankers.bundled import BundledReranker

QUESTION = "When was the bridge over the Foo built?"
TEXTS = [
    "The bridge over the Foo was built in 1910.",
    "Many people cross the bridge over the Foo each day, on foot or by bicycle, in summer and in winter alike.",
    "Gradient descent follows the negative gradient.",
]


@pytest.fixture(scope="module")
def reranker() -> BundledReranker:
    found = get_reranker(RerankerSettings(backend="bundled", device="cpu"))
    assert isinstance(found, BundledReranker)
    return found


def test_scores_do_not_depend_on_company_or_order(reranker: BundledReranker) -> None:
    for scores in (reranker.score, reranker.support):
        together = scores(QUESTION, TEXTS)
        np.testing.assert_allclose(
            together[::-1], scores(QUESTION, TEXTS[::-1]), atol=0.15
        )  # bf16 where the CPU has it
        np.testing.assert_allclose(together, [scores(QUESTION, [text])[0] for text in TEXTS], atol=0.15)
        assert scores(QUESTION, []) == []


def test_an_answer_is_supported_more_than_what_is_about_something_else(reranker: BundledReranker) -> None:
    answer, _, far = reranker.support(QUESTION, TEXTS)
    assert answer > far
    assert reranker.residual


def test_nothing_is_cut(reranker: BundledReranker) -> None:
    with pytest.raises(InputTooLarge, match="longer than"):
        reranker.score(QUESTION, ["word " * 600])
    with pytest.raises(InputError, match="empty"):
        reranker.support("  ", TEXTS)


def test_encoder_weights_are_no_reranker() -> None:
    with pytest.raises(NotFound, match="kind encoder"):
        BundledReranker(RerankerSettings(backend="bundled", weights="late-interaction"))
