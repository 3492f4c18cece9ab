from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.data_structures.xor_filter import build, contains, xor_filter
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.text(max_size=6), min_size=1, max_size=60), st.integers(1, 16))
def test_every_member_is_found_even_if_given_twice(keys: list[str], bits: int) -> None:
    table, seed = build(keys + keys[:3], bits, seed=1)
    assert all(contains(table, key, bits, seed) for key in keys)
    assert len(table) <= 1.23 * len(set(keys)) + 32 and max(table) < 2**bits


@pytest.mark.parametrize("bits", [4, 8])
def test_false_positive_rate_is_two_to_the_minus_f(bits: int) -> None:
    r = xor_filter(n=3000, fingerprint_bits=bits)
    p = 2.0**-bits
    assert r["predicted_fpr"] == p and abs(r["measured_fpr"] - p) < 4 * math.sqrt(p / 20_000)
    assert r["false_negatives"] == 0


def test_bits_a_key_against_a_bloom_filter() -> None:
    r = load("xor-filter").run()
    assert r["bits_per_key_asymptotic"] == pytest.approx(9.84)
    assert r["bloom_bits_per_key"] == pytest.approx(11.54, abs=0.005)
    assert r["bits_per_key"] == pytest.approx(9.84 + 32 * 8 / 2000, abs=0.02)
    assert r["predicted_fpr"] == 0.00390625


def test_one_folded_value_rejects_members() -> None:
    # 2 ^ 1 ^ 3 = 0: only a hash of 0 would pass, so all three members are missed; 3 ^ 7 ^ 4 = 0
    r = xor_filter(n=10, hashes=[2, 1, 3])
    assert r["fold"] == 0 and r["fold_accepts"] == [False] * 3 and r["fold_false_negatives"] == 3
    assert xor_filter(n=10, hashes=[3, 7, 4])["fold"] == 0
    assert xor_filter(n=10, hashes=[3, 7])["fold"] == 4
    assert xor_filter(n=10, hashes=[5])["fold_accepts"] == [True]


@pytest.mark.parametrize("bad", [{"n": 0}, {"fingerprint_bits": 33}, {"hashes": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("xor-filter").run(bad)
