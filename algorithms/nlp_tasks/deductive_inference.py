r"""Deductive inference by forward chaining applies if-then rules to known facts until nothing new follows.

$$\frac{p_1, \dots, p_n, \quad p_1 \wedge \dots \wedge p_n \to q}{q} \;\text{(modus ponens)}, \qquad F_{t+1} = F_t \cup \{q : \text{premises} \subseteq F_t\}$$

**Intuition.** Each round adds the conclusions of all rules whose premises hold. Facts are only ever added and there are
finitely many conclusions, so a fixed point is reached; it is the smallest set that contains the facts and obeys the rules.

**When to use it.** Rule engines, Datalog, configuration and policy checks, and as the oracle for logic puzzles that language
models are tested on.

**Cost.** With a counter of open premises for each rule, linear in the total size of the rules.

**Pitfalls.** It derives what follows, and no more: from "if p then q" and q nothing follows about p (affirming the consequent).
What is not derived is unknown, not false, unless one assumes a closed world. Rules with negation need an order of
evaluation (stratification). Contradictory facts must be looked for; here nothing stops both p and "not p". For a single
question backward chaining from the goal touches fewer rules.

**References.** Russell and Norvig, *Artificial Intelligence: A Modern Approach*, chapter on logical agents. Dowling and
Gallier, *Linear-Time Algorithms for Testing the Satisfiability of Propositional Horn Formulae* (1984).
"""

from __future__ import annotations

from collections import deque
from typing import Annotated

from pydantic import Field

from algorithms.inputs import Name
from algorithms.registry import Output, algorithm

Premises = Annotated[list[Name], Field(max_length=20)]
Rules = Annotated[list[tuple[Premises, Name]], Field(max_length=500)]


def forward_chain(facts: list[str], rules: list[tuple[list[str], str]]) -> dict[str, int]:
    """Everything that follows, with the number of the rule that gave it first (-1 for a given fact).

    Examples
    --------
    >>> forward_chain(["a"], [(["a"], "b"), (["b", "x"], "c")])
    {'a': -1, 'b': 0}
    """
    known = dict.fromkeys(facts, -1)
    waiting: dict[str, list[int]] = {}
    missing = [len(set(premises)) for premises, _ in rules]
    for number, (premises, _) in enumerate(rules):
        for premise in set(premises):
            waiting.setdefault(premise, []).append(number)
    agenda = deque(known)
    for number, (_, conclusion) in enumerate(rules):
        if missing[number] == 0 and conclusion not in known:
            known[conclusion] = number
            agenda.append(conclusion)
    while agenda:
        for number in waiting.get(agenda.popleft(), []):
            missing[number] -= 1
            conclusion = rules[number][1]
            if missing[number] == 0 and conclusion not in known:
                known[conclusion] = number
                agenda.append(conclusion)
    return known


@algorithm(
    id="deductive-inference",
    name="Deductive inference (forward chaining)",
    aliases=("rule engine", "modus ponens", "forward chaining", "Horn clauses", "logical deduction"),
    example={
        "facts": ["Socrates is human"],
        "rules": [
            [["Socrates is human"], "Socrates is mortal"],
            [["Socrates is mortal"], "Socrates will die"],
            [["Socrates is a god"], "Socrates lives for ever"],
        ],
        "goal": "Socrates will die",
    },
)
def deductive_inference(
    facts: Annotated[list[Name], Field(max_length=500)], rules: Rules, goal: Annotated[str, Field(max_length=200)] = ""
) -> Output:
    """All conclusions of facts and rules, and a proof of a goal.

    Parameters
    ----------
    facts : list of str
        Statements that hold.
    rules : list of (premises, conclusion)
        If all premises hold, so does the conclusion.
    goal : str
        Statement to prove; empty for none.

    Returns
    -------
    dict
        ``derived``, new statements in order (at most 50), and ``n_derived``; ``goal_holds``; ``proof`` of the goal as lines "a
        and b, so c" (empty for a given fact or if it does not follow).

    Examples
    --------
    >>> r = deductive_inference(["p"], [(["p"], "q"), (["q"], "r"), (["s"], "t")], goal="r")
    >>> r["derived"], r["proof"]
    (['q', 'r'], ['p, so q', 'q, so r'])
    """
    known = forward_chain(facts, rules)
    derived = [statement for statement, rule in known.items() if rule >= 0]
    proof: list[str] = []
    needed = [goal] if goal in known else []
    used: set[str] = set()
    while needed:
        statement = needed.pop()
        if known[statement] >= 0 and statement not in used:
            used.add(statement)
            premises, _ = rules[known[statement]]
            needed += premises
    for statement in derived:  # in order of derivation, so premises come first
        if statement in used:
            proof.append(f"{' and '.join(rules[known[statement]][0]) or 'always'}, so {statement}")
    return {"derived": derived[:50], "n_derived": len(derived), "goal_holds": goal in known, "proof": proof[:50]}
