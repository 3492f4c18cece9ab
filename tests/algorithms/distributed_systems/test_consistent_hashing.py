from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.distributed_systems.consistent_hashing import consistent_hashing, owners, positions, ring
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(2, 5), st.integers(1, 4))
@settings(max_examples=10)
def test_owner_is_the_first_node_clockwise(nodes: int, virtual: int) -> None:
    circle = ring(dict.fromkeys(range(nodes), virtual))
    keys = [f"key-{i}" for i in range(50)]
    places = sorted(
        (int.from_bytes(hashlib.md5(f"node-{n}#{v}".encode()).digest()[:8], "big"), n)
        for n in range(nodes)
        for v in range(virtual)
    )
    for key, owner in zip(keys, owners(positions(keys), circle), strict=True):
        place = int(hashlib.md5(key.encode()).hexdigest()[:16], 16)
        assert owner == next((n for p, n in places if p >= place), places[0][1])


def test_a_node_owns_its_own_place_and_the_arc_before_it() -> None:
    circle = np.array([10, 20], dtype=np.uint64), np.array([0, 1])
    assert owners(np.array([0, 10, 11, 20, 21], dtype=np.uint64), circle).tolist() == [0, 0, 1, 1, 0]


@given(st.integers(2, 8), st.integers(1, 50), st.sampled_from(["add", "remove"]))
@settings(max_examples=15)
def test_only_the_keys_that_must_move_do(nodes: int, virtual: int, change: str) -> None:
    r = consistent_hashing(nodes, virtual, keys=500, change=change)
    assert r["unnecessary_moves"] == 0
    assert r["load_before"].sum() == r["load_after"].sum() == 500


def test_four_to_five_nodes() -> None:
    r = load("consistent-hashing").run()
    assert r["recipients"] == [4] and r["expected_fraction"] == 0.2
    assert r["moved_fraction"] == pytest.approx(0.2, abs=0.03)
    assert r["modulo_moved_fraction"] == pytest.approx(0.8, abs=0.01)
    assert consistent_hashing(nodes=10)["modulo_moved_fraction"] == pytest.approx(10 / 11, abs=0.01)


def test_virtual_nodes_even_out_the_load_and_spread_a_removed_node() -> None:
    one, many = (consistent_hashing(virtual_nodes=v, change="remove") for v in (1, 200))
    assert one["max_over_mean_before"] > 1.4 and many["max_over_mean_before"] < 1.15
    assert len(one["recipients"]) == 1 and many["recipients"].tolist() == [0, 1, 2]


def test_weights_scale_the_load() -> None:
    load_before = consistent_hashing(nodes=3, weights=[1, 2, 1])["load_before"]
    np.testing.assert_allclose(load_before / 20_000, [0.25, 0.5, 0.25], atol=0.04)


@pytest.mark.parametrize("bad", [{"nodes": 1}, {"weights": [1, 2]}, {"keys": 10**6}, {"virtual_nodes": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("consistent-hashing").run(bad)
