"""Loads the handbook: ``knowledge/articles/<topic>/<slug>.md`` → frozen `Article`.

An article is TOML front matter between two ``+++`` lines, then Markdown. The front matter is strict: each field must
be there, except ``checked``, and no other may. A worked example is a fenced block ``vouch run <id>`` that holds JSON
inputs, a line ``=>`` and the part of the output it shows; `examples` reads them.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, Field, ValidationError

from core.errors import NotFound, UnreadableDocument
from core.types import Frozen

ROOT = Path(__file__).parent / "articles"
FENCE = "+++"
_EXAMPLE = re.compile(
    r"^```vouch run (?P<id>[^\n]*)\n(?P<inputs>.*?)^=>\n(?P<output>.*?)^```$", re.MULTILINE | re.DOTALL
)
_IDENTIFIERS = {
    "arxiv": re.compile(r"\barXiv:(?P<key>\d{4}\.\d{4,5}|[a-z-]+/\d{7})(?![\d.]*\d)"),
    "doi": re.compile(r"\bdoi:(?P<key>10\.\d{4,9}/[^\s,]+)"),
    "url": re.compile(r"(?P<key>https?://[^\s,]+)"),
}
_EXAMPLE_OPENING = re.compile(r"^`{3,}\s*vouch\b", re.MULTILINE)


class FrontMatter(Frozen):
    """What an article declares about itself above its text."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    title: str = Field(min_length=1)
    aliases: tuple[str, ...] = Field(strict=False)
    algorithms: tuple[str, ...] = Field(strict=False)
    references: tuple[str, ...] = Field(strict=False, min_length=1)
    answers: tuple[str, ...] = Field(strict=False)
    checked: str | None = Field(default=None, pattern=r"^20\d\d-\d\d-\d\d$")


class Article(Frozen):
    """One article of the handbook.

    Attributes
    ----------
    slug : str
        File name without suffix, unique over all topics.
    path : str
        ``<topic>/<slug>.md``.
    title : str
        The same words as the body's first heading.
    aliases : tuple of str
        Other names that people type.
    algorithms : tuple of str
        Ids of the reference implementations that belong to the topic.
    references : tuple of str
        Literature: author, title, year, identifier.
    answers : tuple of str
        Keys of the questions that the article answers.
    checked : str or None
        Day on which every reference was looked up in a public bibliography; None where one was not found there.
    text : str
        The whole file.
    body : str
        The Markdown below the front matter; ``text.endswith(body)``.
    """

    slug: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    path: str
    title: str
    aliases: tuple[str, ...]
    algorithms: tuple[str, ...]
    references: tuple[str, ...]
    answers: tuple[str, ...]
    checked: str | None = None
    text: str
    body: str


class Example(Frozen):
    """A worked example of an article: a run of a reference implementation and the part of its output that is shown."""

    algorithm: str
    inputs: dict[str, Any]
    output: dict[str, Any]


def parse(path: str, text: str) -> Article:
    """Turn one file into an article.

    Parameters
    ----------
    path : str
        ``<topic>/<slug>.md``.
    text : str
        The file's characters.

    Raises
    ------
    UnreadableDocument
        With reason ``front_matter`` if the front matter is missing, is not TOML or has other fields than it should;
        with reason ``name`` if the file's name is no slug.

    Examples
    --------
    >>> article = parse("activations/softmax.md", '''+++
    ... title = "Softmax"
    ... aliases = ["softargmax"]
    ... algorithms = ["softmax"]
    ... references = ["Bridle, Training stochastic model recognition algorithms, 1990"]
    ... answers = []
    ... +++
    ... # Softmax
    ... ''')
    >>> article.slug, article.title, article.body
    ('softmax', 'Softmax', '# Softmax\\n')
    """
    opening, *rest = text.split("\n", 1)
    front, found, body = (rest[0] if rest else "").partition(f"\n{FENCE}\n")
    if opening != FENCE or not found:
        raise UnreadableDocument(
            f"{path}: no front matter",
            reason="front_matter",
            fix=f"begin the file with TOML between two lines that hold only {FENCE}",
        )
    try:
        matter = FrontMatter.model_validate(tomllib.loads(front))
    except tomllib.TOMLDecodeError as error:
        raise UnreadableDocument(
            f"{path}: front matter is not TOML: {error}", reason="front_matter", fix="correct that line"
        ) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UnreadableDocument(
            f"{path}: front matter: {where}: {first['msg']}",
            reason="front_matter",
            fix=f"give exactly {', '.join(FrontMatter.model_fields)}",
        ) from error
    name = path.rsplit("/", 1)[-1].removesuffix(".md")
    try:
        return Article(slug=name, path=path, text=text, body=body, **matter.model_dump())
    except ValidationError as error:
        raise UnreadableDocument(
            f"{path}: the file's name is no slug", reason="name", fix="use lower-case words joined by hyphens"
        ) from error


@cache
def articles() -> Mapping[str, Article]:
    """All articles by slug, sorted by path.

    Raises
    ------
    UnreadableDocument
        If a file cannot be parsed, or two files share a slug (reason ``duplicate``).

    Examples
    --------
    >>> articles()["softmax"].path
    'neural-networks/softmax.md'
    """
    found: dict[str, Article] = {}
    for file in sorted(ROOT.glob("*/*.md")):
        article = parse(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8"))
        if article.slug in found:
            raise UnreadableDocument(
                f"{article.path}: the slug is taken by {found[article.slug].path}",
                reason="duplicate",
                fix="rename one of the two files",
            )
        found[article.slug] = article
    return found


def load(slug: str) -> Article:
    """Return one article.

    Raises
    ------
    NotFound
        If no article has this slug; the fix names similar ones.

    Examples
    --------
    >>> load("softmax").title
    'Softmax'
    """
    known = articles()
    if slug in known:
        return known[slug]
    import difflib

    near = difflib.get_close_matches(slug, known, n=3, cutoff=0.5)
    hint = f"did you mean {', '.join(near)}?" if near else "`knowledge.handbook.articles()` lists them all"
    raise NotFound(f"no article {slug!r}", fix=hint)


def figure_of(article: Article) -> Path | None:
    """The file of an article's figure, or None where it has none.

    Examples
    --------
    >>> figure_of(load("focal-loss")).name, figure_of(load("redis"))
    ('focal-loss.svg', None)
    """
    path = (ROOT / article.path).with_suffix(".svg")
    return path if path.exists() else None


def reference_key(reference: str) -> tuple[str, str]:
    """Kind and identifier of a reference: ``arxiv``, ``doi``, ``url``, or ``text`` where it names a book or proceedings.

    Examples
    --------
    >>> reference_key("Vaswani et al., Attention Is All You Need, 2017, arXiv:1706.03762, section 3.2.1")
    ('arxiv', '1706.03762')
    >>> reference_key("Breiman, Random Forests, 2001, doi:10.1023/A:1010933404324")
    ('doi', '10.1023/A:1010933404324')
    """
    for kind, pattern in _IDENTIFIERS.items():
        match = pattern.search(reference)
        if match:
            return kind, match["key"]
    return "text", reference


def examples(article: Article) -> tuple[Example, ...]:
    """Worked examples of an article, in order.

    Raises
    ------
    UnreadableDocument
        With reason ``example`` if a block is not an id, JSON inputs, a line ``=>`` and JSON output.

    Examples
    --------
    >>> examples(load("softmax"))[0].algorithm
    'softmax'
    """
    blocks = list(_EXAMPLE.finditer(article.body))
    if len(blocks) != len(_EXAMPLE_OPENING.findall(article.body)):
        raise UnreadableDocument(
            f"{article.path}: a worked example cannot be read",
            reason="example",
            fix="write a block ```vouch run <id> with JSON inputs, a line => and JSON output",
        )
    return tuple(_example(article, block) for block in blocks)


def _example(article: Article, block: re.Match[str]) -> Example:
    try:
        inputs, output = json.loads(block["inputs"]), json.loads(block["output"])
        return Example(algorithm=block["id"].strip(), inputs=inputs, output=output)
    except (json.JSONDecodeError, ValidationError) as error:
        raise UnreadableDocument(
            f"{article.path}: the example of {block['id'].strip()} is not valid: {error}",
            reason="example",
            fix="write the inputs and the output as JSON objects",
        ) from error
