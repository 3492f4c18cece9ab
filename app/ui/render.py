"""Cards of the page as HTML: sources, runs, and why an answer is what it is. Everything shown is escaped here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from algorithms.registry import load
from app.ui.inputs import input_fields, written
from core.errors import NotFound
from core.types import STAGES, Answer, Citation, DocumentSummary, Execution, Warning
from knowledge.handbook import articles, figure_of

CONTEXT_CHARACTERS = 320
ARTICLES = "handbook/articles/"
FROM = {
    "question": "with your numbers",
    "request": "with the inputs given",
    "example": "on its example",
    "mixed": "with your numbers, the rest from its example",
}
KINDS = {
    "erratum": "A source is wrong",
    "contradiction": "Sources contradict each other",
    "recomputed": "Recomputed",
    "false_premise": "The question assumes something untrue",
    "notice": "Note",
}
STAGE_NAMES = {"bm25": "BM25", "dense": "dense", "neighbours": "neighbours", "colbert": "ColBERT", "rerank": "reranker"}
EMPTY_PANEL = (
    '<div class="v-empty"><h3>Sources and runs</h3><p>Each <span class="v-chip">1</span> in an answer opens the exact '
    "passage here, marked in its document.</p><p>Runs of reference implementations appear with their inputs, which you can "
    "change and run again.</p><p>Where a source is wrong, or nothing answers the question, it says so here.</p></div>"
)
RATING = (
    '<span class="v-rate"><button type="button" class="v-button" data-rate="1" title="this passage helps" '
    'aria-label="this passage helps">✓</button><button type="button" class="v-button" data-rate="-1" '
    'title="this passage does not help" aria-label="this passage does not help">✗</button></span>'
)
TextOf = Callable[[str], str | None]


def panel(answers: Sequence[Answer], text_of: TextOf) -> str:
    """The panel beside the conversation: one section an answer, the last one open.

    Parameters
    ----------
    answers : sequence of Answer
        Of this conversation, oldest first.
    text_of : callable
        Text of a document by id; None where it is gone.
    """
    if not answers:
        return EMPTY_PANEL
    return "".join(
        section(answer, turn, text_of, is_open=turn == len(answers)) for turn, answer in enumerate(answers, start=1)
    )


def section(answer: Answer, turn: int, text_of: TextOf, *, is_open: bool) -> str:
    """Sources, runs and reasons of one answer."""
    cards = "".join(source_card(citation, turn, text_of) for citation in answer.citations)
    closest = source_card(answer.closest, turn, text_of) if answer.closest is not None else ""
    runs = "".join(run_card(execution) for execution in answer.executions)
    sources = f"<h3>Sources</h3>{cards}" if cards else ""
    computed = f"<h3>Runs</h3>{runs}" if runs else ""
    runs_lead = any(execution.inputs_from in {"question", "mixed"} for execution in answer.executions)
    parts = [
        f'<p class="v-about">{escape(answer.question)}</p>',
        "".join(warning_card(warning) for warning in answer.warnings),
        *((computed, sources) if runs_lead else (sources, computed)),
        f"<h3>Closest passage, which does not answer</h3>{closest}" if closest else "",
        why(answer),
    ]
    about = f'data-answer="{escape(answer.answer_id)}" data-query="{escape(answer.standalone_question)}"'
    return (
        f'<section class="v-turn" data-turn="{turn}" {about}{"" if is_open else " hidden"}>{"".join(parts)}</section>'
    )


def source_card(citation: Citation, turn: int, text_of: TextOf) -> str:
    """A passage with its surroundings, the cited characters marked."""
    marker = citation.marker if citation.marker is not None else "–"
    text = text_of(citation.document_id)
    body = (
        passage(text, citation.start, citation.end)
        if text is not None
        else f'<p class="v-gone">The document has been removed since. It said: “{escape(citation.quote)}”</p>'
    )
    place = " › ".join(citation.heading_path)
    page = f" · page {citation.page}" if citation.page else ""
    whole = (
        f'<button type="button" class="v-button" data-whole="{escape(citation.document_id)}" '
        f'data-start="{citation.start}" data-end="{citation.end}">Whole document</button>'
        f'<button type="button" class="v-button" data-heat>Heat map</button>'
        f'<button type="button" class="v-button" data-check="{escape(citation.document_id)}">Check source</button>'
        if text is not None
        else ""
    )
    folder, _, name = citation.source.rpartition("/")
    where = " › ".join(part for part in (folder, place) if part)
    span = f'data-document="{escape(citation.document_id)}" data-start="{citation.start}" data-end="{citation.end}"'
    return (
        f'<article class="v-card v-source {escape(citation.verdict)}" id="cite-{turn}-{marker}" tabindex="-1" {span}>'
        f'<header><span class="v-chip">{marker}</span><b>{escape(name)}</b>'
        f'<div class="v-place">{escape(where)}{page}</div></header>{body}{article_figure(citation.source)}'
        f"<footer><span class='v-facts'><span class='v-verdict'>{escape(citation.verdict)} {citation.support:.0%}</span>"
        f"<span>characters {citation.start}–{citation.end}</span></span>"
        f"<span class='v-actions'>{whole}{RATING}</span></footer></article>"
    )


def article_figure(source: str) -> str:
    """The figure of the handbook article that a passage is from; nothing for other sources.

    Examples
    --------
    >>> article_figure("handbook/articles/losses/focal-loss.md")
    '<img class="v-figure" alt="figure of Focal loss" loading="lazy" src="/v1/figures/handbook/focal-loss">'
    >>> article_figure("notes.md")
    ''
    """
    folder, _, name = source.rpartition("/")
    article = articles().get(name.removesuffix(".md")) if folder.startswith(ARTICLES) else None
    if article is None or figure_of(article) is None:
        return ""
    return (
        f'<img class="v-figure" alt="figure of {escape(article.title)}" loading="lazy" '
        f'src="/v1/figures/handbook/{escape(article.slug)}">'
    )


def passage(text: str, start: int, end: int) -> str:
    """The cited span marked, with some text around it that begins and ends between words.

    Examples
    --------
    >>> passage("a <b> c", 2, 5)
    '<div class="v-passage">a <mark>&lt;b&gt;</mark> c</div>'
    """
    left = max(0, start - CONTEXT_CHARACTERS)
    right = min(len(text), end + CONTEXT_CHARACTERS)
    while 0 < left < start and not text[left - 1].isspace():
        left += 1
    while end < right < len(text) and not text[right].isspace():
        right -= 1
    before, quote, after = text[left:start], text[start:end], text[end:right]
    return (
        f'<div class="v-passage">{"… " if left else ""}{escape(before.lstrip())}<mark>{escape(quote)}</mark>'
        f"{escape(after.rstrip())}{' …' if right < len(text) else ''}</div>"
    )


def run_card(execution: Execution) -> str:
    """One run: inputs that can be changed and run again, output, picture and code."""
    cached = ", kept from before" if execution.cached else ""
    return (
        f'<article class="v-card v-run" data-algorithm="{escape(execution.algorithm)}">'
        f"<header><b>{escape(execution.title)}</b><div class='v-place'>{FROM[execution.inputs_from]} · "
        f"<span class='v-time'>{execution.duration_ms:.1f} ms{cached}</span></div></header>"
        f"<div class='v-inputs'>{input_fields(schema_of(execution.algorithm), execution.inputs)}</div>"
        f"<button type='button' class='v-button v-main' data-run>Run</button>"
        f"<div class='v-output' aria-live='polite'>{outcome(execution)}</div>"
        f"<details><summary>Code: {escape(execution.path)}</summary><pre class='v-code'>{escape(execution.code)}</pre>"
        f"<p class='v-place'>SHA-256 {escape(execution.sha256)}</p></details></article>"
    )


def schema_of(algorithm: str) -> dict[str, Any]:
    """JSON schema of an algorithm's inputs; empty where it is no longer in the library."""
    try:
        return dict(load(algorithm).inputs_schema)
    except NotFound:
        return {}


def values_list(values: dict[str, Any]) -> str:
    """Named values, each as JSON with one line a row of a matrix.

    Examples
    --------
    >>> values_list({"a": [1, 2]})
    "<dl class='v-values'><div><dt>a</dt><dd>[1, 2]</dd></div></dl>"
    """
    rows = "".join(
        f"<div><dt>{escape(name.replace('_', ' '))}</dt><dd>{escape(written(value))}</dd></div>"
        for name, value in values.items()
    )
    return f"<dl class='v-values'>{rows}</dl>"


def outcome(execution: Execution) -> str:
    """Output and picture of a run, or why it failed."""
    if not execution.ok or execution.output is None:
        return f"<p class='v-error' role='alert'>{escape(execution.error or 'the run failed')}</p>"
    shown = values_list(execution.output)
    if execution.figure is None:
        return shown
    return f"{shown}<img alt='figure of {escape(execution.title)}' src='/v1/figures/{escape(execution.figure.sha256)}'>"


def warning_card(warning: Warning) -> str:
    """A warning, wrong claim first."""
    claim = f"<p class='v-claim'>“{escape(warning.claim)}”</p>" if warning.claim else ""
    reference = f"<p class='v-place'>{escape(warning.reference)}</p>" if warning.reference else ""
    return (
        f"<div class='v-card v-warning {escape(warning.kind)}' role='note'><b>{KINDS[warning.kind]}</b>{claim}"
        f"<p>{escape(warning.correct)}</p>{reference}</div>"
    )


def why(answer: Answer) -> str:
    """Confidence, ranks at every stage and timings."""
    hits: list[dict[str, Any]] = (answer.trace or {}).get("hits", [])
    stages = [stage for stage in STAGES if any(hit["stages"].get(stage) for hit in hits)]  # those that saw a hit
    head = "".join(f"<th>{STAGE_NAMES[stage]}</th>" for stage in stages)
    rows = "".join(
        f"<tr><td>{hit['rank']}</td>{''.join(rank_cell(hit['stages'].get(stage)) for stage in stages)}"
        f"<td class='v-left'>{escape(' › '.join([hit['source'].rsplit('/', 1)[-1], *hit['heading_path'][-1:]]))}</td></tr>"
        for hit in hits
    )
    ranks = f"<table><tr><th>rank</th>{head}<th class='v-left'>passage</th></tr>{rows}</table>" if hits else ""
    longest = max(answer.timings_ms.values(), default=1.0) or 1.0
    timings = "".join(
        f"<tr><td class='v-left'>{escape(name.replace('_', ' '))}</td><td>{value:.0f} ms</td>"
        f"<td class='v-left'><meter min='0' max='{longest:.3f}' value='{value:.3f}'></meter></td></tr>"
        for name, value in answer.timings_ms.items()
    )
    route = (answer.trace or {}).get("route")
    return (
        "<details class='v-why'><summary>Why this answer</summary>"
        f"<p>Confidence {answer.confidence:.0%} <meter min='0' max='1' value='{answer.confidence}'></meter></p>"
        f"<p>Read as “{escape(answer.standalone_question)}”{f', answered as “{escape(str(route))}”' if route else ''}, "
        f"language model {escape(answer.model.llm)}.</p>"
        f"<div class='v-scroll'>{ranks}<table>{timings}</table></div>{exchanges(answer)}</details>"
    )


def exchanges(answer: Answer) -> str:
    """What the language model was given and what it replied; the verifier kept it or not."""
    shown = "".join(
        f"<p class='v-place'>instructions</p><pre class='v-code'>{escape(said['system'])}</pre>"
        f"<p class='v-place'>given</p><pre class='v-code'>{escape(said['user'])}</pre>"
        f"<p class='v-place'>replied</p><pre class='v-code'>{escape(said['reply'])}</pre>"
        for said in (answer.trace or {}).get("exchanges", ())
    )
    if not shown:
        return "<p class='v-place'>The language model was not asked: sentences and runs answer by themselves.</p>"
    kept = "the verifier let it stand" if (answer.trace or {}).get("llm_sentence") else "the verifier left it out"
    return f"<details class='v-given'><summary>What the language model was given ({kept})</summary>{shown}</details>"


def rank_cell(score: dict[str, Any] | None) -> str:
    """Rank of a hit at a stage, its score on hovering."""
    return "<td>–</td>" if score is None else f"<td title='score {score['score']:.4g}'>{score['rank']}</td>"


def document_rows(documents: Sequence[DocumentSummary], *, read_only: bool) -> str:
    """The table of documents."""
    if not documents:
        return "<p class='v-empty'>Nothing is indexed here yet. Files you add above appear in this list.</p>"
    rows = "".join(
        f"<tr><td class='v-left'><b>{escape(d.source)}</b><div class='v-place'>{escape(d.title)}</div></td>"
        f"<td>{d.chunks}</td><td>{d.characters:,}</td><td>"
        + (
            ""
            if read_only
            else f"<button type='button' class='v-button' data-delete='{escape(d.id)}' "
            f"data-source='{escape(d.source)}'>Delete</button>"
        )
        + "</td></tr>"
        for d in documents
    )
    return (
        "<div class='v-scroll'><table class='v-documents'><tr><th class='v-left'>document</th><th>passages</th>"
        f"<th>characters</th><th></th></tr>{rows}</table></div>"
    )
