"""HTML: the main content by trafilatura, with its headings, lists, tables and code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from indexing.parsing.base import Parsed, file_title
from indexing.parsing.composer import Composer
from indexing.parsing.encoding import decode
from indexing.parsing.html_blocks import UNSEEN, write_blocks
from indexing.parsing.html_errors import error_page
from indexing.parsing.media_types import HTML
from indexing.parsing.reasons import reading, unreadable

DECLARED = re.compile(
    rb"<meta[^>]+charset\s*=\s*[\"']?\s*([-\w.:]+)|<\?xml[^>]+encoding\s*=\s*[\"']([-\w.:]+)", re.IGNORECASE
)
SHORT_PAGE = 600
MIN_KEPT = 0.5
EVERYTHING = UNSEEN - {"nav", "footer", "button"}


def parse_html(name: str, data: bytes) -> Parsed:
    """Read the main content of a page.

    trafilatura finds the content among menus and advertisements. It is not asked about short pages, which have no such
    frame and whose headings it loses, and it is not believed where it drops half of the words outside links.

    Raises
    ------
    UnreadableDocument
        ``html_error_page`` where the page is an error, a login or a check for robots.
    """
    declared = DECLARED.search(data[:4096])
    markup = decode(name, data, (declared[1] or declared[2]).decode("ascii", "replace") if declared else None)
    with reading(name, "broken_file"):
        tree = tree_of(markup)
        composer = Composer()
        if tree is not None:
            write_blocks(body_of(tree), composer)
        if tree is not None and unlinked_length(tree) > SHORT_PAGE:
            main = main_content(markup)
            if len(main.text) >= MIN_KEPT * unlinked_length(tree):
                composer = main
        shown = visible_text(tree)
        titles = page_titles(tree)
    sections = composer.sections
    heading = sections[0].heading if sections else ""
    what = error_page(titles[0], titles[1] or heading, composer.text or shown, markup)
    if what:
        raise unreadable("html_error_page", f"{name} is {what}")
    title = best_title(
        titles[0], [*(each.heading for each in sections if each.level == 1), heading, titles[1]]
    ) or file_title(name)
    return Parsed(title=title, media_type=HTML, text=composer.text, sections=sections, pages=())


def tree_of(markup: str) -> Any:
    """Parse HTML; None where there is no element in it.

    The usual parser silently ends a document where it nests 256 elements deep; this one goes on, and deeper nesting
    than Python follows is an error.
    """
    from lxml import etree, html  # type: ignore[import-untyped]

    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(markup.encode("utf-8"), parser=parser)
    except etree.ParserError:  # nothing but comments
        return None


def body_of(tree: Any) -> Any:
    """Body of a page; the whole of a fragment."""
    body = tree.find(".//body")
    return tree if body is None else body


def main_content(markup: str) -> Composer:
    """Blocks of what trafilatura takes for the content; empty where it finds none."""
    import trafilatura

    composer = Composer()
    found = trafilatura.bare_extraction(
        markup, include_comments=False, include_tables=True, include_formatting=True, deduplicate=False
    )
    if found is not None and found.body is not None:
        write_blocks(found.body, composer)
    return composer


def unlinked_length(tree: Any) -> int:
    """Characters of a page outside links and outside its frame: what a reader came for."""
    composer = Composer()
    write_blocks(body_of(tree), composer, UNSEEN | {"a"})
    return len(composer.text)


def visible_text(tree: Any) -> str:
    """All words of a page, its frame included."""
    composer = Composer()
    if tree is not None:
        write_blocks(body_of(tree), composer, EVERYTHING)
    return composer.text


def page_titles(tree: Any) -> tuple[str, str]:
    """Words of the title element and of the first h1; empty where there is none."""
    if tree is None:
        return "", ""
    found = (next(iter(tree.iter(tag)), None) for tag in ("title", "h1"))
    first, second = (" ".join(each.text_content().split()) if each is not None else "" for each in found)
    return first, second


def best_title(title: str, headings: Sequence[str]) -> str:
    """Prefer a heading that the title begins with or holds, since titles add the site's name; else take the title.

    Examples
    --------
    >>> best_title("Attention | My notes", ["My notes", "Attention"]), best_title("", ["", "Loss"])
    ('Attention', 'Loss')
    """
    folded = title.casefold()
    named = [heading for heading in headings if heading]
    held = [heading for heading in named if heading.casefold() in folded]
    return min(held, key=lambda heading: folded.index(heading.casefold()), default=title or "".join(named[:1]))
