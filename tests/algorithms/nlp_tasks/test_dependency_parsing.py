from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.nlp_tasks.dependency_parsing import dependency_parsing, is_projective, is_tree
from algorithms.registry import load
from core.errors import InputError

HEADS = st.integers(1, 7).flatmap(lambda n: st.lists(st.integers(0, n), min_size=n, max_size=n))
PARTS = ["NOUN", "VERB", "DET", "ADJ", "ADV", "PRON", "ADP", "PUNCT"]


@given(HEADS)
def test_tree_check_equals_networkx(heads: list[int]) -> None:
    graph = nx.DiGraph([(head, word) for word, head in enumerate(heads, 1)])
    assert is_tree(heads) == (nx.is_arborescence(graph) and heads.count(0) == 1)


def random_projective(n: int, data: st.DataObject) -> list[int]:
    heads = [0] * n

    def attach(low: int, high: int, head: int) -> None:
        if low < high:
            root = data.draw(st.integers(low, high - 1))
            heads[root] = head
            attach(low, root, root + 1)
            attach(root + 1, high, root + 1)

    attach(0, n, 0)
    return heads


@given(st.integers(1, 10), st.data())
def test_the_oracle_rebuilds_every_projective_tree_in_2n_actions(n: int, data: st.DataObject) -> None:
    heads = random_projective(n, data)
    assert is_projective(heads)
    r = dependency_parsing([f"w{i}" for i in range(n)], heads=heads)
    assert r["heads"] == heads and r["n_actions"] == 2 * n and r["actions"].count("SHIFT") == n


@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=12))
def test_rules_always_give_a_projective_tree(tags: list[str]) -> None:
    r = dependency_parsing(["w"] * len(tags), tags)
    assert r["is_tree"] and r["is_projective"] and r["n_actions"] == 2 * len(tags)


def test_worked_example_by_heads_and_by_rules() -> None:
    r = load("dependency-parsing").run()
    assert r["arcs"][0] == ["cat", "The"] and r["arcs"][2] == ["ROOT", "chased"]
    ruled = load("dependency-parsing").run({"heads": []})
    assert ruled["heads"] == [2, 3, 0, 6, 6, 3]


@pytest.mark.parametrize(
    "bad",
    [{"heads": [2, 1, 0, 6, 6, 3]}, {"heads": [0, 4, 1, 1, 1, 1]}, {"heads": [0]}, {"heads": [], "tags": ["NOUN"]}],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("dependency-parsing").run(bad)


def test_crossing_arcs_are_named() -> None:
    assert is_tree([3, 4, 0, 3]) and not is_projective([3, 4, 0, 3])
