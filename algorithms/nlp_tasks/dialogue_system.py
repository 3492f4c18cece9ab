r"""A dialogue system answers turn by turn; a rule-based chatbot matches patterns, and a running summary keeps its memory bounded.

$$\text{prompt}_t = \text{summary}(1 \dots t - k) \,\Vert\, \text{last } k \text{ turns} \,\Vert\, \text{message}_t$$

**Intuition.** Rules map what the user says to a reply, in the manner of ELIZA: "my name is X" stores a fact, "I feel X" is reflected
as a question. A language model instead receives the conversation as text, which grows with each turn. Folding old turns
into a short summary keeps the prompt at a fixed length while facts survive.

**When to use it.** Rules for narrow, audited tasks; a model with summary memory for open conversation that exceeds the context window.

**Cost.** Without a summary the prompt grows linearly and the total cost of a conversation quadratically.

**Pitfalls.** A summary forgets what it does not mention: store names, numbers and decisions as structured facts. Summarising
each turn costs a model call; do it in blocks. Errors in the summary stay. Text of the user may contain instructions; keep it
apart from the system's. Rule order matters: specific patterns first, a fallback last. Say when something is not
understood.

**References.** Weizenbaum, *ELIZA* (1966). Xu, Szlam and Weston, *Beyond Goldfish Memory*, arXiv:2107.07567 (summaries in long
conversations).
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import Field

from algorithms.registry import Output, algorithm

Message = Annotated[str, Field(min_length=1, max_length=300)]
FACTS = [
    (r"\bmy name is (\w+)", "name"),
    (r"\bi live in (\w+)", "home"),
    (r"\bi (?:like|love) (\w+)", "likes"),
    (r"\bi am (\d+) years old", "age"),
]
RULES = [
    (r"\bwhat is my name\b", "Your name is {name}."),
    (r"\bwhere do i live\b", "You live in {home}."),
    (r"\bwhat do i like\b", "You like {likes}."),
    (r"\bhow old am i\b", "You are {age}."),
    (r"\bmy name is (\w+)", "Nice to meet you, {0}."),
    (r"\bi feel (\w+)", "Why do you feel {0}?"),
    (r"\bi (?:like|love) (\w+)", "What do you like about {0}?"),
    (r"\b(?:hello|hi)\b", "Hello! How can I help?"),
    (r"\bbye\b", "Goodbye!"),
]
FALLBACK = "I do not understand. Can you say it differently?"


def remember(message: str, facts: dict[str, str]) -> None:
    """Enter what the message states about the user."""
    for pattern, field in FACTS:
        found = re.search(pattern, message, flags=re.IGNORECASE)
        if found and not message.rstrip().endswith("?"):
            facts[field] = found[1]


def reply(message: str, facts: dict[str, str]) -> str:
    """Answer of the first rule that matches and whose facts are known.

    Examples
    --------
    >>> reply("What is my name?", {"name": "Ann"}), reply("What is my name?", {})
    ('Your name is Ann.', 'I do not understand. Can you say it differently?')
    """
    for pattern, template in RULES:
        found = re.search(pattern, message, flags=re.IGNORECASE)
        if found:
            needed = re.findall(r"\{([a-z]+)\}", template)
            if all(field in facts for field in needed):
                return template.format(*found.groups(), **facts)
    return FALLBACK


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Length of the prompt by turn, with and without a summary."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["full_prompt_words"], label="whole history")
    axes.plot(output["prompt_words"], label="summary and last turns")
    axes.set(xlabel="turn", ylabel="words in the prompt", title="conversation memory")
    axes.legend()
    return figure


@algorithm(
    id="dialogue-system",
    name="Dialogue system (rule-based chatbot, summary memory)",
    aliases=("chatbot", "conversation memory", "summary memory", "ELIZA", "rule-based chatbot"),
    example={
        "messages": [
            "Hello!",
            "My name is Ann.",
            "I like cats.",
            "I feel tired.",
            "Tell me a joke.",
            "What is my name?",
        ],
        "keep_turns": 2,
    },
    figure=draw,
)
def dialogue_system(
    messages: Annotated[list[Message], Field(min_length=1, max_length=50)],
    keep_turns: Annotated[int, Field(ge=0, le=20)] = 2,
) -> Output:
    """Answer messages in turn from rules and remembered facts, and keep the prompt that a model would receive.

    Parameters
    ----------
    messages : list of str
        What the user says.
    keep_turns : int
        Turns k kept word for word; older ones survive only through the summary.

    Returns
    -------
    dict
        ``replies``; ``summary`` at the end; ``prompt`` of the last turn; ``prompt_words`` of each turn, bounded, against
        ``full_prompt_words`` with the whole history.

    Examples
    --------
    >>> dialogue_system(["My name is Ann.", "What is my name?"])["replies"]
    ['Nice to meet you, Ann.', 'Your name is Ann.']
    """
    facts: dict[str, str] = {}
    turns: list[str] = []
    replies: list[str] = []
    lengths, full_lengths = [], []
    summary = prompt = ""
    for message in messages:
        remember(message, facts)
        summary = "; ".join(f"{field}: {value}" for field, value in sorted(facts.items()))
        recent = turns[len(turns) - min(keep_turns, len(turns)) :]
        prompt = "\n".join([f"Summary: {summary}", *recent, f"User: {message}"])
        full = "\n".join([*turns, f"User: {message}"])
        lengths.append(len(prompt.split()))
        full_lengths.append(len(full.split()))
        replies.append(reply(message, facts))
        turns.append(f"User: {message}\nBot: {replies[-1]}")
    return {
        "replies": replies,
        "summary": summary,
        "prompt": prompt,
        "prompt_words": lengths,
        "full_prompt_words": full_lengths,
    }
