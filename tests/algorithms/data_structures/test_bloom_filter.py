from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.data_structures.bloom_filter import BloomFilter, bloom_filter
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.text(max_size=8), max_size=30), st.integers(8, 200), st.integers(1, 6))
def test_no_false_negatives(keys: list[str], bits: int, hashes: int) -> None:
    bloom = BloomFilter(bits, hashes)
    for key in keys:
        bloom.add(key)
    assert all(key in bloom for key in keys)
    assert bloom.array.sum() <= len(keys) * hashes


def test_an_empty_filter_holds_nothing() -> None:
    assert "apple" not in BloomFilter(64, 3)


@pytest.mark.parametrize(("bits", "hashes"), [(10_000, 7), (5_000, 3), (3_000, 2)])
def test_measured_rate_agrees_with_the_formula(bits: int, hashes: int) -> None:
    r = bloom_filter(n=1000, bits=bits, hashes=hashes)
    p = r["predicted_fpr"]
    assert p == pytest.approx((1 - math.exp(-hashes * 1000 / bits)) ** hashes)
    assert abs(r["measured_fpr"] - p) < 4 * math.sqrt(p / 5000) + 0.1 * p  # four standard errors of 5,000 probes
    assert r["share_of_bits_set"] == pytest.approx(1 - math.exp(-hashes * 1000 / bits), abs=0.02)


def test_sizing() -> None:
    # 1.44 log2(256) = 11.54 bits a key; m/n ln 2 = 6.93 hashes at 10 bits a key
    assert bloom_filter(target_fpr=1 / 256)["bits_per_key_for_target"] == pytest.approx(11.54, abs=0.005)
    r = load("bloom-filter").run()
    assert r["optimal_hashes"] == pytest.approx(6.931, abs=1e-3)
    assert r["bits_per_key_for_target"] == pytest.approx(9.585, abs=1e-3) and r["bits_for_target"] == 9586


@pytest.mark.parametrize("bad", [{"bits": 0}, {"n": 10**7}, {"hashes": 0}, {"target_fpr": 1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("bloom-filter").run(bad)
