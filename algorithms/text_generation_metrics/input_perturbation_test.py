r"""Input perturbation and truncation tests change the input of a question-answering system on purpose and watch what
its answer does.

$$\text{change} = 1 - F_1(\text{answer}, \text{answer}'), \qquad
\text{flag} = [\text{change} > \tau] \ \text{ or }\ [\text{answer unchanged after its evidence is removed}]$$

**Intuition.** Two opposite expectations. An edit that keeps the meaning (case, a typo, other word order) must not
change the answer much. Removing the evidence must change it: an answer that stays the same cannot have come from the
context. The system tested here is visible to the last step: *reader* returns the context sentence with the most rare
words of the question, *parrot* ignores the context and repeats a remembered answer.

**When to use it.** As a behavioural test of robustness and groundedness that needs no labels.

**Cost.** One call of the system a perturbation.

**Pitfalls.** An edit that changes the meaning (dropping *not*) is no robustness test. Exact comparison counts harmless
rewording as change; compare by overlap or entailment. Remove all the evidence: a second copy elsewhere in the context
explains an unchanged answer. Sampling at a temperature changes answers too; measure that variation first. Robust does
not mean right.

**References.** Ribeiro et al., *Beyond accuracy: behavioral testing of NLP models with CheckList* (2020),
arXiv:2005.04118. Jia and Liang, *Adversarial examples for evaluating reading comprehension systems* (2017),
arXiv:1707.07328.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Annotated, Literal

from pydantic import Field

from algorithms.inputs import Name, Probability
from algorithms.registry import Output, algorithm
from algorithms.text_generation_metrics.readability_scores import split_sentences
from algorithms.text_generation_metrics.rouge import rouge_n, words

Passage = Annotated[str, Field(min_length=1, max_length=4000)]


def read(question: str, sentences: list[str]) -> str:
    """The sentence that shares the most rare words with the question; nothing if none shares any."""
    bags = [set(words(sentence)) for sentence in sentences]
    frequency = Counter(word for bag in bags for word in bag)
    asked = set(words(question))
    scores = [sum(math.log(1 + len(bags) / frequency[word]) for word in sorted(bag & asked)) for bag in bags]
    best = max(range(len(scores)), key=lambda i: scores[i], default=-1)
    return sentences[best] if best >= 0 and scores[best] > 0 else ""


@algorithm(
    id="input-perturbation-test",
    name="Input perturbation and truncation tests",
    aliases=(
        "Input-perturbation sensitivity check",
        "sensitivity analysis",
        "Input truncation test",
        "ablation of context",
        "robustness to paraphrase",
    ),
    example={
        "context": "The museum opens at nine. Tickets cost twelve euros. Dogs are not allowed.",
        "question": "How much do tickets cost?",
        "perturbations": ["how much do TICKETS cost", "Tickets, how much do they cost?", "Whta is the pirce?"],
        "system": "reader",
    },
)
def input_perturbation_test(
    context: Passage,
    question: Name,
    perturbations: Annotated[list[Name], Field(min_length=1, max_length=20)],
    system: Literal["reader", "parrot"] = "reader",
    threshold: Probability = 0.5,
) -> Output:
    """Change of the answer under edits of the question and under removal of the evidence.

    Parameters
    ----------
    context : str
        Text that holds the answer.
    question : str
        The original question.
    perturbations : list of str
        The question with edits that keep its meaning.
    system : {"reader", "parrot"}
        ``reader`` answers from the context; ``parrot`` repeats what it would have said on the full context.
    threshold : float
        Change from which an edit is flagged.

    Returns
    -------
    dict
        ``answer``; ``answers`` and ``changes`` a perturbation, changes in [0, 1]; ``flagged_perturbations``;
        ``answer_without_evidence``; ``ignores_evidence`` whether truncation left the answer as it was.

    Examples
    --------
    >>> text = "Tickets cost two euros. Dogs may enter."
    >>> input_perturbation_test(text, "What do tickets cost?", ["tickets cost what"], "parrot")["ignores_evidence"]
    True
    """
    sentences = split_sentences(context)
    answer = read(question, sentences)
    if not answer:
        raise ValueError("the question shares no word with the context, so there is no answer to follow")
    remembered = system == "parrot"
    answers = [answer if remembered else read(edit, sentences) for edit in perturbations]
    changes = [1 - rouge_n(words(other), words(answer), 1)["f1"] for other in answers]
    truncated = [sentence for sentence in sentences if sentence != answer]
    without = answer if remembered else read(question, truncated)
    return {
        "answer": answer,
        "answers": answers,
        "changes": changes,
        "flagged_perturbations": [p for p, change in zip(perturbations, changes, strict=True) if change > threshold],
        "answer_without_evidence": without,
        "ignores_evidence": without == answer,
    }
