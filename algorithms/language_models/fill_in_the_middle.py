r"""Fill-in-the-middle (FIM) teaches a left-to-right model to infill by moving the middle of a document to its end, behind sentinel tokens.

$$\text{PSM: <PRE> prefix <SUF> suffix <MID> middle <EOT>}, \qquad \mathcal L_{mid} = \sum_{i \in middle} -\log P(x_i \mid x_{<i})$$

**Intuition.** The document is cut at two random places and reordered; the model still only predicts the next token, but now it has read prefix *and* suffix before it
writes the middle. In use, generation starts after <MID>, stops at <EOT>, and the result is spliced in. SPM puts the suffix first, which
helps caching while the prefix grows.

**When to use it.** For code completion inside a file.

**Cost.** None in training: a share of documents is transformed, normal generation hardly suffers.

**Pitfalls.** It is often described as a mask token in an encoder-decoder; code models are decoder-only and use *sentinels*. The original recipe takes the loss on all tokens; a loss on the
middle alone is a variant. Averaging the *sums* of each example weights long middles more; most implementations average over tokens. The
middle must complete both sides: with the suffix "return result" the middle "result = a + b" makes sense, with "return a + b" it does not. Without <EOT> the model does not know when the gap is full.

**References.** Bavarian et al., *Efficient Training of Language Models to Fill in the Middle*, arXiv:2207.14255. Fried et al., *InCoder*,
arXiv:2204.05999.
"""

from __future__ import annotations

import ast
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Part = Annotated[str, Field(max_length=500)]
Counts = Annotated[list[Annotated[int, Field(ge=1, le=50)]], Field(min_length=1, max_length=8)]


def arrange(prefix: str, middle: str, suffix: str, mode: str) -> str:
    """Training text in PSM or SPM order, or the mask form of encoder-decoder models.

    Examples
    --------
    >>> arrange("a", "b", "c", "PSM"), arrange("a", "b", "c", "SPM")
    ('<PRE>a<SUF>c<MID>b<EOT>', '<SUF>c<PRE>a<MID>b<EOT>')
    """
    if mode == "PSM":
        return f"<PRE>{prefix}<SUF>{suffix}<MID>{middle}<EOT>"
    if mode == "SPM":
        return f"<SUF>{suffix}<PRE>{prefix}<MID>{middle}<EOT>"
    return f"{prefix}[MASK]{suffix}"


def token_losses(logits: Floats, targets: NDArray[np.int64]) -> Floats:
    """Cross-entropy (n,) of each target (n,) under logits (n, V)."""
    return np.asarray(-np.log(softmax_along(logits)[np.arange(len(targets)), targets]))


def splice(prefix: str, generated: str, suffix: str) -> str:
    """Document with the generated middle, cut at the end-of-middle token."""
    return prefix + generated.split("<EOT>")[0] + suffix


def parses(code: str) -> bool:
    """Whether `code` is valid Python."""
    try:
        ast.parse(code)
    except SyntaxError:
        return False
    return True


@algorithm(
    id="fill-in-the-middle",
    name="Fill-in-the-middle transform and infilling",
    aliases=(
        "FIM",
        "infilling",
        "PSM",
        "SPM",
        "code LLM pretraining",
        "Fill-in-the-middle loss",
        "FIM loss",
        "masked token loss",
        "infilling loss",
    ),
    example={
        "prefix": "def add_numbers(a, b):\n    ",
        "middle": "result = a + b",
        "suffix": "\n    return result\n",
        "vocabulary": 50,
        "middle_tokens": [3],
    },
)
def fill_in_the_middle(
    prefix: Part,
    middle: Part,
    suffix: Part,
    mode: Literal["PSM", "SPM", "mask"] = "PSM",
    vocabulary: Annotated[int, Field(ge=2, le=1000)] = 50,
    middle_tokens: Counts | None = None,
    logit_scale: Annotated[float, Field(ge=0, le=10)] = 0.0,
    seed: Seed = 0,
) -> Output:
    """Rearrange a document, splice a generated middle back, and compare the losses of a batch.

    Parameters
    ----------
    prefix : str
        Text before the gap.
    middle : str
        Text of the gap.
    suffix : str
        Text after the gap.
    mode : {"PSM", "SPM", "mask"}
        Order of the parts, or a mask token as in encoder-decoder models.
    vocabulary : int
        Vocabulary V of the loss.
    middle_tokens : list of int, optional
        Middle tokens of each example of the batch; [3] if not given. Each example has 5 further tokens.
    logit_scale : float
        Scale of the random logits; 0 makes the model uniform.
    seed : int
        Seed of logits and targets.

    Returns
    -------
    dict
        ``model_input`` up to where generation starts; ``target``; ``training_text`` (None for ``mask``); ``restored``, whether
        prefix + middle + suffix come back; ``is_valid_python`` of the spliced document; ``total_losses``, the sum over middle
        tokens of each example; ``batch_loss``, their mean; ``token_mean_loss``, the mean over all middle tokens;
        ``all_token_loss``, the mean over all tokens, as in the original recipe.

    Examples
    --------
    >>> output = fill_in_the_middle("def f(a, b):\\n    ", "r = a + b", "\\n    return r")
    >>> output["model_input"].endswith("<MID>"), output["is_valid_python"], round(output["batch_loss"], 3)
    (True, True, 11.736)
    """
    training = None if mode == "mask" else arrange(prefix, middle, suffix, mode)
    model_input = arrange(prefix, middle, suffix, mode) if training is None else training.split("<MID>")[0] + "<MID>"
    document = splice(prefix, middle + "<EOT> anything after", suffix)
    rng = np.random.default_rng(seed)
    totals, every = [], []
    counts = middle_tokens or [3]
    for count in counts:
        n = count + 5  # prefix and suffix tokens come first in PSM and SPM alike
        losses = token_losses(logit_scale * rng.standard_normal((n, vocabulary)), rng.integers(vocabulary, size=n))
        totals.append(float(losses[-count:].sum()))
        every.append(losses)
    return {
        "model_input": model_input,
        "target": middle,
        "training_text": training,
        "restored": document == prefix + middle + suffix,
        "is_valid_python": parses(document),
        "total_losses": totals,
        "batch_loss": float(np.mean(totals)),
        "token_mean_loss": sum(totals) / sum(counts),
        "all_token_loss": float(np.concatenate(every).mean()),
    }
