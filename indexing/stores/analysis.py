"""Words of a text as the lexical index sees them: lower case, English stems, stop words of the query dropped.

Snowball stems by PyStemmer, as bm25s and Anserini's default analyser do.
"""

from __future__ import annotations

import re
import threading

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
STOP_WORDS = frozenset(
    """
    a an and are as at be but by for from had has have if in into is it its no not of on or s such t that the their then
    there these they this to was were will with what which who whom whose why how when where do does did can could should
    would i me my we our you your he she his her about so than too very just some any please
    """.split()  # noqa: SIM905 (a list of quoted words would hide them)
)
_local = threading.local()


def stems(text: str) -> list[str]:
    """Stems of all words of `text`, in order.

    Examples
    --------
    >>> stems("Normalising the layers' inputs (v2)")
    ['normalis', 'the', 'layer', 'input', 'v2']
    """
    if not hasattr(_local, "stemmer"):
        import Stemmer

        _local.stemmer = Stemmer.Stemmer("english")  # not safe to share between threads
    words = [word.casefold().replace("’", "'") for word in WORD.findall(text)]
    return list(_local.stemmer.stemWords(words))


def query_stems(text: str) -> list[str]:
    """Stems of the words of a query that carry meaning; all of them where none does.

    Examples
    --------
    >>> query_stems("What is the softmax of this?")
    ['softmax']
    >>> query_stems("to be or not to be")
    ['to', 'be', 'or', 'not', 'to', 'be']
    """
    kept = [stem for word in WORD.findall(text) if word.casefold() not in STOP_WORDS for stem in stems(word)]
    return kept or stems(text)
