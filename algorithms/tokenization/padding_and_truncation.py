r"""Padding and truncation bring token sequences to one length, so that a batch fits into a rectangular array, and an attention mask records what is real.

$$x \mapsto (x_1, \dots, x_m, \underbrace{\text{pad}, \dots, \text{pad}}_{L - m}), \qquad \text{mask} = (\underbrace{1, \dots, 1}_{m}, 0, \dots, 0)$$

**Intuition.** Arrays need equal rows. Short rows are filled with a padding token that the mask hides from attention and loss; long rows lose their end. A pretrained tokenizer does all of it in one
call: `tokenizer("Hello world!", max_length=128, padding="max_length", truncation=True, return_tensors="pt")` gives `input_ids`
and `attention_mask` of shape (1, 128); with bert-base-uncased 5 are real: [CLS] hello world ! [SEP].

**When to use it.** In every batch. Padding to the longest row of the batch wastes less than padding to the model's maximum.

**Cost.** Padded positions are computed too; sorting by length reduces the waste.

**Pitfalls.** Truncation must leave room for the special tokens, and may drop the part that matters. Forgetting the mask lets padding into attention, means and losses. Decoders that generate
are padded on the *left*, so that the last position is a real token. `padding=True` pads to the longest row, `"max_length"` to the given length.

**References.** Wolf et al., *Transformers: State-of-the-Art Natural Language Processing*, arXiv:1910.03771.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.registry import Output, algorithm
from algorithms.tokenization.word_tokenization import split_words

Batch = Annotated[list[Annotated[str, Field(min_length=1, max_length=500)]], Field(min_length=1, max_length=8)]
PAD, CLS, SEP = 0, 101, 102


@algorithm(
    id="padding-and-truncation",
    name="Padding and truncation to a fixed length",
    aliases=(
        "pad to max_length",
        "truncation",
        "batching variable-length sequences",
        "Pretrained tokenizer call",
        "AutoTokenizer",
        "from_pretrained",
        "Hugging Face tokenizer",
        "padding",
    ),
    example={"texts": ["Hello world!"], "max_length": 128, "padding": "max_length"},
)
def padding_and_truncation(
    texts: Batch,
    max_length: Annotated[int, Field(ge=3, le=128)] = 128,
    padding: Literal["max_length", "longest"] = "max_length",
    side: Literal["right", "left"] = "right",
) -> Output:
    """Tokenize a batch into words and marks, add [CLS] and [SEP], cut and pad.

    Parameters
    ----------
    texts : list of str
        The batch.
    max_length : int
        Longest row, special tokens included.
    padding : {"max_length", "longest"}
        Pad to `max_length` or to the longest row of the batch.
    side : {"right", "left"}
        Where padding goes.

    Returns
    -------
    dict
        ``shape`` (rows, length); ``tokens`` of each row, its first 30 real ones; ``real_tokens`` and ``padding_tokens`` a row;
        ``truncated`` tokens a row; ``input_ids``, the first 20 a row, with 0, 101, 102 for [PAD], [CLS], [SEP] and other words
        numbered from 1000 in order of appearance; ``attention_mask``, the first 20 a row; ``waste``, share of padding.

    Examples
    --------
    >>> output = padding_and_truncation(["Hello world!"], 128)
    >>> output["shape"], output["real_tokens"], output["padding_tokens"], output["tokens"]
    ((1, 128), [5], [123], [['[CLS]', 'hello', 'world', '!', '[SEP]']])
    """
    numbers = {"[PAD]": PAD, "[CLS]": CLS, "[SEP]": SEP}
    words = [split_words(text.lower()) for text in texts]
    rows = [["[CLS]", *w[: max_length - 2], "[SEP]"] for w in words]
    length = max_length if padding == "max_length" else max(len(row) for row in rows)
    ids, mask = np.full((len(rows), length), PAD), np.zeros((len(rows), length), dtype=int)
    for i, row in enumerate(rows):
        place = slice(0, len(row)) if side == "right" else slice(length - len(row), length)
        ids[i, place] = [numbers.setdefault(token, 1000 + len(numbers) - 3) for token in row]
        mask[i, place] = 1
    return {
        "shape": ids.shape,
        "tokens": [row[:30] for row in rows],
        "real_tokens": [len(row) for row in rows],
        "padding_tokens": [length - len(row) for row in rows],
        "truncated": [max(0, len(w) - (max_length - 2)) for w in words],
        "input_ids": ids[:, :20],
        "attention_mask": mask[:, :20],
        "waste": 1 - mask.mean(),
    }
