r"""Chain-of-thought prompting makes a language model write intermediate reasoning steps before its final answer.

$$p(a \mid q) \;\to\; p(r \mid q)\; p(a \mid q, r)$$

**Intuition.** A model spends the same computation on each token. Reasoning steps $r$ give a hard question more tokens, and
each step conditions the next. The answer is then read from the end of the text.

**When to use it.** Arithmetic, symbolic and multi-step questions with large models. Few-shot: examples that show worked
reasoning. Zero-shot: one line such as "Let's think step by step."

**Cost.** Longer outputs. Self-consistency samples several chains and takes the majority of the answers, at that many times
the price.

**Pitfalls.** The user writes out the steps only in the few-shot form; in the zero-shot form the model does. It is a prompting
technique, not a proof that the model reasons, nor a way of teaching it to: a chain can be wrong and the answer right, and
the stated steps need not be those that led to it. Small models get worse. Extract the answer by a fixed phrase, since the
last number of a text may be anything. Simple questions gain nothing.

**References.** Wei et al., arXiv:2201.11903. Kojima et al., *Large Language Models are Zero-Shot Reasoners*, arXiv:2205.11916.
Wang et al., *Self-Consistency*, arXiv:2203.11171.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Annotated, Literal

from pydantic import Field

from algorithms.registry import Output, algorithm

Words = Annotated[str, Field(min_length=1, max_length=2_000)]
Example = tuple[Words, Words, Words]
DEFAULT: list[Example] = [
    ("Ann has 3 pens and buys 2 more. How many pens has she?", "She starts with 3 and adds 2. 3 + 2 = 5.", "5")
]


def build_prompt(question: str, examples: list[Example], mode: str) -> str:
    """Prompt with worked examples, or with the sentence that asks for steps.

    Examples
    --------
    >>> build_prompt("1 + 1?", [], "zero-shot")
    "Q: 1 + 1?\\nA: Let's think step by step."
    """
    if mode == "zero-shot":
        return f"Q: {question}\nA: Let's think step by step."
    shots = [f"Q: {q}\nA: {steps} The answer is {a}.\n\n" for q, steps, a in examples]
    return f"{''.join(shots)}Q: {question}\nA:"


def extract_answer(completion: str) -> str | None:
    """What follows the last "the answer is", else the last number, else None.

    Examples
    --------
    >>> extract_answer("2 and 3 make 5. The answer is $1,205.50."), extract_answer("so 7"), extract_answer("hm")
    ('1205.50', '7', None)
    """
    stated = re.findall(r"the answer is:?\s*(.+?)(?:\.(?!\d)|\n|$)", completion, flags=re.IGNORECASE)
    where = stated[-1] if stated else completion
    numbers = re.findall(r"-?\d[\d,]*(?:\.\d+)?", where)
    if numbers:
        return str(numbers[-1]).replace(",", "").rstrip(".")
    return str(stated[-1]).strip() if stated else None


@algorithm(
    id="chain-of-thought-prompting",
    name="Chain-of-thought prompting",
    aliases=("CoT", "step-by-step", "chain of thought", "let's think step by step", "self-consistency"),
    example={
        "question": "A box holds 12 eggs. How many eggs are in 3 boxes, if 4 are broken and thrown away?",
        "mode": "few-shot",
        "completions": [
            "3 boxes hold 3 * 12 = 36 eggs. 36 - 4 = 32. The answer is 32.",
            "3 * 12 = 36. The answer is 36.",
            "36 eggs minus 4 is 32. The answer is 32.",
        ],
    },
)
def chain_of_thought_prompting(
    question: Words,
    mode: Literal["few-shot", "zero-shot"] = "few-shot",
    examples: Annotated[list[Example], Field(max_length=8)] = DEFAULT,
    completions: Annotated[list[Words], Field(max_length=40)] = [],  # noqa: B006 (never changed)
) -> Output:
    """Build the prompt, and read the answers of completions that a model returned.

    Parameters
    ----------
    question : str
        What is asked.
    mode : {"few-shot", "zero-shot"}
        Worked examples, or the request to think step by step.
    examples : list of (question, steps, answer)
        Worked examples of the few-shot form.
    completions : list of str
        Texts of a model for this prompt; may be empty.

    Returns
    -------
    dict
        ``prompt``; ``answers``, one for each completion or null; ``majority`` answer (self-consistency; null without an
        answer) and its ``agreement``, the share of completions that gave it.

    Examples
    --------
    >>> r = chain_of_thought_prompting("12 * 3 - 4?", completions=["36 - 4 = 32. The answer is 32.", "so 36", "it is 32"])
    >>> r["answers"], r["majority"]
    (['32', '36', '32'], '32')
    """
    answers = [extract_answer(completion) for completion in completions]
    votes = Counter(answer for answer in answers if answer is not None).most_common(1)
    return {
        "prompt": build_prompt(question, examples, mode),
        "answers": answers,
        "majority": votes[0][0] if votes else None,
        "agreement": votes[0][1] / len(answers) if votes else 0.0,
    }
