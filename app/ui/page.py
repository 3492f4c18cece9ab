"""The chat page: Gradio's blocks for the conversation, forms of our own for what goes through REST."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI
from pydantic import TypeAdapter, ValidationError

from algorithms.registry import Algorithm, load
from app.api.service import Service
from app.ui.conversation import REMEMBERED_TURNS, messages_of, respond, text_of
from app.ui.markdown import DELIMITERS, safe_markdown
from app.ui.render import EMPTY_PANEL, document_rows, panel, run_card
from core.errors import VouchError
from core.types import Answer, DocumentSummary, Execution
from indexing.collections import DEFAULT, HANDBOOK
from indexing.feedback import Feedback, record

STATIC = Path(__file__).with_name("static")
EXAMPLES = (
    "Why is attention divided by the square root of the key dimension?",
    "What is the softmax of [2, 1, 0.1] at temperature 0.5?",
    "How does dropout differ between training and inference?",
    "What is the focal loss of a probability of 0.9 with gamma 2?",
)
GREETING = """### Ask your documents

Every sentence of an answer points at the exact passage that supports it, or at a run of a tested implementation.
Add your own notes under **Documents**; until then the built-in handbook of machine learning answers."""
SEAL = (STATIC / "seal.svg").read_text(encoding="utf-8")
HEAD = f"""<div class="v-head">{SEAL}<h1>Vouch</h1><p>Answers vouched for by exact passages and by runs.</p>
<button type="button" class="v-button" data-theme-toggle aria-label="switch between light and dark">◐ Theme</button></div>"""
UPLOAD = """<div class="v-upload">
<label class="v-drop"><b>Drop files here, or choose them</b>
<span>PDF, Word, PowerPoint, Excel, HTML, Markdown, notebooks, code, ZIP</span>
<span class="v-chosen"></span><input type="file" multiple aria-label="files"></label>
<label>or the address of a page<input name="url" type="url" placeholder="https://…" aria-label="url"></label>
<label>into the collection<input name="collection" placeholder="default" aria-label="collection"></label>
<button type="button" class="v-button v-main" data-upload>Add</button></div><div id="upload-progress" aria-live="polite"></div>"""
NO_ALGORITHM = """### The library

Choose an algorithm to read what it does, run it with inputs of your own and see its code."""
SYSTEM_FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
MONO_FONTS = ("ui-monospace", "Cascadia Mono", "Menlo", "monospace")
STORAGE = "vouch-conversation"
"""Names what the browser keeps; it is no secret, since only the reader's own browser holds it."""
STORED = TypeAdapter(list[Answer])
PRIVATE: dict[str, Any] = {"api_visibility": "private", "queue": False, "show_progress": "hidden"}


def mount(app: FastAPI, service: Service) -> None:
    """Serve the page at ``/``, below all other routes."""
    theme = gr.themes.Soft(primary_hue="indigo", neutral_hue="slate", font=SYSTEM_FONTS, font_mono=MONO_FONTS)
    theme.set(
        block_title_background_fill="none", block_title_padding="0", block_title_text_color="*body_text_color_subdued"
    )
    script = (STATIC / "page.js").read_text(encoding="utf-8")
    gr.mount_gradio_app(
        app,
        build(service),
        path="",
        theme=theme,
        css=(STATIC / "page.css").read_text(encoding="utf-8"),
        head=f"<script>{script}</script>",
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        pwa=False,
    )


def build(service: Service) -> gr.Blocks:
    """The page's blocks."""
    with gr.Blocks(title="Vouch", analytics_enabled=False, fill_width=True) as page:
        gr.HTML(HEAD)
        with gr.Tabs():
            with gr.Tab("Ask"):
                collection = ask_tab(service, page)
            with gr.Tab("Documents"):
                documents_tab(service, page, collection)
            with gr.Tab("Algorithms"):
                algorithms_tab(service, page)
    page.queue(api_open=False, default_concurrency_limit=None, max_size=256)
    return page


def ask_tab(service: Service, page: gr.Blocks) -> gr.Dropdown:
    """Conversation on the left, sources and runs on the right."""
    answers = gr.State([])
    saved = gr.BrowserState([], storage_key=STORAGE, secret=STORAGE)
    with gr.Row():
        with gr.Column(scale=6, min_width=320):
            chat = gr.Chatbot(
                elem_id="chat",
                height="calc(100vh - 352px)",
                min_height=340,
                show_label=False,
                latex_delimiters=DELIMITERS,
                placeholder=GREETING,
                examples=[{"text": text} for text in EXAMPLES],
                layout="bubble",
                buttons=["copy"],
                line_breaks=False,
                allow_tags=False,
                feedback_options=("Like", "Dislike"),
            )
            with gr.Row(elem_id="composer"):
                box = gr.Textbox(
                    elem_id="question",
                    placeholder="Ask a question",
                    min_width=120,
                    show_label=False,
                    lines=1,
                    max_lines=6,
                    scale=8,
                    autofocus=True,
                    container=False,
                )
                send = gr.Button("Ask", variant="primary", scale=0, min_width=60)
                stop = gr.Button("Stop", scale=0, min_width=60, visible=False, elem_id="stop")
            with gr.Row(elem_id="options"):
                collection = gr.Dropdown(
                    [DEFAULT], value=DEFAULT, label="Collection", scale=2, min_width=150, interactive=True
                )
                risk = gr.Slider(
                    0.0,
                    0.5,
                    value=service.application.settings.answer.risk,
                    step=0.01,
                    label="Accepted risk of error",
                    elem_id="risk",
                    scale=3,
                    min_width=200,
                )
                handbook = gr.Checkbox(True, label="Use the handbook", scale=1, min_width=130)
            with gr.Row(elem_id="actions"):
                fresh = gr.Button("New conversation", size="sm", min_width=120)
                export = gr.Button("Export", size="sm", min_width=80)
        with gr.Column(scale=5, min_width=320):
            side = gr.HTML(EMPTY_PANEL, elem_id="panel")
    outputs = [chat, side, box, answers, stop]

    async def on_ask(
        question: str, known: list[Answer], name: str, accepted: float, use_handbook: bool
    ) -> AsyncIterator[tuple[Any, ...]]:
        if not question.strip():
            yield gr.skip(), gr.skip(), gr.skip(), gr.skip(), gr.skip()
            return
        text: Any = ""
        stopping: Any = gr.update(visible=True)
        async for step in respond(service, question.strip(), known, name, accepted, use_handbook):
            yield step.messages, gr.skip() if step.panel is None else step.panel, text, step.answers, stopping
            text = stopping = gr.skip()  # what is typed while the answer comes is kept
        yield gr.skip(), gr.skip(), gr.skip(), gr.skip(), gr.update(visible=False)

    inputs = [box, answers, collection, risk, handbook]
    asking: dict[str, Any] = {
        "outputs": outputs,
        "api_visibility": "private",
        "concurrency_limit": None,
        "show_progress": "hidden",
        "trigger_mode": "always_last",  # a question sent while an answer comes waits for its turn
    }
    running = [box.submit(on_ask, inputs, **asking), send.click(on_ask, inputs, **asking)]
    for begun in list(running):
        begun.then(kept, answers, saved, **PRIVATE)

    def on_example(event: gr.SelectData) -> str:
        value = event.value
        return str(value["text"] if isinstance(value, dict) else value)

    running.append(chat.example_select(on_example, None, box, **PRIVATE).then(on_ask, inputs, **asking))
    running[-1].then(kept, answers, saved, **PRIVATE)
    stop.click(lambda: gr.update(visible=False), None, stop, cancels=running, **PRIVATE)
    empty = [answers, side, saved, chat, stop]
    fresh.click(lambda: ([], EMPTY_PANEL, [], [], gr.update(visible=False)), None, empty, cancels=running, **PRIVATE)
    export.click(None, saved, None, js="(answers) => window.vouchExport(answers)", api_visibility="private")

    async def on_return(stored: Any) -> tuple[Any, ...]:
        known = restored(stored)
        if not known:
            return gr.skip(), gr.skip(), gr.skip()
        html = await service.light(lambda: panel(known, lambda id: text_of(service, id)))
        return messages_of(known), html, known

    page.load(on_return, saved, [chat, side, answers], **PRIVATE)

    def on_rating(known: list[Answer], event: gr.LikeData) -> None:
        turn = (event.index if isinstance(event.index, int) else event.index[0]) // 2
        if turn < len(known):
            rating = Feedback(answer_id=known[turn].answer_id, rating=1 if event.liked else -1)
            record(service.application.collections, rating)

    chat.like(on_rating, answers, None, **PRIVATE)
    page.load(lambda: gr.update(choices=collection_names(service)), None, collection, **PRIVATE)
    collection.focus(lambda: gr.update(choices=collection_names(service)), None, collection, **PRIVATE)
    return collection


def kept(answers: list[Answer]) -> list[dict[str, Any]]:
    """The conversation as the browser keeps it, for when the reader returns; nothing of it stays on the server."""
    return [answer.model_dump(mode="json") for answer in answers[-REMEMBERED_TURNS:]]


def restored(stored: Any) -> list[Answer]:
    """A kept conversation; none where it was kept by another version or altered.

    Examples
    --------
    >>> restored([{"question": "of another version"}]), restored(None)
    ([], [])
    """
    try:
        return STORED.validate_python(stored)
    except ValidationError:
        return []


def documents_tab(service: Service, page: gr.Blocks, asked: gr.Dropdown) -> None:
    """Upload, list and delete; all of it through REST, so that scopes and limits are checked in one place."""
    gr.HTML(UPLOAD)
    with gr.Row():
        collection = gr.Dropdown(
            [DEFAULT], value=DEFAULT, label="Documents in", min_width=160, interactive=True, elem_id="shown-collection"
        )
        refresh = gr.Button("Refresh", elem_id="refresh-documents")
    listing = gr.HTML("")

    def on_refresh(name: str) -> tuple[Any, ...]:
        names = collection_names(service)
        shown = name if name in names else DEFAULT
        rows = document_rows(documents_of(service, shown), read_only=shown == HANDBOOK)
        return gr.update(choices=names, value=shown), gr.update(choices=names), rows

    outputs = [collection, asked, listing]
    refresh.click(on_refresh, collection, outputs, **PRIVATE)
    collection.input(on_refresh, collection, outputs, **PRIVATE)
    page.load(on_refresh, collection, outputs, **PRIVATE)


def algorithms_tab(service: Service, page: gr.Blocks) -> None:
    """Find a reference implementation, read its article, run it."""
    with gr.Row():
        with gr.Column(scale=2, min_width=260):
            query = gr.Textbox(label="Search", placeholder="what it is about", elem_id="algorithm-search")
            family = gr.Dropdown(["all"], value="all", label="Family", interactive=True, elem_id="algorithm-family")
            chosen = gr.Radio([], show_label=False, elem_id="algorithm-list")
        with gr.Column(scale=5, min_width=320):
            article = gr.Markdown(NO_ALGORITHM, latex_delimiters=DELIMITERS, elem_id="article")
            card = gr.HTML("")

    def on_search(text: str, name: str) -> Any:
        try:
            found = service.application.algorithms(None if name == "all" else name, text.strip() or None)
        except VouchError as error:
            raise gr.Error(str(error)) from error
        return gr.update(choices=[(entry.name, entry.id) for entry in found], value=None)

    def on_load() -> tuple[Any, Any]:
        entries = service.application.algorithms()
        families = sorted({entry.family for entry in entries})
        return gr.update(choices=["all", *families]), gr.update(choices=[(entry.name, entry.id) for entry in entries])

    def on_choose(id: str | None) -> tuple[Any, Any]:
        if id is None:
            return gr.skip(), gr.skip()
        entry = load(id)
        return safe_markdown(f"# {entry.name}\n\n{entry.article}"), run_card(example_of(service, entry))

    query.submit(on_search, [query, family], chosen, **PRIVATE)
    query.blur(on_search, [query, family], chosen, **PRIVATE)
    family.input(on_search, [query, family], chosen, **PRIVATE)
    chosen.change(on_choose, chosen, [article, card], api_visibility="private", concurrency_limit=4)
    page.load(on_load, None, [family, chosen], **PRIVATE)


def example_of(service: Service, entry: Algorithm) -> Execution:
    """The algorithm on its example."""
    return service.application.run_algorithm(entry.id)


def collection_names(service: Service) -> list[str]:
    """Collections to choose from, ``default`` first."""
    return list(dict.fromkeys([DEFAULT, *service.application.collections.names()]))


def documents_of(service: Service, name: str) -> list[DocumentSummary]:
    """Documents of a collection; none where ``default`` does not exist yet."""
    collections = service.application.collections
    return collections.documents(name, limit=1000) if collections.exists(name) else []


__all__ = ["build", "mount"]
