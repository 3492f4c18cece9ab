"""Inputs of a run as fields of a form, made from their JSON schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

LONGEST_LINE = 60
ABSENT = object()
"""Stands for an input that was not given."""


def input_fields(schema: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """One field a name, in the order of the schema; names that it does not have follow as JSON.

    A field says by ``data-kind`` how its text is read: ``text`` as it stands, ``boolean`` by whether it is checked, all
    others as JSON. An empty field of JSON is not sent: the algorithm's default holds.

    Examples
    --------
    >>> html = input_fields({"properties": {"n": {"type": "integer", "minimum": 1}}}, {"n": 3})
    >>> 'name="n"' in html and 'value="3"' in html and "at least 1" in html
    True
    """
    properties: Mapping[str, Any] = schema.get("properties", {})
    names = list(dict.fromkeys([*properties, *values]))
    return "".join(field(name, properties.get(name, {}), values.get(name, ABSENT), schema) for name in names)


def field(name: str, described: Mapping[str, Any], value: Any, schema: Mapping[str, Any]) -> str:
    """One labelled field; empty where the value is `ABSENT`."""
    spec = resolved(described, schema)
    about = " ".join(part for part in (str(described.get("description", "")), bounds(spec)) if part)
    hint = f"<small>{escape(about)}</small>" if about else ""
    return f"<label><span><b>{escape(name)}</b> {hint}</span>{control(name, spec, value)}</label>"


def control(name: str, spec: Mapping[str, Any], value: Any) -> str:
    """The element that is typed into or chosen from."""
    named = f'name="{escape(name)}"'
    if "enum" in spec:
        options = '<option value="" selected></option>' if value is ABSENT else ""
        options += "".join(
            f'<option value="{escape(json.dumps(choice))}"{" selected" if choice == value else ""}>{escape(str(choice))}</option>'
            for choice in spec["enum"]
        )
        return f'<select {named} data-kind="json">{options}</select>'
    kind = spec.get("type")
    if kind == "boolean" and isinstance(value, bool):
        return f'<input {named} type="checkbox" data-kind="boolean"{" checked" if value else ""}>'
    if kind == "string" and isinstance(value, str):
        return area(named, value, "text")
    text = "" if value is ABSENT else written(value)
    if kind in {"integer", "number"}:
        return f'<input {named} inputmode="decimal" data-kind="json" value="{escape(text)}">'
    return area(named, text, "json")


def area(named: str, text: str, kind: str) -> str:
    """A field of as many lines as its text takes."""
    rows = min(10, sum(1 + len(line) // LONGEST_LINE for line in text.split("\n")))
    return f'<textarea {named} spellcheck="false" rows="{rows}" data-kind="{kind}">{escape(text)}</textarea>'


def written(value: Any) -> str:
    """JSON with one line a row of a matrix.

    Examples
    --------
    >>> print(written([[1, 0], [0, 1]]))
    [
      [1, 0],
      [0, 1]]
    >>> written([1, 2])
    '[1, 2]'
    """
    if isinstance(value, list) and value and isinstance(value[0], list):
        return "[\n  " + ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def resolved(described: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reference to a definition of the same schema stands for."""
    reference = described.get("$ref")
    if not isinstance(reference, str):
        return described
    found: Any = schema
    for part in reference.removeprefix("#/").split("/"):
        found = found.get(part, {})
    return found if isinstance(found, Mapping) else described


def bounds(spec: Mapping[str, Any]) -> str:
    """Limits of a number or of a list's length, in words.

    Examples
    --------
    >>> bounds({"exclusiveMinimum": 0, "maximum": 1}), bounds({"minItems": 2})
    ('(above 0, at most 1)', '(at least 2 items)')
    """
    words = (
        ("minimum", "at least {}"),
        ("exclusiveMinimum", "above {}"),
        ("maximum", "at most {}"),
        ("exclusiveMaximum", "below {}"),
        ("minItems", "at least {} items"),
        ("maxItems", "at most {} items"),
    )
    said = [text.format(f"{spec[key]:,.12g}") for key, text in words if key in spec]
    return f"({', '.join(said)})" if said else ""
