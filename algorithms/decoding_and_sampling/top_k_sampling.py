r"""Top-k sampling keeps the $k$ most probable tokens, renormalises their probabilities and draws from these alone.

$$p'_i = \frac{p_i}{\sum_{j \in K} p_j} \text{ for } i \in K, \quad 0 \text{ otherwise}, \qquad K = \text{the } k \text{ largest}$$

**Intuition.** A language model gives a little probability to thousands of unfit tokens; together they are drawn often enough to derail a text. Cutting the tail removes them. With probabilities .5, .3, .15, .05 and $k = 2$ the result is .625, .375.

**When to use it.** As a simple guard in open-ended generation, often with a temperature and top-p. Usual values are 40 to 100.

**Cost.** $O(V)$ with a partial sort.

**Pitfalls.** A fixed $k$ does not fit every step: where the model is sure it admits junk, where it is unsure it cuts good tokens; top-p adapts. $k = 1$ is greedy decoding, the same for all seeds. Renormalise after cutting. Set logits of cut tokens to minus infinity, not to zero. With ties at the border it must be defined which tokens stay; here
the lower numbers. Temperature is applied before the cut and does not change which tokens are kept.

**References.** Fan, Lewis and Dauphin, *Hierarchical Neural Story Generation*, arXiv:1805.04833. Holtzman et al., arXiv:1904.09751.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.decoding_and_sampling.categorical_sampling import Probabilities, checked, draw_bars, draw_tokens
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def keep_top_k(p: Floats, k: int) -> Floats:
    """Renormalised probabilities (V,) of the k largest; ties go to the lower number.

    Examples
    --------
    >>> keep_top_k(np.array([0.5, 0.3, 0.15, 0.05]), 2).round(4).tolist()
    [0.625, 0.375, 0.0, 0.0]
    """
    kept = np.zeros_like(p)
    top = np.argsort(-p, kind="stable")[:k]
    kept[top] = p[top]
    return np.asarray(kept / kept.sum())


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Original and renormalised probabilities."""
    return draw_bars(output["probabilities"], output["frequencies"], f"top-k, k = {inputs['k']}")


@algorithm(
    id="top-k-sampling",
    name="Top-k sampling",
    aliases=("top_k", "top k", "top-k"),
    example={"probabilities": [0.5, 0.3, 0.15, 0.05], "k": 2},
    figure=draw,
)
def top_k_sampling(
    probabilities: Probabilities,
    k: Annotated[int, Field(ge=1, le=50)] = 2,
    draws: Annotated[int, Field(ge=1, le=100_000)] = 1000,
    seed: Seed = 0,
) -> Output:
    """Cut the distribution to its k largest entries and draw from it.

    Parameters
    ----------
    probabilities : list of float, (V,)
        Probability of each token.
    k : int
        Tokens to keep; all if above V.
    draws : int
        Tokens to draw.
    seed : int
        Seed of the draws.

    Returns
    -------
    dict
        ``probabilities`` (V,) after the cut; ``kept`` token numbers by falling probability; ``removed_mass``; ``tokens``, the first
        50 drawn; ``frequencies`` (V,).

    Raises
    ------
    ValueError
        If the probabilities do not sum to one.

    Examples
    --------
    >>> top_k_sampling([0.5, 0.3, 0.15, 0.05], k=2)["probabilities"].round(3).tolist()
    [0.625, 0.375, 0.0, 0.0]
    """
    p = checked(probabilities)  # (V,)
    cut = keep_top_k(p, k)  # (V,)
    tokens = draw_tokens(cut, np.random.default_rng(seed).random(draws))
    kept = np.argsort(-p, kind="stable")[:k]
    return {
        "probabilities": cut,
        "kept": kept,
        "removed_mass": 1 - p[kept].sum(),
        "tokens": tokens[:50],
        "frequencies": np.bincount(tokens, minlength=len(p)) / draws,
    }
