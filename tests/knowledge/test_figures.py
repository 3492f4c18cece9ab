"""Figures of the articles: each file is what its code draws, and each is shown where it belongs."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from app.handbook import without_figures
from knowledge.figures import networks
from knowledge.figures.drawing import figures, render
from knowledge.handbook import ROOT, articles

SHOWN = re.compile(r"^!\[(?P<words>[^\]\n]+)\]\((?P<file>[^)\n]+)\)$", re.MULTILINE)
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
NAME = re.compile(r"\b[pm][0-9a-f]{10}\b")
NEARLY = 0.02
"""Of a point: a coordinate next to half of the last digit may be rounded either way on another processor."""


def test_many_articles_have_one() -> None:
    assert len(figures()) >= 40
    assert set(figures()) <= set(articles())


def test_each_is_shown_once_in_its_article_and_nowhere_else() -> None:
    shown = {slug: [m["file"] for m in SHOWN.finditer(article.body)] for slug, article in articles().items()}
    assert {slug: files for slug, files in shown.items() if files} == {slug: [f"{slug}.svg"] for slug in figures()}
    assert {path.stem for path in ROOT.glob("*/*.svg")} == set(figures())


@pytest.mark.parametrize("slug", figures())
def test_the_file_is_what_the_code_draws(slug: str) -> None:
    kept = (ROOT / articles()[slug].path).with_suffix(".svg").read_text(encoding="utf-8")
    drawn = render(slug).decode()
    assert NUMBER.sub("#", NAME.sub("", drawn)) == NUMBER.sub("#", NAME.sub("", kept))
    ours, theirs = (np.array(NUMBER.findall(NAME.sub("", text)), dtype=float) for text in (drawn, kept))
    assert np.abs(ours - theirs).max() <= NEARLY
    assert ElementTree.fromstring(kept).tag.endswith("svg")
    assert not re.search(r"(href|src)=.http|url\(http|<script", kept)


@pytest.mark.parametrize("slug", figures())
def test_it_is_described_for_those_who_cannot_see_it(slug: str) -> None:
    words = next(SHOWN.finditer(articles()[slug].body))["words"]
    assert len(words.split()) >= 5


def test_figures_are_not_searched() -> None:
    for slug in figures():
        text = without_figures(articles()[slug].body)
        assert ".svg" not in text
        assert len(text.splitlines()) == len(articles()[slug].body.splitlines()) - 2


def test_what_the_gradient_figure_claims() -> None:
    assert networks.gradient_norms("sigmoid")[-1] < 1e-18
    assert 0.1 < networks.gradient_norms("ReLU")[-1] < 10
    assert 0.01 < networks.gradient_norms("tanh")[-1] < 10


def test_derivatives_of_the_activation_figure_are_slopes_of_its_values() -> None:
    from matplotlib.figure import Figure

    canvas = Figure()
    networks.activations(canvas)
    values, slopes = canvas.axes
    for value, slope in zip(values.lines, slopes.lines, strict=True):
        x, y = value.get_data()
        numeric = np.gradient(np.asarray(y), np.asarray(x))
        off = np.abs(numeric - np.asarray(slope.get_ydata()))
        assert (off[np.abs(x) > 0.1] < 0.01).all()
