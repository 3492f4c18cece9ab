r"""A memory network reads from and writes to an external memory matrix with soft attention, so that storage is separate from computation and everything stays differentiable.

$$w_i = \frac{e^{\beta \cos(k, M_i)}}{\sum_j e^{\beta \cos(k, M_j)}}, \qquad r = \sum_i w_i M_i, \qquad M_i \leftarrow M_i \odot (1 - w_i e) + w_i a$$

**Intuition.** A key $k$ is compared with all rows; the read vector is their weighted mean. With a large sharpness $\beta$ the weight gathers on the best match and the stored row comes back; with a small one many rows blend. Writing erases with $e$ and adds $a$ at the addressed rows, as far as their weights say.

**When to use it.** For question answering over stored facts and algorithmic tasks; the idea lives on in attention and in retrieval.

**Cost.** $O(N m)$ a read or write for $N$ rows of $m$ numbers.

**Pitfalls.** A soft read is a blend: with a flat $\beta$ it returns a mean that was never stored. Soft writing changes *all* rows a little, which slowly corrupts memory. A zero key or row has no direction; guard the cosine. End-to-end memory networks only read and
use plain dot products; neural Turing machines also write and use cosines. Training is unstable without care.

**References.** Weston, Chopra and Bordes, *Memory Networks*, arXiv:1410.3916. Sukhbaatar et al., *End-To-End Memory Networks*, arXiv:1503.08895. Graves,
Wayne and Danihelka, *Neural Turing Machines*, arXiv:1410.5401.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.figures import heatmap
from algorithms.inputs import Number, Probability, TokenVectors
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Row = Annotated[list[Number], Field(min_length=1, max_length=16)]
Erase = Annotated[list[Probability], Field(min_length=1, max_length=16)]


def address(M: Floats, k: Floats, beta: float) -> Floats:
    """Weights (N,) of the rows of `M` (N, m) for a key (m,), by cosine and sharpness.

    Examples
    --------
    >>> address(np.eye(2), np.array([3.0, 0.0]), beta=0.0).tolist()
    [0.5, 0.5]
    """
    norms = np.linalg.norm(M, axis=1) * np.linalg.norm(k)  # (N,)
    cosine = np.divide(M @ k, norms, out=np.zeros(len(M)), where=norms > 0)
    return softmax_along(beta * cosine)


def write(M: Floats, w: Floats, erase: Floats, add: Floats) -> Floats:
    """Memory after erasing and adding at weights `w` (N,).

    Examples
    --------
    >>> write(np.ones((2, 1)), np.array([1.0, 0.0]), np.ones(1), np.array([5.0])).tolist()
    [[5.0], [1.0]]
    """
    return np.asarray(M * (1 - np.outer(w, erase)) + np.outer(w, add))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Read weights of the rows."""
    return heatmap(
        [output["read_weights"]], f"read weights, β = {inputs['sharpness']:g}", xlabel="memory row", ylabel=""
    )


@algorithm(
    id="memory-network",
    name="Memory network (external memory with soft attention)",
    aliases=("MemN2N", "neural Turing machine", "NTM", "external memory"),
    example={
        "memory": [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.6, 0.8]],
        "key": [0.1, 1.0, 0.0],
        "sharpness": 20.0,
        "add": [0.0, 0.0, 1.0],
    },
    figure=draw,
)
def memory_network(
    memory: TokenVectors,
    key: Row,
    sharpness: Annotated[float, Field(ge=0, le=1e6)] = 20.0,
    add: Row | None = None,
    erase: Erase | None = None,
) -> Output:
    """Read `memory` with `key` and, if something is to be added, write at the same place.

    Parameters
    ----------
    memory : list of list of float, (N, m)
        Memory rows.
    key : list of float, (m,)
        What is looked for.
    sharpness : float
        Factor β of the cosine; large values pick a single row.
    add : list of float, (m,), optional
        Vector to write.
    erase : list of float, (m,), optional
        Share of each component to erase first; all of it if not given.

    Returns
    -------
    dict
        ``read_weights`` (N,), summing to one; ``read_vector`` (m,); ``best_row``; ``entropy`` of the weights in nats;
        ``memory_after`` (N, m) the write (unchanged without `add`).

    Raises
    ------
    ValueError
        If the lengths differ.

    Examples
    --------
    >>> memory_network([[1.0, 0.0], [0.0, 2.0]], [0.0, 1.0], sharpness=1000.0)["read_vector"].tolist()
    [0.0, 2.0]
    """
    M, k = np.asarray(memory, dtype=np.float64), np.asarray(key, dtype=np.float64)  # (N, m), (m,)
    if any(len(v) != M.shape[1] for v in (key, add or key, erase or key)):
        raise ValueError(f"key, add and erase need {M.shape[1]} numbers, as many as a memory row")
    w = address(M, k, sharpness)  # (N,)
    positive = w[w > 0]
    after = M
    if add is not None:
        gone = np.ones(M.shape[1]) if erase is None else np.asarray(erase, dtype=np.float64)
        after = write(M, w, gone, np.asarray(add, dtype=np.float64))
    return {
        "read_weights": w,
        "read_vector": w @ M,
        "best_row": int(w.argmax()),
        "entropy": -(positive * np.log(positive)).sum() + 0.0,
        "memory_after": after,
    }
