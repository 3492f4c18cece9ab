from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import torch

from core.errors import Conflict
from models.encoders.backbone import Backbone, attention_bias, embed, layer_forward, load_backbone, pad, token_ids
from models.training.late_interaction import LateInteractionSettings, LateInteractionTrainer, draw, ignored, maxsim
from models.training.pairs import Pair, PairCollection
from models.training.prepared import NEGATIVES, Passes, Prepared, prepare, root_idf_weights
from retrieval.bm25_texts import Bm25Texts
from retrieval.scoring.maxsim import maxima, root_idf, similarities, weighted_maxsim
from tests.models.tiny import WORDS, tiny_backbone


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> Backbone:
    return load_backbone(tiny_backbone(tmp_path_factory.mktemp("tiny")))


@pytest.fixture(scope="module")
def prepared(backbone: Backbone) -> Prepared:
    """Queries are two words of their passage and one that stands in another, so that words alone do not decide."""
    chance = random.Random(3)
    texts = tuple(" ".join(chance.choices(WORDS, k=chance.randint(6, 14))) for _ in range(60))
    queries = [" ".join([*chance.sample(text.split(), 2), chance.choice(WORDS)]) for text in texts]
    pairs = tuple(Pair(query, row, held_out=row >= 50) for row, query in enumerate(queries))
    return prepare(PairCollection("tiny", texts, pairs), Passes(backbone, 2, "cpu", torch.float32), Bm25Texts, None, 64)


SETTINGS = LateInteractionSettings(steps=12, queries=8, negatives=2, rate=3e-3, hold=0.1)


def test_written_out_layers_equal_the_library(backbone: Backbone) -> None:
    ids, mask = pad(token_ids(backbone, ["word1 word2 word3", "word4"], 64))
    expected = backbone.model(input_ids=torch.from_numpy(ids), attention_mask=torch.from_numpy(mask)).last_hidden_state
    hidden, bias = embed(backbone, torch.from_numpy(ids)), attention_bias(torch.from_numpy(mask), torch.float32)
    for layer in backbone.layers:
        hidden = layer_forward(layer, hidden, bias)
    np.testing.assert_allclose(hidden[0].detach(), expected[0].detach(), atol=1e-5)
    np.testing.assert_allclose(hidden[1, :3].detach(), expected[1, :3].detach(), atol=1e-5)


def test_batched_maxsim_equals_the_retrieval_kernel() -> None:
    chance = np.random.default_rng(0)
    queries, passages = chance.normal(size=(2, 3, 8)), chance.normal(size=(4, 5, 8))
    weights = chance.uniform(0.5, 2, size=(2, 3))
    mask = np.array([[1] * 5, [1, 1, 0, 0, 0], [1] * 4 + [0], [1, 0, 0, 0, 0]])
    found = maxsim(*map(torch.from_numpy, (queries, weights, passages, mask)))
    flat = np.concatenate([passages[i, : mask[i].sum()] for i in range(4)]).astype(np.float32)
    offsets = np.concatenate([[0], np.cumsum(mask.sum(1))])
    for i in range(2):
        best = maxima(similarities(queries[i].astype(np.float32), flat), offsets)
        np.testing.assert_allclose(found[i], weighted_maxsim(best, weights[i].astype(np.float32)), atol=1e-5)


def test_query_weights_are_those_of_the_index() -> None:
    ids = [np.array([1, 1, 2], dtype=np.int32), np.array([2], dtype=np.int32)]
    np.testing.assert_allclose(root_idf_weights(ids, 4), root_idf(np.array([0, 1, 2, 0]), 2), rtol=1e-6)


def test_mined_negatives_are_no_positives_and_training_pairs_only(prepared: Prepared) -> None:
    assert len(prepared.pairs) == 50
    assert prepared.negatives.shape == (50, NEGATIVES)
    for row, pair in enumerate(prepared.pairs):
        assert pair.positive not in prepared.negatives[row].tolist()
    assert (prepared.negatives >= 0).any(axis=1).mean() > 0.5


def test_activations_give_what_one_pass_gives(prepared: Prepared, backbone: Backbone) -> None:
    passes = Passes(backbone, 2, "cpu", torch.float32)
    states, mask = prepared.texts.get([3, 17])
    hidden = passes.upper(states.float(), mask)
    padded, full = pad([prepared.text_ids[3], prepared.text_ids[17]])
    expected = backbone.model(input_ids=torch.from_numpy(padded), attention_mask=torch.from_numpy(full))
    found, wanted = hidden.detach(), expected.last_hidden_state.detach()
    for row in range(2):  # the cache keeps 8 bits of mantissa
        length = int(full[row].sum())
        np.testing.assert_allclose(found[row, :length], wanted[row, :length], atol=0.05)


def test_another_copy_of_the_answer_is_no_negative() -> None:
    pairs = (Pair("same", 0), Pair("same", 1), Pair("other", 2))
    empty = np.full((3, NEGATIVES), -1)
    collection = Prepared("x", pairs, *[None] * 6, empty, np.full((3, 1 + NEGATIVES), np.nan), {}, None, None)  # type: ignore[arg-type]
    batch = draw([collection], [1.0], LateInteractionSettings(queries=3), step=0)
    mask = ignored(batch)
    rows = {row: i for i, row in enumerate(batch.pairs)}
    assert mask[rows[0], rows[1]]
    assert mask[rows[1], rows[0]]
    assert mask.sum() == 2


def test_loss_falls(backbone: Backbone, prepared: Prepared, tmp_path: Path) -> None:
    trainer = LateInteractionTrainer(backbone, [prepared], SETTINGS, tmp_path)
    trainer.train()
    fused = [row["fused"] for row in trainer.curve]
    assert np.mean(fused[-4:]) < np.mean(fused[:4]) - 0.05
    assert (tmp_path / "curve.png").stat().st_size > 1000


def test_a_resumed_run_ends_with_the_same_weights(backbone: Backbone, prepared: Prepared, tmp_path: Path) -> None:
    whole = LateInteractionTrainer(backbone, [prepared], SETTINGS, tmp_path / "whole").train()
    first = LateInteractionTrainer(backbone, [prepared], SETTINGS, tmp_path / "cut")
    first.train(stop=lambda: len(first.curve) >= 5)
    again = LateInteractionTrainer(backbone, [prepared], SETTINGS, tmp_path / "cut")
    resumed = again.train()
    assert len(again.curve) == 12
    for name, tensor in whole.items():
        assert torch.equal(tensor, resumed[name]), name


def test_a_checkpoint_of_other_settings_is_refused(backbone: Backbone, prepared: Prepared, tmp_path: Path) -> None:
    LateInteractionTrainer(backbone, [prepared], LateInteractionSettings(steps=1, queries=4), tmp_path).train()
    other = LateInteractionTrainer(backbone, [prepared], LateInteractionSettings(steps=1, queries=5), tmp_path)
    with pytest.raises(Conflict, match="queries"):
        other.train()


def test_a_run_goes_on_from_earlier_weights(backbone: Backbone, prepared: Prepared, tmp_path: Path) -> None:
    name = "encoder.layer.2.output.dense.bias"
    start = {n: torch.zeros_like(p) for n, p in backbone.model.named_parameters() if n.startswith("encoder.layer")}
    start[name] += 0.5
    trainer = LateInteractionTrainer(backbone, [prepared], SETTINGS, tmp_path, start=start)
    wanted = dict(backbone.model.named_parameters())[name] + 0.5
    torch.testing.assert_close(trainer.tuned()[name], wanted.detach())
