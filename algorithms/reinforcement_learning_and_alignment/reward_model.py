r"""A reward model learns from human preference rankings to give a higher score to the output that people prefer.

$$L(\phi) = -\mathbb{E}_{(x, y_w, y_l)}\big[\ln \sigma\big(r_\phi(x, y_w) - r_\phi(x, y_l)\big)\big]$$

**Intuition.** People rank several outputs for a prompt more reliably than they give marks. A ranking of $K$ outputs
yields $\binom{K}{2}$ pairs, and the Bradley-Terry likelihood turns each into a logistic loss on the difference of two
scores. In practice $r_\phi$ is a language model with a scalar head; here it is linear in features of the outputs, and
judges are simulated from a known score with noise, so the result can be checked against the truth.

**When to use it.** As the objective of RLHF, for best-of-n sampling, and to filter data.

**Cost.** One forward pass an output; all pairs of a prompt go in one batch.

**Pitfalls.** Rankings do not adjust the policy's parameters directly: they train this model; the policy is then
optimised against it under a KL penalty, by PPO for example. Scores have no zero: only differences within a prompt mean
anything. Length and flattery are rewarded if judges like them. Far from the training data the score is wrong, and an
optimiser will find those places. Splitting pairs of one prompt between training and test leaks.

**References.** Christiano et al., *Deep RL from human preferences* (2017), arXiv:1706.03741. Ouyang et al.,
*InstructGPT* (2022), arXiv:2203.02155.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]


def pairwise_loss(weights: Floats, better: Floats, worse: Floats) -> tuple[float, Floats]:
    """Mean -ln sigmoid(r_w - r_l) for linear rewards and its gradient (d,)."""
    difference = better - worse  # (pairs, d)
    margin = difference @ weights  # (pairs,)
    loss = float(np.logaddexp(0, -margin).mean())
    return loss, -(logistic(-margin) @ difference) / len(margin)


def rank_correlation(a: Floats, b: Floats) -> float:
    """Spearman correlation of values without ties.

    Examples
    --------
    >>> rank_correlation(np.array([1.0, 5.0, 9.0]), np.array([2.0, 3.0, 4.0]))
    1.0
    """
    ranks = [np.argsort(np.argsort(v)) for v in (a, b)]
    n = len(a)
    return float(1 - 6 * ((ranks[0] - ranks[1]) ** 2).sum() / (n * (n**2 - 1)))


@algorithm(
    id="reward-model",
    name="Reward model from human preference rankings",
    aliases=("preference learning", "pairwise ranking loss", "human feedback", "reward modelling", "reward modeling"),
    example={"prompts": 100, "outputs_per_prompt": 4},
    cost="trains",
)
def reward_model(
    prompts: Annotated[int, Field(ge=1, le=500)] = 100,
    outputs_per_prompt: Annotated[int, Field(ge=2, le=8)] = 4,
    features: Annotated[int, Field(ge=1, le=32)] = 8,
    judge_noise: Annotated[float, Field(ge=0, le=100)] = 1.0,
    steps: Annotated[int, Field(ge=1, le=1000)] = 300,
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.5,
    seed: Seed = 0,
) -> Output:
    """Fit a linear reward to simulated rankings and compare with the judges' true score.

    Parameters
    ----------
    prompts : int
        Prompts with a ranking each.
    outputs_per_prompt : int
        Outputs K that are ranked.
    features : int
        Features of an output.
    judge_noise : float
        Scale of the judges' Gumbel noise; 1 gives Bradley-Terry choices, 0 perfect rankings.
    steps : int
        Steps of gradient descent.
    learning_rate : float
        Step size.
    seed : int
        Seed of outputs, true score and judges.

    Returns
    -------
    dict
        ``loss_before`` (ln 2) and ``loss_after``; ``pairs``; ``pair_accuracy`` on fresh noiseless pairs; ``rank_correlation`` with the true score on 200 fresh
        outputs; ``direction_cosine`` of learnt and true weights.

    Examples
    --------
    >>> result = reward_model(prompts=100, outputs_per_prompt=4)
    >>> result["pairs"], round(result["loss_before"], 4), result["rank_correlation"] > 0.95
    (600, 0.6931, True)
    """
    rng = np.random.default_rng(seed)
    truth = rng.standard_normal(features)
    x = rng.standard_normal((prompts, outputs_per_prompt, features))  # (p, K, d)
    judged = x @ truth + judge_noise * rng.gumbel(size=(prompts, outputs_per_prompt))  # (p, K)
    order = np.argsort(-judged, axis=1)  # best first: one ranking a prompt
    ranked = np.take_along_axis(x, order[:, :, None], axis=1)  # (p, K, d)
    first, second = np.triu_indices(outputs_per_prompt, 1)
    better, worse = ranked[:, first].reshape(-1, features), ranked[:, second].reshape(-1, features)
    weights = np.zeros(features)
    before, _ = pairwise_loss(weights, better, worse)
    for _ in range(steps):
        weights = weights - learning_rate * pairwise_loss(weights, better, worse)[1]
    fresh = rng.standard_normal((200, features))
    learnt, true = fresh @ weights, fresh @ truth
    agree = np.sign(learnt[:100] - learnt[100:]) == np.sign(true[:100] - true[100:])
    norms = np.linalg.norm(weights) * np.linalg.norm(truth)
    return {
        "loss_before": before,
        "loss_after": pairwise_loss(weights, better, worse)[0],
        "pairs": len(better),
        "pair_accuracy": float(agree.mean()),
        "rank_correlation": rank_correlation(learnt, true),
        "direction_cosine": float(weights @ truth / norms) if norms else 0.0,
    }
