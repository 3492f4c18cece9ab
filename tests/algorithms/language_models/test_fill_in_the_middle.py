from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.language_models.fill_in_the_middle import arrange, fill_in_the_middle, parses, splice, token_losses
from algorithms.registry import load
from core.errors import InputError

TEXT = st.text("abc \n", max_size=20)


@given(TEXT, TEXT, TEXT, st.sampled_from(["PSM", "SPM", "mask"]))
def test_parts_come_back(prefix: str, middle: str, suffix: str, mode: str) -> None:
    output = fill_in_the_middle(prefix, middle, suffix, mode)  # type: ignore[arg-type]
    assert output["restored"]
    if mode != "mask":
        assert output["training_text"] == output["model_input"] + middle + "<EOT>"
        assert output["model_input"].endswith("<MID>")


def test_orders_of_the_parts() -> None:
    assert arrange("P", "M", "S", "PSM") == "<PRE>P<SUF>S<MID>M<EOT>"
    assert arrange("P", "M", "S", "SPM") == "<SUF>S<PRE>P<MID>M<EOT>"
    stated = fill_in_the_middle("def add_numbers(a, b):", "result = a + b", " return result", "mask")
    assert stated["model_input"] == "def add_numbers(a, b):[MASK] return result"
    assert stated["target"] == "result = a + b"


def test_the_spliced_document_parses_only_with_a_fitting_middle() -> None:
    output = load("fill-in-the-middle").run()
    assert output["is_valid_python"]
    assert not load("fill-in-the-middle").run({"middle": "result = a +"})["is_valid_python"]
    assert splice("a", "b<EOT>junk", "c") == "abc"
    assert parses("x = 1")
    assert not parses("x =")


def test_uniform_model_loses_three_times_ln_50() -> None:
    output = load("fill-in-the-middle").run()
    assert output["batch_loss"] == pytest.approx(11.736, abs=5e-4)  # 3 ln 50


def test_batch_mean_of_sums_weights_long_middles_more() -> None:
    output = fill_in_the_middle("", "", "", vocabulary=50, middle_tokens=[1, 9])
    assert output["total_losses"] == pytest.approx([np.log(50), 9 * np.log(50)])
    assert output["batch_loss"] == pytest.approx(5 * np.log(50))
    assert output["token_mean_loss"] == pytest.approx(np.log(50))
    assert output["all_token_loss"] == pytest.approx(np.log(50))


def test_losses_equal_torch_and_the_middle_loss_ignores_the_prefix() -> None:
    rng = np.random.default_rng(0)
    logits, targets = rng.standard_normal((6, 9)), rng.integers(9, size=6)
    expected = torch.nn.functional.cross_entropy(torch.tensor(logits), torch.tensor(targets), reduction="none")
    np.testing.assert_allclose(token_losses(logits, targets), expected)
    changed = logits.copy()
    changed[:3] *= -5
    np.testing.assert_allclose(token_losses(changed, targets)[3:], expected[3:])
    output = fill_in_the_middle("", "", "", vocabulary=9, middle_tokens=[2], logit_scale=1.0)
    rng = np.random.default_rng(0)
    z, y = torch.tensor(rng.standard_normal((7, 9))), torch.tensor(rng.integers(9, size=7))
    middle = torch.nn.functional.cross_entropy(z[-2:], y[-2:], reduction="sum")
    assert output["batch_loss"] == pytest.approx(middle.item())
    assert output["all_token_loss"] == pytest.approx(torch.nn.functional.cross_entropy(z, y).item())


@pytest.mark.parametrize("bad", [{"mode": "MPS"}, {"vocabulary": 1}, {"middle_tokens": []}, {"prefix": "x" * 501}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("fill-in-the-middle").run(bad)
