r"""Early stopping ends training when the validation loss has not improved for a number of epochs, the patience.

$$\text{stop at } t \text{ if } \min_{s \le t - k} L_s - \delta \le \min_{t - k < s \le t} L_s, \qquad \text{keep } \theta_{t^*},\; t^* = \arg\min_{s \le t} L_s$$

**Intuition.** At first training and validation loss fall together. Later the model starts to learn the noise of the
training set, and the validation loss turns up. Stopping near the turn is a regulariser: for gradient descent on a
quadratic loss it acts much like L2, with the number of steps in the role of $1/\lambda$.

**When to use it.** Nearly always when several passes are made over limited data, above all in fine-tuning.

**Cost.** One validation pass an epoch, and a copy of the best weights.

**Pitfalls.** Return the weights of the *best* epoch (`restore_best_weights`), not of the last: they are $k$ epochs
apart. Small data sets overfit after *few* steps, so they need fewer of them, not more; large data sets bear more. A
patience of 1 stops at the first bump of a noisy curve. Tie the minimum improvement $\delta$ to the noise. The
validation set has been used for a choice, so report on a test set. With double descent or grokking the loss falls again
later.

**References.** Prechelt, *Early stopping - but when?* (1998). Goodfellow, Bengio and Courville, *Deep Learning* (2016),
section 7.8.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Number
from algorithms.registry import Output, algorithm

Losses = Annotated[list[Number], Field(min_length=1, max_length=5000)]


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The validation loss with the best and the last epoch."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    losses = inputs["validation_losses"]
    axes.plot(range(1, len(losses) + 1), losses, ".-")
    axes.axvline(output["best_epoch"], color="green", linestyle="--", label="best")
    axes.axvline(output["stopped_epoch"], color="red", linestyle=":", label="stopped")
    axes.set(xlabel="epoch", ylabel="validation loss")
    axes.legend()
    return figure


@algorithm(
    id="early-stopping",
    name="Early stopping",
    aliases=("patience", "restore_best_weights", "stop training early", "early stopping patience"),
    example={"validation_losses": [0.9, 0.7, 0.6, 0.55, 0.57, 0.58, 0.6, 0.5, 0.45], "patience": 3},
    figure=draw,
)
def early_stopping(
    validation_losses: Losses,
    patience: Annotated[int, Field(ge=1, le=5000)] = 3,
    min_delta: Annotated[float, Field(ge=0, le=1e6)] = 0.0,
    restore_best_weights: bool = True,
) -> Output:
    """Where training would stop on a series of validation losses.

    Parameters
    ----------
    validation_losses : list of float
        Loss after each epoch.
    patience : int
        Epochs without improvement before stopping.
    min_delta : float
        A smaller improvement doesn't count.
    restore_best_weights : bool
        Return the weights of the best epoch rather than of the last one.

    Returns
    -------
    dict
        ``stopped_epoch``, the last one run, counted from 1; ``stopped_early``; ``best_epoch`` and ``best_loss`` among
        those run; ``returned_epoch`` and ``returned_loss`` of the weights that are kept; ``missed_loss``, the lowest
        loss of the whole series, which a longer patience could have found.

    Examples
    --------
    >>> out = early_stopping([0.9, 0.7, 0.8, 0.85, 0.9, 0.1], patience=3)
    >>> out["stopped_epoch"], out["returned_epoch"]
    (5, 2)
    """
    best_epoch, reference, waited, epoch = 1, validation_losses[0], 0, 1
    for epoch, loss in enumerate(validation_losses, start=1):
        if loss < validation_losses[best_epoch - 1]:
            best_epoch = epoch
        if epoch == 1 or loss < reference - min_delta:
            reference, waited = loss, 0
        else:
            waited += 1
        if waited >= patience:
            break
    returned = best_epoch if restore_best_weights else epoch
    return {
        "stopped_epoch": epoch,
        "stopped_early": waited >= patience and epoch < len(validation_losses),
        "best_epoch": best_epoch,
        "best_loss": validation_losses[best_epoch - 1],
        "returned_epoch": returned,
        "returned_loss": validation_losses[returned - 1],
        "missed_loss": float(np.min(validation_losses)),
    }
