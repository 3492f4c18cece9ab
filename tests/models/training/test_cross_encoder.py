from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from models.encoders.backbone import Backbone, attention_bias, layer_forward, load_backbone, token_ids
from models.encoders.lora import add_adapters, products
from models.encoders.merging import merge_differences
from models.rerankers.joint_network import JointNetwork
from models.training.cross_encoder import CrossEncoderSettings, CrossEncoderTrainer
from models.training.groups import Group
from tests.models.tiny import WORDS, tiny_backbone

SETTINGS = CrossEncoderSettings(steps=8, passages=18, joint_layers=2, rank=4, alpha=8, rate=1e-2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_backbone(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def groups(folder: Path) -> list[Group]:
    """The passage that holds the query's word answers it; the fused score knows nothing."""
    chance, backbone = random.Random(0), load_backbone(folder)
    found = []
    for _ in range(40):
        words = chance.sample(WORDS[:12], 9)
        texts = [" ".join(words[n : n + 3]) for n in (0, 3, 6)]
        query, *passages = token_ids(backbone, [f"{words[0]} {words[0]}", *texts], 64)
        found.append(Group(query, tuple(passages), (0.0, 0.0, 0.0), (1.0, 0.0, 0.0)))
    return found


def states(backbone: Backbone) -> torch.Tensor:
    hidden = torch.from_numpy(np.random.default_rng(0).normal(size=(2, 5, 32))).float()
    bias = attention_bias(torch.ones(2, 5), torch.float32)
    for layer in backbone.layers[1:]:
        hidden = layer_forward(layer, hidden, bias)
    return hidden.detach()


def test_fresh_adapters_change_nothing(folder: Path) -> None:
    backbone = load_backbone(folder)
    before = states(backbone)
    add_adapters(backbone.model, range(1, 3), rank=4, alpha=8)
    torch.testing.assert_close(states(backbone), before)


def test_merged_adapters_equal_unmerged_ones(folder: Path) -> None:
    backbone, merged = load_backbone(folder), load_backbone(folder)
    parameters = add_adapters(backbone.model, range(1, 3), rank=4, alpha=8)
    with torch.no_grad():
        for name, parameter in parameters.items():
            if name.endswith("lora_b"):
                parameter.normal_(std=0.1)
    merge_differences(merged.model, dict(products({n: p.detach() for n, p in parameters.items()}, 8 / 4)))
    torch.testing.assert_close(states(merged), states(backbone), atol=1e-5, rtol=1e-5)
    assert not torch.allclose(states(merged), states(load_backbone(folder)), atol=1e-3)


def test_padding_changes_no_logit(folder: Path) -> None:
    backbone = load_backbone(folder)
    network = JointNetwork(backbone, 2)
    torch.nn.init.normal_(network.head[2].weight)
    query, short, long = token_ids(backbone, ["word1 word2", "word3", "word4 word5 word6 word7 word8"], 64)
    asked, asked_mask = network.lower([query], "cpu", torch.float32)

    def logits(texts: list[np.ndarray]) -> torch.Tensor:  # type: ignore[type-arg]
        hidden, mask = network.lower(texts, "cpu", torch.float32)
        many = len(texts)
        found = network.upper(asked.expand(many, -1, -1), asked_mask.expand(many, -1), hidden, mask)
        return found.detach()

    torch.testing.assert_close(logits([short, long])[0], logits([short])[0], atol=1e-5, rtol=1e-5)


def test_both_losses_fall_and_the_model_ranks(folder: Path, groups: list[Group], tmp_path: Path) -> None:
    settings = replace(SETTINGS, steps=45)
    trainer = CrossEncoderTrainer(load_backbone(folder), [(1.0, groups)], settings, tmp_path)
    trainer.train()
    for name in ("relevance", "support"):
        losses = [row[name] for row in trainer.curve]
        assert np.mean(losses[-5:]) < np.mean(losses[:3]) - 0.05, name
    logits = trainer.logits(groups).detach().reshape(40, 3, 2)
    assert (logits[:, 0, 0] > logits[:, 1:, 0].max(1).values).float().mean() > 0.42  # chance is a third


def test_a_fused_score_that_is_right_leaves_nothing_to_correct(
    folder: Path, groups: list[Group], tmp_path: Path
) -> None:
    settled = [replace(group, fused=(30.0, 0.0, 0.0)) for group in groups]
    trainer = CrossEncoderTrainer(load_backbone(folder), [(1.0, settled)], SETTINGS, tmp_path)
    assert float(trainer.losses(settled)["relevance"].detach()) < 1e-6


def test_unknown_labels_count_for_nothing(folder: Path, groups: list[Group], tmp_path: Path) -> None:
    trainer = CrossEncoderTrainer(load_backbone(folder), [(1.0, groups)], SETTINGS, tmp_path)
    unknown = [replace(g, fused=(float("nan"),) * 3, support=(1.0, float("nan"), float("nan"))) for g in groups[:4]]
    losses = trainer.losses(unknown)
    assert float(losses["relevance"].detach()) == 0.0
    assert float(losses["support"].detach()) == pytest.approx(np.log(2), abs=1e-6)  # the last layer begins at zero


def test_logits_come_back_in_the_order_of_the_groups(folder: Path, groups: list[Group], tmp_path: Path) -> None:
    trainer = CrossEncoderTrainer(load_backbone(folder), [(1.0, groups)], SETTINGS, tmp_path)
    torch.nn.init.normal_(trainer.network.head[2].weight)
    together = trainer.logits(groups[:5]).detach()
    apart = torch.cat([trainer.logits([group]).detach() for group in groups[:5]])
    torch.testing.assert_close(together, apart, atol=1e-5, rtol=1e-5)


def test_a_resumed_run_ends_with_the_same_weights(folder: Path, groups: list[Group], tmp_path: Path) -> None:
    def trainer(place: str) -> CrossEncoderTrainer:
        return CrossEncoderTrainer(load_backbone(folder), [(1.0, groups)], SETTINGS, tmp_path / place)

    whole = trainer("whole").train()
    first = trainer("cut")
    first.train(stop=lambda: len(first.curve) >= 3)
    resumed = trainer("cut").train()
    for name, tensor in whole.items():
        assert torch.equal(tensor, resumed[name]), name
