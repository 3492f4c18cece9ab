from __future__ import annotations

import numpy as np
import pytest

from algorithms.registry import load
from algorithms.transfer_and_efficient_tuning.layer_freezing import layer_freezing
from core.errors import InputError


def test_gradual_unfreezing_moves_one_more_layer_each_stage() -> None:
    output = layer_freezing("gradual unfreezing")
    changes = np.array(output["layer_changes"])  # (stage, layer)
    frozen = np.array([[True, True, False], [True, False, False], [False, False, False]])
    assert (changes[frozen] == 0).all()  # bit-identical
    assert (changes[~frozen] > 0).all()
    # head 16*2+2, middle 16*16+16, bottom 20*16+16
    assert output["trainable_parameters"] == [34, 34 + 272, 34 + 272 + 336]


def test_training_lowers_the_loss_and_transfers() -> None:
    for method in ("freeze bottom", "gradual unfreezing"):
        output = layer_freezing(method)  # type: ignore[arg-type]
        assert output["losses"][0] > output["losses"][1] > output["losses"][3]
        assert output["accuracy"] > 0.8  # chance is 0.5


def test_lower_layers_move_less_with_discriminative_rates() -> None:
    even = np.array(layer_freezing("train all", decay=1.0)["layer_changes"])
    graded = np.array(layer_freezing("train all", decay=0.1)["layer_changes"])
    assert graded[0, 0] < 0.1 * even[0, 0]
    assert graded[0, 0] < graded[0, 1] < graded[0, 2]


def test_freeze_bottom_trains_the_head_alone() -> None:
    output = layer_freezing("freeze bottom", steps_per_stage=3)
    assert output["trainable_parameters"] == [34, 34, 34]
    assert [row[:2] for row in output["layer_changes"]] == [[0, 0]] * 3


@pytest.mark.parametrize("bad", [{"method": "melt"}, {"decay": 0}, {"steps_per_stage": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("layer-freezing").run(bad)
