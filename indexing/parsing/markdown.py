"""Markdown: its own characters, with the sections that CommonMark's grammar sees."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from core.types import Section
from indexing.parsing.base import Parsed, file_title
from indexing.parsing.encoding import decode
from indexing.parsing.media_types import MARKDOWN
from indexing.parsing.sections import Heading, line_starts, nest, without_numbering

FRONT_MATTER = re.compile(
    r"(?P<fence>---|\+\+\+)[ \t]*(?:\r\n|\r|\n)(?P<body>.*?)(?:\r\n|\r|\n)(?:(?P=fence)|\.\.\.)[ \t]*(?:\r\n|\r|\n|\Z)",
    re.DOTALL,
)
FIELD = re.compile(r"[A-Za-z_][\w \t.-]*[:=]")
FIELD_OR_MORE = re.compile(rf"{FIELD.pattern}|[ \t#\]}}\[-]|\Z")
TITLE_FIELD = re.compile(r"^title[ \t]*[:=][ \t]*(?P<title>[^\r\n]*)", re.MULTILINE | re.IGNORECASE)
ATTRIBUTES = re.compile(r"(?<![ \t])[ \t]*\{[#.:][^{}]*\}\Z")


def parse_markdown(name: str, data: bytes) -> Parsed:
    r"""Decode and find the sections.

    Examples
    --------
    >>> parse_markdown("a.md", b"---\ntitle: Loss\n---\n# One\n").title
    'Loss'
    """
    text = decode(name, data)
    begin = front_matter_end(text)
    sections = markdown_sections(text, begin)
    first = sections[0].heading if sections else file_title(name)
    return Parsed(
        title=front_matter_title(text[:begin]) or first,
        media_type=MARKDOWN,
        text=text,
        sections=sections,
        pages=(),
        aliases=front_matter_aliases(text[:begin]),
    )


def front_matter_end(text: str) -> int:
    r"""Where the YAML or TOML block at the top ends; 0 where there is none.

    A thematic break at the top of a document is no front matter: each line in between must look like a field.

    Examples
    --------
    >>> front_matter_end("---\ntitle: A\n---\nText"), front_matter_end("---\nProse.\n---\n")
    (17, 0)
    """
    match = FRONT_MATTER.match(text)
    if match is None:
        return 0
    lines = re.split(r"\r\n|\r|\n", match["body"])
    is_matter = any(FIELD.match(line) for line in lines) and all(FIELD_OR_MORE.match(line) for line in lines)
    return match.end() if is_matter else 0


def front_matter_title(matter: str) -> str | None:
    """Title field of a front matter, quotes removed."""
    match = TITLE_FIELD.search(matter)
    title = match["title"].strip() if match else ""
    if len(title) > 1 and title[0] == title[-1] and title[0] in "\"'":
        title = title[1:-1].strip()
    return title or None


def front_matter_aliases(matter: str) -> tuple[str, ...]:
    r"""Other names of a note: the field `aliases` of a YAML front matter, as Obsidian keeps it.

    Addresses, which site generators keep under the same name, are left out, and so is all of a front matter that is not
    YAML after all: the note is still found by its words.

    Examples
    --------
    >>> front_matter_aliases("---\naliases: [SDPA, /old/address]\n---\n")
    ('SDPA',)
    """
    match = FRONT_MATTER.match(matter)
    if match is None or match["fence"] != "---" or "aliases" not in match["body"]:
        return ()
    try:
        # BaseLoader builds strings, lists and mappings only
        fields = yaml.load(match["body"], Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError):
        return ()
    found = fields.get("aliases") if isinstance(fields, dict) else None
    names = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    return tuple(name for name in names if isinstance(name, str) and name.strip() and not name.startswith("/"))


@cache
def block_parser() -> MarkdownIt:
    """CommonMark with tables, inline rules off: they cost the most and only headings need them."""
    return MarkdownIt("commonmark").enable("table").disable("inline", True)


@cache
def inline_parser() -> MarkdownIt:
    """CommonMark with the inline rules of GitHub that leave no trace in a heading's words."""
    return MarkdownIt("commonmark").enable("strikethrough")


def markdown_sections(text: str, begin: int = 0) -> tuple[Section, ...]:
    r"""Sections of the ATX and Setext headings at the top level of `text` from character `begin` on.

    Headings inside fences, quotes and list items govern nothing outside them and are left out.

    Examples
    --------
    >>> [(s.heading, s.level, s.start, s.body_start) for s in markdown_sections("# A *b*\n\nC\n---\nd")]
    [('A b', 1, 0, 8), ('C', 2, 9, 15)]
    """
    body = text[begin:]
    starts = line_starts(body)
    tokens = block_parser().parse(body)
    headings = []
    for token, content in pairwise(tokens):
        if token.type != "heading_open" or token.level or token.map is None:
            continue
        words = heading_words(content.content)
        if words:
            first, after = token.map
            headings.append(Heading(words, int(token.tag[1]), begin + starts[first], begin + starts[after]))
    return nest(headings, len(text))


def heading_words(markup: str) -> str:
    """Words of a heading: emphasis, links, code marks, attributes and numbering removed.

    Examples
    --------
    >>> heading_words("2.1 The `softmax` [function](x.md) {#softmax}")
    'The softmax function'
    """
    tokens = inline_parser().parseInline(ATTRIBUTES.sub("", markup))
    words = "".join(token_words(child) for token in tokens for child in token.children or [])
    return without_numbering(" ".join(words.split()))


def token_words(token: Token) -> str:
    """Words that an inline token shows."""
    if token.type == "html_inline":
        return ""
    if token.type in ("softbreak", "hardbreak"):
        return " "
    if token.type == "image":
        return "".join(token_words(child) for child in token.children or [])
    return token.content
