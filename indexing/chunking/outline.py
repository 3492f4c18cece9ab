"""Recover the outline of loose notes: headings without markup, restarting numbered questions, bullets that ask.

A line is judged by what it is (`indexing.chunking.lines`), how it reads (a question, a request, a title, a label) and by
its neighbours (a title is followed by something it governs, a fragment of a sentence by lower case). Levels come from
the kind of heading, since loose notes carry no other sign.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.types import Section
from indexing.chunking.lines import Line, read_lines

ASKS = re.compile(
    r"^(?:(?:please|briefly|now|so|also|and|but|hello sir|in (?:what|which)|for (?:what|which)|to what)[,\s]+)*"
    r"(?:what|why|how|when|which|who|where|is|are|do|does|did|can|could|should|would|will|was|were|has|have|"
    r"explain|describe|define|compare|contrast|discuss|list|give|name|tell|differentiate|derive|state|mention|"
    r"difference|different|given|write|implement|suppose|imagine|if you|in your|provide|design|i want|popular)\b",
    re.IGNORECASE,
)
REQUESTS = re.compile(
    r"^(?:please\s+|briefly\s+)?(?:explain|describe|define|compare|contrast|discuss|list|differentiate|derive|"
    r"can you|could you|what|why|how|when|which)\b",
    re.IGNORECASE,
)
LABELS = re.compile(
    r"^(?:definitions?|overview|examples?|pros|cons|purpose|formulas?|where|key \w+|steps?|summary|conclusion|"
    r"(?:dis)?advantages?|limitations?|applications?|use cases?|types?|why\?|how\?|trade-?offs?|typical values?|impact|"
    r"techniques?|importance|benefits?|mechanism|symptoms?|causes?|solutions?|challenges?|features?|code|output|input|"
    r"approach|intuition|interpretation|properties|usage|results?|notes?|equation|range|role|tips?|caveats?)\b.{0,24}$",
    re.IGNORECASE,
)
PART = re.compile(r"^(?:part|chapter|section|unit|lecture|module|week|day)\s+(?:\d+|[ivx]+)\b", re.IGNORECASE)
ATX = re.compile(r"^\s{0,3}(#{1,6})\s+(.+?)\s*#*\s*$")
LONGEST_TITLE, LONGEST_QUESTION = 90, 700

DOMAIN, QUESTION, TITLE, NUMBERED, LETTERED, LABEL = 1, 2, 3, 4, 5, 6


def recover_sections(text: str) -> tuple[Section, ...]:
    """Outline of a text without reliable markup; sections nest by level and cover everything after the first heading.

    Examples
    --------
    >>> text = "1. What is X?\\n- It is a letter.\\n\\n2. What is Y?\\n- Another."
    >>> [(s.heading, text[s.body_start : s.end].strip()) for s in recover_sections(text)]
    [('What is X?', '- It is a letter.'), ('What is Y?', '- Another.')]
    """
    lines = read_lines(text)
    found = [(i, level) for i in range(len(lines)) if (level := heading_level(lines, i)) is not None]
    found = promote_domains(lines, found)
    sections = []
    for position, (index, level) in enumerate(found):
        following = (lines[i].start for i, other in found[position + 1 :] if other <= level)
        line = lines[index]
        atx = ATX.match(line.text)
        heading = (atx[2] if atx else line.content).strip().strip("*_ \xa0").removesuffix(":").strip()
        sections.append(
            Section(
                heading=heading or line.text.strip(),
                level=level,
                start=line.start,
                end=next(following, len(text)),
                body_start=line.end,
            )
        )
    return tuple(sections)


def heading_level(lines: Sequence[Line], index: int) -> int | None:
    """Level of the heading that line `index` is, or None where it is none."""
    line = lines[index]
    atx = ATX.match(line.text)
    if atx and line.kind not in {"code", "fence"} and not touches_code(lines, index):
        return min(len(atx[1]), LABEL)
    if atx:
        return None
    if not line.content or not any(c.isalpha() for c in line.content):
        return None
    if line.kind == "bullet":
        return bullet_level(line)
    if line.kind == "numbered":
        return numbered_level(lines, index)
    if line.kind == "plain":
        return plain_level(lines, index)
    return None


def bullet_level(line: Line) -> int | None:
    """A bullet is a heading where all of it is emphasised and it does not merely label what follows."""
    words = line.content
    if not line.emphasised or len(words) > LONGEST_QUESTION or words.rstrip().endswith((":", ".")):
        return None
    if line.indent:
        return TITLE if len(words) <= LONGEST_TITLE else None
    return QUESTION


def numbered_level(lines: Sequence[Line], index: int) -> int | None:
    """A numbered line is a question, a section title, or an item of a list."""
    line = lines[index]
    words = line.content
    lettered = line.number.startswith("(")
    if words.endswith("?") and len(words) <= LONGEST_QUESTION:
        return QUESTION if not lettered else LETTERED
    if REQUESTS.match(words) and len(words) <= LONGEST_QUESTION and starts_answer(lines, index):
        return QUESTION
    if len(words) > LONGEST_TITLE or words.endswith((".", ";", ",")):
        return None
    if line.emphasised or words.endswith(":"):
        return LETTERED if lettered or line.indent else NUMBERED
    following = next_content(lines, index)
    if following is None or (following.kind in {"numbered", "plain"} and not blank_after(lines, index)):
        return None
    if following.kind == "numbered" and not following.content.endswith(":") and following.number != "1.":
        return None
    return LETTERED if lettered else NUMBERED


def plain_level(lines: Sequence[Line], index: int) -> int | None:
    """A line without a marker is a heading where it reads like one and governs what follows."""
    line = lines[index]
    words = line.content
    if ends_in_lower_case(lines, index):
        return None
    above = lines[index - 1].kind if index else "blank"
    answered = index + 1 < len(lines) and lines[index + 1].kind in {"bullet", "stray"}
    if above == "stray":
        return TITLE if answered and is_title(words) and len(words) <= LONGEST_TITLE // 2 else None
    asks = words.endswith("?") and (ASKS.match(words) or answered or len(words) <= LONGEST_TITLE)
    if asks and len(words) <= LONGEST_QUESTION and (answered or not continues_sentence(lines, index)):
        return LABEL if LABELS.match(words) else QUESTION
    if continues_sentence(lines, index):
        return None
    if PART.match(words) and len(words) <= LONGEST_TITLE:
        return DOMAIN
    if REQUESTS.match(words) and len(words) <= LONGEST_QUESTION and answered:
        return QUESTION
    if (
        ASKS.match(words)
        and not words.endswith((".", ":"))
        and len(words) <= LONGEST_QUESTION
        and governs(lines, index)
    ):
        return QUESTION
    if not is_title(words) or not governs(lines, index):
        return None
    if words.isupper() and len(words) > 3 and blank_before(lines, index):
        return DOMAIN
    if LABELS.match(words):
        return LABEL
    return TITLE if not words.endswith(":") else NUMBERED


def touches_code(lines: Sequence[Line], index: int) -> bool:
    """Whether a line next to this one is code: then a leading ``#`` is a comment."""
    return any(lines[i].kind == "code" for i in (index - 1, index + 1) if 0 <= i < len(lines))


def is_title(words: str) -> bool:
    """Short, capitalised, mostly letters, no end of a sentence.

    Examples
    --------
    >>> is_title("Residual Connections (Skip Connections)"), is_title("and so on"), is_title("It works well.")
    (True, False, False)
    """
    if len(words) > LONGEST_TITLE or len(words.split()) > 13 or words.endswith((".", ",", ";", "!", "-", "…")):
        return False
    if re.match(r"^[\"'“‘\[<{=\\$|&@`]", words) or re.search(r"[=<>{}\\|]|https?://|\w\(\)|\.\w{2,4}$", words):
        return False
    if ": " in words:
        return False
    letters = sum(c.isalpha() or c.isspace() for c in words)
    first = words.lstrip("(0123456789.) ")[:1]
    capitalised = first.isupper() or re.match(r"[a-z]-[A-Z]", words) is not None
    return capitalised and letters / len(words) >= 0.75


def governs(lines: Sequence[Line], index: int) -> bool:
    """Whether something follows that a heading could govern."""
    following = next_content(lines, index)
    return following is not None and following.kind not in {"date"}


def starts_answer(lines: Sequence[Line], index: int) -> bool:
    """Whether the next line with content is not the next item of the same list."""
    following = next_content(lines, index)
    return following is not None and following.kind != "numbered"


def continues_sentence(lines: Sequence[Line], index: int) -> bool:
    """Whether the line goes on with what the line above began: a stray bullet, or a sentence without its end."""
    if index == 0:
        return False
    above = lines[index - 1]
    if above.kind in {"stray", "code", "math"}:
        return True
    if above.kind in {"blank", "rule", "date", "fence", "table"}:
        return False
    ended = (
        above.content.rstrip().endswith((".", "?", "!", ":", ")", ";", "”", '"')) or len(above.content) <= LONGEST_TITLE
    )
    return not ended


def ends_in_lower_case(lines: Sequence[Line], index: int) -> bool:
    """Whether the line below, without a gap, goes on in lower case or punctuation: an inline fragment set on its own."""
    if index + 1 >= len(lines) or lines[index + 1].kind not in {"plain", "code", "math"}:
        return False
    head = lines[index + 1].text.lstrip()[:1]
    return head.islower() or head in ",.;:)’'"


def next_content(lines: Sequence[Line], index: int) -> Line | None:
    """The next line that is not blank, a rule or a stray bullet."""
    return next((line for line in lines[index + 1 :] if line.kind not in {"blank", "rule", "stray"}), None)


def blank_after(lines: Sequence[Line], index: int) -> bool:
    """Whether a gap follows."""
    return index + 1 < len(lines) and lines[index + 1].kind in {"blank", "stray"}


def blank_before(lines: Sequence[Line], index: int) -> bool:
    """Whether a gap precedes, or the line is the first."""
    return index == 0 or lines[index - 1].kind in {"blank", "rule", "stray", "date"}


def promote_domains(lines: Sequence[Line], found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Raise a short title directly above a question to the outermost level: it names the domain of what follows."""
    levels = dict(found)
    promoted = []
    for index, level in found:
        below = index + 1
        while below < len(lines) and lines[below].kind in {"blank", "rule", "stray"}:
            below += 1
        if level == TITLE and levels.get(below) == QUESTION and len(lines[index].content.split()) <= 5:
            level = DOMAIN
        promoted.append((index, level))
    return promoted
