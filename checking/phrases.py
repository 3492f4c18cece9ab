"""Phrases and concepts looked up in a sentence by their stems, without a regular expression for each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from checking.synonyms import synonyms
from indexing.stores.analysis import query_stems, stems


class Phrases:
    """One of several phrases must be found.

    Parameters
    ----------
    phrases : sequence of str
        Words in the order in which they must stand.
    """

    def __init__(self, phrases: Sequence[str]) -> None:
        words: set[str] = set()
        longer: set[str] = set()
        for phrase in phrases:
            found = stems(phrase)
            if len(found) == 1:
                words.add(found[0])
            elif found:
                longer.add(f" {' '.join(found)} ")
        self._words = frozenset(words)
        self._longer = tuple(sorted(longer))

    def found(self, sentence: str, words: frozenset[str]) -> bool:
        """Whether one of them stands in a sentence, given as stems between blanks and as a set.

        Examples
        --------
        >>> Phrases(["no problem", "robust"]).found(" noise is no problem ", frozenset({"nois", "is", "no", "problem"}))
        True
        """
        return not self._words.isdisjoint(words) or any(phrase in sentence for phrase in self._longer)


class Concepts:
    """What a group of a form means: all words of one of its alternatives, in any order and in synonyms.

    Parameters
    ----------
    group : str
        Alternatives between bars.
    """

    def __init__(self, group: str) -> None:
        self._alternatives = [Phrases(synonyms(alternative)) for alternative in group.split("|")]
        self._apart = [
            [concept(stem) for stem in dict.fromkeys(query_stems(alternative))] for alternative in group.split("|")
        ]

    def found(self, sentence: str, words: frozenset[str]) -> bool:
        """Whether it is in a sentence, given as stems between blanks and as a set.

        Examples
        --------
        >>> Concepts("many trees").found(" mani tree ", frozenset({"mani", "tree"}))
        True
        """
        return any(whole.found(sentence, words) for whole in self._alternatives) or any(
            all(one.found(sentence, words) for one in apart) for apart in self._apart if apart
        )


@cache
def concept(stem: str) -> Phrases:
    """A word and its synonyms."""
    return Phrases(synonyms(stem))
