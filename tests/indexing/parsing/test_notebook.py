from __future__ import annotations

import json

import nbformat.v4 as v4
import pytest

from core.errors import UnreadableDocument
from indexing.parsing.base import parse


def notebook(*cells: object) -> bytes:
    made = v4.new_notebook(cells=list(cells), metadata={"language_info": {"name": "python"}})
    return json.dumps(made).encode()


def test_cells_in_order() -> None:
    code = v4.new_code_cell(
        "# no heading\nprint(1)",
        outputs=[
            v4.new_output("stream", text="\x1b[31m1\x1b[0m\n"),
            v4.new_output("execute_result", data={"text/plain": "2", "text/html": "<b>2</b>"}),
            v4.new_output("error", ename="ValueError", evalue="bad", traceback=["..."]),
        ],
    )
    parsed = parse(
        "a.ipynb", notebook(v4.new_markdown_cell("# Loss\n\nText ```"), code, v4.new_markdown_cell("## 1.1 More\nend"))
    )
    assert parsed.text == (
        "# Loss\n\nText ```\n\n```python\n# no heading\nprint(1)\n```\n\n```text\n1\n```\n\n```text\n2\n```\n\n"
        "```text\nValueError: bad\n```\n\n## 1.1 More\nend"
    )
    assert [(s.heading, s.level) for s in parsed.sections] == [("Loss", 1), ("More", 2)]
    assert [parsed.text[s.start : s.body_start] for s in parsed.sections] == ["# Loss\n", "## 1.1 More\n"]
    assert parsed.title == "Loss"


def test_open_fence_does_not_swallow_the_next_cell() -> None:
    parsed = parse("a.ipynb", notebook(v4.new_markdown_cell("```\n# no"), v4.new_markdown_cell("# Yes")))
    assert [s.heading for s in parsed.sections] == ["Yes"]


def test_fence_is_longer_than_those_inside() -> None:
    parsed = parse("a.ipynb", notebook(v4.new_code_cell('"""\n```\nx\n```\n"""')))
    assert parsed.text == '````python\n"""\n```\nx\n```\n"""\n````'


def test_long_output_says_how_much_is_left_out() -> None:
    cell = v4.new_code_cell("x", outputs=[v4.new_output("stream", text="y" * 2500)])
    text = parse("a.ipynb", notebook(cell)).text
    assert "y" * 2000 + "\n[500 characters left out]" in text
    assert "y" * 2001 not in text


def test_format_3() -> None:
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["Old"]},
        {"cell_type": "code", "input": ["a = 1"], "outputs": []},
    ]
    data = json.dumps({"nbformat": 3, "metadata": {}, "worksheets": [{"cells": cells}]}).encode()
    assert parse("a.ipynb", data).text == "## Old\n\n```\na = 1\n```"


@pytest.mark.parametrize(
    "data", [b"[]", b'{"cells": 3, "nbformat": 4}', b'{"cells": [1], "nbformat": 4}', b'{"a": ' + b"9" * 5000]
)
def test_odd_json_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        parse("a.ipynb", data)
    assert caught.value.reason == "broken_file"
