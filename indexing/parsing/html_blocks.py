"""From a tree of HTML, or of the tags that trafilatura makes of it, to blocks of canonical text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from indexing.parsing.composer import Composer
from indexing.parsing.fence import fenced
from indexing.parsing.pipe_table import pipe_table

# Elements that show nothing, or that are the frame of a page and not its content.
UNSEEN = frozenset(
    {
        "script",
        "style",
        "noscript",
        "template",
        "title",
        "meta",
        "link",
        "nav",
        "footer",
        "button",
        "select",
        "option",
        "input",
        "textarea",
        "iframe",
        "object",
        "svg",
        "canvas",
        "audio",
        "video",
        "img",
        "graphic",
    }
)
ANCHOR = re.compile(r"[§¶🔗]|\s#\s*\Z")  # what generators of documentation put in a heading as a link to itself
HEADINGS = frozenset(("head", "h1", "h2", "h3", "h4", "h5", "h6"))
LISTS = frozenset(("list", "ul", "ol", "dl"))
ITEMS = frozenset(("item", "li", "dt", "dd"))
ROWS = frozenset(("row", "tr"))
CELLS = frozenset(("cell", "td", "th"))
QUOTES = frozenset(("quote", "blockquote"))
BREAKS = frozenset(("lb", "br"))
CONTAINERS = frozenset(
    {
        "p",
        "div",
        "section",
        "article",
        "main",
        "body",
        "html",
        "header",
        "aside",
        "address",
        "figure",
        "figcaption",
        "form",
        "fieldset",
        "details",
        "summary",
        "center",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "hr",
    }
)
BLOCKS = HEADINGS | LISTS | ITEMS | ROWS | CELLS | QUOTES | CONTAINERS | {"table", "pre"}


def write_blocks(element: Any, composer: Composer, unseen: frozenset[str] = UNSEEN) -> None:
    """Write what stands below `element`: runs of words become paragraphs, block elements their Markdown."""
    run = [spaced(element.text)]
    for child in element:
        if not isinstance(child.tag, str) or child.tag in unseen or hidden(child):
            pass  # comments too
        elif is_block(child):
            flush(run, composer)
            write_block(child, composer, unseen)
        else:
            run.append("".join(inline(child, unseen)))
        run.append(spaced(child.tail))
    flush(run, composer)


def write_block(element: Any, composer: Composer, unseen: frozenset[str]) -> None:
    """Write one block element."""
    tag = element.tag
    if tag in HEADINGS:
        composer.heading(heading_level(element), ANCHOR.sub("", "".join(inline(element, unseen, marks=False))))
    elif tag in LISTS:
        composer.block("\n".join(list_items(element, unseen)))
    elif tag == "table" and not is_layout(element):
        composer.block(pipe_table([row for row in table_rows(element, unseen) if any(row)]))
    elif tag in ("pre", "code"):
        composer.block(fenced("".join(preformatted(element)), ""))
    elif tag in QUOTES:
        quote = Composer()
        write_blocks(element, quote, unseen)
        composer.block("\n".join(f"> {line}".rstrip() for line in quote.text.split("\n")) if quote.text else "")
    else:
        write_blocks(element, composer, unseen)


def is_block(element: Any) -> bool:
    """Whether an element stands by itself; code does where it has lines, anything does that has a block in it."""
    if element.tag == "code":
        return "\n" in "".join(element.itertext()).strip("\n") or element.find("lb") is not None
    return element.tag in BLOCKS or any(child.tag in BLOCKS for child in element.iterdescendants())


def hidden(element: Any) -> bool:
    """Whether the page does not show the element."""
    style = (element.get("style") or "").replace(" ", "").lower()
    return element.get("hidden") is not None or "display:none" in style


def heading_level(element: Any) -> int:
    """Level by the tag, or by the attribute in which trafilatura keeps it."""
    name = element.get("rend") or "" if element.tag == "head" else element.tag
    return int(name[1]) if re.match(r"h[1-6]\Z", name) else 2


def spaced(text: str | None) -> str:
    """Text with each run of white space as one space, as a browser shows it."""
    return re.sub(r"\s+", " ", text or "")


def flush(run: list[str], composer: Composer) -> None:
    """Write the words gathered so far as a paragraph."""
    composer.block(tidy("".join(run)))
    run.clear()


def tidy(text: str) -> str:
    """Single spaces on each line, no blank lines."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def inline(element: Any, unseen: frozenset[str], *, marks: bool = True) -> Iterator[str]:
    """Words of an element within a paragraph: code keeps its backticks, emphasis and links only their words."""
    if not isinstance(element.tag, str) or element.tag in unseen or hidden(element):
        return
    if element.tag in BREAKS:
        yield "\n"
    elif element.tag == "code" and marks:
        words = spaced("".join(element.itertext())).strip()
        yield f"``{words}``" if "`" in words else f"`{words}`" if words else ""
    else:
        yield spaced(element.text)
        for child in element:
            yield from inline(child, unseen, marks=marks)
            yield spaced(child.tail)


def preformatted(element: Any) -> Iterator[str]:
    """Characters of a code block, line breaks included."""
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str):
            yield "\n" if child.tag in BREAKS else "".join(preformatted(child))
        yield child.tail or ""


def list_items(element: Any, unseen: frozenset[str]) -> Iterator[str]:
    """Items of a list, nested blocks indented below the first line of theirs."""
    ordered = element.tag == "ol" or element.get("rend") == "ol"
    number = 0
    for child in element:
        if not isinstance(child.tag, str) or child.tag in unseen or hidden(child):
            continue
        item = Composer()
        if child.tag in LISTS:  # a list directly in a list is meant as nested
            write_block(child, item, unseen)
        else:
            write_item(child, item, unseen)
        if item.text:
            number += 1
            mark = f"{number}. " if ordered else "- "
            yield mark + item.text.replace("\n", "\n" + " " * len(mark))


def write_item(element: Any, composer: Composer, unseen: frozenset[str]) -> None:
    """Write one item; a list in it follows its words on the next line."""
    parts = Composer()
    write_blocks(element, parts, unseen)
    composer.block(re.sub(r"\n\n(?=(?:- |\d+\. ))", "\n", parts.text))


def is_layout(table: Any) -> bool:
    """Whether a table arranges a page: it has other tables, headings or lists in it, or a single cell."""
    inner = [each.tag for each in table.iterdescendants() if isinstance(each.tag, str)]
    holds_blocks = any(tag in HEADINGS or tag in LISTS or tag in ("table", "pre") for tag in inner)
    return holds_blocks or sum(tag in CELLS for tag in inner) < 2


def table_rows(table: Any, unseen: frozenset[str]) -> Iterator[list[str]]:
    """Words of the cells; a cell over several columns leaves the others empty."""
    for row in table.iterdescendants(*ROWS):
        words: list[str] = []
        for each in row.iterchildren(*CELLS):
            content = Composer()
            write_blocks(each, content, unseen)
            span = each.get("colspan") or "1"
            width = min(int(span), 50) if span.isdigit() else 1
            words += [content.text, *[""] * (width - 1)]
        yield words
