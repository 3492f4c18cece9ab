"""Examples in words, tables and conversions: goldens worked by hand, and look-alikes that are right or mean something else."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checking.arithmetic import arithmetic_drafts
from checking.draft import Draft
from checking.grammar.templates import compiled, matches
from checking.grammar.tokens import tokenize
from checking.regions import Region
from checking.sizes import size_drafts
from checking.tables import html_table_drafts, table_drafts
from checking.told_examples import TOLD, told_drafts


def drafts(text: str) -> list[Draft]:
    tokens = tokenize(text, 0, len(text))
    return [*told_drafts(text, tokens), *size_drafts(text, tokens, 0, len(text)), *arithmetic_drafts(text, tokens)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("There are 110 ways to choose 3 books from 10.", 120),  # 10·9·8 / 6
        ("The number of ways to choose 2 items out of 5 is 15.", 10),
        ("There are 100 permutations of 5 distinct items.", 120),
        ("5 books can be arranged in 60 ways.", 120),
        ("Of these, 30 out of 120 (20%) failed.", 0.25),
        ("Latency fell from 200 ms to 150 ms, a 50% reduction.", 0.25),  # 50 / 200, or 33 % of 150
        ("Costs increased by 50% from 200 to 250.", 0.25),
        ("A cross-entropy loss of 2.0 corresponds to a perplexity of 9.", math.e**2),
        ("A loss of 3 bits per token gives a perplexity of 20.", 8),
        ("The entropy of a uniform distribution over 8 values is 4 bits.", 3),
        ("A 3 × 3 convolution with 64 input channels and 128 output channels has 36,864 parameters.", 9 * 64 * 128),
        ("A linear layer with 512 inputs and 10 outputs has 4,000 parameters.", 5120),
        ("1M 768-dimensional vectors in float32 take 6 GB.", 3.072),  # 10^6 · 768 · 4 bytes
        ("10 million vectors of 384 dimensions need 150 GB.", 15.36),
        (r"Training a 7B parameter model on 2T tokens takes about $8.4 \times 10^{20}$ FLOPs.", 8.4e22),  # 6 N D
        ("So 3 days = 36 hours.", 72),
        ("1000 steps × 2 seconds = 200 minutes", 100 / 3),
        ("6 * 10 seconds = 2 minutes", 1),
    ],
)
def test_examples_that_come_out_otherwise(text, value):
    (found,) = drafts(text)
    assert found.value == pytest.approx(value)
    assert text[found.start : found.end] in text and found.correct.endswith(".") and found.confidence >= 0.75


@pytest.mark.parametrize(
    "text",
    [
        "There are 120 ways to choose 3 books from 10.",
        "There are 720 ways to choose 3 books from 10.",  # 10·9·8: in order
        "The number of ways to choose 3 items out of 5 with repetition is 35.",
        "5 people can be arranged around a circular table in 24 ways.",
        "There are 60 permutations of 5 letters with 2 identical.",
        "Of these, 30 of the 120 runs (25%) failed.",
        "Of 3 trials, 2 out of 3 (67%) and 1 out of 3 (33.3%) failed.",
        "In 12 out of 40 (95% CI 20-45) it failed.",
        "Latency fell from 200 ms to 150 ms, a 25% reduction.",
        "Accuracy rose from 80% to 88%, a 10% improvement, or from 80% to 88%, an 8% gain.",
        "Throughput rose from 150 to 200, a 25% gain.",  # of the new value
        "A loss of 2.0 nats gives a perplexity of 7.39.",
        "A loss of 2.0 gives a perplexity of 4.",  # in bits
        "A loss of 3 bits per token gives a perplexity of 8.",
        "The entropy of a uniform distribution over 8 values is 3 bits; the entropy of a uniform distribution over 8 is 2.08.",
        "A 3x3 convolution with 64 input channels and 128 output channels has 73,856 parameters.",
        "A 3x3 depthwise convolution with 64 input channels and 64 output channels has 576 parameters.",
        "A linear layer from 512 to 10 has 5,130 parameters.",
        "1M 768-dimensional vectors in float32 take 3 GB.",
        "1M 768-dimensional vectors in fp16 take 1.5 GB, less than others.",
        "10 million vectors of 384 dimensions need 15 GB, or 4 GB in int8.",
        "Training a 7B parameter model on 2T tokens takes about 8.4e22 FLOPs.",
        "3 hours + 30 minutes = 210 minutes",
        "2 weeks × 7 = 14 days",
        "90 minutes = 1.5 hours",
        "30 days × 24 hours = 720 hours",
        "5 minutes = 10 steps",
        "1000 samples / 10 seconds = 100 samples",
    ],
)
def test_right_and_other_examples_are_left_alone(text):
    assert [d.correct for d in drafts(text)] == []


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 12), st.data())
def test_only_wrong_countings_are_flagged(n, data):
    k = data.draw(st.integers(1, n))
    stated = data.draw(st.integers(1, 900))
    # an independent count: subsets by their bits
    subsets = sum(1 for mask in range(2**n) if mask.bit_count() == k)
    right = {subsets, subsets * math.factorial(k)}
    text = f"There are {stated} ways to choose {k} things from {n}."
    assert bool(drafts(text)) is (stated not in right)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 400), st.data())
def test_shares_are_judged_by_the_digits_shown(b, data):
    a = data.draw(st.integers(0, b))
    places = data.draw(st.integers(0, 2))
    share = 100 * a / b
    assert drafts(f"We saw {a} out of {b} ({share:.{places}f}%) of them.") == []
    wrong = (share + 50) % 100
    assert len(drafts(f"We saw {a} out of {b} ({wrong:.{places}f}%) of them.")) == 1


def test_templates_are_well_formed_and_state_a_value():
    for told in TOLD:
        for template in told.templates:
            compiled(template)
            assert "{v" in template
    with pytest.raises(ValueError, match="never closed"):
        compiled("a (b|c")


def test_a_gap_holds_words_only_and_matches_do_not_overlap():
    text = "from 3 red and 4 blue to 5, from 6 big to 7"
    tokens = tokenize(text, 0, len(text))
    found = [[text[s.start : s.end] for s in m.values.values()] for m in matches(tokens, "from {a} ~1 to {b}")]
    assert found == [["6", "7"]]


def table(*rows: str) -> str:
    head, *body = rows
    return "\n".join([head, "|---" * (head.count("|") - 1) + "|", *body, ""])


TABLES = [
    # quote, value, table
    ("9", 8, table("| city | a | b | Total |", "| x | 2 | 3 | 5 |", "| y | 4 | 4 | 9 |", "| z | 1 | 1 | 2 |")),
    ("0.75", 42 / 65, table(  # 2 · 0.7 · 0.6 / 1.3
        "| class | precision | recall | f1-score |", "| a | 0.80 | 0.50 | 0.62 |", "| b | 0.90 | 0.90 | 0.90 |",
        "| c | 0.70 | 0.60 | 0.75 |", "| macro avg | 0.7 | 0.6 | 0.1 |",
    )),
    ("25%", 20, table("| kind | n | share |", "| x | 20 | 20% |", "| y | 30 | 30% |", "| z | 30 | 30% |", "| w | 20 | 25% |")),
    ("3.5", 3, table("| run | time |", "| a | 2 |", "| b | 4 |", "| c | 3 |", "| Average | 3.5 |")),
]  # fmt: skip


@pytest.mark.parametrize(("quote", "value", "text"), TABLES)
def test_cells_that_the_other_cells_do_not_give(quote, value, text):
    (found,) = table_drafts(text, Region("table", 0, len(text)))
    assert text[found.start : found.end] == quote and found.value == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    [
        # no row shows that these columns are what is added up
        table("| city | a | b | Total |", "| x | 2 | 3 | 7 |", "| y | 4 | 4 | 11 |", "| z | 1 | 1 | 9 |"),
        table("| model | precision | recall | f1 |", "| a | 0.8 | 0.5 | 0.7 |", "| b | 0.9 | 0.8 | 0.6 |"),
        table("| kind | n | share |", "| x | 20 | 10% |", "| y | 30 | 70% |", "| z | 30 | 60% |"),
        table("| model | accuracy | Mean |", "| a | 2 | 3 |", "| b | 2 | 4 |"),
        table("| city | a | of which b | Total |", "| x | 2 | 1 | 2 |", "| y | 4 | 1 | 4 |", "| z | 5 | 1 | 6 |"),
        table("| part | n |", "| a | 2 |", "| subtotal | 2 |", "| b | 3 |", "| Total | 6 |"),
    ],
)
def test_tables_that_mean_something_else_are_left_alone(text):
    assert [d.correct for d in table_drafts(text, Region("table", 0, len(text)))] == []


HTML = (
    "<table>\n<tr><th>item</th><th>n</th></tr>\n<tr><td>a</td><td>10</td></tr>\n<tr><td>b</td><td>20</td></tr>"
    "<tr><td><b>Total</b></td><td><b>40</b></td></tr></table>"
)


def test_html_tables_have_exact_spans():
    text = f"Before.\n\n{HTML}\n\nafter 40"
    (found,) = html_table_drafts(text, 0, len(text))
    assert text[found.start : found.end] == "40" and text[found.start - 3 : found.end + 4] == "<b>40</b>"
    assert found.value == 30


@pytest.mark.parametrize(
    "text",
    [
        HTML.replace("40", "30"),
        HTML.replace("<td>10", '<td colspan="2">10'),
        "<table><tr><td>" + HTML + "</td></tr></table>",
        "<table><tr><td>1",
        "<table>" * 50,
    ],
)
def test_other_html_is_left_alone(text):
    assert list(html_table_drafts(text, 0, len(text))) == []
