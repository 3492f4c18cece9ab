"""``/docs``: the API on one page, made from its schema here, so that a browser needs nothing from elsewhere."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)
STYLE = """:root{color-scheme:light dark}body{font:16px/1.55 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem}
code,pre{font:14px/1.45 ui-monospace,monospace}pre{overflow:auto;padding:.8rem;border:1px solid #8884;border-radius:.5rem}
details{border:1px solid #8884;border-radius:.6rem;padding:.6rem .9rem;margin:.5rem 0}summary{cursor:pointer}
.m{display:inline-block;min-width:4.2rem;font-weight:700}.POST{color:#18794e}.DELETE{color:#c62a2f}.GET{color:#0b68cb}
table{border-collapse:collapse}td,th{text-align:left;padding:.2rem .8rem .2rem 0;vertical-align:top}"""


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """The page."""
    return HTMLResponse(page(request.app.openapi()))


def page(schema: dict[str, Any]) -> str:
    """A schema as a page: its routes by tag, each with parameters and body."""
    groups: dict[str, list[str]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            shown = one_operation(path, method.upper(), operation)
            groups.setdefault(operation.get("tags", ["other"])[0], []).append(shown)
    body = "".join(f"<h2>{escape(tag)}</h2>{''.join(items)}" for tag, items in groups.items())
    models = "".join(
        f"<details id='{escape(name)}'><summary><code>{escape(name)}</code> {escape(first_line(model))}</summary>"
        f"<pre>{escape(json.dumps(model, indent=1, ensure_ascii=False))}</pre></details>"
        for name, model in sorted(schema.get("components", {}).get("schemas", {}).items())
    )
    return (
        f"<!doctype html><html lang='en'><meta charset='utf-8'><meta name='viewport' content='width=device-width,"
        f"initial-scale=1'><title>Vouch: REST</title><style>{STYLE}</style><h1>Vouch: REST</h1>"
        f"<p>{escape(schema['info'].get('description', ''))}</p><p><a href='/openapi.json'>openapi.json</a></p>"
        f"{body}<h2>Shapes</h2>{models}</html>"
    )


def one_operation(path: str, method: str, operation: dict[str, Any]) -> str:
    """One route."""
    parameters = "".join(
        f"<tr><td><code>{escape(p['name'])}</code></td><td>{escape(p['in'])}</td><td>{escape(p.get('description', ''))}</td></tr>"
        for p in operation.get("parameters", ())
    )
    table = f"<table><tr><th>parameter</th><th>in</th><th></th></tr>{parameters}</table>" if parameters else ""
    bodies = "".join(
        f"<p>Body, <code>{escape(kind)}</code>: {reference(content.get('schema', {}))}</p>"
        for kind, content in operation.get("requestBody", {}).get("content", {}).items()
    )
    answers = "".join(
        f"<p>{escape(status)}, <code>{escape(kind)}</code>: {reference(content.get('schema', {}))}</p>"
        for status, response in operation.get("responses", {}).items()
        for kind, content in response.get("content", {}).items()
    )
    description = "".join(f"<p>{escape(part)}</p>" for part in operation.get("description", "").split("\n\n"))
    return (
        f"<details><summary><span class='m {method}'>{method}</span> <code>{escape(path)}</code></summary>"
        f"{description}{table}{bodies}{answers}</details>"
    )


def reference(schema: dict[str, Any]) -> str:
    """A link to a named shape, or the shape itself.

    Examples
    --------
    >>> reference({"$ref": "#/components/schemas/Answer"})
    "<a href='#Answer'>Answer</a>"
    """
    if "$ref" in schema:
        name = escape(schema["$ref"].rsplit("/", 1)[-1])
        return f"<a href='#{name}'>{name}</a>"
    if schema.get("type") == "array" and "$ref" in schema.get("items", {}):
        return f"list of {reference(schema['items'])}"
    return f"<pre>{escape(json.dumps(schema, indent=1))}</pre>" if schema else "its bytes"


def first_line(model: dict[str, Any]) -> str:
    """First line of a shape's description."""
    return str(model.get("description", "")).split("\n", 1)[0]
