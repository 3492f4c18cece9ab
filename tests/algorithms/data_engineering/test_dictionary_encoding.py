from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.data_engineering.dictionary_encoding import dictionary_encoding, pack, unpack
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 9), st.data())
def test_packing_equals_numpy_and_round_trips(width: int, data: st.DataObject) -> None:
    codes = data.draw(st.lists(st.integers(0, 2**width - 1), max_size=40))
    bits = [code >> bit & 1 for code in codes for bit in range(width)]
    assert pack(codes, width) == np.packbits(np.array(bits, dtype=np.uint8), bitorder="little").tobytes()
    assert unpack(pack(codes, width), width, len(codes)) == codes


@given(st.lists(st.text("abcde", min_size=1, max_size=2), min_size=1, max_size=60))
def test_width_and_round_trip(values: list[str]) -> None:
    r = dictionary_encoding(values)
    distinct = len(set(values))
    assert r["cardinality"] == distinct and r["bits_per_code"] == math.ceil(math.log2(distinct))
    assert r["decodes_exactly"] is True
    assert [r["dictionary"][c] for c in r["codes"]] == values[:50]


def test_golden() -> None:
    # 4 names of 4 letters; codes 0 1 0 2 1 0 0 3 in 2 bits, lowest first: 10 00 01 00 -> 0x84, 11 00 00 01 -> 0xc1
    r = load("dictionary-encoding").run()
    assert r["codes"] == [0, 1, 0, 2, 1, 0, 0, 3] and r["packed"] == "84c1"
    assert r["plain_bytes"] == 32 and r["encoded_bytes"] == 16 + 2


def test_one_value_needs_no_bits() -> None:
    r = dictionary_encoding(["x"] * 9)
    assert r["bits_per_code"] == 0 and r["packed"] == "" and r["decodes_exactly"]


@pytest.mark.parametrize("bad", [{"values": []}, {"values": [""]}, {"values": [1]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("dictionary-encoding").run(bad)
