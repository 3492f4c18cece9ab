r"""Transfer learning trains a network on a task with much data and reuses its weights for another task with little
data.

$$\theta_0 = \arg\min_\theta L_{\text{source}}(\theta), \qquad \theta_{t+1} = \theta_t - \eta\, m \odot \nabla L_{\text{target}}(\theta_t)$$

where the mask $m$ is zero on frozen weights.

**Intuition.** The first layers learn which directions of the input matter; a related task needs the same ones. *Feature
extraction* freezes them and trains a new head; *full fine-tuning* starts from them and updates all. A low learning rate
(1e-5 to 5e-5 for BERT-sized models) keeps the weights near the pretrained ones: the smaller the rate, the smaller the
norm of $\theta - \theta_0$.

**When to use it.** With few labels: freeze first; with more, fine-tune everything. For long-tailed data, pretrain on a
balanced set, then fine-tune on the real one.

**Cost.** Frozen layers need a forward pass only, no gradients and no optimizer state.

**Pitfalls.** An unrelated source can hurt (negative transfer). A large rate destroys the pretrained features in the
first steps, above all with a random head: train the head first. Preprocess as in pretraining: the tokenizer belongs to
the weights. Frozen batch normalisation must also stop updating its statistics.

**References.** Yosinski et al., *How transferable are features in deep neural networks?* (2014), arXiv:1411.1792.
Howard and Ruder, *ULMFiT* (2018), arXiv:1801.06146.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints
from algorithms.toy_networks import accuracy, new_network, train_classifier


def quadrant_data(n: int, dimensions: int, seed: int) -> tuple[Floats, Ints, Ints]:
    """Points whose first two of many coordinates matter: their quadrant (source task), and which side of a diagonal they are on (target task)."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, dimensions))  # (n, d)
    x[:, :2] += 0.5 * np.sign(x[:, :2])  # a margin around the borders
    right, top = (x[:, 0] > 0).astype(np.int64), (x[:, 1] > 0).astype(np.int64)
    return x, 2 * right + top, (x[:, 0] + x[:, 1] > 0).astype(np.int64)


@algorithm(
    id="transfer-learning",
    name="Transfer learning (pretrain, then fine-tune)",
    aliases=(
        "fine-tuning",
        "pretraining",
        "feature extraction",
        "Low learning rate preserves pretrained weights",
        "small fine-tuning LR",
        "frozen features with a linear head",
    ),
    example={"n_target": 20, "method": "feature-extraction"},
    cost="trains",
)
def transfer_learning(
    n_target: Annotated[int, Field(ge=4, le=500)] = 20,
    method: Literal["feature-extraction", "full"] = "feature-extraction",
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.01,
    steps: Annotated[int, Field(ge=1, le=500)] = 150,
    seed: Seed = 0,
) -> Output:
    """Pretrain on 1,000 points of a source task, then learn a target task from a few; compare with training from scratch.

    Parameters
    ----------
    n_target : int
        Labelled points of the target task.
    method : {"feature-extraction", "full"}
        Train the new head only, or all weights.
    learning_rate : float
        Step size of the fine-tuning.
    steps : int
        Steps of the fine-tuning and of the training from scratch.
    seed : int
        Seed of data and weights.

    Returns
    -------
    dict
        ``source_accuracy``; ``transfer_accuracy`` and ``scratch_accuracy`` on 2,000 fresh target points; ``feature_change`` norm of
        the change of the pretrained weights; ``trainable_parameters`` and ``parameters``.

    Examples
    --------
    >>> result = transfer_learning(n_target=20)
    >>> result["feature_change"], result["transfer_accuracy"] > result["scratch_accuracy"]
    (0.0, True)
    """
    rng = np.random.default_rng(seed)
    x_source, quadrant, _ = quadrant_data(1000, 20, seed)
    x, _, y = quadrant_data(n_target, 20, seed + 1)
    x_test, quadrant_test, y_test = quadrant_data(2000, 20, seed + 2)
    pretrained = new_network((20, 32, 4), rng)
    train_classifier(pretrained, x_source, quadrant, 120, 0.02)
    source_accuracy = accuracy(pretrained, x_test, quadrant_test)
    model = [pretrained[0].copy(), pretrained[1].copy(), *new_network((32, 2), rng)]  # new head, old features
    trainable = (2, 3) if method == "feature-extraction" else (0, 1, 2, 3)
    train_classifier(model, x, y, steps, learning_rate, trainable)
    scratch = new_network((20, 32, 2), rng)
    train_classifier(scratch, x, y, steps, 0.02)
    change = np.sqrt(sum(float(((new - old) ** 2).sum()) for new, old in zip(model[:2], pretrained[:2], strict=True)))
    return {
        "source_accuracy": source_accuracy,
        "transfer_accuracy": accuracy(model, x_test, y_test),
        "scratch_accuracy": accuracy(scratch, x_test, y_test),
        "feature_change": float(change),
        "trainable_parameters": sum(model[i].size for i in trainable),
        "parameters": sum(p.size for p in model),
    }
