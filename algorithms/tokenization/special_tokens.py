r"""Special tokens mark structure that the text itself does not have: beginning, separation, padding, masking and end.

$$\text{single: [CLS] } A \text{ [SEP]}, \qquad \text{pair: [CLS] } A \text{ [SEP] } B \text{ [SEP]}$$

**Intuition.** A model sees only token numbers, so the border between a question and a passage must be a token too. In BERT [CLS] opens the input and its final
vector serves classification, [SEP] closes each segment, and segment numbers 0 and 1 tell the two apart. GPT-2 has a single special token, <|endoftext|>.

**When to use it.** Whenever a pretrained model is fed: use exactly the layout it was trained on.

**Cost.** Two tokens a text, three a pair, out of the context window.

**Pitfalls.** <|endoftext|> marks the end of a *document* in training, not of a sentence. GPT-2 has no padding token; its end token is commonly reused for padding, and the attention
mask must then hide it. Adding special tokens twice (by hand and by the tokenizer) is a frequent bug. Numbers differ between models: in
bert-base-uncased [PAD], [CLS], [SEP] are 0, 101, 102. Text from users that spells a special token must not become one.

**References.** Devlin et al., *BERT*, arXiv:1810.04805. Radford et al., *Language Models are Unsupervised Multitask Learners* (2019).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from algorithms.inputs import Name
from algorithms.registry import Output, algorithm

Segment = Annotated[list[Name], Field(min_length=1, max_length=100)]
BERT_IDS = {"[PAD]": 0, "[UNK]": 100, "[CLS]": 101, "[SEP]": 102, "[MASK]": 103}
GPT2_IDS = {"<|endoftext|>": 50256}


@algorithm(
    id="special-tokens",
    name="Special tokens ([CLS], [SEP], [PAD], end-of-text)",
    aliases=("CLS", "SEP", "PAD", "EOS", "endoftext", "special token"),
    example={"first": ["how", "old", "is", "it", "?"], "second": ["ten", "years", "."], "length": 12},
)
def special_tokens(
    first: Segment,
    second: Segment | None = None,
    model: Literal["bert", "gpt-2"] = "bert",
    length: Annotated[int, Field(ge=1, le=256)] | None = None,
) -> Output:
    """Lay out one or two segments with the special tokens of a model.

    Parameters
    ----------
    first : list of str
        Tokens of the first segment.
    second : list of str, optional
        Tokens of the second segment.
    model : {"bert", "gpt-2"}
        Whose layout to use.
    length : int, optional
        Pad to this length.

    Returns
    -------
    dict
        ``tokens``; ``segment_ids`` (0 and 1; all 0 for GPT-2); ``attention_mask`` (0 on padding); ``special_ids``, number of
        each special token of the model; ``added``, special tokens without padding.

    Raises
    ------
    ValueError
        If the layout is longer than `length`, or a segment holds a special token itself.

    Examples
    --------
    >>> special_tokens(["a"], ["b"])["tokens"]
    ['[CLS]', 'a', '[SEP]', 'b', '[SEP]']
    """
    ids = BERT_IDS if model == "bert" else GPT2_IDS
    forged = sorted(set(ids) & {*first, *(second or [])})
    if forged:
        raise ValueError(f"the segments hold the special tokens {forged}; special tokens are added, not given")
    if model == "bert":
        tokens = ["[CLS]", *first, "[SEP]"]
        segments = [0] * len(tokens)
        if second:
            tokens += [*second, "[SEP]"]
            segments += [1] * (len(second) + 1)
        pad, added = "[PAD]", 3 if second else 2
    else:
        tokens = [*first, "<|endoftext|>", *([*second, "<|endoftext|>"] if second else [])]
        segments = [0] * len(tokens)
        pad, added = "<|endoftext|>", 2 if second else 1
    target = len(tokens) if length is None else length
    if len(tokens) > target:
        raise ValueError(f"the layout has {len(tokens)} tokens; raise length above {target} or shorten the segments")
    padding = target - len(tokens)
    return {
        "tokens": tokens + [pad] * padding,
        "segment_ids": segments + [0] * padding,
        "attention_mask": [1] * len(tokens) + [0] * padding,
        "special_ids": dict(ids),
        "added": added,
    }
