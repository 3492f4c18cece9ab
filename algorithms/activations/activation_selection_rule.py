r"""The rule for choosing the activation function looks at the layer first and, for an output layer, at the kind of
target.

$$\text{binary: } \sigma(z) \qquad \text{one of } K\text{: softmax}(z) \qquad \text{any of } K\text{: } \sigma(z_k) \qquad
\text{real: } z \qquad \text{positive: } \log(1 + e^z) \qquad \text{hidden: } \max(0, z)$$

**Intuition.** An output activation is the inverse link of the target's distribution: Bernoulli gives the sigmoid,
categorical the softmax, Gaussian the identity. It fixes the range of the prediction and belongs to one loss. A hidden
activation has another job: to bend the map, since layers without a non-linearity collapse into one linear layer.

**When to use it.** When a network is set up: take the row of the table for the task, and train the loss that goes with
it on the logits.

**Cost.** One elementwise function; softmax also sums over the classes.

**Pitfalls.** Saying that activations exist to keep outputs in a range misses the main reason, non-linearity; the range
matters for the output layer only. Softmax for labels that may hold together forces them to compete: use one sigmoid a
label. A sigmoid or ReLU on a regression output cuts off values that the target takes. Don't apply an activation that
the loss applies again (`CrossEntropyLoss` takes logits).

**References.** Goodfellow, Bengio and Courville, *Deep Learning* (2016), sections 6.2 and 6.3. Bishop, *Pattern
Recognition and Machine Learning* (2006), section 5.2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.activations.relu import rectify
from algorithms.activations.sigmoid import logistic
from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Number
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Layer = Literal["hidden", "output"]
Task = Literal["binary", "multiclass", "multilabel", "regression", "positive_regression"]


@dataclass(frozen=True)
class Rule:
    """One row of the table: what to apply, in which range it lies and which loss belongs to it."""

    activation: str
    function: Callable[[Floats], Floats]
    lower: float
    upper: float
    loss: str


RULES: dict[str, Rule] = {
    "binary": Rule("sigmoid", logistic, 0.0, 1.0, "binary cross-entropy"),
    "multiclass": Rule("softmax", softmax_along, 0.0, 1.0, "cross-entropy"),
    "multilabel": Rule("sigmoid for each label", logistic, 0.0, 1.0, "sum of binary cross-entropies"),
    "regression": Rule("identity (linear)", lambda z: z, -np.inf, np.inf, "mean squared error"),
    "positive_regression": Rule(
        "softplus", lambda z: np.logaddexp(0.0, z), 0.0, np.inf, "negative log-likelihood of a positive target"
    ),
    "hidden": Rule("ReLU or one of its kin (leaky ReLU, GELU)", rectify, 0.0, np.inf, "none of its own"),
}


@algorithm(
    id="activation-selection-rule",
    name="Choosing the activation function",
    aliases=("output activation", "activation output ranges", "which activation function", "choice of activation"),
    example={"layer": "output", "task": "multiclass", "scores": [2.0, 1.0, -1.0]},
)
def activation_selection_rule(
    layer: Layer = "output",
    task: Task = "binary",
    scores: Annotated[list[Number], Field(min_length=1, max_length=64)] = [-2.0, 0.0, 3.0],  # noqa: B006
) -> Output:
    """Activation, range and loss for a layer, applied to sample scores.

    Parameters
    ----------
    layer : {"hidden", "output"}
        Where the activation stands; a hidden layer's choice does not depend on the task.
    task : {"binary", "multiclass", "multilabel", "regression", "positive_regression"}
        Kind of target.
    scores : list of float, length n
        Pre-activations to apply the rule to.

    Returns
    -------
    dict
        ``activation``; ``range`` as [lower, upper]; ``loss``; ``outputs`` (n,), the scores after the activation;
        ``sum_of_outputs``, 1 for the softmax only.

    Examples
    --------
    >>> activation_selection_rule("output", "multilabel")["activation"]
    'sigmoid for each label'
    """
    rule = RULES["hidden" if layer == "hidden" else task]
    outputs = rule.function(np.asarray(scores, dtype=np.float64))  # (n,)
    return {
        "activation": rule.activation,
        "range": [rule.lower, rule.upper],
        "loss": rule.loss,
        "outputs": outputs,
        "sum_of_outputs": outputs.sum(),
    }
