r"""Last-letter concatenation is a symbolic reasoning task: take the last letter of each word and join the letters.

$$\text{answer}(w_1 \dots w_n) = \text{last}(w_1) \,\Vert\, \cdots \,\Vert\, \text{last}(w_n)$$

**Intuition.** For a program the task is trivial. For a language model it is a probe: words are tokens, not letters, so the
model must recall the spelling of each word and keep the order. Written step by step, each step is easy.

**When to use it.** To test chain-of-thought prompting, and generalisation to more words than the examples have. For "Lady
Gaga" the answer is "ya".

**Cost.** Linear in the text.

**Pitfalls.** Models fail on it not for lack of logic but because subword tokens hide letters. Judge by exact match, and fix
case beforehand: "Gaga" gives a, but "NASA" gives A. Decide whether punctuation and hyphens belong to a word. Success with
two words says little about four. A model may have seen common names in training; use random ones. Few-shot examples must
spell out each letter, or they teach only the format.

**References.** Wei et al., *Chain-of-Thought Prompting Elicits Reasoning in Large Language Models*, arXiv:2201.11903, section
on symbolic reasoning.
"""

from __future__ import annotations

import re

from algorithms.inputs import Text
from algorithms.registry import Output, algorithm


@algorithm(
    id="last-letter-concatenation",
    name="Last-letter concatenation",
    aliases=("symbolic reasoning", "last letters of the words", "concatenate last letters"),
    example={"text": "Lady Gaga"},
)
def last_letter_concatenation(text: Text) -> Output:
    """Join the last letters of the words.

    Parameters
    ----------
    text : str
        Words; anything but letters separates them.

    Returns
    -------
    dict
        ``answer``; ``steps``, the reasoning a word at a time (at most 50); ``n_words``.

    Raises
    ------
    ValueError
        If the text has no word.

    Examples
    --------
    >>> last_letter_concatenation("Lady Gaga")["answer"]
    'ya'
    """
    words = re.findall(r"[^\W\d_]+", text)
    if not words:
        raise ValueError("the text has no word; give at least one")
    return {
        "answer": "".join(word[-1] for word in words),
        "steps": [f'the last letter of "{word}" is "{word[-1]}"' for word in words[:50]],
        "n_words": len(words),
    }
