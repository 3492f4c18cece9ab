"""Examples of answers in one sentence from facts, made from question-answering data and from articles.

A short answer becomes a statement (`models.training.declarative`), a long sentence its main clause; where the facts do not
answer, the reply says so. A reply is kept only where a judge finds it borne out by its fact: a model that is to pass
a verifier should see nothing that would not.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.llm.grounded_prompt import FACTS, NO_ANSWER, with_subject
from models.training.declarative import declarative
from models.training.domain_pairs import sentences
from models.training.pairs import is_held_out, read_judgements, read_lines

Judge = Callable[[str, str], bool]
"""Whether a fact bears out a reply."""
SHORTEST_FACT_WORDS, LONGEST_FACT_WORDS = 5, 60
KEPT_SHARE = 0.8
"""A shortened sentence has at most this share of the words; otherwise it would only repeat the fact."""
SHORTEST_REPLY_WORDS, LONGEST_REPLY_WORDS = 6, 30
TAIL = re.compile(
    r"(?:,? which\b|, (?:where|while|whereas|although|but|so|since|because|"
    r"including)\b|, and (?:it|they|this|then|is|are)\b|,? such as\b|;|:(?= )).*$"
)
BRACKETED = re.compile(r"\s*\([^()]*\)")
OPENING_PRONOUN = re.compile(r"^(?:It|This|They|These)\s+(?=(?:is|are|was|has|have|can|does|[a-z]+s)\b)")
MARKUP = re.compile(r"^\s*(?:[-*+]|\d+\.)\s+|\*\*|\s+-\s+(?=[A-Z])", re.MULTILINE)
ABOUT_ONE_THING = re.compile(
    r"^(?:what (?:is|are)|what causes|define|how does|why (?:is|does|do|are))\b", re.IGNORECASE
)
LEANING = re.compile(
    r"^(?:However|But|And|Also|So|Then|Thus|Such|Here|In contrast|For example|Key Points|References)\b|[?:]$"
)


@dataclass(frozen=True)
class GroundedExample:
    """Facts, a question about them, and the reply that they bear out."""

    facts: tuple[str, ...]
    question: str
    reply: str


def mixed(found: Sequence[GroundedExample], refusals: float, seed: int) -> list[GroundedExample]:
    """Each question once, refusals at most a share of all, in an order of chance."""
    once = {example.question: example for example in reversed(found)}
    chance = random.Random(seed)
    told = [example for example in once.values() if example.reply != NO_ANSWER]
    silent = [example for example in once.values() if example.reply == NO_ANSWER]
    chance.shuffle(silent)
    rows = told + silent[: int(refusals * len(told) / (1 - refusals))]
    chance.shuffle(rows)
    return rows


def always(reply: str, fact: str) -> bool:
    """A judge that trusts the rules."""
    return True


def read_examples(folder: Path, judge: Judge = always, seed: int = 0) -> Iterator[GroundedExample]:
    """Examples of a folder in BEIR layout; held-out documents are left out.

    Queries with ``answers`` in their metadata give statements, those without (``is_impossible``) refusals, and queries without
    the field a shortened sentence of their passage, where it opens with the question's subject.

    Raises
    ------
    InputError
        If the folder is not in BEIR layout.
    """
    corpus = {row["_id"]: (row.get("title") or "", row["text"]) for row in read_lines(folder / "corpus.jsonl")}
    judged: dict[str, str] = {}
    for file in sorted((folder / "qrels").glob("train*.tsv")):
        for query, passage in read_judgements(file):
            judged.setdefault(query, passage)
    for row in read_lines(folder / "queries.jsonl"):
        about = row.get("metadata", {})
        asked_of = about.get("passage") or judged.get(row["_id"], "")
        if asked_of not in corpus or is_held_out(asked_of):
            continue
        title, text = corpus[asked_of]
        chance = random.Random(f"{seed}:{row['_id']}")
        if "answers" not in about:
            found = from_passage(row["text"], title, text, judge, chance)
        elif about.get("is_impossible") or not about["answers"]:
            found = refusal(row["text"], title, text, chance)
        else:
            found = from_answer(row["text"], about["answers"], title, text, judge, chance)
        if found is not None:
            yield found


def section_examples(
    sections: Sequence[tuple[str, str, str]], judge: Judge = always, seed: int = 0
) -> Iterator[GroundedExample]:
    """Examples of articles: question, title and text of the section that answers it; one article in ten is held out."""
    for question, title, text in sections:
        if is_held_out(title):
            continue
        found = from_passage(question, title, text, judge, random.Random(f"{seed}:{question}"))
        if found is not None:
            yield found


def from_answer(
    question: str, answers: Sequence[str], title: str, text: str, judge: Judge, chance: random.Random
) -> GroundedExample | None:
    """A statement from a question with its answer; None where no rule makes one or the judge refuses it."""
    answer = max(answers, key=lambda one: (answers.count(one), -len(one)))
    told = facts_in(text)
    holding = [n for n, fact in enumerate(told) if answer.casefold() in fact.casefold()]
    if len(holding) != 1:  # otherwise it is not known which one answers
        return None
    made = declarative(question, answer, told[holding[0]])
    if made is None or not judge(made, with_subject(title, told[holding[0]])):
        return None
    return arranged(told, holding[0], question, made, title, chance)


def from_passage(question: str, title: str, text: str, judge: Judge, chance: random.Random) -> GroundedExample | None:
    """The first sentence of a passage, shortened; None where it does not open with a subject or cannot be shortened."""
    told = facts_in(text)
    if not told or LEANING.search(told[0]) or not ABOUT_ONE_THING.match(question):
        return None
    if not set(re.findall(r"\w{4,}", title.casefold())) & set(re.findall(r"\w{4,}", told[0].casefold())):
        return None
    made = shortened(title, told[0])
    if made is None or not judge(made, with_subject(title, told[0])):
        return None
    return arranged(told, 0, question, made, title, chance)


def refusal(question: str, title: str, text: str, chance: random.Random) -> GroundedExample | None:
    """A question that a passage does not answer."""
    told = facts_in(text)
    if len(told) < 2:
        return None
    start = chance.randrange(max(1, len(told) - FACTS + 1))
    facts = tuple(with_subject(title, fact) for fact in told[start : start + FACTS])
    return GroundedExample(facts, question, NO_ANSWER)


def facts_in(text: str) -> list[str]:
    """Sentences of a passage that can stand as facts."""
    kept = []
    for sentence in sentences(MARKUP.sub(" ", text)):
        words = len(sentence.split())
        ended = sentence.endswith((".", "$", ")")) and "$$" not in sentence
        if ended and SHORTEST_FACT_WORDS <= words <= LONGEST_FACT_WORDS:
            kept.append(sentence)
    return kept


def arranged(
    told: Sequence[str], holding: int, question: str, made: str, title: str, chance: random.Random
) -> GroundedExample:
    """Facts around the one that answers, that one at a random place."""
    others = [n for n in range(len(told)) if n != holding]
    others.sort(key=lambda n: abs(n - holding))
    kept = others[: chance.randint(min(1, len(others)), FACTS - 1)]
    chance.shuffle(kept)
    place = chance.randint(0, len(kept))
    order = [*kept[:place], holding, *kept[place:]]
    facts = tuple(with_subject(title, told[n]) for n in order)
    return GroundedExample(facts, question, made)


def shortened(subject: str, sentence: str) -> str | None:
    """A sentence less brackets and subordinate tail, with its subject for an opening pronoun; None where nothing is gained.

    Examples
    --------
    >>> shortened("Dropout", "It sets units (neurons) to zero at random during training, which prevents co-adaptation.")
    'Dropout sets units to zero at random during training.'
    >>> shortened("Dropout", "Dropout sets units to zero.") is None
    True
    """
    named = OPENING_PRONOUN.sub(lambda found: f"{subject} ", sentence) if subject else sentence
    if re.match(r"^(?:It|This|They|These|He|She|There)\b", named):
        return None
    cut = TAIL.sub("", BRACKETED.sub("", named)).strip().rstrip(".,")
    words = len(cut.split())
    if re.search(r"\b(?:in|for|during|of|to|by|on|at|with|from|through|the|a|an|as|and)$", cut):
        return None  # cut within "in which"
    if not SHORTEST_REPLY_WORDS <= words <= LONGEST_REPLY_WORDS or cut.count("$") % 2 or LEANING.search(cut):
        return None
    if named == sentence and words > KEPT_SHARE * len(sentence.split()):
        return None
    return cut[0].upper() + cut[1:] + "."
