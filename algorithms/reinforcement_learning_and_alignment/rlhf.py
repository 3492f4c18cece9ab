r"""Reinforcement learning from human feedback (RLHF) optimises a language model's policy against a learnt reward while
a KL penalty keeps it near the reference model.

$$\max_\pi\ \mathbb{E}_{y \sim \pi}[r(y)] - \beta\, \mathrm{KL}(\pi \,\|\, \pi_{\text{ref}}) \quad\Rightarrow\quad
\pi^*(y) = \frac{1}{Z}\, \pi_{\text{ref}}(y)\, e^{r(y) / \beta}$$

$$L_{\text{PPO}} = -\mathbb{E}\big[\min(\rho A,\ \mathrm{clip}(\rho, 1 - \epsilon, 1 + \epsilon) A)\big], \qquad \rho = \pi_\theta(y) / \pi_{\text{old}}(y)$$

**Intuition.** Three stages: supervised fine-tuning gives $\pi_{\text{ref}}$; rankings train a reward model; PPO samples
from the policy and raises what scores above average. The optimum tilts the reference by $e^{r/\beta}$: a small $\beta$
chases the reward, a large one stays at home. With a handful of responses, as here, this optimum is known and PPO can be
checked against it.

**When to use it.** To align a model with preferences (helpful, honest, harmless) that are easier to judge than to
demonstrate.

**Cost.** Four models in memory: policy, reference, reward, value.

**Pitfalls.** Rankings do not change the policy by themselves; describing RLHF without reward model, KL penalty and
policy optimiser leaves out its parts. Without the penalty the policy exploits errors of the reward. The KL is
$\mathrm{KL}(\pi\|\pi_{\text{ref}})$, with samples of the policy. A response that the reference never gives stays
impossible. Naming RLHF or supervised fine-tuning as a remedy for moderation is no procedure yet: say what is rated and
by whom.

**References.** Ouyang et al. (2022), arXiv:2203.02155. Schulman et al., *PPO* (2017), arXiv:1707.06347. Ziegler et al.
(2019), arXiv:1909.08593.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.figures import whole_ticks
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Weight = Annotated[float, Field(gt=0, le=1e6)]
Reward = Annotated[float, Field(ge=-100, le=100)]


def kl_optimum(reference: Floats, rewards: Floats, beta: float) -> Floats:
    """The policy (k,) that maximises E r - beta KL(pi || reference).

    Examples
    --------
    >>> kl_optimum(np.array([0.5, 0.5]), np.array([np.log(3.0), 0.0]), 1.0).round(6).tolist()
    [0.75, 0.25]
    """
    return softmax_along(np.log(reference) + rewards / beta)


def kl_objective(policy: Floats, reference: Floats, rewards: Floats, beta: float) -> tuple[float, float]:
    """Expected reward less beta KL, and the KL; probabilities of 0 contribute nothing to it."""
    log_ratio = np.log(np.maximum(policy, 1e-300) / reference)
    kl = float((policy * log_ratio).sum())
    return float(policy @ rewards) - beta * kl, kl


def ppo_gradient(logits: Floats, old: Floats, y: NDArray[np.int64], advantage: Floats, clip: float) -> Floats:
    """Gradient (k,) of the mean clipped objective of sampled responses y with respect to the logits."""
    pi = softmax_along(logits)  # (k,)
    ratio = pi[y] / old[y]  # (n,)
    active = np.where(advantage >= 0, ratio < 1 + clip, ratio > 1 - clip)  # elsewhere the clipped term is flat
    weight = active * ratio * advantage / len(y)  # (n,)
    return np.asarray(np.bincount(y, weight, len(logits)) - weight.sum() * pi)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Reference, optimum and trained policy."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    positions = np.arange(len(output["optimal_policy"]))
    for shift, key in ((-0.25, "reference"), (0.0, "optimal_policy"), (0.25, "trained_policy")):
        axes.bar(positions + shift, output[key], width=0.25, label=key.replace("_", " "))
    whole_ticks(axes.xaxis)
    axes.set(xlabel="response", ylabel="probability", title=f"β = {inputs['beta']:g}")
    axes.set_ylim(top=1.4 * axes.get_ylim()[1])  # room for the legend above the bars
    axes.legend(ncols=3, loc="upper center", fontsize="small")
    return figure


@algorithm(
    id="rlhf",
    name="Reinforcement learning from human feedback",
    aliases=("PPO with KL penalty", "alignment", "PPO", "RLHF objective", "KL-regularised reward"),
    example={"rewards": [2.0, 1.0, 0.0, -1.0], "reference_probabilities": [0.1, 0.2, 0.3, 0.4]},
    cost="trains",
    figure=draw,
)
def rlhf(
    rewards: Annotated[list[Reward], Field(min_length=2, max_length=20)],
    reference_probabilities: Annotated[list[Weight], Field(min_length=2, max_length=20)],
    beta: Annotated[float, Field(ge=0.05, le=1000)] = 1.0,
    clip: Annotated[float, Field(gt=0, lt=1)] = 0.2,
    iterations: Annotated[int, Field(ge=1, le=500)] = 200,
    seed: Seed = 0,
) -> Output:
    """Optimise a policy over a few responses with PPO and compare with the closed form.

    Parameters
    ----------
    rewards : list of float, length k
        Reward of each response.
    reference_probabilities : list of float, length k
        Policy of the reference model; normalised to sum to one.
    beta : float
        Weight β of the KL penalty.
    clip : float
        Clipping ε of PPO.
    iterations : int
        Rounds of 512 sampled responses and 4 gradient steps.
    seed : int
        Seed of the sampling.

    Returns
    -------
    dict
        ``optimal_policy`` and ``trained_policy`` (k,); ``reference`` (k,); ``total_variation`` between the first two; ``expected_reward`` and ``kl`` of the optimum;
        ``objective_reference``, ``objective_trained`` and ``objective_optimal`` = β ln Z.

    Raises
    ------
    ValueError
        If the lists differ in length.

    Examples
    --------
    >>> result = rlhf([1.0, 0.0], [0.5, 0.5], beta=1.0, iterations=50)
    >>> result["optimal_policy"].round(4).tolist()
    [0.7311, 0.2689]
    """
    r, ref = np.asarray(rewards, dtype=np.float64), np.asarray(reference_probabilities, dtype=np.float64)
    if r.shape != ref.shape:
        raise ValueError("rewards and reference_probabilities need the same length")
    ref = ref / ref.sum()  # (k,)
    rng, logits = np.random.default_rng(seed), np.log(ref)
    for iteration in range(iterations):
        old = softmax_along(logits)  # (k,)
        y = rng.choice(len(r), size=512, p=old)  # sampled responses
        score = r[y] - beta * np.log(old[y] / ref[y])  # reward with the KL penalty
        advantage = (score - score.mean()) / (score.std() + 1e-8)
        rate = 0.5 / (1 + iteration / 20)  # falling, to average out the sampling noise
        for _ in range(4):
            logits = logits + rate * ppo_gradient(logits, old, y, advantage, clip)
    trained, best = softmax_along(logits), kl_optimum(ref, r, beta)
    objective, kl = kl_objective(best, ref, r, beta)
    return {
        "optimal_policy": best,
        "trained_policy": trained,
        "reference": ref,
        "total_variation": float(np.abs(trained - best).sum() / 2),
        "expected_reward": float(best @ r),
        "kl": kl,
        "objective_reference": kl_objective(ref, ref, r, beta)[0],
        "objective_trained": kl_objective(trained, ref, r, beta)[0],
        "objective_optimal": objective,
    }
