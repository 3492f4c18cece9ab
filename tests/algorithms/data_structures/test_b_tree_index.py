from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.data_structures.b_tree_index import BTree, b_tree_index, filled
from algorithms.registry import load
from core.errors import InputError

KEYS = st.lists(st.integers(-50, 50), min_size=1, max_size=120)


def check(node: BTree, is_root: bool = True) -> None:
    assert len(node.keys) <= 2 * node.t - 1 and (is_root or len(node.keys) >= node.t - 1)
    assert node.keys == sorted(node.keys)
    assert len(node.children) in (0, len(node.keys) + 1)
    for child in node.children:
        check(child, False)


@given(KEYS, st.integers(2, 4), st.integers(-60, 60), st.integers(0, 60))
def test_range_equals_a_scan_and_the_shape_is_kept(keys: list[int], t: int, low: int, width: int) -> None:
    tree = filled(keys, t)
    check(tree)
    assert len(tree.depths()) == 1
    assert max(tree.depths()) <= math.log((len(set(keys)) + 1) / 2, t) + 1e-9
    assert list(tree.between(low, low + width)) == [k for k in sorted(set(keys)) if low <= k <= low + width]


@given(st.lists(st.text("abc", min_size=1, max_size=4), min_size=1, max_size=40), st.text("abc", max_size=2))
def test_prefix_equals_startswith(words: list[str], prefix: str) -> None:
    r = b_tree_index([1], words=words, prefix=prefix)
    assert r["with_prefix"] == [w for w in sorted(set(words)) if w.startswith(prefix)]


def test_a_range_reads_few_nodes() -> None:
    r = b_tree_index(list(range(1000)), low=500, high=509, minimum_degree=3)
    assert r["n_in_range"] == 10 and r["nodes_read"] < 20 < 200 < r["nodes"]
    assert len(r["leaf_depths"]) == 1 and r["height"] == r["leaf_depths"][0]


def test_compound_index_serves_its_leftmost_part_only() -> None:
    r = load("b-tree-index").run()
    assert r["compound_rows_found"] == [20, 20]
    assert r["compound_nodes_read_for_a"] < 0.2 * r["compound_nodes"]
    assert r["compound_nodes_read_for_b"] == r["compound_nodes"]
    assert r["in_range"] == [8, 9, 12, 16, 20, 27]


@pytest.mark.parametrize("bad", [{"low": 5, "high": 4}, {"minimum_degree": 1}, {"keys": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("b-tree-index").run(bad)
