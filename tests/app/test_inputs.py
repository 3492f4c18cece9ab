from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

import pytest

from algorithms.registry import catalog
from app.ui.inputs import input_fields


class Fields(HTMLParser):
    """Reads a form as the page's script does."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.values: dict[str, Any] = {}
        self._open: tuple[str, str] | None = None
        self._text = ""
        self._choice: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        have = dict(attrs)
        if tag == "option" and "selected" in have:
            self._choice = have["value"]
        if "data-kind" not in have:
            return
        name, kind = str(have["name"]), str(have["data-kind"])
        if tag == "input":
            if kind == "boolean":
                self.values[name] = "checked" in have
            elif have["value"]:
                self.values[name] = json.loads(have["value"])
        else:
            self._open, self._text, self._choice = (name, kind), "", None

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if self._open is None or tag not in {"textarea", "select"}:
            return
        name, kind = self._open
        source = self._choice if tag == "select" else self._text
        if kind == "text" or source:
            self.values[name] = source if kind == "text" else json.loads(str(source))
        self._open = None


def test_every_algorithms_example_survives_its_form() -> None:
    for entry in catalog().values():
        values = dict(entry.example)
        assert Fields(input_fields(entry.inputs_schema, values)).values == json.loads(json.dumps(values)), entry.id


@pytest.mark.parametrize("text", ['"><script>alert(1)</script>', "a & b", "line\nline", "𝛼 'quoted'"])
def test_values_and_names_stay_text(text: str) -> None:
    schema = {"properties": {"t": {"type": "string", "description": text}, text: {}}}
    html = input_fields(schema, {"t": text, text: [text]})
    assert Fields(html).values == {"t": text, text: [text]}
    assert "<script" not in html


def test_a_choice_a_switch_and_a_limit_are_told() -> None:
    schema = {
        "properties": {
            "mode": {"enum": ["a", "b"]},
            "fast": {"type": "boolean"},
            "n": {"$ref": "#/$defs/N", "description": "how many"},
        },
        "$defs": {"N": {"type": "integer", "minimum": 1, "exclusiveMaximum": 9}},
    }
    html = input_fields(schema, {"mode": "b", "fast": True, "n": 3})
    assert Fields(html).values == {"mode": "b", "fast": True, "n": 3}
    assert '<input name="fast" type="checkbox"' in html
    assert "how many (at least 1, below 9)" in html
