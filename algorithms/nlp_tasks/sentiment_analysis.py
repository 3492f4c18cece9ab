r"""Sentiment analysis decides whether a text is positive, negative or neutral; a lexicon with rules is its simplest form.

$$\text{score} = \sum_i s(w_i) \cdot \text{intensity}_i \cdot (-1)^{\text{negations before } w_i}, \qquad
\text{compound} = \frac{\text{score}}{\sqrt{\text{score}^2 + 15}}$$

**Intuition.** Words like "good" and "awful" carry most of the tone. A negation in the few words before flips the sign, an
intensifier such as "very" scales it. The sum is squeezed into (-1, 1); values near zero are neutral.

**When to use it.** Reviews, surveys and social media, when there are no labels or every decision must be explained. A trained
classifier is better where labels exist.

**Cost.** One dictionary lookup a word.

**Pitfalls.** Negation flips polarity: "not good" is negative, and bag-of-words models miss it. Its scope is short and ends at
punctuation or "but". Sarcasm, domain ("unpredictable" praises a film and damns a car) and mixed aspects defeat a lexicon.
Neutral is a class of its own, not a low score. Emphatic text is not more certain. Accuracy on balanced reviews says little
about skewed streams.

**References.** Pang and Lee, *Opinion Mining and Sentiment Analysis* (2008). Hutto and Gilbert, *VADER* (2014).
"""

from __future__ import annotations

import re

from algorithms.inputs import Text
from algorithms.registry import Output, algorithm

LEXICON = {
    **dict.fromkeys(["love", "excellent", "amazing", "wonderful", "perfect", "fantastic", "brilliant"], 3.0),
    **dict.fromkeys(
        ["good", "great", "happy", "enjoy", "nice", "like", "pleasant", "helpful", "beautiful", "recommend"], 2.0
    ),
    **dict.fromkeys(["fine", "okay", "fair", "useful", "works"], 1.0),
    **dict.fromkeys(["slow", "weak", "boring", "confusing", "expensive", "noisy"], -1.0),
    **dict.fromkeys(["bad", "poor", "sad", "dislike", "annoying", "broken", "disappointing", "problem"], -2.0),
    **dict.fromkeys(["hate", "awful", "terrible", "horrible", "worst", "useless", "disgusting"], -3.0),
}
NEGATIONS = {"not", "no", "never", "nothing", "cannot", "hardly", "without", "neither"}
INTENSITY = {"very": 1.5, "really": 1.5, "extremely": 2.0, "absolutely": 2.0, "slightly": 0.5, "somewhat": 0.5}
BREAKS = {".", ",", ";", "!", "?", "but"}
REACH = 3


def contributions(text: str) -> list[tuple[str, float]]:
    """Sentiment words with their signed, scaled values.

    Examples
    --------
    >>> contributions("not very good, but works")
    [('good', -3.0), ('works', 1.0)]
    """
    tokens = re.findall(r"[a-z']+|[.,;!?]", text.lower().replace("’", "'"))
    found = []
    for i, token in enumerate(tokens):
        if token not in LEXICON:
            continue
        value = LEXICON[token]
        for word in reversed(tokens[max(0, i - REACH) : i]):
            if word in BREAKS:
                break
            value *= INTENSITY.get(word, 1.0)
            if word in NEGATIONS or word.endswith("n't"):
                value = -value
        found.append((token, value))
    return found


@algorithm(
    id="sentiment-analysis",
    name="Sentiment analysis",
    aliases=("polarity", "opinion mining", "sentiment classification", "VADER", "positive or negative"),
    example={"text": "The screen is not good, but I really love the keyboard."},
)
def sentiment_analysis(text: Text) -> Output:
    """Tone of an English text by a lexicon of 40 words with negation and intensifiers.

    Parameters
    ----------
    text : str
        The text.

    Returns
    -------
    dict
        ``label``, positive, negative or neutral; ``score``; ``compound`` in (-1, 1), neutral within ±0.05;
        ``contributions`` [word, value] (at most 50).

    Examples
    --------
    >>> sentiment_analysis("I love this product!")["label"], sentiment_analysis("This is not good.")["label"]
    ('positive', 'negative')
    """
    found = contributions(text)
    score = sum(value for _, value in found)
    compound = score / (score**2 + 15) ** 0.5
    label = "positive" if compound > 0.05 else "negative" if compound < -0.05 else "neutral"
    return {"label": label, "score": score, "compound": compound, "contributions": found[:50]}
