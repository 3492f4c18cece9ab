"""Labels and subjects head the statements that follow them."""

from __future__ import annotations

from checking.recognise import recognise
from checking.statements import statements


def test_a_pronoun_takes_the_subject_through_a_whole_paragraph():
    text = "Isomap keeps geodesic distances. It is unsupervised. It can handle noisy data well. PCA is linear."
    found = {text[a:b]: headings for (a, b), headings in statements(text, 0, len(text), [])}
    assert found["It can handle noisy data well."] == ("Isomap keeps geodesic distances.",)
    assert found["PCA is linear."] == ()


def test_a_subject_does_not_cross_a_line():
    text = "- Isomap keeps geodesic distances.\n- It can handle noisy data well."
    assert [headings for _, headings in statements(text, 0, len(text), ["Methods"])] == [("Methods",), ("Methods",)]


def test_the_subject_gives_the_topic_of_a_claim():
    text = "Isomap keeps geodesic distances. It can handle noisy data well."
    found = [e.id for (a, b), headings in statements(text, 0, len(text), []) for e in recognise(text[a:b], headings)]
    assert found == ["isomap-noise"]
    assert recognise("It can handle noisy data well.", []) == []


def test_a_long_line_with_a_colon_is_no_label():
    text = "- There are many more things than these that one could say of it:\n- First."
    assert [headings for _, headings in statements(text, 0, len(text), [])] == [(), ()]
