"""Put verified sentences, runs and warnings together as Markdown with citation markers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from answering.evidence import Sentence
from answering.verify import THRESHOLD, support
from core.protocols import Encoder, LanguageModel
from core.types import Citation, Hit
from models.llm.grounded_prompt import FACTS, grounded_prompt

LONGEST_LEAD_WORDS = 45
LONGEST_LEAD_TOKENS = 80
"""A sentence of that many words; a model that goes on has lost its way."""
SHORTER = 0.7
"""A sentence "in short" has at most this share of the words of what it shortens, and of the answer."""
IN_SHORT = "**In short:**"
"""Before the sentence of the language model, where the answer has one."""


@dataclass(frozen=True)
class Block:
    """One piece of the answer: Markdown text with its markers; whether it is a list item, stands on its own lines, or goes
    on with the piece before it."""

    text: str
    item: bool
    alone: bool = False
    joins: bool = False


def cite(sentence: Sentence, hit: Hit, marker: int, support: float = 1.0) -> Citation:
    """Citation of a sentence of a hit."""
    return Citation(
        marker=marker,
        document_id=hit.document_id,
        source=hit.source,
        heading_path=hit.heading_path,
        page=hit.page,
        start=sentence.start,
        end=sentence.end,
        quote=sentence.quote,
        support=round(support, 4),
        verdict="supported",
    )


def blocks_of(sentences: Sequence[Sentence], first_marker: int = 1) -> list[Block]:
    """One block a sentence, its marker behind it; what was one item of many stays an item, a lone one becomes a sentence.

    Examples
    --------
    >>> one = Sentence(0, 0, 11, "- It works.", "It works.", item=True, relevance=1.0)
    >>> blocks_of([one])
    [Block(text='It works. [1]', item=False, alone=False, joins=False)]
    """
    blocks = []
    for index, sentence in enumerate(sentences):
        marker = f"[{first_marker + index}]"
        if sentence.table:
            blocks.append(Block(f"{sentence.text}\n\n{marker}", item=False, alone=True))
            continue
        joins = index > 0 and sentence.continues and sentences[index - 1].hit == sentence.hit
        listed = sentence.item and not joins and has_sibling(sentences, index)
        blocks.append(Block(f"{finished(sentence.text)} {marker}", listed, joins=joins))
    return blocks


def has_sibling(sentences: Sequence[Sentence], index: int) -> bool:
    """Whether the item before or after stands in the answer too."""
    hit = sentences[index].hit
    around = [s for s in (*sentences[:index][::-1], None) if s is None or not s.continues][:1]
    around += [s for s in (*sentences[index + 1 :], None) if s is None or not s.continues][:1]
    return any(s is not None and s.item and s.hit == hit for s in around)


def finished(text: str) -> str:
    """Text with a full stop where it lacks an end, so that marker and words do not run together.

    Examples
    --------
    >>> finished("It works"), finished("It works."), finished("$x = 1$")
    ('It works.', 'It works.', '$x = 1$')
    """
    return text if re.search(r"[.!?:;$)\]}|`\\]\s*$", text) else f"{text}."


def render(blocks: Sequence[Block]) -> str:
    """Markdown: items as a list, sentences joined to paragraphs.

    Examples
    --------
    >>> render([Block("A. [1]", False), Block("B. [2]", False), Block("C [3]", True)])
    'A. [1] B. [2]\\n\\n- C [3]'
    """
    return "".join(rendered(blocks))


def rendered(blocks: Sequence[Block]) -> Iterator[str]:
    """The Markdown of `render` block by block, so that the first sentence can be read while the rest is made."""
    previous: Block | None = None
    for block in blocks:
        if block.joins and previous is not None and not previous.alone:
            yield f" {block.text}"
            continue
        if block.alone:
            yield ("\n\n" if previous else "") + block.text
        elif block.item:
            yield ("\n" if previous and previous.item else "\n\n" if previous else "") + f"- {block.text}"
        else:
            yield ("\n\n" if previous and (previous.item or previous.alone) else " " if previous else "") + block.text
        previous = block


def lead_sentence(
    model: LanguageModel,
    question: str,
    sentences: Sequence[Sentence],
    encoder: Encoder,
    *,
    temperature: float,
    max_tokens: int,
    stop: Callable[[], bool] | None = None,
) -> tuple[str, list[int], float] | None:
    """One sentence by the language model that answers directly, kept only where the verifier finds its support.

    The generation ends early once `stop` returns true.

    Returns
    -------
    tuple or None
        The sentence, the indices of the sentences that support it, and the support; None where the gate refused it.
    """
    given = [i for i, sentence in enumerate(sentences) if not sentence.table][:FACTS]
    facts = [sentences[i].text for i in given]
    if not facts:
        return None
    prompt = grounded_prompt(facts, question)
    limit = min(max_tokens, LONGEST_LEAD_TOKENS)
    reply = "".join(model.stream(prompt, max_tokens=limit, temperature=temperature, stop=stop))
    claim = first_sentence(reply)
    if claim is None or repeats(claim, sentences):
        return None
    scores = [support(claim, [fact], encoder) for fact in facts]
    best = max(scores)
    if best < THRESHOLD:
        return None
    return claim, [given[scores.index(best)]], best


def first_sentence(reply: str) -> str | None:
    """The first whole sentence of a reply that says something; None where there is none.

    Examples
    --------
    >>> first_sentence("Dropout removes units at random. It also")
    'Dropout removes units at random.'
    >>> first_sentence("As an AI model, I cannot say.") is None
    True
    """
    match = re.match(r"\s*(.+?[.!?])(?:\s|$)", reply.replace("\n", " "))
    if match is None:
        return None
    claim = match[1].strip().strip('"')
    words = claim.split()
    if not 4 <= len(words) <= LONGEST_LEAD_WORDS or claim.endswith("?"):
        return None
    if re.search(
        r"\b(?:as an ai|i am|i'm|i cannot|the facts|the question|provided|given facts|based on)\b", claim, re.I
    ):
        return None
    return claim


def repeats(claim: str, sentences: Sequence[Sentence]) -> bool:
    """Whether the claim says no less than one of the sentences, or the answer is hardly longer than the claim.

    Examples
    --------
    >>> long = "Dropout, also called dilution, sets units to zero at random in every step of training."
    >>> one = Sentence(0, 0, 87, long, long, item=False, relevance=1.0)
    >>> repeats(long, [one]), repeats("Dropout sets units to zero.", [one])
    (True, False)
    """
    said = folded_words(claim)
    for sentence in sentences:
        told = folded_words(sentence.text)
        if " ".join(said) in " ".join(told) and len(said) > SHORTER * len(told):
            return True
    return len(said) > SHORTER * sum(len(folded_words(sentence.text)) for sentence in sentences)


def folded_words(text: str) -> list[str]:
    """Lower-case words."""
    return re.findall(r"\w+", text.casefold())
