from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.transformers.lm_hyperparameter_ranges import lm_hyperparameter_ranges
from core.errors import InputError


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("d_model", 128, 2048),
        ("sequence_length", 256, 32_000),
        ("layers", 6, 96),
        ("heads", 4, 96),
        ("vocabulary", 10_000, 100_000),
        ("learning_rate", 1e-5, 5e-5),
        ("batch_size", 16, 32),
        ("epochs", 2, 10),
        ("dropout", 0.1, 0.3),
    ],
)
def test_ends_of_a_range_are_typical_and_beyond_is_not(name: str, low: float, high: float) -> None:
    run = lm_hyperparameter_ranges
    assert run(**{name: low})["typical"] == {name: True} == run(**{name: high})["typical"]  # type: ignore[arg-type]
    step = 1 if isinstance(low, int) else low / 10
    for outside in (low - step, high + step):
        output = run(**{name: outside})  # type: ignore[arg-type]
        assert output["typical"] == {name: False}
        assert len(output["warnings"]) == 1
        assert output["valid"]


def test_gpt3_is_valid_yet_outside_the_table() -> None:
    output = lm_hyperparameter_ranges(d_model=12288, layers=96, heads=96, ffn_size=4 * 12288)
    assert output["valid"]
    assert output["typical"] == {"d_model": False, "layers": True, "heads": True, "ffn_size": True}


@given(st.integers(1, 4096), st.integers(1, 96))
def test_heads_must_divide(d_model: int, heads: int) -> None:
    assert lm_hyperparameter_ranges(d_model=d_model, heads=heads)["valid"] == (d_model % heads == 0)


def test_unusual_feed_forward_width_is_a_warning() -> None:
    output = lm_hyperparameter_ranges(d_model=512, ffn_size=1000)
    assert output["typical"]["ffn_size"] is False
    assert "2048" in output["warnings"][0]


@pytest.mark.parametrize("bad", [{"dropout": 1.0}, {"layers": 0}, {"learning_rate": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("lm-hyperparameter-ranges").run(bad)
