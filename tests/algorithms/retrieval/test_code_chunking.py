from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.retrieval.code_chunking import code_chunking
from core.errors import InputError

SOURCE = '''# This function takes two numbers and returns their sum
@cache
def add_numbers(a, b):
    """Not a # comment."""
    return a + b

class MyClass:
    def __init__(self, param):
        self.param = param
        for i in range(3):
            print("# no comment", i)  # a comment

    def method(self):
        pass

x = 1
'''


def test_every_definition_is_a_chunk_that_parses() -> None:
    chunks = code_chunking(SOURCE)["chunks"]
    assert [c["name"] for c in chunks] == ["add_numbers", "MyClass", "MyClass.__init__", "MyClass.method"]
    assert [c["kind"] for c in chunks] == ["function", "class", "function", "function"]
    assert chunks[0]["lines"] == [2, 5] and chunks[0]["text"].startswith("@cache")
    for chunk in chunks:
        assert isinstance(ast.parse(chunk["text"]).body[0], ast.FunctionDef | ast.ClassDef)


def test_loops_and_comments() -> None:
    loops = [c for c in code_chunking(SOURCE, unit="definitions and loops")["chunks"] if c["kind"] == "loop"]
    assert [c["lines"] for c in loops] == [[10, 11]]
    found = code_chunking(SOURCE, unit="comments")["chunks"]
    expected = ["# This function takes two numbers and returns their sum", "# a comment"]
    assert [c["text"] for c in found] == expected and [c["lines"][0] for c in found] == [1, 11]


def test_coverage_counts_filled_lines() -> None:
    # 13 filled lines: 4 of add_numbers, 7 of MyClass, and outside of both the first comment and x = 1
    assert code_chunking(SOURCE)["lines_covered"] == pytest.approx(11 / 13)


@given(st.lists(st.sampled_from(["def f{}(a):\n    return a\n", "class C{}:\n    y = 2\n", "z{} = 3\n"]), max_size=8))
def test_top_level_definitions_come_in_order(parts: list[str]) -> None:
    source = "".join(part.format(i) for i, part in enumerate(parts)) or "pass"
    nodes = [n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    assert [c["name"] for c in code_chunking(source)["chunks"]] == [n.name for n in nodes]
    assert [c["text"] for c in code_chunking(source)["chunks"]] == [ast.get_source_segment(source, n) for n in nodes]


@pytest.mark.parametrize("source", ["class C: def f(self): pass", "(" * 5000, "def f(:", ""])
def test_bad_input_is_refused(source: str) -> None:
    with pytest.raises(InputError):
        load("code-chunking").run({"source": source})
