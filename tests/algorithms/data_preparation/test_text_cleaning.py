from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.data_preparation.text_cleaning import text_cleaning
from algorithms.registry import load
from core.errors import InputError

PIECES = st.sampled_from(
    [
        "<b>",
        "</b>",
        "&amp;",
        "&lt;i&gt;",
        "ＡＢ",
        "ﬁ",
        "http://a.org/x",
        "\U0001f600",
        " ",
        "\n",
        "Word",
        "İ",
        "<",
        ">",
        "&amp;amp;lt;",
        "＜p＞",
        "\x00",
    ]
)
TEXTS = st.text(min_size=1, max_size=60) | st.lists(PIECES, min_size=1, max_size=12).map("".join)
KEEP = st.sampled_from(["keep", "remove", "placeholder"])


@settings(max_examples=60)
@given(TEXTS, st.booleans(), st.booleans(), KEEP, KEEP)
def test_is_idempotent(text: str, lower: bool, punctuation: bool, urls: str, emoji: str) -> None:
    options = (lower, punctuation, urls, emoji)
    once = text_cleaning(text, *options)["text"]  # type: ignore[arg-type]
    if once:
        assert text_cleaning(once, *options)["text"] == once  # type: ignore[arg-type]
    assert once == " ".join(once.split())


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z", "S", "P"]), min_size=1, max_size=40))
def test_plain_words_only_get_nfkc(text: str) -> None:
    expected = " ".join(unicodedata.normalize("NFKC", text).split())
    assert text_cleaning(text, lowercase=False)["text"] == expected


def test_steps_on_the_example() -> None:
    output = load("text-cleaning").run()
    assert output["text"] == "visit [url] & read the file no5 \U0001f600"
    assert output["tokens"] == output["text"].split()


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        ("<style>p{}</style>A<br/>b<!-- c -->d", {}, "a b d"),
        ("2 < 3 and 5 > 4", {}, "2 < 3 and 5 > 4"),
        ("A &amp;lt;b&amp;gt; C", {"lowercase": False}, "A C"),
        ("US, us!", {"lowercase": False, "keep_punctuation": False}, "US us"),
        ("see www.a.org/x?y=1 now", {"urls": "remove"}, "see now"),
        ("hi \U0001f600!", {"emoji": "placeholder"}, "hi [emoji]!"),
        ("x² ＡＢＣ", {}, "x2 abc"),
    ],
)
def test_cases(text: str, options: dict[str, object], expected: str) -> None:
    assert text_cleaning(text, **options)["text"] == expected  # type: ignore[arg-type]


def test_deeply_nested_entities_end() -> None:
    assert text_cleaning("&" + "amp;" * 1000 + "lt;")["text"] == "<"


@pytest.mark.parametrize("bad", [{"text": ""}, {"text": "x" * 5001}, {"urls": "drop"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("text-cleaning").run(bad)
