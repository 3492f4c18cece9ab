r"""The parameter count of a GPT-style Transformer follows from its configuration: layers, width, vocabulary and context length.

$$N = L\,(12 d^2 + 13 d) + V d + T d + 2 d$$

**Intuition.** Each layer has attention ($4d^2 + 4d$), a feed-forward network of width $4d$ ($8d^2 + 5d$) and two layer norms ($4d$). Token and
position tables add $(V + T)\,d$, the final norm $2d$. The output head is tied to the token table and costs nothing. For large
models $12 L d^2$ is nearly all: depth counts linearly, width quadratically.

**When to use it.** To size a model, to estimate memory (2 bytes a parameter in 16 bits) and training compute (about $6 N$ operations a token).

**Cost.** Arithmetic only.

**Pitfalls.** The smallest GPT-2 has 124,439,808 parameters; the 117 million often quoted was a miscount. GPT-3 has $d = 12{,}288$ with 96
layers, far outside ranges such as "128 to 2048". The number of heads does not matter. Untied heads add $V d$; gated feed-forward
layers, grouped-query attention and missing biases change the formula. A "small language model" is a loose term, here at most 2 billion.

**References.** Radford et al., *Language Models are Unsupervised Multitask Learners* (2019). Brown et al., arXiv:2005.14165. Kaplan et
al., *Scaling Laws for Neural Language Models*, arXiv:2001.08361.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from algorithms.registry import Output, algorithm


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Bars of the parts."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    parts = output["parts"]
    axes.barh(list(parts), [float(value) for value in parts.values()])
    axes.set(xlabel="parameters", title=f"{output['parameters']:,} parameters")
    return figure


@algorithm(
    id="transformer-parameter-count",
    name="Transformer parameter count from the configuration",
    aliases=(
        "model size",
        "number of parameters",
        "GPT-2 sizes",
        "depth effect",
        "small language model",
        "SLM",
        "how many parameters has GPT-2",
    ),
    example={"layers": 12, "d_model": 768, "vocabulary": 50257, "context": 1024},
    figure=draw,
)
def transformer_parameter_count(
    layers: Annotated[int, Field(ge=0, le=10_000)] = 12,
    d_model: Annotated[int, Field(ge=1, le=1_000_000)] = 768,
    vocabulary: Annotated[int, Field(ge=1, le=10_000_000)] = 50257,
    context: Annotated[int, Field(ge=0, le=100_000_000)] = 1024,
    ffn_multiple: Annotated[int, Field(ge=1, le=64)] = 4,
    tied: bool = True,
) -> Output:
    """Parameters of a GPT-2-style model.

    Parameters
    ----------
    layers : int
        Layers L.
    d_model : int
        Width d.
    vocabulary : int
        Vocabulary V.
    context : int
        Positions T of a learned table; 0 for none.
    ffn_multiple : int
        Width of the feed-forward network divided by d.
    tied : bool
        Whether the output head shares the token table.

    Returns
    -------
    dict
        ``parameters``; ``parts`` (attention, feed_forward, layer_norms, token_embedding, position_embedding, output_head);
        ``per_layer``; ``gibibytes_fp16``; ``training_operations_per_token``, 6 N; ``is_small``, at most 2 billion.

    Examples
    --------
    >>> transformer_parameter_count(12, 768)["parameters"], transformer_parameter_count(48, 1600)["parameters"]
    (124439808, 1557611200)
    """
    d, h = d_model, ffn_multiple * d_model
    attention, feed_forward, norms = 4 * d * d + 4 * d, 2 * d * h + h + d, 4 * d
    parts = {
        "attention": layers * attention,
        "feed_forward": layers * feed_forward,
        "layer_norms": layers * norms + 2 * d,
        "token_embedding": vocabulary * d,
        "position_embedding": context * d,
        "output_head": 0 if tied else vocabulary * d,
    }
    total = sum(parts.values())
    return {
        "parameters": total,
        "parts": parts,
        "per_layer": attention + feed_forward + norms,
        "gibibytes_fp16": 2 * total / 2**30,
        "training_operations_per_token": 6 * total,
        "is_small": total <= 2_000_000_000,
    }
