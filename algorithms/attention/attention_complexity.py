r"""Self-attention costs time and memory quadratic in the sequence length, since every token is compared with every token.

$$\text{attention: } O(n^2 d), \qquad \text{projections and FFN: } O(n d^2), \qquad \text{recurrent layer: } O(n d^2)$$

**Intuition.** Doubling $n$ gives four times as many scores. The ratio of the score cost to that of a recurrent layer is $n / d$:
below $n = d$ attention is even cheaper. Its path between any two tokens has length 1 and it needs one sequential step; a
recurrent network needs $n$ of both, and the gradient between distant steps fades on the way.

**When to use it.** To plan context lengths, memory and hardware.

**Cost.** For $n = 4096$ in 16-bit one stored score matrix takes 32 MiB a head and sequence.

**Pitfalls.** The quadratic part is compute and activation memory; the *parameter* count does not depend on $n$ at all (a fully
connected layer over the whole sequence has $(nd)^2$ and a fixed input size). Quoting only $n^2 d$ forgets the $n d^2$ of
projections and feed-forward layers, which dominates while $n < d$; a recurrent network is linear in $n$ but pays $d^2$ a step.
Transformers train faster than recurrent networks because all positions run in parallel, not because they need fewer
operations on long inputs. Convolutions are parallel over positions too; what limits them is a path of $O(n/k)$ or
$O(\log_k n)$ layers. For large images global attention is quadratic in patches where a convolution is linear in pixels. A recurrent network has no fixed context length; a vanilla Transformer has.

**References.** Vaswani et al., *Attention Is All You Need*, arXiv:1706.03762, table 1.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm

Length = Annotated[int, Field(ge=1, le=1_000_000_000)]


def rnn_gradient_norms(steps: int, seed: int) -> list[float]:
    """Norm of the Jacobian of state t with respect to state 0, for t = 1 to `steps`, of a random tanh network.

    Examples
    --------
    >>> norms = rnn_gradient_norms(50, seed=0)
    >>> norms[49] < norms[0] / 100
    True
    """
    rng = np.random.default_rng(seed)
    W = rng.standard_normal((16, 16)) / 4  # spectral radius about 1
    h, J, norms = rng.standard_normal(16), np.eye(16), []
    for _ in range(steps):
        h = np.tanh(W @ h)  # (16,)
        J = (1 - h**2)[:, None] * W @ J  # (16, 16)
        norms.append(float(np.linalg.norm(J, 2)))
    return norms


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Operations of attention and a recurrent layer by length."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    d = float(inputs["d"])
    n = np.geomspace(d / 16, d * 16, 50)
    axes.loglog(n, n**2 * d, label="attention scores, n²d")
    axes.loglog(n, n * d**2, "--", label="recurrent layer, nd²")
    axes.axvline(d, color="grey", linewidth=0.8)
    axes.set(xlabel="sequence length n", ylabel="operations", title=f"d = {inputs['d']}")
    axes.legend()
    return figure


@algorithm(
    id="attention-complexity",
    name="Quadratic cost of self-attention in sequence length",
    aliases=(
        "O(n^2)",
        "quadratic attention",
        "attention FLOPs",
        "attention memory",
        "Path length and sequential steps: attention vs RNN",
        "long-range dependency",
        "maximum path length",
        "parallelism of attention",
        "Self-attention layer vs fully connected layer",
        "all-to-all interactions",
        "variable-length input",
        "attention complexity",
    ),
    example={"n": 4096, "d": 512},
    figure=draw,
)
def attention_complexity(
    n: Length,
    d: Annotated[int, Field(ge=1, le=1_000_000)] = 512,
    bytes_per_number: Annotated[int, Field(ge=1, le=8)] = 2,
    seed: Seed = 0,
) -> Output:
    """Operation, memory and parameter counts of one self-attention layer, against a recurrent and a full layer.

    Parameters
    ----------
    n : int
        Sequence length.
    d : int
        Model dimension.
    bytes_per_number : int
        2 for fp16 and bf16, 4 for fp32.
    seed : int
        Seed of the small recurrent network whose gradient is measured.

    Returns
    -------
    dict
        ``score_entries`` n²; ``attention_operations`` n² d; ``projection_operations`` 4 n d²; ``rnn_operations`` n d²;
        ``attention_to_rnn`` n / d; ``score_matrix_mib`` a head and sequence; ``path_length`` and ``sequential_steps`` of
        both; ``attention_parameters`` 4 d²; ``fully_connected_parameters`` (n d)²; ``rnn_gradient_norm`` after
        ``rnn_gradient_steps`` = min(n, 100) steps, relative to one step.

    Examples
    --------
    >>> output = attention_complexity(4096, 512)
    >>> output["attention_to_rnn"], output["score_matrix_mib"]
    (8.0, 32.0)
    >>> attention_complexity(30, 1000)["attention_operations"]
    900000
    """
    steps = min(n, 100)
    norms = rnn_gradient_norms(steps, seed)
    return {
        "score_entries": n * n,
        "attention_operations": n * n * d,
        "projection_operations": 4 * n * d * d,
        "rnn_operations": n * d * d,
        "attention_to_rnn": n / d,
        "score_matrix_mib": n * n * bytes_per_number / 2**20,
        "path_length": {"attention": 1, "rnn": n},
        "sequential_steps": {"attention": 1, "rnn": n},
        "attention_parameters": 4 * d * d,
        "fully_connected_parameters": (n * d) ** 2,
        "rnn_gradient_steps": steps,
        "rnn_gradient_norm": norms[-1] / norms[0],
    }
