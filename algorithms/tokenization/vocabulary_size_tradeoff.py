r"""The vocabulary-size trade-off: a larger vocabulary makes texts shorter in tokens but the embedding matrix larger.

$$\text{parameters} = V \cdot d, \qquad \text{share} = \frac{V d}{N}$$

**Intuition.** With characters a text is long and the table tiny; with whole words it is short and the table huge, and most rows are hardly ever trained.
Subword vocabularies lie between: small models use 10,000 to 30,000 entries, large ones 50,000 to 100,000 and more for many languages. GPT-2
has 50,257 tokens of dimension 768: 38.6 million parameters, 31% of the smallest model. The example learns BPE merges step by step and
counts both sides.

**When to use it.** When a tokenizer is chosen, or a model extended to new languages.

**Cost.** Each doubling of $V$ doubles the table, while the sequence shortens less and less.

**Pitfalls.** Shorter sequences save attention, which is quadratic, so parameters are not the whole bill. An untied output head counts $V d$ again. Rare tokens get few
updates and stay near their initial values. A vocabulary made for one language splits others into many pieces. Comparing perplexities
of models with different vocabularies is wrong; compare bits a character.

**References.** Radford et al., *Language Models are Unsupervised Multitask Learners* (2019). Sennrich, Haddow and Birch, arXiv:1508.07909.
"""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

from pydantic import Field

from algorithms.registry import Output, algorithm
from algorithms.tokenization.byte_pair_encoding import encode_word, learn_merges
from algorithms.tokenization.word_tokenization import ShortText

TEXT = (
    "the cat sat on the mat and the dog sat on the log while the other cats and dogs were running after the rats that "
    "had been eating the oats in the other barn where the farmer and the farmers wife were sitting and singing"
)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Tokens of the text by vocabulary size."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["vocabulary_sizes"], output["token_counts"], "o-")
    axes.set(xlabel="vocabulary size", ylabel="tokens of the text", title="larger vocabulary, shorter text")
    return figure


@algorithm(
    id="vocabulary-size-tradeoff",
    name="Vocabulary size vs embedding parameters",
    aliases=("vocab size", "embedding matrix size", "vocabulary size"),
    example={"vocabulary": 50257, "d_model": 768, "total_parameters": 124439808},
    figure=draw,
)
def vocabulary_size_tradeoff(
    vocabulary: Annotated[int, Field(ge=1, le=100_000_000)] = 50257,
    d_model: Annotated[int, Field(ge=1, le=1_000_000)] = 768,
    total_parameters: Annotated[int, Field(ge=1, le=10**15)] = 124_439_808,
    text: ShortText = TEXT,
) -> Output:
    """Size of an embedding matrix, and the length of `text` under vocabularies of growing size.

    Parameters
    ----------
    vocabulary : int
        Tokens V.
    d_model : int
        Embedding dimension d.
    total_parameters : int
        Parameters of the whole model, for the share.
    text : str
        Text that BPE is learned from and applied to.

    Returns
    -------
    dict
        ``embedding_parameters`` V · d; ``share`` of the model; ``vocabulary_sizes`` after 0, 8, 16, 32, 64 and 128 merges and
        the ``token_counts`` of the text: the one grows, the other falls.

    Examples
    --------
    >>> output = vocabulary_size_tradeoff()
    >>> output["embedding_parameters"], round(output["share"], 2)
    (38597376, 0.31)
    """
    counts = Counter(text.split())
    merges = learn_merges(counts, 128)
    base = len(set("".join(counts))) + 1
    steps = [step for step in (0, 8, 16, 32, 64, 128) if step <= len(merges)]
    lengths = [sum(count * len(encode_word(word, merges[:step])) for word, count in counts.items()) for step in steps]
    parameters = vocabulary * d_model
    return {
        "embedding_parameters": parameters,
        "share": parameters / total_parameters,
        "vocabulary_sizes": [base + step for step in steps],
        "token_counts": lengths,
    }
