r"""Text cleaning removes markup and brings different spellings of the same text into one form, before tokenisation.

$$\text{clean} \to \text{normalise} \to \text{tokenise}$$

**Intuition.** First take out what is not text (HTML tags, scripts, entities), then unify what means the same (Unicode form, case, white space, addresses), and only then split into tokens. NFKC turns full-width letters, ligatures and
superscripts into plain characters, so that "ﬁle" and "file" are one word.

**When to use it.** Before indexing, deduplication, counting words, and for classical models. For pretrained models do little: strip markup, fix the encoding.

**Cost.** Linear in the length for each pass; passes are repeated until nothing changes, which makes the result idempotent.

**Pitfalls.** More cleaning is not better. Removing "special characters" as noise before a subword tokeniser loses signal that a pretrained model expects, such as punctuation, emoji and currency signs; lowercasing hurts cased
models and named-entity recognition ("US" and "us"). Training and serving must use the same steps. Regular expressions are enough to drop tags, not to parse HTML: use a parser for real pages. NFKC is lossy:
"x²" becomes "x2". Removing punctuation breaks "3.14" and "can't". Decoding entities twice can create tags.

**References.** Unicode Standard Annex 15, *Unicode Normalization Forms*. Manning, Raghavan and Schütze (2008), chapter 2. Jurafsky and Martin, *Speech and Language
Processing*, chapter 2.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Annotated, Literal

from pydantic import Field

from algorithms.registry import Output, algorithm

Passage = Annotated[str, Field(min_length=1, max_length=5000)]
Keep = Literal["keep", "remove", "placeholder"]

BLOCKS = re.compile(r"<(script|style)\b[^>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
TAGS = re.compile(r"<!--.*?-->|</?[a-zA-Z][^<>]*>", re.DOTALL)
URLS = re.compile(r"(?:https?://|www\.)[^\s<>\"]+", re.IGNORECASE)
EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]\ufe0f?")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b\ufeff]")


def replaced(pattern: re.Pattern[str], text: str, how: Keep, name: str) -> str:
    """Text with each match kept, removed, or replaced by a placeholder.

    Examples
    --------
    >>> replaced(URLS, "see https://a.org now", "placeholder", "url")
    'see [url] now'
    """
    if how == "keep":
        return text
    return pattern.sub(f"[{name}]" if how == "placeholder" else " ", text)


def one_pass(text: str, lowercase: bool, punctuation: bool, urls: Keep, emoji: Keep) -> str:
    """All steps once, in order."""
    while (decoded := html.unescape(text)) != text:  # entities may be nested: &amp;amp;
        text = decoded
    text = TAGS.sub(" ", BLOCKS.sub(" ", text))
    text = CONTROL.sub("", unicodedata.normalize("NFKC", text))
    text = replaced(URLS, text, urls, "url")
    text = replaced(EMOJI, text, emoji, "emoji")
    if lowercase:
        text = text.lower()
    if not punctuation:
        text = re.sub(r"[^\w\s\[\]]", " ", text)
    return " ".join(text.split())


@algorithm(
    id="text-cleaning",
    name="Text cleaning and normalisation",
    aliases=("HTML stripping", "lowercasing", "Unicode normalisation", "preprocessing pipeline", "text preprocessing"),
    example={"text": "<p>Visit <b>HTTPS://Example.org/a</b> &amp; read the ﬁle №５ \U0001f600</p><script>x=1</script>"},
)
def text_cleaning(
    text: Passage,
    lowercase: bool = True,
    keep_punctuation: bool = True,
    urls: Keep = "placeholder",
    emoji: Keep = "keep",
) -> Output:
    """Strip markup, normalise and split at white space.

    Parameters
    ----------
    text : str
        Text, possibly with HTML.
    lowercase : bool
        Whether to lowercase; not for cased models.
    keep_punctuation : bool
        Whether to keep what is neither letter, digit nor space.
    urls, emoji : {"keep", "remove", "placeholder"}
        What to do with web addresses and with emoji; placeholders are [url] and [emoji].

    Returns
    -------
    dict
        ``text`` cleaned; ``tokens``, the first 50; ``characters_before``, ``characters_after``; ``passes`` until nothing
        changed.

    Raises
    ------
    ValueError
        If repeated passes keep changing the text.

    Examples
    --------
    >>> text_cleaning("<b>Hello</b>&nbsp;WORLD")["text"]
    'hello world'
    """
    before, after, passes = text, one_pass(text, lowercase, keep_punctuation, urls, emoji), 1
    while after != before:  # a step can uncover work for an earlier one, such as full-width tags
        if passes == 50:
            raise ValueError("the text does not settle; it is not natural text")
        before, after = after, one_pass(after, lowercase, keep_punctuation, urls, emoji)
        passes += 1
    return {
        "text": after,
        "tokens": after.split()[:50],
        "characters_before": len(text),
        "characters_after": len(after),
        "passes": passes,
    }
