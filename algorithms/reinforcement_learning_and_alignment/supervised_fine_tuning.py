r"""Supervised fine-tuning trains a language model on pairs of prompt and response with the loss taken on the response
tokens only.

$$L = -\frac{1}{\sum_t m_t} \sum_t m_t \ln p_\theta(w_t \mid w_{<t}), \qquad m_t = [\,w_t \text{ belongs to the response}\,]$$

**Intuition.** The model sees prompt and response as one sequence but is asked to predict the response only; it is to
answer, not to write prompts. Prompt positions get the label -100, which the loss ignores. The prompt still conditions
the answer. A data set is a file with one JSON record a line, such as `{"input": "Translate to French: Hello", "output":
"Bonjour"}`. The model here is a bigram model over words.

**When to use it.** To make a pretrained model follow instructions or a format, and as the start of RLHF or DPO.

**Cost.** As pretraining, on far fewer tokens.

**Pitfalls.** Labels are shifted by one inside most libraries: do not shift twice. The end token must be part of the
response, or the model never stops. Padding is masked too. Use the chat template of the model. Averaging over all
response tokens of a batch weights long answers more than averaging each record. Wrong answers in the data are learnt.
It is no moderation by itself: the data would have to show what to refuse.

**References.** Ouyang et al. (2022), arXiv:2203.02155. Wei et al., *FLAN* (2021), arXiv:2109.01652.
"""

from __future__ import annotations

import json
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Phrase = Annotated[str, Field(min_length=1, max_length=100)]
Record = Annotated[list[Phrase], Field(min_length=2, max_length=2)]
END, IGNORE = "<end>", -100


def masked_loss(logits: Floats, ids: list[int], labels: list[int]) -> tuple[float, Floats, int]:
    """Summed loss of a bigram model (V, V) over the labels that count, its gradient, and how many count."""
    gradient, total, count = np.zeros_like(logits), 0.0, 0
    for previous, label in zip(ids, labels[1:], strict=False):
        if label == IGNORE:
            continue
        p = softmax_along(logits[previous])  # (V,)
        total -= float(np.log(p[label]))
        gradient[previous] += p
        gradient[previous, label] -= 1
        count += 1
    return total, gradient, count


@algorithm(
    id="supervised-fine-tuning",
    name="Supervised fine-tuning (loss on response tokens)",
    aliases=(
        "SFT",
        "instruction tuning",
        "Input-output record format for text generation",
        "JSONL",
        "instruction data",
        "data format",
        "label -100",
    ),
    example={"records": [["Translate to French: Hello", "Bonjour"], ["Translate to French: Thanks", "Merci beaucoup"]]},
    cost="seconds",
)
def supervised_fine_tuning(
    records: Annotated[list[Record], Field(min_length=1, max_length=6)],
    steps: Annotated[int, Field(ge=0, le=100)] = 50,
    learning_rate: Annotated[float, Field(gt=0, le=100)] = 5.0,
    mask_prompt: bool = True,
) -> Output:
    """Fine-tune a bigram model over words on prompt-response pairs.

    Parameters
    ----------
    records : list of [input, output]
        Prompts and responses; words are separated by spaces.
    steps : int
        Steps of gradient descent.
    learning_rate : float
        Step size.
    mask_prompt : bool
        Leave prompt tokens out of the loss.

    Returns
    -------
    dict
        ``jsonl`` the records as lines; ``tokens`` and ``labels`` of the first record, -100 where the loss ignores; ``loss_before`` and ``loss_after`` a counted
        token; ``prompt_loss_before`` and ``prompt_loss_after`` on prompt tokens; ``counted_tokens``; ``completion`` greedy words after the first prompt.

    Raises
    ------
    ValueError
        If a prompt or a response has no word.

    Examples
    --------
    >>> result = supervised_fine_tuning([["Hello there", "Bonjour"]], steps=0)
    >>> result["jsonl"], result["labels"]
    (['{"input": "Hello there", "output": "Bonjour"}'], [-100, -100, 2, 3])
    """
    split = [(prompt.split(), [*response.split(), END]) for prompt, response in records]
    if any(not prompt or len(response) == 1 for prompt, response in split):
        raise ValueError("each prompt and each response needs at least one word")
    vocabulary = list(dict.fromkeys(word for prompt, response in split for word in [*prompt, *response]))
    number = {word: i for i, word in enumerate(vocabulary)}
    data, prompts = [], []
    for prompt, response in split:
        ids = [number[word] for word in [*prompt, *response]]
        masked = [IGNORE] * len(prompt) + ids[len(prompt) :]
        data.append((ids, masked if mask_prompt else ids))
        prompts.append((ids, ids[: len(prompt)] + [IGNORE] * len(response)))
    logits = np.zeros((len(vocabulary), len(vocabulary)))

    def mean_loss(pairs: list[tuple[list[int], list[int]]]) -> tuple[float, Floats, int]:
        parts = [masked_loss(logits, ids, labels) for ids, labels in pairs]
        count = sum(part[2] for part in parts)
        gradient = np.sum([part[1] for part in parts], axis=0)
        return sum(part[0] for part in parts) / max(1, count), gradient / max(1, count), count

    before, prompt_before = mean_loss(data)[0], mean_loss(prompts)[0]
    for _ in range(steps):
        logits = logits - learning_rate * mean_loss(data)[1]
    after, _, counted = mean_loss(data)
    words: list[str] = []
    last = number[split[0][0][-1]]
    while len(words) < 10:
        last = int(logits[last].argmax())
        if vocabulary[last] == END:
            break
        words.append(vocabulary[last])
    return {
        "jsonl": [json.dumps({"input": prompt, "output": response}) for prompt, response in records],
        "tokens": [*split[0][0], *split[0][1]][:50],
        "labels": data[0][1][:50],
        "loss_before": before,
        "loss_after": after,
        "prompt_loss_before": prompt_before,
        "prompt_loss_after": mean_loss(prompts)[0],
        "counted_tokens": counted,
        "completion": " ".join(words),
    }
