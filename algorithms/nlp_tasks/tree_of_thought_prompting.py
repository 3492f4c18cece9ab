r"""Tree-of-thought search explores several partial solutions, scores them, and backtracks, instead of writing one chain.

$$S_t = \operatorname{top-}b_{\,s} \; V(s), \quad s \in \{\text{children of } S_{t-1}\} \quad \text{(BFS)}, \qquad
\text{DFS: best child first, return when stuck}$$

**Intuition.** A thought is a step such as "4 + 8 = 12, left: 12, 6, 8". A generator proposes next thoughts, an evaluator says
how promising each state is, and a search decides which to expand. One wrong early step then costs time, not the answer.

**When to use it.** Puzzles and plans where early choices matter and states can be judged: the game of 24, crosswords.

**Cost.** Many model calls: one for each proposal and evaluation.

**Pitfalls.** It is not one prompt that describes several paths: it is a search program (BFS or DFS with backtracking) that calls
the model as generator and evaluator. A narrow beam with a poor evaluator prunes the only solution; depth-first search
with backtracking then still finds it. Evaluations are noisy, so vote. For tasks solved by a single chain it only adds
cost.

Here the game is to reach a target from given numbers; generator and evaluator are code, so the search itself can be
studied.

**References.** Yao et al., *Tree of Thoughts*, arXiv:2305.10601. Long, arXiv:2305.08291.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import Annotated, Literal

from pydantic import Field

from algorithms.registry import Output, algorithm

Term = tuple[Fraction, str]
State = tuple[Term, ...]


def thoughts(state: State) -> list[State]:
    """Generator: all states after one operation on two of the numbers."""
    found = []
    for i, j in combinations(range(len(state)), 2):
        (a, x), (b, y) = state[i], state[j]
        rest = tuple(term for k, term in enumerate(state) if k not in (i, j))
        results = [(a + b, f"({x} + {y})"), (a - b, f"({x} - {y})"), (b - a, f"({y} - {x})"), (a * b, f"({x} * {y})")]
        results += [(a / b, f"({x} / {y})")] if b else []
        results += [(b / a, f"({y} / {x})")] if a else []
        found += [(*rest, result) for result in results]
    return found


def value(state: State, target: Fraction) -> Fraction:
    """Evaluator: minus the distance to the target that one more step could leave; 0 is best."""
    ends = [term for child in thoughts(state) for term, _ in child[-1:]] if len(state) > 1 else [state[0][0]]
    return -min(abs(end - target) for end in ends)


def breadth_first(start: State, target: Fraction, width: int) -> tuple[str | None, int, int]:
    """Solution, states expanded, and 0 backtracks, keeping the best `width` states of each depth."""
    level, expanded = [start], 0
    while len(level[0]) > 1:
        children = {tuple(sorted(child)): child for state in level for child in thoughts(state)}
        expanded += len(level)
        level = sorted(children.values(), key=lambda s: value(s, target), reverse=True)[:width]
    solved = [state[0][1] for state in level if state[0][0] == target]
    return (solved[0] if solved else None), expanded, 0


def depth_first(start: State, target: Fraction) -> tuple[str | None, int, int]:
    """Solution, states expanded and backtracks, trying the best child first."""
    expanded = backtracks = 0
    seen: set[tuple[Fraction, ...]] = set()

    def visit(state: State) -> str | None:
        nonlocal expanded, backtracks
        if len(state) == 1:
            return state[0][1] if state[0][0] == target else None
        key = tuple(sorted(term for term, _ in state))
        if key in seen:
            return None
        seen.add(key)
        expanded += 1
        for child in sorted(thoughts(state), key=lambda s: value(s, target), reverse=True):
            found = visit(child)
            if found:
                return found
        backtracks += 1
        return None

    return visit(start), expanded, backtracks


@algorithm(
    id="tree-of-thought-prompting",
    name="Tree-of-thought search",
    aliases=("ToT", "tree of thoughts", "game of 24", "thought search with backtracking"),
    example={"numbers": [4, 7, 8, 8], "target": 24, "search": "dfs"},
    cost="seconds",
)
def tree_of_thought_prompting(
    numbers: Annotated[list[Annotated[int, Field(ge=1, le=99)]], Field(min_length=2, max_length=4)],
    target: Annotated[int, Field(ge=-10_000, le=10_000)] = 24,
    search: Literal["bfs", "dfs"] = "dfs",
    beam_width: Annotated[int, Field(ge=1, le=20)] = 5,
) -> Output:
    """Combine all numbers by + - * / to the target.

    Parameters
    ----------
    numbers : list of int
        Two to four numbers, each used once.
    target : int
        Value to reach.
    search : {"bfs", "dfs"}
        Beam search by depth, or depth-first with backtracking.
    beam_width : int
        States kept at each depth of the beam search; 1 is a single greedy chain.

    Returns
    -------
    dict
        ``solution`` as an expression, or null; ``solved``; ``states_expanded``; ``backtracks``;
        ``single_chain_solved``, whether the greedy chain alone finds one.

    Examples
    --------
    >>> r = tree_of_thought_prompting([4, 6], target=24)
    >>> r["solution"], r["states_expanded"]
    ('(4 * 6)', 1)
    """
    start: State = tuple((Fraction(n), str(n)) for n in numbers)
    goal = Fraction(target)
    solution, expanded, backtracks = (
        depth_first(start, goal) if search == "dfs" else breadth_first(start, goal, beam_width)
    )
    return {
        "solution": solution,
        "solved": solution is not None,
        "states_expanded": expanded,
        "backtracks": backtracks,
        "single_chain_solved": breadth_first(start, goal, 1)[0] is not None,
    }
