"""Whether a question is about a claim of the book, or merely near it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from checking.paraphrases import Paraphrases
from checking.signature import Signature, between_blanks
from indexing.stores.analysis import query_stems, stems

NEAREST = 3
WORDS_WEIGHT = 0.3
"""Of the share of a question's words that an entry has, beside the cosine; fitted on our own questions."""
BY_WORDS = 0.5
"""Without vectors an entry that is named at all is about as near as this."""


@dataclass(frozen=True)
class Concern:
    """How much a question is about a claim.

    Attributes
    ----------
    nearness : float
        Cosine with the nearest statement of the entry plus a share of common words.
    named : float
        How much of a wrong statement the question names: mean over the statement's tokens of the best match in the question.
        A question about the subject alone names little of what is wrongly said of it.
    """

    nearness: float
    named: float

    @property
    def total(self) -> float:
        """Both together."""
        return self.nearness + self.named


def concerns(question: str, signatures: Sequence[Signature], paraphrases: Paraphrases | None) -> dict[str, Concern]:
    """Concern of a question with each erratum, by id.

    Entries that `NEAREST` others are nearer to the question than, or that share no word with it, are left out. Without
    vectors the common words decide alone, and the topic must be named. A question without a word is about none.
    """
    asked = set(query_stems(question))
    if not asked:
        return {}
    words = between_blanks(stems(question))
    shares = [len(asked & signature.told) / len(asked) for signature in signatures]
    if paraphrases is None:
        return {
            signature.entry.id: Concern(BY_WORDS + share, share)
            for signature, share in zip(signatures, shares, strict=True)
            if share and signature.named(words)
        }
    wrong, right = paraphrases.nearness([question])  # (1, e) each
    cosines = np.maximum(wrong[0], right[0])  # (e,)
    nearest = sorted(range(len(shares)), key=lambda index: (-cosines[index], index))[:NEAREST]
    kept = [index for index in nearest if shares[index]]
    named = paraphrases.named(question, kept)
    return {
        signatures[index].entry.id: Concern(float(cosines[index]) + WORDS_WEIGHT * shares[index], part)
        for index, part in zip(kept, named, strict=True)
    }
