from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.retrieval.colbert_maxsim import colbert_maxsim, maxsim
from core.errors import InputError

SEEDS = st.integers(0, 10_000)
Q = [[1, 0], [0, 1], [0.6, 0.8]]
D = [[1, 0], [0.8, 0.6], [0, 1], [-1, 0], [0.6, -0.8]]


def random_pair(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((3, 4)), rng.standard_normal((5, 4))


def test_worked_example() -> None:
    # rows of Q D^T: (1, .8, 0, -1, .6), (0, .6, 1, 0, -.8), (.6, .96, .8, -.6, -.28)
    r = colbert_maxsim(Q, D)
    assert r["maxima"] == pytest.approx([1, 1, 0.96])
    assert r["matches"].tolist() == [0, 2, 1]
    assert r["score"] == pytest.approx(2.96) and r["reverse_score"] == pytest.approx(3.56)
    assert r["similarities_computed"] == 15
    assert colbert_maxsim(Q, D, aggregate="mean")["score"] == pytest.approx(2.96 / 3)


@given(SEEDS)
def test_equals_torch(seed: int) -> None:
    q, d = random_pair(seed)
    expected = torch.einsum("id,jd->ij", torch.tensor(q), torch.tensor(d)).max(dim=1).values.sum()
    assert maxsim(q, d) == pytest.approx(float(expected))
    unit = colbert_maxsim(q.tolist(), d.tolist(), normalize=True)["score"]
    cosines = torch.nn.functional.cosine_similarity(torch.tensor(q)[:, None], torch.tensor(d)[None], dim=-1)
    assert unit == pytest.approx(float(cosines.max(dim=1).values.sum()))


@given(SEEDS)
def test_order_and_copies_of_document_tokens_do_not_matter_and_a_token_never_lowers(seed: int) -> None:
    q, d = random_pair(seed)
    assert maxsim(q, np.vstack([d[::-1], d[:1]])) == pytest.approx(maxsim(q, d))
    assert maxsim(q, d) >= maxsim(q, d[:-1])


def test_index_size_is_256_bytes_a_token_at_128_dimensions_in_fp16() -> None:
    r = load("colbert-maxsim").run({"query": [[0.0] * 128], "document": [[1.0] * 128] * 7})
    assert r["document_index_bytes"] == 7 * 256


@pytest.mark.parametrize(
    "bad",
    [
        {"query": [[1, 0, 0]]},
        {"query": [[1, 0], [1]]},
        {"document": [[0, 0]], "normalize": True},
        {"query": [[1, 0]] * 49},
    ],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("colbert-maxsim").run(bad)
