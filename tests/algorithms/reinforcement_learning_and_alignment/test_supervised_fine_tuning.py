from __future__ import annotations

import json
import math

import numpy as np
import pytest
import torch

from algorithms.registry import load
from algorithms.reinforcement_learning_and_alignment.supervised_fine_tuning import (
    masked_loss,
    supervised_fine_tuning,
)
from core.errors import InputError

RECORDS = [["Translate to French: Hello", "Bonjour"], ["Translate to French: Thanks", "Merci beaucoup"]]


def test_masked_loss_equals_torch_with_ignore_index() -> None:
    logits = np.random.default_rng(0).standard_normal((6, 6))
    ids, labels = [0, 1, 2, 3, 4], [-100, -100, 2, -100, 4]
    t = torch.tensor(logits, requires_grad=True)
    expected = torch.nn.functional.cross_entropy(t[ids[:-1]], torch.tensor(labels[1:]), reduction="sum")
    expected.backward()
    loss, gradient, count = masked_loss(logits, ids, labels)
    assert (loss, count) == (pytest.approx(expected.item()), 2)
    assert t.grad is not None
    np.testing.assert_allclose(gradient, t.grad, atol=1e-12)


def test_prompt_tokens_do_not_change_the_loss() -> None:
    logits = np.random.default_rng(1).standard_normal((6, 6))
    one = masked_loss(logits, [0, 1, 2, 5], [-100, -100, -100, 5])
    other = masked_loss(logits, [4, 3, 2, 5], [-100, -100, -100, 5])
    assert one[0] == other[0]
    assert (one[1][[0, 1]] == 0).all()  # no gradient at positions before the last prompt token


def test_learns_to_answer_and_leaves_the_prompt_alone() -> None:
    output = supervised_fine_tuning(RECORDS)
    # 2 + 3 response tokens with the end; 9 different words with the end
    assert output["counted_tokens"] == 5
    assert output["loss_before"] == pytest.approx(math.log(9))
    assert output["loss_after"] < 0.2 * output["loss_before"]
    assert output["completion"] == "Bonjour"
    assert output["prompt_loss_after"] == output["prompt_loss_before"]
    whole = supervised_fine_tuning(RECORDS, mask_prompt=False)
    assert whole["prompt_loss_after"] < 0.5 * whole["prompt_loss_before"]


def test_record_format_and_labels() -> None:
    output = supervised_fine_tuning(RECORDS, steps=0)
    assert json.loads(output["jsonl"][0]) == {"input": "Translate to French: Hello", "output": "Bonjour"}
    assert output["tokens"] == ["Translate", "to", "French:", "Hello", "Bonjour", "<end>"]
    assert output["labels"] == [-100, -100, -100, -100, 4, 5]


@pytest.mark.parametrize("bad", [{"records": []}, {"records": [["a"]]}, {"records": [["a", " "]]}, {"steps": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("supervised-fine-tuning").run(bad)
