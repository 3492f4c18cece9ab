r"""Layer freezing excludes some layers of a pretrained network from training, and gradual unfreezing releases them one
by one from the top.

$$\theta_\ell \leftarrow \theta_\ell - \eta_\ell\, [\,\ell > L - s\,]\, \nabla_{\theta_\ell} L, \qquad \eta_\ell = \eta\, \gamma^{\,L - \ell}$$

in stage $s$; $\gamma < 1$ gives lower layers smaller rates (discriminative fine-tuning).

**Intuition.** Lower layers hold general features, upper ones those of the task. A new random head sends large,
meaningless gradients down in its first steps; while the layers below are frozen they take no harm. Once the head fits,
the next layer may follow.

**When to use it.** With few labels, or to keep what was learnt before; freezing the bottom alone also saves memory and
time.

**Cost.** Frozen layers below the lowest trained one need no backward pass, no gradients and no optimizer state.

**Pitfalls.** Freezing a layer while training one below it still needs the gradient through it. In PyTorch set
`requires_grad = False` and keep frozen weights out of the optimizer: weight decay or stale momentum moves them
otherwise. Batch normalisation and dropout of frozen layers must be in evaluation mode. Freezing too much underfits when
the domain differs.

**References.** Howard and Ruder, *Universal language model fine-tuning for text classification* (2018),
arXiv:1801.06146. Yosinski et al. (2014), arXiv:1411.1792.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_networks import Adam, accuracy, backward, cross_entropy, forward, new_network, train_classifier
from algorithms.transfer_and_efficient_tuning.transfer_learning import quadrant_data


@algorithm(
    id="layer-freezing",
    name="Layer freezing and gradual unfreezing",
    aliases=("freeze lower layers", "gradual unfreezing", "discriminative fine-tuning", "freeze layers", "unfreezing"),
    example={"method": "gradual unfreezing"},
    cost="trains",
)
def layer_freezing(
    method: Literal["freeze bottom", "gradual unfreezing", "train all"] = "gradual unfreezing",
    decay: Annotated[float, Field(gt=0, le=1)] = 0.4,
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.02,
    steps_per_stage: Annotated[int, Field(ge=1, le=200)] = 50,
    seed: Seed = 0,
) -> Output:
    """Fine-tune a pretrained three-layer network in three stages on 40 points.

    Parameters
    ----------
    method : {"freeze bottom", "gradual unfreezing", "train all"}
        Train the top layer only; one more layer each stage; or all layers at once.
    decay : float
        Factor of the learning rate from a layer to the one below.
    learning_rate : float
        Step size of the top layer.
    steps_per_stage : int
        Steps in each of the three stages.
    seed : int
        Seed of data and weights.

    Returns
    -------
    dict
        ``trainable_parameters`` (3,) a stage; ``layer_changes`` (3, 3) norm of each layer's change in each stage, exactly 0 where frozen;
        ``losses`` (4,) before and after each stage; ``accuracy`` on fresh data.

    Examples
    --------
    >>> layer_freezing("gradual unfreezing", steps_per_stage=5)["trainable_parameters"]
    [34, 306, 642]
    """
    rng = np.random.default_rng(seed)
    x0, source, _ = quadrant_data(800, 20, seed)
    x, _, y = quadrant_data(40, 20, seed + 1)
    pretrained = new_network((20, 16, 16, 4), rng)
    train_classifier(pretrained, x0, source, 120, 0.02)
    params = [*(p.copy() for p in pretrained[:4]), *new_network((16, 2), rng)]
    counts: list[int] = []
    changes: list[list[float]] = []
    losses = [cross_entropy(forward(params, x)[-1], y)[0]]
    for stage in range(3):
        lowest = {"freeze bottom": 2, "gradual unfreezing": 2 - stage, "train all": 0}[method]
        old = [p.copy() for p in params]
        optimizers = {layer: Adam(learning_rate * decay ** (2 - layer)) for layer in range(lowest, 3)}
        for _ in range(steps_per_stage):
            layers = forward(params, x)
            grads, _ = backward(params, layers, cross_entropy(layers[-1], y)[1])
            for layer, optimizer in optimizers.items():
                optimizer.step(params, grads, (2 * layer, 2 * layer + 1))
        losses.append(cross_entropy(forward(params, x)[-1], y)[0])
        counts.append(sum(p.size for p in params[2 * lowest :]))
        changes.append([float(np.linalg.norm(params[2 * layer] - old[2 * layer])) for layer in range(3)])
    x_test, _, y_test = quadrant_data(1000, 20, seed + 2)
    return {
        "trainable_parameters": counts,
        "layer_changes": changes,
        "losses": losses,
        "accuracy": accuracy(params, x_test, y_test),
    }
