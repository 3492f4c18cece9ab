from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.language_models.masked_language_modeling import SPECIAL, masked_language_modeling, masked_loss
from algorithms.registry import load
from core.errors import InputError

TEXT = "[CLS] the quick brown fox jumps over the lazy dog and runs into the dark forest [SEP]"


def test_fifteen_percent_and_80_10_10() -> None:
    shares = load("masked-language-modeling").run()["shares"]
    # standard errors at 20,000 tokens (3,000 chosen): .0025 and about .007
    assert shares["chosen"] == pytest.approx(0.15, abs=0.01)
    assert shares["masked"] == pytest.approx(0.8, abs=0.03)
    assert shares["random"] == pytest.approx(0.1, abs=0.02)
    assert shares["kept"] == pytest.approx(0.1, abs=0.02)


@given(st.integers(0, 200), st.floats(0.05, 1))
def test_only_chosen_positions_change_or_carry_a_label(seed: int, rate: float) -> None:
    output = masked_language_modeling(TEXT, rate, seed=seed)
    words = TEXT.split()
    for shown, positions in zip(output["masked"], output["predicted_positions"], strict=True):
        changed = [i for i, (a, b) in enumerate(zip(words, shown.split(), strict=True)) if a != b]
        assert set(changed) <= set(positions)
        assert not any(words[i] in SPECIAL for i in positions)
    labels = output["labels"]
    assert [i for i, label in enumerate(labels) if label != -100] == output["predicted_positions"][0]
    assert all(output["vocabulary"][labels[i]] == words[i] for i in output["predicted_positions"][0])


def test_dynamic_masks_differ_and_static_ones_do_not() -> None:
    assert masked_language_modeling(TEXT, 0.5, "dynamic", 5)["distinct_maskings"] == 5
    assert masked_language_modeling(TEXT, 0.5, "static", 5)["distinct_maskings"] == 1


@given(st.integers(1, 6), st.integers(2, 5), st.integers(0, 50))
def test_loss_equals_torch_with_ignored_labels(n: int, V: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    logits = torch.tensor(rng.standard_normal((n, V)))
    labels = np.where(rng.random(n) < 0.5, rng.integers(V, size=n), -100)
    labels[0] = 0
    expected = torch.nn.functional.cross_entropy(logits, torch.tensor(labels))
    assert masked_loss(torch.log_softmax(logits, 1).numpy(), labels) == pytest.approx(expected.item())


@pytest.mark.parametrize("bad", [{"text": "[CLS] [SEP]"}, {"rate": 0}, {"epochs": 11}, {"masking": "whole-word"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("masked-language-modeling").run(bad)
