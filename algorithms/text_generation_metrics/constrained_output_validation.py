r"""Constrained output validation accepts a model's output only if it belongs to an allowed set, and otherwise rejects
it or maps it to the nearest member.

$$\hat y = \arg\min_{a \in A} d(y, a) \quad \text{if } \min_a d(y, a) \le \delta, \text{ else reject}$$

with $d$ the Levenshtein distance: insertions, deletions and substitutions.

**Intuition.** Where the right outputs are enumerable, an invented one can be caught with certainty. A model that picks
one of twenty API calls may write a call that does not exist; membership is checked in one look-up. A small slip
(*get_user* for *getUser*) can be repaired; a far one must not be guessed.

**When to use it.** For labels, API and function names, table columns, enumerated fields. It depends on the kind of
hallucination: it stops outputs that do not exist, not ones that exist and are wrong. Constrained decoding does the same
while generating, by masking tokens.

**Cost.** $O(|A|\, \ell^2)$ for a repair of strings of length $\ell$; a look-up otherwise.

**Pitfalls.** A valid name is not the right name. Repair changes meaning when two members are close (*enable*,
*disable*): here a tie is rejected. Choose $\delta$ well below the smallest distance between members. Log what was
rejected; a retry with the error in the prompt often works. Never repair arguments that move money or data.

**References.** Levenshtein, *Binary codes capable of correcting deletions, insertions, and reversals* (1966). Patil et
al., *Gorilla: large language model connected with massive APIs* (2023), arXiv:2305.15334.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from algorithms.registry import Output, algorithm

Label = Annotated[str, Field(min_length=1, max_length=60)]


def edit_distance(a: str, b: str) -> int:
    """Levenshtein distance.

    Examples
    --------
    >>> edit_distance("kitten", "sitting")
    3
    """
    row = list(range(len(b) + 1))  # distances of the part of a so far to each prefix of b
    for i, x in enumerate(a, start=1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, start=1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (x != y))
    return row[-1]


@algorithm(
    id="constrained-output-validation",
    name="Hallucination mitigation by constraining outputs",
    aliases=("allowed API set", "output validation", "guardrail", "constrained outputs", "closed label set"),
    example={
        "outputs": ["get_user", "getuser", "list_invoice", "launch_rocket"],
        "allowed": ["get_user", "list_invoices", "delete_user"],
        "mode": "map",
    },
)
def constrained_output_validation(
    outputs: Annotated[list[Label], Field(min_length=1, max_length=20)],
    allowed: Annotated[list[Label], Field(min_length=1, max_length=20)],
    mode: Literal["reject", "map"] = "map",
    max_distance: Annotated[int, Field(ge=0, le=60)] = 2,
) -> Output:
    """Validate outputs against an allowed set.

    Parameters
    ----------
    outputs : list of str, length n
        What the model said.
    allowed : list of str
        Outputs that exist.
    mode : {"reject", "map"}
        ``reject`` drops everything outside the set; ``map`` replaces it by a single nearest member.
    max_distance : int
        Edits up to which an output is mapped.

    Returns
    -------
    dict
        ``results`` (n,) the accepted value or None; ``actions`` (n,) of accepted, mapped, rejected; ``acceptance_rate`` the
        share with a result.

    Examples
    --------
    >>> constrained_output_validation(["cta", "whale"], ["cat", "dog"])["results"]
    ['cat', None]
    """
    results: list[str | None] = []
    actions = []
    for output in outputs:
        if output in allowed:
            results.append(output)
            actions.append("accepted")
            continue
        distances = [edit_distance(output, member) for member in dict.fromkeys(allowed)]
        nearest = min(distances)
        if mode == "map" and nearest <= max_distance and distances.count(nearest) == 1:
            results.append(list(dict.fromkeys(allowed))[distances.index(nearest)])
            actions.append("mapped")
        else:
            results.append(None)
            actions.append("rejected")
    return {
        "results": results,
        "actions": actions,
        "acceptance_rate": sum(result is not None for result in results) / len(results),
    }
