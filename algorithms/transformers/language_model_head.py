r"""The language-model head projects the last hidden state onto the vocabulary and turns the scores into a next-token distribution with a softmax.

$$z = U h + b, \qquad P(\text{token } v) = \frac{e^{z_v}}{\sum_{w} e^{z_w}}, \qquad U \in \mathbb{R}^{V \times d}$$

**Intuition.** Row $v$ of $U$ is what token $v$ "looks like" in the hidden space; its score is the dot product with the hidden state. Every
token gets a positive probability and together they sum to one: after "The cat sat on the", perhaps *mat* 0.6, *sofa* 0.3,
*floor* 0.1. A decoding rule then picks one.

**When to use it.** On top of every language model; with the embedding matrix as $U$ (weight tying) in many.

**Cost.** $V d$ parameters and multiplications a token; with large vocabularies a notable share of a small model.

**Pitfalls.** Feed logits, not probabilities, to a cross-entropy loss. The head of position $t$ predicts token $t + 1$. For generation
only the last position is needed; computing all of them wastes $n V d$. A hidden dimension $d < V$ limits the rank of the logit matrix.
A softmax never gives exactly zero, so unwanted tokens are masked with minus infinity.

**References.** Bengio et al., *A Neural Probabilistic Language Model*, JMLR (2003). Yang et al., *Breaking the Softmax Bottleneck*,
arXiv:1711.03953.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Name, Number, rectangular
from algorithms.registry import Output, algorithm

Words = Annotated[list[Name], Field(min_length=1, max_length=50)]
Hidden = Annotated[list[Number], Field(min_length=1, max_length=64)]
Rows = Annotated[list[Hidden], Field(min_length=1, max_length=50), AfterValidator(rectangular)]


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Bars of the distribution."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.bar(inputs["vocabulary"], output["probabilities"])
    axes.set(ylabel="probability", ylim=(0, 1), title="next token")
    return figure


@algorithm(
    id="language-model-head",
    name="Output projection + softmax over the vocabulary",
    aliases=("LM head", "unembedding", "next-token distribution", "output layer"),
    example={
        "hidden": [1.0, 0.5],
        "unembedding": [[2.0, 1.0], [1.5, 0.6], [0.5, 0.4]],
        "vocabulary": ["mat", "sofa", "floor"],
    },
    figure=draw,
)
def language_model_head(hidden: Hidden, unembedding: Rows, vocabulary: Words, bias: Hidden | None = None) -> Output:
    """Next-token distribution of a hidden state.

    Parameters
    ----------
    hidden : list of float, (d,)
        Hidden state of the last position.
    unembedding : list of list of float, (V, d)
        One row a token.
    vocabulary : list of str, (V,)
        The tokens.
    bias : list of float, (V,), optional
        Added to the scores.

    Returns
    -------
    dict
        ``logits`` (V,); ``probabilities`` (V,), positive and summing to one; ``ranking``, the tokens by falling probability;
        ``entropy_bits``; ``parameters`` of the head.

    Raises
    ------
    ValueError
        If the shapes do not fit.

    Examples
    --------
    >>> output = language_model_head([1.0, 0.5], [[2.0, 1.0], [1.5, 0.6], [0.5, 0.4]], ["mat", "sofa", "floor"])
    >>> output["ranking"], output["probabilities"].round(3).tolist()
    (['mat', 'sofa', 'floor'], [0.602, 0.299, 0.099])
    """
    h, U = np.asarray(hidden, dtype=np.float64), np.asarray(unembedding, dtype=np.float64)  # (d,), (V, d)
    if U.shape != (len(vocabulary), len(h)):
        raise ValueError(f"unembedding must be {len(vocabulary)} × {len(h)} (vocabulary × hidden), got {U.shape}")
    b = np.zeros(len(U)) if bias is None else np.asarray(bias, dtype=np.float64)  # (V,)
    if len(b) != len(U):
        raise ValueError(f"bias needs {len(U)} numbers, got {len(b)}")
    z = U @ h + b  # (V,)
    p = softmax_along(z)  # (V,)
    positive = p[p > 0]
    return {
        "logits": z,
        "probabilities": p,
        "ranking": [vocabulary[v] for v in np.argsort(-z, kind="stable")],
        "entropy_bits": -(positive * np.log2(positive)).sum(),
        "parameters": U.size + (0 if bias is None else len(b)),
    }
