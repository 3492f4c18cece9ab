r"""Answers as Markdown that a chat page can show: untrusted text stays text, formulas reach the typesetter, markers are links.

Formulas are normalised to ``\(…\)`` and ``\[…\]``, so that a lone dollar sign is a dollar sign.
"""

from __future__ import annotations

import re
from collections.abc import Collection

PIECES = re.compile(
    r"""(?P<fence>^[ ]{0,3}(?P<mark>`{3,}|~{3,})[^\n]*\n.*?(?:^[ ]{0,3}(?P=mark)[`~]*[ ]*$|\Z))
      | (?P<code>(?P<ticks>(?<!`)`+(?!`))(?:(?!\n[ \t]*\n).)+?(?<!`)(?P=ticks)(?!`))
      | (?P<display>\$\$(?P<d1>(?:(?!\$\$).)+?)\$\$ | \\\[(?P<d2>.+?)\\\])
      | (?P<inline>\\\((?P<i1>.+?)\\\) | (?<![\\$\w])\$(?P<i2>(?=\S)(?:[^$\n\\]|\\.)+?(?<=\S))\$(?![\d$]))""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
DELIMITERS = [
    {"left": "\\[", "right": "\\]", "display": True},
    {"left": "\\(", "right": "\\)", "display": False},
]
MARKER = re.compile(r"\[(\d{1,3})\](?!\()")


def safe_markdown(text: str, turn: int = 0, markers: Collection[int] = ()) -> str:
    r"""Markdown of an answer for the page.

    Parameters
    ----------
    text : str
        Markdown with ``[1]`` markers, as in `Answer.answer`; may hold anything that a document holds.
    turn : int
        Number of the answer in the conversation, part of the links.
    markers : collection of int
        Markers that become links.

    Examples
    --------
    >>> safe_markdown("Let $a<b$. <img src=x> costs $5 [1]", turn=2, markers=[1])
    'Let \\(a\\lt b\\). &lt;img src=x&gt; costs $5 [1](#cite-2-1)'
    >>> safe_markdown("`a<b` ![x](http://e)")
    '`a<b` !\\[x](http://e)'
    """
    parts: list[str] = []
    position = 0
    for match in PIECES.finditer(text):
        parts.append(prose(text[position : match.start()], turn, markers))
        parts.append(piece(match))
        position = match.end()
    parts.append(prose(text[position:], turn, markers))
    return "".join(parts)


def piece(match: re.Match[str]) -> str:
    """Code as it is, a formula between the delimiters that the page typesets."""
    if match["fence"] is not None or match["code"] is not None:
        return match[0]
    if match["display"] is not None:
        return "\\[" + formula(match["d1"] or match["d2"]) + "\\]"
    return "\\(" + formula(match["i1"] or match["i2"]) + "\\)"


def formula(source: str) -> str:
    """TeX without the characters that begin tags and entities, and on one line, which Markdown leaves alone."""
    plain = re.sub(r"\s*\n\s*", " ", source.strip())
    return re.sub(r">\s*", r"\\gt ", re.sub(r"<\s*", r"\\lt ", plain))


def prose(text: str, turn: int, markers: Collection[int]) -> str:
    """Text with its tags shown rather than obeyed, its pictures left out, its markers linked."""
    shown = text.replace("&", "&amp;").replace("<", "&lt;")
    shown = re.sub(r"(?<!^)(?<!\n)>", "&gt;", shown)  # at the start of a line it is a quotation
    shown = shown.replace("![", "!\\[")

    def link(match: re.Match[str]) -> str:
        return f"{match[0]}(#cite-{turn}-{match[1]})" if int(match[1]) in markers else match[0]

    return MARKER.sub(link, shown)
