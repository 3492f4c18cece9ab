r"""Weight tying uses one matrix both as the input embedding and, transposed, as the output projection of a language model.

$$\text{in: } x_t \mapsto E[x_t], \qquad \text{out: } z = E\, h, \qquad E \in \mathbb{R}^{V \times d}$$

**Intuition.** Both matrices have one row for each token and both encode what the token means. Sharing them halves the vocabulary parameters
and lets each row learn from its use as input and as output; rare words profit most.

**When to use it.** In small and medium models, where the vocabulary is a large share: GPT-2 small has 124 million parameters and saves
38.6 million. Large models often leave them untied.

**Cost.** Saves $V d$ parameters; computation stays the same.

**Pitfalls.** The output uses the *transpose* of the embedding matrix, which is not its inverse: feeding a token's own embedding into the
head does not return a one-hot vector, so calling the two "inverse operations" is wrong. Gradients of both uses add up in one
matrix. Initialise for the smaller of the two roles, or the first logits are huge. A parameter counted twice is a common error in
size estimates.

**References.** Press and Wolf, *Using the Output Embedding to Improve Language Models*, arXiv:1608.05859. Inan, Khosravi and Socher,
arXiv:1611.01462.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def tied_loss_and_gradient(E: Floats, token: int, target: int) -> tuple[float, Floats]:
    """Cross-entropy of `target` after the model h = E[token], z = E h, and its gradient (V, d) from both uses of E.

    Examples
    --------
    >>> loss, gradient = tied_loss_and_gradient(np.zeros((4, 2)), token=0, target=1)
    >>> round(loss, 4), gradient.shape
    (1.3863, (4, 2))
    """
    h = E[token]  # (d,)
    p = softmax_along(E @ h)  # (V,)
    dz = p - (np.arange(len(E)) == target)  # (V,)
    gradient = np.outer(dz, h)  # use as output
    gradient[token] += E.T @ dz  # use as input
    return float(-np.log(p[target])), gradient


@algorithm(
    id="weight-tying",
    name="Tied input embedding and output softmax weights",
    aliases=("shared embeddings", "tied embeddings", "tie_word_embeddings", "tied weights"),
    example={"vocabulary": 50257, "d_model": 768},
)
def weight_tying(
    vocabulary: Annotated[int, Field(ge=1, le=10_000_000)] = 50257,
    d_model: Annotated[int, Field(ge=1, le=1_000_000)] = 768,
    toy_vocabulary: Annotated[int, Field(ge=2, le=32)] = 12,
    toy_dim: Annotated[int, Field(ge=1, le=64)] = 6,
    steps: Annotated[int, Field(ge=0, le=500)] = 200,
    seed: Seed = 0,
) -> Output:
    """Count what tying saves, and train a tiny tied model to say the token that follows each token.

    Parameters
    ----------
    vocabulary : int
        Vocabulary V of the count.
    d_model : int
        Dimension d of the count.
    toy_vocabulary : int
        Tokens of the tiny model, which learns that v + 1 follows v.
    toy_dim : int
        Dimension of the tiny model.
    steps : int
        Passes of gradient descent over all tokens.
    seed : int
        Seed of the tiny model.

    Returns
    -------
    dict
        ``parameters_untied`` and ``parameters_tied`` of embedding and head; ``saved``; ``inverse_error``, largest entry of
        E Eᵀ minus the identity in the initial tiny model: far from 0; ``loss_before`` and ``loss_after``.

    Examples
    --------
    >>> output = weight_tying(50257, 768)
    >>> output["saved"], output["loss_after"] < output["loss_before"]
    (38597376, True)
    """
    E = np.random.default_rng(seed).standard_normal((toy_vocabulary, toy_dim)) / np.sqrt(toy_dim)  # (V, d)
    inverse_error = np.abs(E @ E.T - np.eye(toy_vocabulary)).max()

    def mean_loss() -> float:
        return float(
            np.mean([tied_loss_and_gradient(E, v, (v + 1) % toy_vocabulary)[0] for v in range(toy_vocabulary)])
        )

    before = mean_loss()
    for _ in range(steps):
        gradients = [tied_loss_and_gradient(E, v, (v + 1) % toy_vocabulary)[1] for v in range(toy_vocabulary)]
        E = E - 0.5 * np.mean(gradients, axis=0)
    return {
        "parameters_untied": 2 * vocabulary * d_model,
        "parameters_tied": vocabulary * d_model,
        "saved": vocabulary * d_model,
        "inverse_error": inverse_error,
        "loss_before": before,
        "loss_after": mean_loss(),
    }
