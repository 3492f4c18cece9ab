"""MkDocs hooks: add the generated pages and figures to the site, and turn formulas into MathML.

The configuration's ``extra.site`` may name ``topics`` of the handbook and ``families`` of algorithms; absent means all.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from algorithms.registry import Algorithm, catalog
from algorithms.worker import Worker
from answering.execute import Executor
from app.site.maths import render_formulas
from app.site.pages import algorithm_page, article_page, list_page
from core.types import Execution
from knowledge.handbook import Article, articles, figure_of

log = logging.getLogger("mkdocs.vouch")
TABS = ["Handbook", "Algorithms", "Command line", "Decisions"]
ROOT = Path(__file__).resolve().parents[2]
README_LINKS = (("docs/", ""), ("(LICENSE)", "(https://www.apache.org/licenses/LICENSE-2.0)"))


def example_cache() -> Path:
    """Folder of the example runs, so that an unchanged algorithm is not run for every build."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vouch" / "site"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the landing page, the handbook, the algorithms and their figures."""
    wanted: Mapping[str, Any] = config.extra.get("site") or {}
    found = [a for a in articles().values() if chosen(a.path.split("/")[0], wanted.get("topics"))]
    entries = [e for e in catalog().values() if chosen(e.family, wanted.get("families"))]
    pages = handbook_pages(found, {entry.id: entry for entry in entries})
    pages["index.md"] = landing_page()
    pages["algorithms/index.md"] = algorithm_list(entries)
    for path, text in pages.items():
        files.append(File.generated(config, path, content=text))
    for article in found:
        add_article_figure(files, config, article)
    with Worker() as worker:
        executor = Executor(worker, example_cache())
        for number, entry in enumerate(entries, 1):
            log.info("algorithm %d of %d: %s", number, len(entries), entry.id)
            add_algorithm(files, config, executor, entry)
    return files


def chosen(name: str, wanted: list[str] | None) -> bool:
    """Whether a folder belongs to the site."""
    return wanted is None or name in wanted


def landing_page() -> str:
    """The README with links as they are inside the site."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for old, new in README_LINKS:
        text = text.replace(f"]({old}", f"]({new}") if old.endswith("/") else text.replace(old, new)
    return text


def handbook_pages(found: list[Article], known: Mapping[str, Algorithm]) -> dict[str, str]:
    """Every article and the list of them, by path."""
    paths = {article.path for article in found}
    pages = {f"handbook/{article.path}": article_page(article, known, paths) for article in found}
    sections: dict[str, list[tuple[str, str]]] = {}
    for article in found:
        sections.setdefault(article.path.split("/")[0], []).append((article.title, article.path))
    pages["handbook/index.md"] = list_page("Handbook", sections)
    return pages


def algorithm_list(entries: list[Algorithm]) -> str:
    """The list of algorithms by family."""
    sections: dict[str, list[tuple[str, str]]] = {}
    for entry in entries:
        sections.setdefault(entry.family, []).append((entry.name, f"{entry.family}/{entry.id}.md"))
    return list_page("Algorithms", sections)


def add_algorithm(files: Files, config: MkDocsConfig, executor: Executor, entry: Algorithm) -> None:
    """Add an algorithm's page, and its figure where it draws one."""
    execution = executor.execute(entry, None, "example")
    if not execution.ok:
        # A busy machine can exceed a deadline: the page says so, the other pages are still built.
        log.info("%s: %s", entry.id, execution.error)
    figure = add_figure(files, config, executor, entry, execution)
    page = algorithm_page(entry, execution, figure)
    files.append(File.generated(config, f"algorithms/{entry.family}/{entry.id}.md", content=page))


def add_article_figure(files: Files, config: MkDocsConfig, article: Article) -> None:
    """Add the figure that lies beside an article, where there is one."""
    figure = figure_of(article)
    if figure is not None:
        name = Path(article.path).with_suffix(".svg").as_posix()
        files.append(File.generated(config, f"handbook/{name}", content=figure.read_bytes()))


def add_figure(
    files: Files, config: MkDocsConfig, executor: Executor, entry: Algorithm, execution: Execution
) -> str | None:
    """Add the figure of a run; return the link to it from the algorithm's page."""
    data = executor.figure_bytes(execution.figure.sha256) if execution.figure else None
    if data is None:
        return None
    files.append(File.generated(config, f"algorithms/{entry.family}/{entry.id}.png", content=data))
    return f"{entry.id}.png"


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
    """Put the tabs in the order in which a reader wants them, not in the alphabet's."""
    nav.items.sort(key=lambda item: TABS.index(item.title) if item.title in TABS else -1)
    return nav


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Render the formulas of a page."""
    return render_formulas(html)
