r"""Setting up a sequence classifier means putting a new classification head on a pretrained encoder, and saving and
loading both as one checkpoint.

$$N = \underbrace{(V + P + 2) H + 2H}_{\text{embeddings}} + L\,\underbrace{\big(4(H^2 + H) + 2HF + F + H + 4H\big)}_{\text{layer}}
+ \underbrace{H^2 + H}_{\text{pooler}} + \underbrace{CH + C}_{\text{head}}$$

**Intuition.** The encoder gives one vector for the sequence ([CLS], pooled); a linear layer maps it to $C$ logits. For
bert-base-uncased the encoder has 109,482,240 parameters and a head of two labels $768 \cdot 2 + 2 = 1538$, which are
random until trained. A checkpoint is a set of named arrays and a configuration; loading must give back equal weights.

**When to use it.** For sentiment, topic or pair classification with a fine-tuned encoder; in transformers
`AutoModelForSequenceClassification.from_pretrained(name, num_labels=2)`.

**Cost.** The head is free; memory and time belong to the encoder.

**Pitfalls.** The warning that some weights are newly initialised is expected: it names the head. Set `num_labels` to
the number of classes, 1 means regression. Save the tokenizer with the model, or ids no longer mean the same pieces.
Keep the map from label to id in the configuration. Load weights only from formats that execute no code, such as
safetensors; pickles can.

**References.** Devlin, Chang, Lee and Toutanova, *BERT* (2018), arXiv:1810.04805.
"""

from __future__ import annotations

import io
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm

Dimension = Annotated[int, Field(ge=1, le=1_000_000)]


def save_checkpoint(weights: dict[str, NDArray[np.float32]]) -> bytes:
    """Named arrays as one file without pickles."""
    buffer = io.BytesIO()
    np.savez(buffer, **weights)  # type: ignore[arg-type]
    return buffer.getvalue()


def load_checkpoint(data: bytes) -> dict[str, NDArray[np.float32]]:
    """The arrays of `save_checkpoint`; a file that holds pickles is refused.

    Examples
    --------
    >>> load_checkpoint(save_checkpoint({"bias": np.zeros(2, dtype=np.float32)}))["bias"].tolist()
    [0.0, 0.0]
    """
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


@algorithm(
    id="sequence-classifier-setup",
    name="Pretrained encoder with a classification head",
    aliases=(
        "AutoModelForSequenceClassification",
        "num_labels",
        "Model/tokenizer checkpoint save and load",
        "save_pretrained",
        "checkpoint",
        "BERT parameter count",
    ),
    example={"num_labels": 2},
)
def sequence_classifier_setup(
    num_labels: Annotated[int, Field(ge=1, le=1000)] = 2,
    hidden_size: Annotated[int, Field(ge=1, le=4096)] = 768,
    num_layers: Annotated[int, Field(ge=1, le=1000)] = 12,
    intermediate_size: Dimension = 3072,
    vocab_size: Dimension = 30522,
    max_position: Dimension = 512,
    seed: Seed = 0,
) -> Output:
    """Count the parameters of a BERT classifier, and save and load its head.

    Parameters
    ----------
    num_labels : int
        Number C of classes.
    hidden_size : int
        Width H.
    num_layers : int
        Layers L of the encoder.
    intermediate_size : int
        Width F of the feed-forward layers.
    vocab_size : int
        Tokens V.
    max_position : int
        Longest sequence P.
    seed : int
        Seed of the head's weights.

    Returns
    -------
    dict
        ``encoder_parameters``, ``head_parameters``, ``total_parameters``; ``parts``; ``round_trip_equal`` whether the loaded head
        equals the saved one; ``checkpoint_bytes`` of the head.

    Examples
    --------
    >>> result = sequence_classifier_setup(num_labels=2)
    >>> result["encoder_parameters"], result["head_parameters"], result["round_trip_equal"]
    (109482240, 1538, True)
    """
    H, F = hidden_size, intermediate_size
    embeddings = (vocab_size + max_position + 2) * H + 2 * H  # words, positions, two segments; layer norm
    attention = 4 * (H * H + H) + 2 * H  # query, key, value, output; layer norm
    feed_forward = H * F + F + F * H + H + 2 * H
    pooler = H * H + H
    encoder = embeddings + num_layers * (attention + feed_forward) + pooler
    rng = np.random.default_rng(seed)
    head = {
        "classifier.weight": (0.02 * rng.standard_normal((num_labels, H))).astype(np.float32),  # (C, H)
        "classifier.bias": np.zeros(num_labels, dtype=np.float32),  # (C,)
    }
    data = save_checkpoint(head)
    loaded = load_checkpoint(data)
    equal = set(loaded) == set(head) and all(
        loaded[k].dtype == head[k].dtype and np.array_equal(loaded[k], head[k]) for k in head
    )
    size = sum(array.size for array in head.values())
    return {
        "encoder_parameters": encoder,
        "head_parameters": size,
        "total_parameters": encoder + size,
        "parts": {"embeddings": embeddings, "layer": attention + feed_forward, "pooler": pooler},
        "round_trip_equal": equal,
        "checkpoint_bytes": len(data),
    }
