from __future__ import annotations

import pytest

from core.errors import UnreadableDocument
from indexing.parsing.base import Parsed, parse

FILLING = (
    "<p>" + "The loss falls while the model learns, and the learning rate decides how fast it does so. " * 4 + "</p>"
)
ARTICLE = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>Attention | My notes</title>
<style>.a {{}}</style><script>var hidden = "no";</script></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/about">About us</a></li></ul></nav>
<main><article><h1>Attention</h1><p>A <b>weighted</b> average of <a href="v">values</a> by <code>softmax(QK)</code>.</p>
{FILLING}<h2>1.1 Scaling</h2>{FILLING}
<pre><code># no heading
def attend(q):
    return q
</code></pre>
<ul><li>first<ul><li>nested</li></ul></li><li>second</li></ul><ol><li>one</li><li>two</li></ol>
<table><tr><th>Model</th><th>Score</th></tr><tr><td>A|B</td><td>0.1</td></tr></table>
<blockquote><p>Quoted words.</p></blockquote></article></main>
<footer>Copyright of the site</footer></body></html>"""


def html(body: str, title: str = "") -> Parsed:
    return parse(
        "page.html", f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>".encode()
    )


def test_article_keeps_its_structure_and_loses_its_frame() -> None:
    parsed = parse("page.html", ARTICLE.encode())
    text = parsed.text
    assert parsed.title == "Attention"
    assert [(s.heading, s.level) for s in parsed.sections] == [("Attention", 1), ("Scaling", 2)]
    for section in parsed.sections:
        line = text[section.start : section.body_start]
        assert line.startswith("#" * section.level + " ")
        assert line.endswith(section.heading + "\n")
    assert "A weighted average of values by `softmax(QK)`." in text
    assert "```\n# no heading\ndef attend(q):\n    return q\n```" in text
    assert "- first\n  - nested\n- second" in text
    assert "1. one\n2. two" in text
    assert "| Model | Score |\n| --- | --- |\n| A\\|B | 0.1 |" in text
    assert "> Quoted words." in text
    assert not any(word in text for word in ("About us", "Copyright", "hidden"))


def test_short_page_keeps_its_headings() -> None:
    parsed = html("<h1>Loss</h1><p>Cross<br>entropy   of<!-- no --> labels.</p>")
    assert parsed.text == "# Loss\n\nCross\nentropy of labels."


def test_text_that_extraction_would_drop_is_kept() -> None:
    facts = "".join(f"<div>Fact number {n} about the networks stands here.</div>" for n in range(60))
    parsed = html(f"<article><h1>Facts</h1>{FILLING}</article><div class='footer-notes'>{facts}</div>")
    assert all(f"Fact number {n} about" in parsed.text for n in range(60))


@pytest.mark.parametrize("charset", ["cp1252", "utf-8"])
def test_declared_encoding(charset: str) -> None:
    data = f'<html><head><meta charset="{charset}"></head><body><p>Größe ist hier wichtig.</p></body></html>'
    assert parse("a.html", data.encode(charset)).text == "Größe ist hier wichtig."


def test_layout_tables_are_not_tables() -> None:
    parsed = html(
        "<table><tr><td><h2>One</h2><p>Some words stand here.</p></td><td><p>Other words.</p></td></tr></table>"
    )
    assert parsed.text == "## One\n\nSome words stand here.\n\nOther words."


ERRORS = [
    ("404 Not Found", "<center><h1>404 Not Found</h1></center><hr><center>nginx/1.18.0</center>"),
    ("Page not found | Example", "<h1>Page not found</h1><p>The page you are looking for has moved.</p>"),
    ("Error 403 - Forbidden", "<h1>Forbidden</h1><p>You don't have permission to access this resource.</p>"),
    ("502 Bad Gateway", "<h1>502 Bad Gateway</h1><p>cloudflare</p>"),
    (
        "Example",
        "<h1>Oops! Page not found</h1><p>Go back to the homepage.</p>" + "<p>More about our shop today.</p>" * 8,
    ),
    ("Just a moment...", "<h1>example.org</h1><p>Verify you are human by completing the action below.</p>"),
    ("Shop", "<div class='g-recaptcha'></div><p>We detected unusual traffic from your network. Please go on.</p>"),
    ("Sign in - Example", "<h1>Sign in</h1><form>Name <input> Password <input type='password'></form>"),
    ("App", "<div id='root'></div><noscript>You need to enable JavaScript.</noscript>"),
]


@pytest.mark.parametrize(("title", "body"), ERRORS)
def test_error_pages_are_refused(title: str, body: str) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        html(body, title)
    assert caught.value.reason == "html_error_page"


ARTICLES = [
    (
        "How to fix a 404 Not Found error",
        "<h1>How to fix a 404 Not Found error</h1><p>Check the path in nginx first.</p>",
    ),
    ("404 Not Found: what it means", "<h1>404 Not Found: what it means</h1><p>The server has no such file.</p>"),
    ("404 Not Found", "<h1>404 Not Found</h1>" + FILLING * 4),
    ("404 Not Found", "<h1>404 Not Found</h1>" + FILLING),
    (
        "Captchas",
        "<h1>Captchas</h1><p>They ask whether you are a robot, for example by pictures of traffic lights.</p>",
    ),
    ("Sign in with OAuth", "<h1>Sign in with OAuth</h1><p>The client sends the user to the server, which asks.</p>"),
    ("Sign in with tokens", "<h1>Tokens</h1>" + FILLING * 4 + "<input type='password'>"),
    ("Gone", "<h1>Gone</h1><p>All that was is gone, and gone is all that was.</p>"),
    ("500 days of training", "<h1>500 days of training</h1><p>A diary of one long run.</p>"),
]


@pytest.mark.parametrize(("title", "body"), ARTICLES)
def test_articles_about_errors_pass(title: str, body: str) -> None:
    assert html(body, title).text


def test_marks_of_documentation_leave_the_headings() -> None:
    parsed = html(
        "<h1>Loss<a href='#loss'>¶</a></h1><p>Some words here.</p><h2>C# <a href='#c'>#</a></h2><p>More words.</p>"
    )
    assert [s.heading for s in parsed.sections] == ["Loss", "C#"]


def test_heading_of_the_content_is_the_title_where_the_frame_has_one_too() -> None:
    body = f"<div class='menu-bar'><h1>The book</h1></div><main><h1>Loss</h1>{FILLING * 3}</main>"
    assert html(body, "Loss - The book").title == "Loss"


def test_deep_nesting_ends_no_page_silently() -> None:
    deep = "<p>First words of the page.</p>{}Deep words stand here.{}<p>Last words of the page.</p>"
    text = html(deep.format("<div>" * 300, "</div>" * 300)).text
    assert text == "First words of the page.\n\nDeep words stand here.\n\nLast words of the page."
    with pytest.raises(UnreadableDocument) as caught:
        html(deep.format("<div>" * 3000, "</div>" * 3000))
    assert caught.value.reason == "broken_file"


def test_page_of_comments_only() -> None:
    with pytest.raises(UnreadableDocument) as caught:
        parse("a.html", b"<!-- nothing -->")
    assert caught.value.reason == "html_error_page"
