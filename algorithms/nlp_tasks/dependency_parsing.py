r"""Dependency parsing connects each word of a sentence to its head, which gives a tree; arc-standard parsing builds it with three actions.

$$\text{SHIFT},\quad \text{LEFT-ARC: } s_2 \leftarrow s_1,\quad \text{RIGHT-ARC: } s_2 \to s_1 \qquad (s_1 \text{ on top of the stack})$$

**Intuition.** Words move from a buffer to a stack. As soon as one of the two top words is complete it is attached to the other and
removed. A classifier picks the action; in training the right actions are read off a correct tree (the oracle).

**When to use it.** Extraction of who did what to whom, grammar checking, features for other tasks.

**Cost.** Exactly $2n - 1$ actions plus one for the root: linear.

**Pitfalls.** A valid result is a tree: one root, $n - 1$ arcs between words, no cycle. Arc-standard reaches projective trees only;
crossing arcs, frequent in Czech or Dutch, need pseudo-projective tricks or a swap action. RIGHT-ARC must wait until the
dependent has all its own dependents. A greedy parser cannot undo a mistake; beams and dynamic oracles soften that.
Unlabelled and labelled attachment scores (UAS, LAS) differ, and punctuation may or may not count.

**References.** Nivre, *Algorithms for Deterministic Incremental Dependency Parsing* (2008). Chen and Manning, *A Fast and Accurate
Dependency Parser using Neural Networks* (2014).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from algorithms.inputs import Name
from algorithms.registry import Output, algorithm

Part = Literal["NOUN", "VERB", "DET", "ADJ", "ADV", "PRON", "ADP", "PUNCT"]
HeadNumbers = Annotated[list[Annotated[int, Field(ge=0, le=50)]], Field(max_length=50)]
LEFT = {
    ("DET", "NOUN"),
    ("ADJ", "NOUN"),
    ("ADP", "NOUN"),
    ("ADP", "PRON"),
    ("NOUN", "VERB"),
    ("PRON", "VERB"),
    ("ADV", "VERB"),
    ("ADV", "ADJ"),
}
RIGHT = {
    ("VERB", "NOUN"),
    ("VERB", "PRON"),
    ("VERB", "ADV"),
    ("NOUN", "NOUN"),
    ("VERB", "PUNCT"),
    ("NOUN", "PUNCT"),
    ("VERB", "ADJ"),
    ("VERB", "VERB"),
}


def is_tree(heads: list[int]) -> bool:
    """Whether one word hangs on 0 and every other reaches it without a cycle; heads are numbered from 1.

    Examples
    --------
    >>> is_tree([2, 0, 2]), is_tree([2, 1, 0])
    (True, False)
    """
    if heads.count(0) != 1 or max(heads) > len(heads):
        return False
    for word in range(1, len(heads) + 1):
        steps = 0
        while word and steps <= len(heads):
            word, steps = heads[word - 1], steps + 1
        if word:
            return False
    return True


def is_projective(heads: list[int]) -> bool:
    """Whether no two arcs cross, the root's included."""
    arcs = [sorted((head, word)) for word, head in enumerate(heads, 1)]
    return not any(a < c < b < d for a, b in arcs for c, d in arcs)


def oracle(heads: list[int], stack: list[int], attached: list[int]) -> str:
    """Next action towards known heads; `attached` counts the dependents each word already has."""
    if len(stack) >= 2:
        below, top = stack[-2], stack[-1]
        if below and heads[below - 1] == top:
            return "LEFT-ARC"
        if heads[top - 1] == below and attached[top] == heads.count(top):
            return "RIGHT-ARC"
    return "SHIFT"


def by_tags(tags: list[str], stack: list[int], following: str) -> str:
    """Next action from the parts of speech of the two top words and of the next word in the buffer."""
    if len(stack) >= 2:
        below, top = stack[-2], stack[-1]
        if below == 0:
            return "SHIFT" if following else "RIGHT-ARC"
        pair = (tags[below - 1], tags[top - 1])
        if pair in LEFT:
            return "LEFT-ARC"
        waits = (tags[top - 1], following) in LEFT  # the top word still belongs to the next one
        if (pair in RIGHT and not waits) or not following:
            return "RIGHT-ARC"
    return "SHIFT"


@algorithm(
    id="dependency-parsing",
    name="Dependency parsing",
    aliases=("arc-standard", "transition-based parser", "dependency tree", "shift-reduce parsing", "head-dependent"),
    example={
        "words": ["The", "cat", "chased", "a", "small", "mouse"],
        "tags": ["DET", "NOUN", "VERB", "DET", "ADJ", "NOUN"],
        "heads": [2, 3, 0, 6, 6, 3],
    },
)
def dependency_parsing(
    words: Annotated[list[Name], Field(min_length=1, max_length=50)],
    tags: Annotated[list[Part], Field(max_length=50)] = [],  # noqa: B006 (never changed)
    heads: HeadNumbers = [],  # noqa: B006 (never changed)
) -> Output:
    """Parse with the actions that lead to given heads, or with rules on parts of speech.

    Parameters
    ----------
    words : list of str, length n
        The sentence.
    tags : list of str
        Parts of speech, needed without heads.
    heads : list of int
        Number of the head of each word, from 1; 0 for the root. Empty to parse by rules.

    Returns
    -------
    dict
        ``heads`` found; ``arcs`` [head, dependent] as words, ROOT for 0; ``actions`` in order (at most 50 shown) and
        ``n_actions`` = 2n; ``is_tree``; ``is_projective``.

    Raises
    ------
    ValueError
        If lengths differ, or the given heads are no projective tree.

    Examples
    --------
    >>> r = dependency_parsing(["cats", "sleep"], heads=[2, 0])
    >>> r["actions"], r["heads"]
    (['SHIFT', 'SHIFT', 'LEFT-ARC', 'RIGHT-ARC'], [2, 0])
    """
    n = len(words)
    if heads and (len(heads) != n or not is_tree(heads) or not is_projective(heads)):
        raise ValueError(f"heads must be {n} numbers from 0 to {n} that form a tree with one root and no crossing arcs")
    if not heads and len(tags) != n:
        raise ValueError(f"without heads the parser needs the parts of speech of all {n} words")
    stack, buffer = [0], list(range(1, n + 1))
    found, attached, actions = [0] * n, [0] * (n + 1), list[str]()
    while buffer or len(stack) > 1:
        following = tags[buffer[0] - 1] if buffer and not heads else ""
        action = oracle(heads, stack, attached) if heads else by_tags(list(tags), stack, following)
        actions.append(action)
        if action == "SHIFT":
            stack.append(buffer.pop(0))
            continue
        dependent = stack.pop(-2 if action == "LEFT-ARC" else -1)
        found[dependent - 1] = stack[-1]
        attached[stack[-1]] += 1
    return {
        "heads": found,
        "arcs": [[words[head - 1] if head else "ROOT", word] for word, head in zip(words, found, strict=True)],
        "actions": actions[:50],
        "n_actions": len(actions),
        "is_tree": is_tree(found),
        "is_projective": is_projective(found),
    }
