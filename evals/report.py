"""One self-contained HTML file an evaluation, and the same as Markdown: blocks in, text out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from core.errors import InputError

STYLE = """
:root{color-scheme:light dark;--bg:#fff;--fg:#1c2024;--soft:#5c6670;--line:#dfe3e8;--panel:#f6f7f9;
--s0:#2f6fde;--s1:#c2571a;--s2:#2a8a57;--s3:#8a4fc7;--s4:#b8357a;--s5:#7a6a12;
--s6:#0f7f8c;--s7:#59636e;--good:#1d7a45;--bad:#b3321f}
@media(prefers-color-scheme:dark){:root{--bg:#14171b;--fg:#e6e9ed;--soft:#9aa5b1;--line:#30363e;--panel:#1c2127;
--s0:#7aa8ff;--s1:#f0955a;--s2:#5fcf93;--s3:#c39bf5;--s4:#f083ba;--s5:#d8c45a;
--s6:#56d0de;--s7:#b6bec8;--good:#5fcf93;--bad:#ff8a75}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.55 system-ui,sans-serif}
main{max-width:1080px;margin:0 auto;padding:28px 20px 80px}h1{font-size:26px;margin:0 0 4px}h2{font-size:20px;margin:40px 0 8px}
h3{font-size:16px;margin:26px 0 6px}p.lead,figcaption,.note{color:var(--soft)}.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:13.5px;font-variant-numeric:tabular-nums;margin:8px 0}
th,td{padding:5px 10px;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
th{background:var(--panel);font-weight:600}td.n,th.n{text-align:right;white-space:nowrap}
td.n.wide{text-align:left;white-space:normal;min-width:240px}
td small{color:var(--soft);display:block}.best{font-weight:700}.good{color:var(--good)}.bad{color:var(--bad)}
figure{margin:14px 0;background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:12px}
svg.chart{width:100%;max-width:760px;height:auto;display:block}svg text{fill:var(--soft);font-size:11.5px}
svg .label{fill:var(--fg);font-size:12px}.grid{stroke:var(--line);stroke-width:1}.axis{stroke:var(--soft)}
.diagonal{stroke:var(--soft);stroke-dasharray:4 4}.line{fill:none;stroke:currentColor;stroke-width:2}
.bar{stroke:currentColor;stroke-width:5;stroke-linecap:round;opacity:.4}.gap{stroke:currentColor;opacity:.45}
.dot{fill:currentColor}.faint{fill:currentColor;opacity:.35}.legend{margin:6px 0 0;font-size:13px}
.legend span{margin-right:16px;white-space:nowrap}.swatch{display:inline-block;width:11px;height:11px;border-radius:3px;
margin-right:6px;background:currentColor}.s0{color:var(--s0)}.s1{color:var(--s1)}.s2{color:var(--s2)}.s3{color:var(--s3)}
.s4{color:var(--s4)}.s5{color:var(--s5)}.s6{color:var(--s6)}.s7{color:var(--s7)}
nav{font-size:14px;margin:10px 0 0}nav a{margin-right:14px;display:inline-block}a{color:var(--s0)}
summary{cursor:pointer;color:var(--soft);margin:8px 0}details .scroll{max-height:70vh;overflow:auto}
details th{position:sticky;top:0}code{background:var(--panel);padding:1px 4px;border-radius:3px;font-size:13px}
"""


@dataclass(frozen=True)
class Heading:
    """Begins a section; level 2 headings make the list of contents."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Figure:
    """A chart (SVG of `evals.charts`) with its caption; left out of Markdown but for the caption.

    Where it has a name, a document that is filled shows it from a file of that name.
    """

    svg: str
    caption: str
    name: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell with a second, smaller line, or marked."""

    text: str
    small: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Table:
    """Rows under a header; the columns from `numeric_from` on are numbers."""

    header: Sequence[str]
    rows: Sequence[Sequence[str | Cell]]
    numeric_from: int = 1
    folded: str = ""
    """Where not empty, the table is shown on demand under this line, and left out of Markdown."""


Block = Heading | Text | Figure | Table


@dataclass(frozen=True)
class Report:
    """A title, a line below it and blocks."""

    title: str
    lead: str
    blocks: Sequence[Block]


def to_html(report: Report) -> str:
    """A page that needs nothing but itself; every text is escaped."""
    contents = [(number, b) for number, b in enumerate(report.blocks) if isinstance(b, Heading) and b.level == 2]
    links = "".join(f'<a href="#h{number}">{escape(block.text)}</a>' for number, block in contents)
    body = "".join(block_html(number, block) for number, block in enumerate(report.blocks))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        'content="width=device-width,initial-scale=1"><meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
        f"<title>{escape(report.title)}</title><style>{STYLE}</style></head><body><main><h1>{escape(report.title)}</h1>"
        f'<p class="lead">{escape(report.lead)}</p><nav>{links}</nav>{body}</main></body></html>\n'
    )


def block_html(number: int, block: Block) -> str:
    """One block as HTML."""
    if isinstance(block, Heading):
        return f'<h{block.level} id="h{number}">{escape(block.text)}</h{block.level}>'
    if isinstance(block, Text):
        return f"<p>{escape(block.text)}</p>"
    if isinstance(block, Figure):
        return f"<figure>{block.svg}<figcaption>{escape(block.caption)}</figcaption></figure>"
    head = "".join(f"<th{number_class(i, block)}>{escape(name)}</th>" for i, name in enumerate(block.header))
    rows = "".join(
        "<tr>" + "".join(cell_html(i, cell, block) for i, cell in enumerate(row)) + "</tr>" for row in block.rows
    )
    table = f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    return f"<details><summary>{escape(block.folded)}</summary>{table}</details>" if block.folded else table


def number_class(column: int, table: Table) -> str:
    """Class attribute of a numeric column."""
    return ' class="n"' if column >= table.numeric_from else ""


def cell_html(column: int, cell: str | Cell, table: Table) -> str:
    """One cell as HTML."""
    if isinstance(cell, str):
        return f"<td{number_class(column, table)}>{escape(cell)}</td>"
    names = " ".join(name for name in ("n" if column >= table.numeric_from else "", cell.mark) if name)
    small = f"<small>{escape(cell.small)}</small>" if cell.small else ""
    return f'<td class="{names}">{escape(cell.text)}{small}</td>'


def standalone_svg(figure: Figure) -> str:
    """The chart as a file of its own that follows the viewer's colours; the legend beside it is left to the caption.

    Raises
    ------
    InputError
        If there is nothing drawn.
    """
    begin, end = figure.svg.find("<svg "), figure.svg.find("</svg>")
    if begin < 0 or end < 0:
        raise InputError(f"chart {figure.name!r} holds no drawing", fix="leave out a chart that has no values")
    opened = figure.svg[begin:end].replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    head, body = opened.split(">", 1)
    return (
        f"{head}><style>{STYLE}svg.chart{{background:var(--bg);font-family:system-ui,sans-serif}}</style>{body}</svg>\n"
    )


def to_markdown(report: Report) -> str:
    """The same for a terminal or a repository; charts are named by their captions.

    Examples
    --------
    >>> to_markdown(Report("T", "lead", [Table(["a", "b"], [["x", Cell("1", "0 to 2")]])])).splitlines()[4:]
    ['| a | b |', '|---|---:|', '| x | 1 (0 to 2) |']
    """
    parts = [f"# {report.title}", report.lead]
    for block in report.blocks:
        if isinstance(block, Heading):
            parts.append("#" * block.level + " " + block.text)
        elif isinstance(block, Text):
            parts.append(block.text)
        elif isinstance(block, Figure):
            parts.append(f"*Chart: {block.caption}*")
        elif not block.folded:
            parts.append(table_markdown(block))
    return "\n\n".join(parts) + "\n"


def table_markdown(table: Table) -> str:
    """A table as Markdown."""
    rule = ["---:" if i >= table.numeric_from else "---" for i in range(len(table.header))]
    rows = [list(table.header), rule, *([cell_text(cell) for cell in row] for row in table.rows)]
    rendered = [" | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) for row in rows]
    return "\n".join("|" + "|".join(rule) + "|" if i == 1 else f"| {row} |" for i, row in enumerate(rendered))


def cell_text(cell: str | Cell) -> str:
    """A cell in one line."""
    if isinstance(cell, str):
        return cell
    text = f"**{cell.text}**" if cell.mark == "best" else cell.text
    return f"{text} ({cell.small})" if cell.small else text


def write_report(folder: Path, report: Report, name: str = "report") -> Path:
    """Write ``<name>.html`` and ``<name>.md`` and return the HTML file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.md").write_text(to_markdown(report), encoding="utf-8")
    page = folder / f"{name}.html"
    page.write_text(to_html(report), encoding="utf-8")
    return page
