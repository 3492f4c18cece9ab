"""Markdown of the generated pages: an article of the handbook, an algorithm of the library, and the lists of both."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Mapping
from typing import Any

from algorithms.registry import Algorithm
from core.types import Execution
from knowledge.handbook import Article, reference_key

SHOWN_CHARACTERS = 4000
_RUN = re.compile(r"^```vouch run (?P<id>[^\n]*)\n(?P<inputs>.*?)^=>\n(?P<output>.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[(?P<text>[^\]\n]+)\]\(\.\./(?P<path>[a-z/-]+\.md)\)")
_ASKED = re.compile(r"^Also asked as: (?:.+\n)+\n", re.MULTILINE)
_LABEL = re.compile(r"\*\*(?P<name>[A-Z][^*\n]{2,40}?)\.\*\*")


def article_page(article: Article, known: Mapping[str, Algorithm], pages: Container[str]) -> str:
    """An article with its worked examples, its algorithms and its references.

    Parameters
    ----------
    article : Article
        The article.
    known : mapping
        The algorithms that have a page, by id.
    pages : container of str
        Paths of the articles that have a page; a link to any other becomes plain text.

    Examples
    --------
    >>> from knowledge.handbook import load
    >>> article_page(load("softmax"), {}, ()).splitlines()[0]
    '# Softmax'
    """
    body = _RUN.sub(lambda block: worked_example(block, known), article.body.rstrip())
    body = _LINK.sub(lambda link: link[0] if link["path"] in pages else link["text"], body)
    # Who reads the page has found it: how others ask stands at its end, where the site's search still finds it.
    asked = _ASKED.search(body)
    parts = [_ASKED.sub("", body)]
    entries = [known[id] for id in article.algorithms if id in known]
    if entries:
        parts.append(
            "## Algorithms\n\n" + "\n".join(f"- {algorithm_link(entry)}: {entry.summary}" for entry in entries)
        )
    parts.append("## References\n\n" + "\n".join(f"- {linked(reference)}" for reference in article.references))
    if article.aliases:
        parts.append(f"Also known as: {'; '.join(article.aliases)}.")
    if asked:
        parts.append(asked[0].strip())
    return "\n\n".join(parts) + "\n"


def worked_example(block: re.Match[str], known: Mapping[str, Algorithm]) -> str:
    """A ``vouch run`` block as a pair of JSON blocks with a link to the implementation."""
    id = block["id"].strip()
    name = algorithm_link(known[id]) if id in known else f"`{id}`"
    return f"Running {name} with\n\n```json\n{block['inputs'].strip()}\n```\n\ngives\n\n```json\n{block['output'].strip()}\n```"


def algorithm_link(entry: Algorithm) -> str:
    """A link from an article to an algorithm's page."""
    return f"[{entry.name}](../../algorithms/{entry.family}/{entry.id}.md)"


def linked(reference: str) -> str:
    """A reference with a link where it has an identifier.

    Examples
    --------
    >>> linked("Vaswani et al., Attention Is All You Need, 2017, arXiv:1706.03762")
    'Vaswani et al., Attention Is All You Need, 2017, [arXiv:1706.03762](https://arxiv.org/abs/1706.03762)'
    """
    kind, key = reference_key(reference)
    if kind == "arxiv":
        return reference.replace(f"arXiv:{key}", f"[arXiv:{key}](https://arxiv.org/abs/{key})")
    if kind == "doi":
        return reference.replace(f"doi:{key}", f"[doi:{key}](https://doi.org/{key})")
    if kind == "url":
        return reference.replace(key, f"<{key}>")
    return reference


def algorithm_page(entry: Algorithm, execution: Execution | None, figure: str | None) -> str:
    """An algorithm: its article, an example run with its figure, its inputs and its code.

    Parameters
    ----------
    entry : Algorithm
        The implementation.
    execution : Execution or None
        A run of its example; None leaves the section out.
    figure : str or None
        Where the figure lies, as the page links to it.
    """
    text = _LABEL.sub(r"**\g<name>.**", entry.article)
    parts = [f"# {entry.name}", text]
    if execution is not None:
        parts += ["## Example run", f"Inputs\n\n{fenced(execution.inputs)}"]
        parts.append(f"Output\n\n{fenced(execution.output)}" if execution.ok else f"The run failed: {execution.error}")
        if figure:
            parts.append(f"![Figure of the example run]({figure})")
    parts += [
        "## Inputs",
        inputs_table(entry.inputs_schema),
        "## Code",
        f"`{entry.path}`, SHA-256 `{entry.sha256[:16]}…`",
    ]
    parts.append(f"```python\n{entry.code.rstrip()}\n```")
    if entry.aliases:
        parts.append(f"Also known as: {'; '.join(entry.aliases)}.")
    return "\n\n".join(parts) + "\n"


def fenced(value: Any) -> str:
    """Indented JSON in a block; what is longer than a screen is cut, and the page says so."""
    text = json.dumps(value, indent=1, ensure_ascii=False)
    text = re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda match: "[" + re.sub(r"\s+", " ", match[1]) + "]", text)
    if len(text) <= SHOWN_CHARACTERS:
        return f"```json\n{text}\n```"
    return f"```text\n{text[:SHOWN_CHARACTERS]}\n```\n\nThe first {SHOWN_CHARACTERS:,} of {len(text):,} characters."


def inputs_table(schema: Mapping[str, Any]) -> str:
    """A table of the parameters: name, default, meaning."""
    rows = ["| input | default | meaning |", "|---|---|---|"]
    for name, field in schema.get("properties", {}).items():
        default = f"`{json.dumps(field['default'], ensure_ascii=False)}`" if "default" in field else "from the example"
        meaning = str(field.get("description", "")).replace("|", "\\|").replace("\n", " ")
        rows.append(f"| `{name}` | {default.replace('|', '&#124;')} | {meaning} |")
    return "\n".join(rows) if len(rows) > 2 else "None."


def list_page(title: str, sections: Mapping[str, Iterable[tuple[str, str]]]) -> str:
    """A page of links, one section for each folder.

    Examples
    --------
    >>> list_page("Handbook", {"data": [("Outliers", "data/outliers.md")]}).splitlines()[-1]
    '- [Outliers](data/outliers.md)'
    """
    parts = [f"# {title}"]
    for folder, links in sections.items():
        lines = "\n".join(f"- [{name}]({path})" for name, path in links)
        parts.append(f"## {heading(folder)}\n\n{lines}")
    return "\n\n".join(parts) + "\n"


def heading(folder: str) -> str:
    """A folder's name for people.

    Examples
    --------
    >>> heading("lr_schedules")
    'Lr schedules'
    """
    return folder.replace("_", " ").replace("-", " ").capitalize()
