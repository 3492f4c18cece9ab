from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.attention.reformer_lsh_attention import lsh_buckets, reformer_lsh_attention, reversible_error
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 200), st.floats(0.1, 10))
def test_bucket_depends_on_direction_only_and_opposites_are_far(seed: int, length: float) -> None:
    x = np.random.default_rng(seed).standard_normal((1, 6))
    b = lsh_buckets(np.concatenate([x, length * x, -x]), 8, np.random.default_rng(seed))
    assert b[0] == b[1]
    assert abs(b[0] - b[2]) == 4


def test_near_vectors_collide_more_often_than_far_ones() -> None:
    rng = np.random.default_rng(0)
    X = np.array([[1.0, 0.0, 0.0], [1.0, 0.2, 0.0], [0.0, 0.0, 1.0]])
    hashes = np.array([lsh_buckets(X, 8, rng) for _ in range(500)])
    near, far = (hashes[:, 0] == hashes[:, 1]).mean(), (hashes[:, 0] == hashes[:, 2]).mean()
    assert near > 0.7 > 0.3 > far


def test_more_rounds_keep_more_weight() -> None:
    one, many = reformer_lsh_attention(rounds=1), reformer_lsh_attention(rounds=8)
    assert one["attention_mass_kept"] < many["attention_mass_kept"] <= 1
    assert many["relative_error"] < one["relative_error"]
    assert one["pairs"] < many["pairs"] <= many["pairs_full"] == 64 * 64


def test_reversible_block_inverts() -> None:
    assert reversible_error(np.random.default_rng(0).standard_normal((5, 4)), np.random.default_rng(1)) < 1e-12


@pytest.mark.parametrize("bad", [{"buckets": 3}, {"rounds": 0}, {"n": 1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("reformer-lsh-attention").run(bad)
