r"""Top-p (nucleus) sampling keeps the smallest set of most probable tokens whose probabilities sum to at least $p$, renormalises and draws from it.

$$K = \text{smallest prefix of the sorted tokens with } \sum_{i \in K} p_i \ge p, \qquad p'_i = \frac{p_i}{\sum_{j \in K} p_j}$$

**Intuition.** The nucleus adapts: where the model is sure it holds one token, where it is unsure many. With probabilities .5, .3, .15, .05 and $p = 0.9$ the running sums are .5, .8, .95, so three tokens stay, with .526, .316 and .158.

**When to use it.** As the usual choice for open-ended generation, with $p$ around 0.9 to 0.95.

**Cost.** $O(V \log V)$ for the sort.

**Pitfalls.** The token that *crosses* the threshold is kept; dropping it is the common off-by-one error (and would leave nothing when the first token already exceeds $p$). $p = 1$ keeps all tokens. Compare running sums with a little tolerance, since .5 + .3 need not be exactly .8. Temperature is applied *before* the cut and changes the nucleus. Combined with top-k, each library has its own order.

**References.** Holtzman, Buys, Du, Forbes and Choi, *The Curious Case of Neural Text Degeneration*, arXiv:1904.09751.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.decoding_and_sampling.categorical_sampling import Probabilities, checked, draw_bars, draw_tokens
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def nucleus(p: Floats, threshold: float) -> NDArray[np.int64]:
    """Token numbers of the nucleus, by falling probability.

    Examples
    --------
    >>> nucleus(np.array([0.15, 0.5, 0.05, 0.3]), 0.9).tolist()
    [1, 3, 0]
    """
    order = np.argsort(-p, kind="stable")
    before = np.cumsum(p[order]) - p[order]  # mass of the tokens ahead of each
    return order[before < threshold - 1e-12]


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Renormalised probabilities and frequencies."""
    return draw_bars(output["probabilities"], output["frequencies"], f"top-p, p = {inputs['p']:g}")


@algorithm(
    id="top-p-sampling",
    name="Top-p (nucleus) sampling",
    aliases=("nucleus sampling", "top_p", "top p", "top-p"),
    example={"probabilities": [0.5, 0.3, 0.15, 0.05], "p": 0.9},
    figure=draw,
)
def top_p_sampling(
    probabilities: Probabilities,
    p: Annotated[float, Field(gt=0, le=1)] = 0.9,
    draws: Annotated[int, Field(ge=1, le=100_000)] = 1000,
    seed: Seed = 0,
) -> Output:
    """Cut the distribution to its nucleus and draw from it.

    Parameters
    ----------
    probabilities : list of float, (V,)
        Probability of each token.
    p : float
        Mass the nucleus must reach.
    draws : int
        Tokens to draw.
    seed : int
        Seed of the draws.

    Returns
    -------
    dict
        ``probabilities`` (V,) after the cut; ``kept`` token numbers by falling probability; ``nucleus_mass`` before renormalising;
        ``tokens``, the first 50 drawn; ``frequencies`` (V,).

    Raises
    ------
    ValueError
        If the probabilities do not sum to one.

    Examples
    --------
    >>> top_p_sampling([0.5, 0.3, 0.15, 0.05], p=0.9)["probabilities"].round(3).tolist()
    [0.526, 0.316, 0.158, 0.0]
    """
    full = checked(probabilities)  # (V,)
    kept = nucleus(full, p)
    cut = np.zeros_like(full)
    cut[kept] = full[kept] / full[kept].sum()
    tokens = draw_tokens(cut, np.random.default_rng(seed).random(draws))
    return {
        "probabilities": cut,
        "kept": kept,
        "nucleus_mass": full[kept].sum(),
        "tokens": tokens[:50],
        "frequencies": np.bincount(tokens, minlength=len(full)) / draws,
    }
