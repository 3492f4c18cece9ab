from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UnreadableDocument
from indexing.parsing.encoding import decode

FRENCH = "Ceci est une longue note sur les réseaux de neurones, mélangées à chaque époque. "
DENSE = "L'été dernier, la fenêtre était ouverte à côté du château; le garçon espérait déjà la forêt. "
GERMAN = "Die Größe der Schicht wächst über alle Maße, schön für Übungen in Köln. "
RUSSIAN = "Внимание это взвешенное среднее значений, а веса получены из ключей и запросов. "
JAPANESE = "注意は値の加重平均であり、重みはキーとクエリから計算されます。"
ENGLISH = "It’s a “test” of typographic quotes — in a text about neural networks and their training."


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff")),
    st.sampled_from(["utf-8-sig", "utf-16", "utf-32", "utf-8"]),
)
def test_unicode_round_trips(text: str, encoding: str) -> None:
    assert decode("a.txt", text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "cp1252"),
        (GERMAN, "latin-1"),
        (ENGLISH, "cp1252"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc-jp"),
    ],
)
def test_legacy_encodings_are_detected(text: str, encoding: str) -> None:
    assert decode("a.txt", text.encode(encoding)) == text


def test_declared_encoding_comes_before_detection() -> None:
    data = "é".encode("cp850")
    assert decode("a.txt", data, "cp850") == "é"
    assert decode("a.txt", "é".encode(), "latin-1") == "é"  # UTF-8 is never there by accident


@pytest.mark.parametrize("declared", ["no-such", "hex", "a\0b", "undefined"])
def test_odd_declarations_are_passed_over(declared: str) -> None:
    assert decode("a.txt", GERMAN.encode("cp1252"), declared) == GERMAN


@pytest.mark.parametrize(
    "data", [b"\xff\xfeabc", "Größe".encode() + b"\xc3", bytes(range(128, 256)) * 3, DENSE.encode("cp1252")]
)
def test_uncertain_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        decode("a.txt", data)
    assert caught.value.reason == "wrong_encoding"


def test_utf_16_without_a_mark_is_binary() -> None:
    with pytest.raises(UnreadableDocument) as caught:
        decode("a.txt", "text".encode("utf-16-le"))
    assert caught.value.reason == "binary"
