r"""A hyperparameter-range validator checks a language-model configuration against typical values and against the hard rules that shapes must satisfy.

$$d_{model} \bmod h = 0, \qquad d_{ffn} \approx 4\, d_{model}, \qquad \text{low} \le \text{value} \le \text{high}$$

**Intuition.** Some constraints are logical (heads must divide the width), others are experience. The typical ranges: embedding 128 to
2048, sequence 256 to 32,000, layers 6 to 96, heads 4 to 96, vocabulary 10,000 to 100,000, feed-forward 4 times the width. For
fine-tuning: learning rate $10^{-5}$ to $5 \cdot 10^{-5}$, batch 16 or 32, 2 to 10 epochs, dropout 0.1 to 0.3.

**When to use it.** To catch a slip of a digit before a run is started.

**Cost.** None.

**Pitfalls.** Ranges describe what is common, not what is possible: GPT-3 has 96 layers *and* width 12,288, far above the 2048 that
such tables give as an upper end, so a value outside is a question, not an error. The fine-tuning advice of the BERT paper is 2 to 4 epochs at
$2 \cdot 10^{-5}$ to $5 \cdot 10^{-5}$; 10 epochs on a small data set usually overfit. Values depend on each other: a learning rate fit for
batch 32 is not fit for 1024.

**References.** Devlin et al., *BERT*, arXiv:1810.04805, appendix A.3. Brown et al., *GPT-3*, arXiv:2005.14165, table 2.1.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from algorithms.inputs import Positive
from algorithms.registry import Output, algorithm

RANGES: dict[str, tuple[float, float]] = {
    "d_model": (128, 2048),
    "sequence_length": (256, 32_000),
    "layers": (6, 96),
    "heads": (4, 96),
    "vocabulary": (10_000, 100_000),
    "learning_rate": (1e-5, 5e-5),
    "batch_size": (16, 32),
    "epochs": (2, 10),
    "dropout": (0.1, 0.3),
}
Whole = Annotated[int, Field(ge=1, le=1_000_000_000)]


@algorithm(
    id="lm-hyperparameter-ranges",
    name="Typical language-model hyperparameter ranges (validator)",
    aliases=(
        "embedding dimension range",
        "typical values table",
        "Fine-tuning hyperparameter defaults",
        "fine-tuning defaults",
        "typical hyperparameters of a language model",
    ),
    example={"d_model": 768, "heads": 12, "layers": 12, "learning_rate": 3e-5, "epochs": 3},
)
def lm_hyperparameter_ranges(
    d_model: Whole | None = None,
    sequence_length: Whole | None = None,
    layers: Whole | None = None,
    heads: Whole | None = None,
    vocabulary: Whole | None = None,
    ffn_size: Whole | None = None,
    learning_rate: Positive | None = None,
    batch_size: Whole | None = None,
    epochs: Whole | None = None,
    dropout: Annotated[float, Field(ge=0, lt=1)] | None = None,
) -> Output:
    """Check the given values; the others are ignored.

    Parameters
    ----------
    d_model : int, optional
        Embedding dimension.
    sequence_length : int, optional
        Context length.
    layers : int, optional
        Number of layers.
    heads : int, optional
        Attention heads.
    vocabulary : int, optional
        Vocabulary size.
    ffn_size : int, optional
        Width of the feed-forward network.
    learning_rate : float, optional
        Learning rate of fine-tuning.
    batch_size : int, optional
        Batch size of fine-tuning.
    epochs : int, optional
        Epochs of fine-tuning.
    dropout : float, optional
        Dropout of fine-tuning.

    Returns
    -------
    dict
        ``typical``, whether each given value lies in its range; ``warnings`` for values outside; ``errors`` for broken rules;
        ``valid``, no errors; ``ranges`` that were used.

    Examples
    --------
    >>> lm_hyperparameter_ranges(d_model=12288, heads=96)["warnings"]
    ['d_model = 12288 is outside the typical 128 to 2048']
    >>> lm_hyperparameter_ranges(d_model=100, heads=12)["errors"]
    ['heads = 12 does not divide d_model = 100']
    """
    given = {
        "d_model": d_model,
        "sequence_length": sequence_length,
        "layers": layers,
        "heads": heads,
        "vocabulary": vocabulary,
        "learning_rate": learning_rate,
        "batch_size": batch_size,
        "epochs": epochs,
        "dropout": dropout,
    }
    values = {name: value for name, value in given.items() if value is not None}
    typical = {name: RANGES[name][0] <= value <= RANGES[name][1] for name, value in values.items()}
    warnings = [
        f"{name} = {values[name]} is outside the typical {RANGES[name][0]:g} to {RANGES[name][1]:g}"
        for name, inside in typical.items()
        if not inside
    ]
    errors = []
    if d_model is not None and heads is not None and d_model % heads:
        errors.append(f"heads = {heads} does not divide d_model = {d_model}")
    if ffn_size is not None and d_model is not None:
        typical["ffn_size"] = ffn_size == 4 * d_model
        if not typical["ffn_size"]:
            warnings.append(f"ffn_size = {ffn_size} is not the typical 4 × d_model = {4 * d_model}")
    return {
        "typical": typical,
        "warnings": warnings,
        "errors": errors,
        "valid": not errors,
        "ranges": {name: list(bounds) for name, bounds in RANGES.items()},
    }
