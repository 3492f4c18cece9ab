r"""XLNet permutation language modeling predicts tokens in a random factorisation order, so that an autoregressive model learns context from both sides.

$$\max_\theta\; \mathbb E_{z \sim \mathcal Z_T} \left[ \sum_{t=1}^{T} \log P_\theta(x_{z_t} \mid x_{z_1}, \dots, x_{z_{t-1}}) \right]$$

**Intuition.** The chain rule holds in *any* order: a text's probability is the same product whether one asks from left to right or in the order 3, 1, 2. Averaged over orders every token is predicted from every
subset of the others. The tokens stay in place; only the attention mask changes. The query stream sees positions earlier in the order but not its own content.

**When to use it.** To combine autoregressive training with bidirectional context, without [MASK] symbols. Today mostly of historical interest.

**Cost.** That of two attention streams; usually only the last sixth of an order is predicted.

**Pitfalls.** The input is not shuffled: positions keep their encodings. The query mask excludes the token itself, the content mask includes it. A model with separate conditionals assigns different values to different orders; only a true
joint gives the same. XLNet is pretrained *generatively*, and BERT as a denoiser; calling them discriminative models is an error, only their fine-tuned use is.

**References.** Yang et al., *XLNet: Generalized Autoregressive Pretraining for Language Understanding*, arXiv:1906.08237.
"""

from __future__ import annotations

import itertools
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.figures import heatmap
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Order = Annotated[list[Annotated[int, Field(ge=0, le=4)]], Field(min_length=1, max_length=5)]


def log_likelihood(joint: Floats, sequence: tuple[int, ...], order: tuple[int, ...]) -> float:
    """Sum of log P(x_z_t | x_z_1 … x_z_(t-1)) in an order, from a joint table with one axis a position."""
    total, known = 0.0, joint
    seen: list[int] = []
    for position in order:
        # sum out what is not seen, condition on what is
        before = known.sum()
        index = [slice(None)] * joint.ndim
        for p in [*seen, position]:
            index[p] = slice(sequence[p], sequence[p] + 1)
        known = joint[tuple(index)]
        total += float(np.log(known.sum() / before))
        seen.append(position)
    return total


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The query mask of the order."""
    return heatmap(output["query_mask"], f"who sees whom in order {inputs['order']}")


@algorithm(
    id="xlnet-permutation-lm",
    name="XLNet permutation language modeling",
    aliases=("XLNet", "permutation LM", "permutation language model"),
    example={"order": [2, 0, 3, 1], "sequence": [1, 0, 2, 1]},
    figure=draw,
)
def xlnet_permutation_lm(
    order: Order,
    sequence: Annotated[list[Annotated[int, Field(ge=0, le=2)]], Field(min_length=1, max_length=5)],
    seed: Seed = 0,
) -> Output:
    """Masks of an order, and the log-likelihood of a sequence in every order under a random joint distribution.

    Parameters
    ----------
    order : list of int
        Permutation of the positions 0 … n - 1.
    sequence : list of int
        Tokens, numbers 0 to 2, one a position.
    seed : int
        Seed of the joint distribution over 3^n sequences.

    Returns
    -------
    dict
        ``query_mask`` (n, n), 1 where position i may read j to predict itself; ``content_mask`` (n, n), the same with the
        diagonal; ``log_likelihood`` in the given order; ``orders``, how many there are; ``spread`` of the log-likelihood over
        all orders: 0; ``mean_log_likelihood``; ``mean_context``, tokens seen on average.

    Raises
    ------
    ValueError
        If `order` is not a permutation of the positions of `sequence`.

    Examples
    --------
    >>> output = xlnet_permutation_lm([2, 0, 1], [1, 0, 2])
    >>> output["query_mask"].tolist(), output["orders"], bool(output["spread"] < 1e-12)
    ([[0, 0, 1], [1, 0, 1], [0, 0, 0]], 6, True)
    """
    n = len(sequence)
    if sorted(order) != list(range(n)):
        raise ValueError(f"order must be a permutation of 0 to {n - 1}, got {order}")
    rank = np.argsort(order)  # (n,) place of each position in the order
    query = rank[None, :] < rank[:, None]  # (n, n)
    joint = np.random.default_rng(seed).dirichlet(np.ones(3**n)).reshape((3,) * n)
    values = [log_likelihood(joint, tuple(sequence), z) for z in itertools.permutations(range(n))]
    return {
        "query_mask": query.astype(int),
        "content_mask": (query | np.eye(n, dtype=bool)).astype(int),
        "log_likelihood": log_likelihood(joint, tuple(sequence), tuple(order)),
        "orders": len(values),
        "spread": max(values) - min(values),
        "mean_log_likelihood": float(np.mean(values)),
        "mean_context": query.sum(axis=1).mean(),
    }
