"""The report of a check as one HTML file: it works offline, in light and dark, and shows documents as text only."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise
from pathlib import Path

from core.types import CheckReport, Document, Execution, Finding

STATIC = Path(__file__).with_name("static")
SEVERITIES = {1: "misleading", 2: "imprecise", 3: "cosmetic"}


def write_report(path: Path, report: CheckReport, documents: Sequence[Document]) -> None:
    """Write the report to a file."""
    path.write_text(render_report(report, documents), encoding="utf-8")


def render_report(report: CheckReport, documents: Sequence[Document]) -> str:
    """The report as HTML.

    Parameters
    ----------
    report : CheckReport
        Findings, by source and position.
    documents : sequence of Document
        What was checked; the text of those with findings is shown.
    """
    style = (STATIC / "report.css").read_text(encoding="utf-8")
    script = (STATIC / "report.js").read_text(encoding="utf-8")
    sources = f"style-src '{_digest(style)}'; script-src '{_digest(script)}'"
    policy = f"default-src 'none'; {sources}; base-uri 'none'; form-action 'none'"
    numbered = list(enumerate(report.findings))
    by_source: dict[str, list[tuple[int, Finding]]] = {}
    for number, finding in numbered:
        by_source.setdefault(finding.source, []).append((number, finding))
    sections = "".join(
        _document(document, by_source[document.source]) for document in documents if document.source in by_source
    )
    count = len(report.findings)
    title = (
        f"{count} finding{'' if count == 1 else 's'} in {report.checked} document{'' if report.checked == 1 else 's'}"
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, '
        f'initial-scale=1"><meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="color-scheme" content="light dark"><title>Check: {title}</title><style>{style}</style></head><body>'
        f"<header><h1>{title}</h1>{_filters(report)}</header>"
        f"<main>{sections or '<p>Nothing wrong was found.</p>'}</main><script>{script}</script></body></html>\n"
    )


def _digest(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _filters(report: CheckReport) -> str:
    severities = Counter(f.severity for f in report.findings)
    kinds = Counter(f.kind for f in report.findings)
    boxes = [
        _box("severity", str(level), f"{name} ({severities[level]})")
        for level, name in SEVERITIES.items()
        if severities[level]
    ]
    boxes += [_box("kind", kind, f"{kind} ({kinds[kind]})") for kind in sorted(kinds)] if len(kinds) > 1 else []
    return f'<form class="filters" aria-label="filter the findings">{"".join(boxes)}</form>' if boxes else ""


def _box(name: str, value: str, label: str) -> str:
    return f'<label><input type="checkbox" name="{name}" value="{escape(value)}" checked> {escape(label)}</label>'


def _document(document: Document, findings: Sequence[tuple[int, Finding]]) -> str:
    cards = "".join(_card(number, finding, document) for number, finding in findings)
    return (
        f'<section class="document"><h2>{escape(document.source)}</h2><div class="columns">'
        f'<div class="text" tabindex="0" aria-label="text of the document">{"".join(_marked(document.text, findings))}</div>'
        f'<ol class="findings">{cards}</ol></div></section>'
    )


def _marked(text: str, findings: Sequence[tuple[int, Finding]]) -> Iterator[str]:
    """The text, escaped, its findings marked; where findings overlap one mark names them all."""
    edges = sorted({0, len(text), *(f.start for _, f in findings), *(f.end for _, f in findings)})
    for start, end in pairwise(edges):
        inside = [(n, f) for n, f in findings if f.start <= start and end <= f.end]
        piece = escape(text[start:end])
        if not inside:
            yield piece
            continue
        worst = min(f.severity for _, f in inside)
        names = " ".join(str(n) for n, _ in inside)
        yield f'<mark class="s{worst}" data-findings="{names}" tabindex="0">{piece}</mark>'


def _card(number: int, finding: Finding, document: Document) -> str:
    line = document.text.count("\n", 0, finding.start) + 1
    related = "".join(
        f"<blockquote><b>{escape(o.source)}</b> [{o.start}:{o.end}]<br>{escape(o.quote)}</blockquote>"
        for o in finding.related
    )
    return (
        f'<li class="finding s{finding.severity}" id="f{number}" data-severity="{finding.severity}" data-kind="{finding.kind}" '
        f'tabindex="0"><p class="kind">{escape(finding.verdict)} · {escape(finding.kind)} · {SEVERITIES[finding.severity]}'
        f'<span class="place">line {line}, characters {finding.start}–{finding.end}, '
        f"confidence {finding.confidence:.0%}</span></p>"
        f'<blockquote class="quote">{escape(finding.quote)}</blockquote>'
        f'<p class="claim"><b>Claim:</b> {escape(finding.claim)}</p>'
        f'<p class="correct"><b>Right:</b> {escape(finding.correct)}</p>{related}{_proof(finding)}</li>'
    )


def _proof(finding: Finding) -> str:
    proof = finding.proof
    if proof is None:
        return ""
    if not isinstance(proof, Execution):
        return f'<p class="proof"><b>Reference:</b> {escape(proof.reference)}</p>'
    inputs = json.dumps(proof.inputs, ensure_ascii=False, indent=1)
    output = json.dumps(proof.output, ensure_ascii=False, indent=1)
    return (
        f'<details class="proof"><summary>Run: {escape(proof.title)}</summary><p>Inputs</p><pre>{escape(inputs)}</pre>'
        f"<p>Output</p><pre>{escape(output)}</pre><details><summary>{escape(proof.path)}, SHA-256 {escape(proof.sha256[:12])}…"
        f"</summary><pre>{escape(proof.code)}</pre></details></details>"
    )
