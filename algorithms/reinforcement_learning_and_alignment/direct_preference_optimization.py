r"""Direct preference optimization (DPO) fine-tunes a language model on preference pairs with one classification loss,
without a reward model and without sampling.

$$L = -\ln \sigma\Big(\beta\Big[\ln\tfrac{\pi_\theta(y_w \mid x)}{\pi_{\text{ref}}(y_w \mid x)} - \ln\tfrac{\pi_\theta(y_l \mid x)}{\pi_{\text{ref}}(y_l \mid x)}\Big]\Big), \qquad
\hat r(x, y) = \beta \ln \tfrac{\pi_\theta(y \mid x)}{\pi_{\text{ref}}(y \mid x)} + \text{const}(x)$$

**Intuition.** The optimum of the KL-regularised reward problem satisfies $r = \beta \ln(\pi / \pi_{\text{ref}}) +
\text{const}$. Put this into the Bradley-Terry probability of a preference and the constant cancels: the policy itself
is the reward model. The loss is $\ln 2 = 0.6931$ while $\pi = \pi_{\text{ref}}$, and its gradient pushes hardest on
pairs that are ordered wrongly.

**When to use it.** With a fixed set of preference pairs and a good supervised model as reference.

**Cost.** Log-probabilities of both answers under two models; those of the reference can be stored.

**Pitfalls.** DPO does not first estimate scores and then maximise them: that is the pipeline of a reward model with
RLHF. Its Bradley-Terry score is the implicit reward above, and leaving out the reference policy or $\beta$ leaves out
the method. Log-probabilities are sums over response tokens, not means. The margin may grow while both log-probabilities
fall. Data far from the reference's own answers teach less.

**References.** Rafailov et al., *Direct preference optimization: your language model is secretly a reward model*
(2023), arXiv:2305.18290.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.registry import Output, algorithm

LogProbabilities = Annotated[list[Annotated[float, Field(ge=-1e5, le=0)]], Field(min_length=1, max_length=256)]


@algorithm(
    id="direct-preference-optimization",
    name="Direct preference optimization",
    aliases=("DPO", "DPO loss", "implicit reward", "preference optimization"),
    example={
        "policy_chosen": [-10.0],
        "policy_rejected": [-14.0],
        "reference_chosen": [-12.0],
        "reference_rejected": [-13.0],
    },
)
def direct_preference_optimization(
    policy_chosen: LogProbabilities,
    policy_rejected: LogProbabilities,
    reference_chosen: LogProbabilities,
    reference_rejected: LogProbabilities,
    beta: Annotated[float, Field(gt=0, le=100)] = 0.1,
) -> Output:
    """DPO loss of preference pairs from the log-probabilities of whole answers.

    Parameters
    ----------
    policy_chosen : list of float, length n
        ln π(y_w | x) of the preferred answers under the trained policy.
    policy_rejected : list of float, length n
        ln π(y_l | x) of the rejected answers.
    reference_chosen : list of float, length n
        The same for the preferred answers under the reference.
    reference_rejected : list of float, length n
        The same for the rejected answers under the reference.
    beta : float
        Strength β of the tie to the reference.

    Returns
    -------
    dict
        ``loss`` mean; ``losses`` (at most 50); ``chosen_rewards``, ``rejected_rewards`` implicit rewards and ``margins``; ``accuracy`` share of positive margins;
        ``preference_probabilities`` σ(margin); ``gradient_chosen`` of the mean loss with respect to policy_chosen (that of policy_rejected is its negative).

    Raises
    ------
    ValueError
        If the lists differ in length.

    Examples
    --------
    >>> round(direct_preference_optimization([-5.0], [-7.0], [-5.0], [-7.0])["loss"], 4)
    0.6931
    """
    sides = (policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    if len({len(side) for side in sides}) != 1:
        raise ValueError("the four lists need the same length")
    pw, pl, rw, rl = (np.asarray(side, dtype=np.float64) for side in sides)  # (n,) each
    chosen, rejected = beta * (pw - rw), beta * (pl - rl)  # (n,), implicit rewards
    margin = chosen - rejected
    losses = np.logaddexp(0, -margin)  # (n,), -ln sigmoid without overflow
    return {
        "loss": float(losses.mean()),
        "losses": losses[:50],
        "chosen_rewards": chosen[:50],
        "rejected_rewards": rejected[:50],
        "margins": margin[:50],
        "accuracy": float((margin > 0).mean()),
        "preference_probabilities": logistic(margin)[:50],
        "gradient_chosen": (-beta * logistic(-margin) / len(margin))[:50],
    }
