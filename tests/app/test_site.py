"""The documentation site: a part of it is built strictly, offline, with runs, figures and formulas."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

pytest.importorskip("latex2mathml", reason="the documentation's dependencies are not installed")

from app.site.maths import mathml, render_formulas
from app.site.pages import inputs_table, linked

ROOT = Path(__file__).resolve().parents[2]


class Loaded(HTMLParser):
    """Addresses that a browser fetches when it opens the page."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in {"script", "img", "iframe"}:
            self.urls.append(values.get("src") or "")
        elif tag == "link" and values.get("rel") in {"stylesheet", "icon", "preconnect"}:
            self.urls.append(values.get("href") or "")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        wanted = {"topics": ["attention", "metrics"], "families": ["attention", "ranking_metrics"]}
        build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder), strict=True, extra={"site": wanted}))
    return folder


def test_article_page(site: Path) -> None:
    page = (site / "handbook/metrics/ranking-metrics.html").read_text(encoding="utf-8")
    assert "<math" in page
    assert "arithmatex" not in page
    assert '<a href="../../algorithms/ranking_metrics/mean-reciprocal-rank.html">' in page
    assert "vouch run" not in page


def test_algorithm_page_has_run_figure_and_code(site: Path) -> None:
    page = (site / "algorithms/ranking_metrics/normalized-discounted-cumulative-gain.html").read_text(encoding="utf-8")
    assert "0.96080" in re.sub(r"<[^>]+>", "", page)
    assert "def normalized_discounted_cumulative_gain" in re.sub(r"<[^>]+>", "", page)
    figures = list(site.glob("algorithms/*/*.png"))
    assert figures
    assert all(figure.read_bytes().startswith(b"\x89PNG") for figure in figures)


def test_no_page_fetches_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 30
    for path in pages:
        loaded = Loaded()
        loaded.feed(path.read_text(encoding="utf-8"))
        assert not [url for url in loaded.urls if url.startswith(("http:", "https:", "//"))], path


def test_how_others_ask_stands_at_the_end_of_an_article(site: Path) -> None:
    page = (site / "handbook/metrics/ranking-metrics.html").read_text(encoding="utf-8")
    assert page.count("Also asked as:") == 1
    assert page.index("Also asked as:") > page.index("Also known as:") > page.index('id="references"')


def test_an_article_shows_its_figure(site: Path) -> None:
    page = (site / "handbook/attention/attention-masks.html").read_text(encoding="utf-8")
    assert re.search(r'<img alt="[^"]{20,}" src="attention-masks.svg"', page)
    assert (site / "handbook/attention/attention-masks.svg").read_bytes().lstrip().startswith(b"<?xml")


def test_search_knows_the_articles(site: Path) -> None:
    index = (site / "search/search_index.json").read_text(encoding="utf-8")
    assert "handbook/attention/self-attention.html" in index


def test_formula_in_html() -> None:
    page = render_formulas(r'<p><span class="arithmatex">\(a &lt; b\)</span> and \(kept\)</p>')
    assert "<mo>&#x0003C;</mo>" in page or "<mo>&lt;</mo>" in page
    assert r"\(kept\)" in page


@pytest.mark.parametrize("tex", [r"\lceil x \rceil", r"\arg\max_i p_i", r"\lfloor x \rfloor, \dots"])
def test_commands_unknown_to_the_converter_are_replaced(tex: str) -> None:
    assert "\\" not in mathml(tex)


def test_a_command_that_would_show_as_source_is_refused() -> None:
    with pytest.raises(ValueError, match="nosuchcommand"):
        mathml(r"\nosuchcommand{x}")


def test_references_become_links() -> None:
    assert linked("Elkan, Cost-Sensitive Learning, 2001, IJCAI") == "Elkan, Cost-Sensitive Learning, 2001, IJCAI"
    assert linked("Redis, https://redis.io/docs/").endswith("<https://redis.io/docs/>")


def test_a_pipe_does_not_break_the_table_of_inputs() -> None:
    table = inputs_table({"properties": {"a": {"default": "x|y", "description": "one|two"}}})
    row = table.splitlines()[-1]
    assert len(re.findall(r"(?<!\\)\|", row)) == 4
