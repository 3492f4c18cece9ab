r"""An encoder-decoder Transformer reads a whole source sequence with its encoder and writes a target sequence token by token with a decoder that attends to the encoder output.

$$P(y \mid x) = \prod_t P(y_t \mid y_{<t}, \mathrm{Enc}(x)), \qquad y_0 = \text{<SOS>},\; \text{stop at <EOS>}$$

**Intuition.** The encoder output feeds every decoder layer through cross-attention. Training shows the decoder the true target shifted by
one (teacher forcing) and asks for the next token everywhere at once. Generation starts from <SOS> and feeds each predicted token
back. Here a model of one layer learns to translate counting words of a toy language pair, in reversed order.

**When to use it.** For translation, summarisation and speech, where input and output are different sequences.

**Cost.** $O((n^2 + n m + m^2)\, d)$ for one pass; generation needs one decoder pass a token.

**Pitfalls.** GPT and BERT are often cited as examples of this architecture; GPT is decoder-only, without cross-attention, and BERT is
encoder-only, without a decoder. T5, BART and the original Transformer are encoder-decoders. Teacher forcing hides errors that
pile up in generation, so accuracy is measured on generated sequences. The target is shifted right by exactly one.

**References.** Vaswani et al., *Attention Is All You Need*, arXiv:1706.03762 (2017).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm

if TYPE_CHECKING:
    import torch

WORDS_IN = ["one", "two", "three", "four", "five", "six"]
WORDS_OUT = ["un", "deux", "trois", "quatre", "cinq", "six"]
SOS, EOS = 6, 7
LENGTH = 4


def translator() -> torch.nn.ModuleDict:
    """A Transformer of one encoder and one decoder layer over 6 words, <SOS> and <EOS>."""
    import torch

    d = 32
    return torch.nn.ModuleDict(
        {
            "words": torch.nn.Embedding(8, d),
            "places": torch.nn.Embedding(LENGTH + 1, d),
            "body": torch.nn.Transformer(d, 2, 1, 1, 64, dropout=0.0, batch_first=True),
            "head": torch.nn.Linear(d, 8),
        }
    )


def logits_of(model: Any, source: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Next-token logits (b, t, 8) for sources (b, s) and target prefixes (b, t)."""
    import torch

    x, y = (model["words"](z) + model["places"](torch.arange(z.shape[1])) for z in (source, target))
    hidden = torch.triu(torch.ones(y.shape[1], y.shape[1], dtype=torch.bool), 1)  # True where forbidden
    logits: torch.Tensor = model["head"](model["body"](x, y, tgt_mask=hidden))
    return logits


def train(model: Any, data: torch.Tensor, steps: int, rng: np.random.Generator) -> list[float]:
    """Loss of each step of Adam on 64 of the sources `data` (m, s), with teacher forcing.

    Adam is written out, since importing `torch.optim` takes seconds and a place for temporary files.
    """
    import torch

    parameters = list(model.parameters())
    m, v = ([torch.zeros_like(p) for p in parameters] for _ in range(2))
    losses = []
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # threads cost more than they bring at this size
    for t in range(1, steps + 1):
        source = data[torch.tensor(rng.integers(len(data), size=64))]  # (64, s)
        reverse = source.flip(1)
        first, last = (torch.full((64, 1), token) for token in (SOS, EOS))
        logits = logits_of(model, source, torch.cat([first, reverse], dim=1))  # (64, s + 1, 8)
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), torch.cat([reverse, last], dim=1).flatten())
        losses.append(loss.item())
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for p, g, m_p, v_p in zip(parameters, gradients, m, v, strict=True):
                m_p.mul_(0.9).add_(g, alpha=0.1)
                v_p.mul_(0.999).addcmul_(g, g, value=0.001)
                p -= 3e-3 * (m_p / (1 - 0.9**t)) / ((v_p / (1 - 0.999**t)).sqrt() + 1e-8)
    torch.set_num_threads(threads)
    return losses


def generate(model: Any, source: torch.Tensor) -> torch.Tensor:
    """Greedy translations (b, s + 1), from <SOS>, one token at a time."""
    import torch

    target = torch.full((len(source), 1), SOS)
    for _ in range(source.shape[1] + 1):
        following = logits_of(model, source, target)[:, -1].argmax(dim=1, keepdim=True)  # (b, 1)
        target = torch.cat([target, following], dim=1)
    return target[:, 1:]


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Training loss."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["losses"])
    axes.set(xlabel="checkpoint", ylabel="cross-entropy", title="translation with teacher forcing")
    return figure


@algorithm(
    id="encoder-decoder-transformer",
    name="Encoder-decoder (seq2seq) Transformer",
    aliases=(
        "Transformer",
        "Attention Is All You Need",
        "seq2seq Transformer",
        "transformer network",
        "vanilla transformer",
    ),
    example={"sentence": ["one", "two", "three", "four"]},
    cost="trains",
    figure=draw,
)
def encoder_decoder_transformer(
    sentence: Annotated[list[Annotated[str, Field(max_length=10)]], Field(min_length=LENGTH, max_length=LENGTH)],
    steps: Annotated[int, Field(ge=1, le=500)] = 120,
    seed: Seed = 0,
) -> Output:
    """Train on sequences of four counting words and translate one.

    Parameters
    ----------
    sentence : list of str, length 4
        Words of one, two, three, four, five, six.
    steps : int
        Steps of Adam on batches of 64.
    seed : int
        Seed of weights and data.

    Returns
    -------
    dict
        ``translation`` with <EOS>; ``loss_before`` and ``loss_after``; ``losses`` at up to 20 checkpoints; ``accuracy``, share
        of 200 generated sequences, never trained on, that are right in whole; ``parameters``.

    Raises
    ------
    ValueError
        If a word is unknown.

    Examples
    --------
    >>> output = encoder_decoder_transformer(["one", "two", "three", "four"], steps=1)
    >>> output["parameters"], len(output["translation"])
    (22184, 5)
    """
    import torch

    unknown = sorted(set(sentence) - set(WORDS_IN))
    if unknown:
        raise ValueError(f"unknown words {unknown}; use {', '.join(WORDS_IN)}")
    rng = np.random.default_rng(seed)
    everything = np.stack(np.meshgrid(*[np.arange(6)] * LENGTH), axis=-1).reshape(-1, LENGTH)  # (6^4, 4)
    data = torch.tensor(rng.permutation(everything))
    asked = torch.tensor([[WORDS_IN.index(word) for word in sentence]])  # (1, 4)
    test, train_set = data[:200], data[200:]
    train_set = train_set[(train_set != asked).any(dim=1)]
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = translator()
    losses = train(model, train_set, steps, rng)
    with torch.no_grad():
        right = (generate(model, test)[:, :LENGTH] == test.flip(1)).all(dim=1)
        translated = generate(model, asked)[0].tolist()
    return {
        "translation": [[*WORDS_OUT, "<SOS>", "<EOS>"][token] for token in translated],
        "loss_before": losses[0],
        "loss_after": losses[-1],
        "losses": losses[:: max(1, steps // 20)][:20],
        "accuracy": float(right.double().mean()),
        "parameters": sum(p.numel() for p in model.parameters()),
    }
