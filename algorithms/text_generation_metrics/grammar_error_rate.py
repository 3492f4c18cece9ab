r"""The grammar error rate is the number of grammatical errors that a checker finds in a text, divided by its number of
tokens.

$$\mathrm{GER} = \frac{\#\text{errors}}{\#\text{tokens}}$$

**Intuition.** A text without a violated rule scores 0. Dividing by the length makes texts of different sizes
comparable; per sentence or per hundred words is the same idea in another unit.

**When to use it.** As a cheap check of fluency of generated text, beside a measure of content. The rules here are six
that need no parser: a doubled word, *a* or *an* before the wrong sound, a pronoun with the wrong form of the verb, *of*
after a modal, a sentence that begins in lower case, and a missing final mark.

**Cost.** $O(n)$ in the length of the text.

**Pitfalls.** The rate is a property of text and checker together: a checker with few rules, like this one, misses most
errors, and one with many raises false alarms. Spelling decides neither *a* nor *an* but sound (*an hour*, *a
university*). A text may be free of errors and still be false or empty. Short texts give unstable rates. Dialect, poetry
and code break rules on purpose.

**References.** Napoles, Sakaguchi and Tetreault, *There's no comparison: reference-less evaluation metrics in
grammatical error correction* (2016). Jurafsky and Martin, *Speech and Language Processing*.
"""

from __future__ import annotations

import re

from algorithms.inputs import Text
from algorithms.registry import Output, algorithm
from algorithms.text_generation_metrics.readability_scores import split_sentences

BASE_FORMS = r"(?:go|do|have|make|want|need|say|think|like|take|come|run|know)"
S_FORMS = r"(?:goes|does|has|makes|wants|needs|says|thinks|likes|takes|comes|runs|knows|is|was)"
SPOKEN_VOWEL = r"(?:hour|honest|honou?r|heir)"
SPOKEN_CONSONANT = r"(?:uni[a-z]*|use[a-z]*|usual[a-z]*|euro[a-z]*|one|once|u-[a-z]*)"
RULES = {
    "doubled word": re.compile(r"\b([a-z]+) \1\b", re.IGNORECASE),
    "a before a vowel sound": re.compile(
        rf"\ba (?!{SPOKEN_CONSONANT}\b)(?:[aeiou][a-z]*|{SPOKEN_VOWEL})\b", re.IGNORECASE
    ),
    "an before a consonant sound": re.compile(
        rf"\ban (?!{SPOKEN_VOWEL}\b)(?:[bcdfghjklmnpqrstvwxyz][a-z]*|{SPOKEN_CONSONANT})\b", re.IGNORECASE
    ),
    "subject and verb disagree": re.compile(
        rf"(?<!did )(?<!does )\b(?:(?:he|she|it) (?:{BASE_FORMS}|are|were|am)|(?:we|they|you) {S_FORMS}|i (?:is|are|has))\b",
        re.IGNORECASE,
    ),
    "of after a modal": re.compile(r"\b(?:could|should|would|must|might) of\b", re.IGNORECASE),
}


@algorithm(
    id="grammar-error-rate",
    name="Grammar error rate",
    aliases=("grammar checking", "grammatical error analysis", "grammar errors per token"),
    example={"text": "She go to the the market. He bought a apple."},
)
def grammar_error_rate(text: Text) -> Output:
    """Errors found by a few rules of English, per token.

    Parameters
    ----------
    text : str
        English text with at least one word.

    Returns
    -------
    dict
        ``errors`` list of dicts of rule and text, at most 50; ``error_count``; ``token_count``; ``error_rate``.

    Examples
    --------
    >>> grammar_error_rate("They was here.")["errors"]
    [{'rule': 'subject and verb disagree', 'text': 'They was'}]
    """
    tokens = re.findall(r"[A-Za-z0-9'-]+", text)
    if not tokens:
        raise ValueError("the text holds no word")
    errors = [
        {"rule": rule, "text": match.group(0)} for rule, pattern in RULES.items() for match in pattern.finditer(text)
    ]
    for sentence in split_sentences(text):
        if re.match(r"[a-z]", sentence):
            errors.append({"rule": "lower-case start", "text": sentence[:20]})
        if not re.search(r"[.!?][\"')]*$", sentence):
            errors.append({"rule": "no final mark", "text": sentence[-20:]})
    return {
        "errors": errors[:50],
        "error_count": len(errors),
        "token_count": len(tokens),
        "error_rate": len(errors) / len(tokens),
    }
