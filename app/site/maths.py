"""TeX → MathML when the site is built: browsers render MathML themselves, so a page needs no script and no font."""

from __future__ import annotations

import html
import re

# Commands that the converter passes through as text.
_REPLACED = {
    r"\arg": r"\operatorname{arg}",
    r"\lceil": "⌈",
    r"\rceil": "⌉",
    r"\lfloor": "⌊",
    r"\rfloor": "⌋",
    r"\dots": "…",
}
_COMMAND = re.compile(r"\\[A-Za-z]+")
# What pymdownx.arithmatex writes in its generic mode.
_SPAN = re.compile(r'<(?P<tag>span|div) class="arithmatex">(?P<open>\\[(\[])(?P<tex>.*?)\\[)\]]</(?P=tag)>', re.DOTALL)


def mathml(tex: str, *, display: bool = False) -> str:
    r"""MathML of a formula.

    Parameters
    ----------
    tex : str
        TeX without its delimiters.
    display : bool
        Whether it stands on a line of its own.

    Raises
    ------
    ValueError
        If the formula has a command that cannot be converted, so that no page shows TeX source to its reader.

    Examples
    --------
    >>> mathml("x^2")
    '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline"><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math>'
    """
    from latex2mathml.converter import convert

    known = _COMMAND.sub(lambda match: _REPLACED.get(match[0], match[0]), tex)
    found = str(convert(known, display="block" if display else "inline"))
    left = _COMMAND.search(re.sub(r"<[^>]+>", " ", found))
    if left:
        raise ValueError(f"{left[0]} cannot be converted to MathML: {tex}")
    return found


def render_formulas(page: str) -> str:
    r"""Replace the formulas that arithmatex marked in an HTML page.

    Examples
    --------
    >>> "<mi>x</mi>" in render_formulas(r'<p>Let <span class="arithmatex">\(x\)</span> be</p>')
    True
    """

    def formula(match: re.Match[str]) -> str:
        return mathml(html.unescape(match["tex"]), display=match["open"] == r"\[")

    return _SPAN.sub(formula, page)
