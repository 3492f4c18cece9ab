r"""A factual consistency check compares the claims extracted from an output with a trusted knowledge base.

Claims and facts are triples $(s, r, o)$ of subject, relation and object:

$$\text{verdict}(s, r, o) = \begin{cases}\text{supported} & (s, r, o) \in K\\
\text{contradicted} & r \text{ functional and } \exists\, o' \neq o: (s, r, o') \in K\\ \text{unverified} & \text{otherwise}\end{cases}$$

**Intuition.** A relation is functional when a subject has one object, such as *capital of* or *born in*; then another
object is a contradiction. For relations with many objects, such as *wrote*, an unlisted object proves nothing. What the
knowledge base does not mention is not false, only unverified.

**When to use it.** To verify names, dates and numbers of generated text against a database, and to report factual
precision as the supported share of claims.

**Cost.** One hash look-up a claim after indexing the facts.

**Pitfalls.** Reading silence as falsehood punishes true claims; reading it as truth lets inventions pass. The check is
as good as the extraction of claims and the linking of names: *NYC* and *New York City* must be one subject. Facts age.
Fluency and confidence of the text say nothing here.

**References.** Thorne et al., *FEVER: a large-scale dataset for fact extraction and verification* (2018),
arXiv:1803.05355. Min et al., *FActScore* (2023), arXiv:2305.14251.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Annotated

from pydantic import Field

from algorithms.inputs import Name
from algorithms.registry import Output, algorithm

Triple = Annotated[list[Name], Field(min_length=3, max_length=3)]


def normal(text: str) -> str:
    """Lower case with single spaces."""
    return " ".join(text.lower().split())


@algorithm(
    id="factual-consistency-checker",
    name="Factual consistency check against a knowledge base",
    aliases=("fact checking", "claim verification", "knowledge base lookup", "factual precision"),
    example={
        "claims": [
            ["Paris", "capital of", "France"],
            ["Einstein", "born in", "Vienna"],
            ["Einstein", "played", "violin"],
        ],
        "knowledge_base": [
            ["Paris", "capital of", "France"],
            ["Einstein", "born in", "Ulm"],
        ],
    },
)
def factual_consistency_checker(
    claims: Annotated[list[Triple], Field(min_length=1, max_length=50)],
    knowledge_base: Annotated[list[Triple], Field(min_length=1, max_length=500)],
    many_valued: Annotated[tuple[Name, ...], Field(max_length=50)] = ("wrote", "has", "knows"),
) -> Output:
    """Verdict on each claim.

    Parameters
    ----------
    claims : list of [subject, relation, object]
        Claims taken from the output; case and spacing are ignored.
    knowledge_base : list of [subject, relation, object]
        Trusted facts.
    many_valued : list of str
        Relations with which a subject may have several objects; all others are functional.

    Returns
    -------
    dict
        ``verdicts`` one of supported, contradicted, unverified a claim; ``corrections`` the known objects of each contradicted claim;
        ``counts``; ``factual_precision`` the supported share.

    Examples
    --------
    >>> factual_consistency_checker([["Ann", "born in", "Rome"]], [["Ann", "born in", "Oslo"]])["verdicts"]
    ['contradicted']
    """
    known: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for subject, relation, value in knowledge_base:
        known[normal(subject), normal(relation)][normal(value)] = value
    plural = {normal(relation) for relation in many_valued}
    verdicts: list[str] = []
    corrections: list[dict[str, object]] = []
    for subject, relation, value in claims:
        values = known.get((normal(subject), normal(relation)), {})
        if normal(value) in values:
            verdicts.append("supported")
        elif values and normal(relation) not in plural:
            verdicts.append("contradicted")
            corrections.append({"claim": [subject, relation, value], "known": sorted(values.values())})
        else:
            verdicts.append("unverified")
    return {
        "verdicts": verdicts,
        "corrections": corrections,
        "counts": {name: verdicts.count(name) for name in ("supported", "contradicted", "unverified")},
        "factual_precision": verdicts.count("supported") / len(verdicts),
    }
