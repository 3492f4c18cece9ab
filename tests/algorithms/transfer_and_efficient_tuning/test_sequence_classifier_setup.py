from __future__ import annotations

import pickle

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.transfer_and_efficient_tuning.sequence_classifier_setup import (
    load_checkpoint,
    save_checkpoint,
    sequence_classifier_setup,
)
from core.errors import InputError


def test_bert_base_figures() -> None:
    output = sequence_classifier_setup()
    assert output["encoder_parameters"] == 109_482_240
    assert output["head_parameters"] == 768 * 2 + 2 == 1538
    assert output["total_parameters"] == 109_483_778


def test_counts_equal_transformers() -> None:
    from transformers import BertConfig, BertForSequenceClassification

    config = BertConfig(
        vocab_size=50,
        hidden_size=12,
        num_hidden_layers=3,
        num_attention_heads=2,
        intermediate_size=20,
        max_position_embeddings=16,
        num_labels=4,
    )
    with torch.device("meta"):
        model = BertForSequenceClassification(config)
    output = sequence_classifier_setup(4, 12, 3, 20, 50, 16)
    assert output["total_parameters"] == sum(p.numel() for p in model.parameters())
    assert output["head_parameters"] == sum(p.numel() for p in model.classifier.parameters())


@given(st.integers(1, 8), st.integers(0, 100))
def test_round_trip_gives_equal_weights(labels: int, seed: int) -> None:
    weights = {"w": np.random.default_rng(seed).standard_normal((labels, 3)).astype(np.float32)}
    loaded = load_checkpoint(save_checkpoint(weights))
    assert list(loaded) == ["w"] and loaded["w"].tobytes() == weights["w"].tobytes()
    assert sequence_classifier_setup(labels, 8, seed=seed)["round_trip_equal"] is True


def test_a_pickle_is_refused() -> None:
    with pytest.raises(ValueError, match="pickle"):
        load_checkpoint(pickle.dumps({"w": 1}))


@pytest.mark.parametrize("bad", [{"num_labels": 0}, {"hidden_size": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("sequence-classifier-setup").run(bad)
