r"""The parameter count of a positional encoding depends on its kind: a learned table costs $N D$ numbers, relative schemes few, sinusoidal and rotary none.

$$\text{learned absolute: } N D, \qquad \text{Shaw: } 2(2k+1)\,d_{head}, \qquad \text{bias: } (2k+1)\,h, \qquad \text{sinusoidal, RoPE, ALiBi: } 0$$

**Intuition.** A table holds a free vector for each of $N$ positions. A relative scheme holds one entry for each clipped offset, whatever
the length. Fixed formulas hold nothing: they are computed.

**When to use it.** To budget a model, and to see why long contexts do not use learned tables: at $N = 100{,}000$ and $D = 4096$ the
table alone would have 410 million parameters.

**Cost.** Arithmetic only.

**Pitfalls.** "Absolute encoding adds $N D$ parameters" and "absolute encoding is fixed" are both said and contradict each other:
$N D$ holds for a *learned* table, while fixed sinusoidal encodings add zero trainable parameters. Zero parameters does not mean zero computation: rotary
embeddings are applied in every layer. Shaw's scheme has one table for keys and one for values in each layer, shared by its heads;
the bias of T5 has one number a bucket and head, shared by all layers.

**References.** Vaswani et al., arXiv:1706.03762. Shaw, Uszkoreit and Vaswani, arXiv:1803.02155. Su et al., *RoFormer*,
arXiv:2104.09864.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from algorithms.registry import Output, algorithm


@algorithm(
    id="positional-encoding-parameter-count",
    name="Parameters added by absolute, relative and rotary encodings",
    aliases=("positional parameters", "positional encoding parameters"),
    example={"max_length": 1024, "dim": 768, "heads": 12, "max_distance": 16, "layers": 1},
)
def positional_encoding_parameter_count(
    max_length: Annotated[int, Field(ge=1, le=1_000_000_000)] = 1024,
    dim: Annotated[int, Field(ge=1, le=1_000_000)] = 768,
    heads: Annotated[int, Field(ge=1, le=10_000)] = 12,
    max_distance: Annotated[int, Field(ge=1, le=1_000_000)] = 16,
    layers: Annotated[int, Field(ge=1, le=10_000)] = 1,
) -> Output:
    """Trainable parameters of each kind of positional encoding.

    Parameters
    ----------
    max_length : int
        Positions N.
    dim : int
        Model dimension D.
    heads : int
        Attention heads h; must divide D.
    max_distance : int
        Clipping distance k of relative schemes.
    layers : int
        Layers; only Shaw's tables are repeated in each.

    Returns
    -------
    dict
        Trainable parameters: ``learned_absolute``, ``sinusoidal``, ``relative_shaw``, ``relative_bias``, ``rotary``,
        ``alibi``.

    Raises
    ------
    ValueError
        If `heads` does not divide `dim`.

    Examples
    --------
    >>> positional_encoding_parameter_count(1024, 768)
    {'learned_absolute': 786432, 'sinusoidal': 0, 'relative_shaw': 4224, 'relative_bias': 396, 'rotary': 0, 'alibi': 0}
    """
    if dim % heads:
        raise ValueError(f"{heads} heads do not divide the dimension {dim}; choose a divisor")
    entries = 2 * max_distance + 1
    return {
        "learned_absolute": max_length * dim,
        "sinusoidal": 0,
        "relative_shaw": layers * 2 * entries * (dim // heads),
        "relative_bias": entries * heads,
        "rotary": 0,
        "alibi": 0,
    }
