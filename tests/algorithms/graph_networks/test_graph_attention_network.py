from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.graph_networks.graph_attention_network import gat_weights, graph_attention_network
from algorithms.graph_networks.graph_convolutional_network import adjacency
from algorithms.registry import load
from core.errors import InputError

EDGES = [[0, 1], [1, 2], [0, 2]]
A = adjacency(EDGES, 4)


@given(st.integers(1, 3), st.integers(1, 3), st.sampled_from(["v1", "v2"]), st.integers(0, 99))
def test_weights_equal_the_slow_loop(d: int, h: int, version: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    H = rng.standard_normal((4, d))
    W = rng.standard_normal((d if version == "v1" else 2 * d, h))
    a = rng.standard_normal(2 * h if version == "v1" else h)

    def leaky(x: np.ndarray) -> np.ndarray:
        return np.maximum(x, 0.2 * x)

    alpha = gat_weights(H, A, W, a, version)
    for i in range(4):
        near = [j for j in range(4) if A[i, j] or i == j]
        if version == "v1":
            e = np.array([leaky(a @ np.concatenate([H[i] @ W, H[j] @ W])) for j in near])
        else:
            e = np.array([a @ leaky(np.concatenate([H[i], H[j]]) @ W) for j in near])
        np.testing.assert_allclose(alpha[i, near], np.exp(e) / np.exp(e).sum())
        assert alpha[i].sum() == pytest.approx(1)
        assert np.delete(alpha[i], near).sum() == 0


def test_output_mixes_projected_neighbours() -> None:
    H = np.random.default_rng(1).standard_normal((4, 2))
    output = graph_attention_network(H.tolist(), EDGES, hidden=3, seed=5)
    W = np.random.default_rng(5).standard_normal((2, 3)) / 2**0.5
    mixed = output["weights"][0] @ (H @ W)
    np.testing.assert_allclose(output["output"], np.where(mixed > 0, mixed, np.exp(mixed) - 1))
    assert output["parameters"] == 2 * 3 + 2 * 3
    assert output["neighbours"].tolist() == [3, 3, 3, 1]


def test_original_scores_rank_neighbours_alike_for_every_node_and_gatv2_need_not() -> None:
    complete = adjacency([[i, j] for i in range(4) for j in range(i)], 4)
    rng = np.random.default_rng(0)
    orders: dict[str, int] = {"v1": 0, "v2": 0}
    for _ in range(20):
        H = rng.standard_normal((4, 2))
        for version, W, a in (
            ("v1", rng.standard_normal((2, 3)), rng.standard_normal(6)),
            ("v2", rng.standard_normal((4, 3)), rng.standard_normal(3)),
        ):
            alpha = gat_weights(H, complete, W, a, version)
            orders[version] += len({tuple(np.argsort(row)) for row in alpha}) - 1
    assert orders["v1"] == 0 < orders["v2"]


def test_a_far_node_has_no_influence() -> None:
    entry = load("graph-attention-network")
    changed = [*entry.example["features"][:3], [50.0, -50.0]]
    a, b = entry.run(), entry.run({"features": changed})
    assert a["output"][0] == b["output"][0]
    assert a["output"][2] != b["output"][2]
    assert np.array(a["output"]).shape == (4, 8)


@pytest.mark.parametrize("bad", [{"edges": [[0, 4]]}, {"heads": 5}, {"features": [[1], [1, 2]]}, {"version": "v3"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("graph-attention-network").run(bad)
