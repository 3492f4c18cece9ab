from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.data_structures.cuckoo_filter import CuckooFilter, cuckoo_filter
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 63), st.integers(1, 255), st.integers(0, 5))
def test_the_other_bucket_of_the_other_bucket_is_the_first(index: int, fingerprint: int, seed: int) -> None:
    cuckoo = CuckooFilter(64, 4, 8, seed)
    assert cuckoo.other(cuckoo.other(index, fingerprint), fingerprint) == index


@given(st.sets(st.text(max_size=5), max_size=60), st.data())
def test_members_stay_found_while_others_are_deleted(keys: set[str], data: st.DataObject) -> None:
    cuckoo = CuckooFilter(32, 4, 10)
    assert all(cuckoo.add(key) for key in sorted(keys))
    assert sum(map(len, cuckoo.buckets)) == len(keys)
    for key in sorted(keys):
        if data.draw(st.booleans()):
            assert cuckoo.remove(key)
            keys = keys - {key}
    assert all(key in cuckoo for key in keys) and sum(map(len, cuckoo.buckets)) == len(keys)


def test_rate_load_and_deletion() -> None:
    r = cuckoo_filter(n=900, buckets_log2=8, bucket_size=4, fingerprint_bits=8)
    assert r["load"] == 900 / 1024 and r["false_negatives"] == 0 and r["false_negatives_after_deletion"] == 0
    assert r["predicted_fpr"] == pytest.approx(1 - (255 / 256) ** 8)
    expected = r["predicted_fpr"] * r["load"]  # a slot that is empty cannot match
    assert abs(r["measured_fpr"] - expected) < 4 * math.sqrt(expected / 5000)
    assert r["deleted_still_found"] < 450 * 3 * r["predicted_fpr"]


def test_ninety_five_percent_load_works_with_four_entries_a_bucket_and_not_with_one() -> None:
    assert cuckoo_filter(n=970, buckets_log2=8, bucket_size=4)["inserted"] == 970
    with pytest.raises(InputError, match="full after"):
        load("cuckoo-filter").run({"n": 970, "buckets_log2": 10, "bucket_size": 1})


@pytest.mark.parametrize("bad", [{"n": 4000, "buckets_log2": 2}, {"fingerprint_bits": 1}, {"bucket_size": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("cuckoo-filter").run(bad)
