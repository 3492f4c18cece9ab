from __future__ import annotations

from indexing.parsing.base import parse


def test_python_sections() -> None:
    lines = ["X = 1", "", "@cache", "def f(", "    x,", "):", "    'F.'", "    return x", ""]
    lines += ["class A:", "    def g(self): ...", "async def h(): pass"]
    text = "\r\n".join(lines)
    parsed = parse("a.py", text.encode())
    assert parsed.text == text
    assert parsed.media_type == "text/x-python"
    assert [s.heading for s in parsed.sections] == ["def f", "class A", "async def h"]
    f, a, h = parsed.sections
    assert text[f.start : f.body_start] == "@cache\r\ndef f(\r\n    x,\r\n):\r\n"
    assert text[f.body_start : f.end] == "    'F.'\r\n    return x\r\n"
    assert text[a.start : a.end] == "class A:\r\n    def g(self): ...\r\n"
    assert text[h.start : h.end] == "async def h(): pass"
    assert h.body_start == h.end == len(text)


def test_python_that_does_not_parse_is_still_text() -> None:
    assert parse("a.py", b"def f(:\n").sections == ()
    assert parse("a.py", b"(" * 5000).sections == ()


def test_invalid_escapes_warn_nobody() -> None:
    assert parse("a.py", b"def f():\n    return '\\d'\n").sections[0].heading == "def f"


def test_declared_encoding_of_python() -> None:
    assert parse("a.py", "# -*- coding: cp850 -*-\nx = 'é'\n".encode("cp850")).text.endswith("x = 'é'\n")


def test_form_feed_does_not_shift_lines() -> None:
    text = "x = 1\n\x0c\ndef f():\n    return 1\n"
    section = parse("a.py", text.encode()).sections[0]
    assert text[section.start : section.end] == "def f():\n    return 1\n"


def test_braced_languages() -> None:
    text = "import x;\n\nexport class Loss {\n  f() {}\n}\n\nasync function g(a, b) {\n}\nclass_ = {}\n// function no\n"
    sections = parse("a.ts", text.encode()).sections
    assert [s.heading for s in sections] == ["export class Loss", "async function g"]
    assert sections[0].end == sections[1].start == text.index("async")
    assert text[sections[0].body_start :].startswith("  f() {}")
    go = "func (n *Net) Forward(x int) int {\n}\n"
    assert parse("a.go", go.encode()).sections[0].heading == "func (n *Net) Forward"


def test_other_languages_have_no_sections() -> None:
    assert parse("a.sh", b"function f() {\n}\n").sections == ()
