"""``colbert-ai`` as an oracle of late interaction, and its PLAID index as a baseline; both where it is installed."""

from __future__ import annotations

import numpy as np
import pytest

from evals.baselines.base import get_baseline
from evals.datasets.beir import read_beir
from retrieval.scoring.maxsim import maxima, similarities, weighted_maxsim
from tests.evals.small_collection import FOLDER, HashEncoder

pytest.importorskip("colbert")
pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore")]
ENCODER = HashEncoder()
QUERIES = ("Which probe photographed braided rings?", "a world of lava", "storms larger than a planet")


@pytest.fixture(scope="module")
def baseline():
    plaid = get_baseline("plaid", ENCODER)
    plaid.index(list(read_beir(FOLDER).passages()))
    return plaid


def test_our_maxsim_is_theirs():
    import torch
    from colbert.infra import ColBERTConfig
    from colbert.modeling.colbert import colbert_score

    texts = [f"{p.title}\n{p.text}".strip() for p in read_beir(FOLDER).passages()]
    encodings = ENCODER.encode_documents(texts)
    longest = max(len(e.tokens) for e in encodings)
    padded = torch.zeros(len(encodings), longest, ENCODER.token_dimension)
    mask = torch.zeros(len(encodings), longest, 1, dtype=torch.bool)
    for row, encoding in enumerate(encodings):
        padded[row, : len(encoding.tokens)] = torch.from_numpy(encoding.tokens)
        mask[row, : len(encoding.tokens)] = True
    offsets = np.cumsum([0] + [len(e.tokens) for e in encodings])
    stored = np.concatenate([e.tokens for e in encodings])
    for text in QUERIES:
        query = ENCODER.encode_query(text).tokens
        theirs = colbert_score(torch.from_numpy(query)[None], padded, mask, ColBERTConfig())
        best = maxima(similarities(query, stored), offsets)
        ours = weighted_maxsim(best, np.ones(len(query), dtype=np.float32)) * len(query)
        assert ours == pytest.approx(theirs.numpy(), abs=1e-4)


def test_plaid_finds_what_exact_late_interaction_finds(baseline):
    passages = list(read_beir(FOLDER).passages())
    encodings = ENCODER.encode_documents([f"{p.title}\n{p.text}".strip() for p in passages])
    for text in QUERIES:
        query = ENCODER.encode_query(text).tokens
        exact = [float((query @ e.tokens.T).max(axis=1).sum()) for e in encodings]
        found = baseline.search(text, 5)
        assert found[0][0] == passages[int(np.argmax(exact))].id
        assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
