from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import CorruptStore, InputError, InputTooLarge, NotFound
from models.encoders.bundled import POSITIONS
from models.rerankers.reader import OVERLAP, BundledReader, windows
from models.weights.bundle import WEIGHTS, weights_folder

ASKED = "In which year was the bridge over the Foo built?"
ANSWER = "The bridge over the Foo was built in 1910 by the engineer Bar."
NEAR = "Many people cross the bridge over the Foo each day, on foot or by bicycle, in summer and in winter alike."
FILLER = "The town has a mill, two schools and a market where farmers sell apples, eggs and cheese. "


@pytest.fixture(scope="module")
def reader() -> BundledReader:
    return BundledReader("reader", "cpu")


def test_an_answer_outweighs_a_near_miss(reader: BundledReader) -> None:
    answer, near = reader.answers(ASKED, [ANSWER, NEAR])
    assert answer > near + 1


@pytest.mark.parametrize(
    ("question", "answered", "unanswered"),
    [
        (
            "Who wrote the first parser?",
            "The first parser was written by Mira Holt in the spring.",
            "The first parser was written in Lisp and ran for a week.",
        ),
        (
            "How many heads does the layer have?",
            "The layer has twelve heads of 64 dimensions each.",
            "The layer has a residual connection and is normalised before it.",
        ),
        (
            "Why does the loss diverge?",
            "The loss diverges because the learning rate is too high for the curvature.",
            "The loss is written to the log every ten steps and drawn at the end.",
        ),
    ],
)
def test_it_knows_whether_what_is_asked_for_is_there(
    reader: BundledReader, question: str, answered: str, unanswered: str
) -> None:
    yes, no = reader.answers(question, [answered, unanswered])
    assert yes > no


def test_company_and_order_change_nothing(reader: BundledReader) -> None:
    together = reader.answers(ASKED, [ANSWER, NEAR])
    np.testing.assert_allclose(together[::-1], reader.answers(ASKED, [NEAR, ANSWER]), atol=0.2)  # bf16 where there is
    np.testing.assert_allclose(together, [reader.answers(ASKED, [t])[0] for t in (ANSWER, NEAR)], atol=0.2)
    assert reader.answers(ASKED, []) == []


def test_the_end_of_a_long_passage_is_read(reader: BundledReader) -> None:
    long = FILLER * 60  # about 1,200 tokens
    without, within = reader.answers(ASKED, [long, long + ANSWER])
    assert within > without + 1


def test_questions_that_cannot_be_read_are_refused(reader: BundledReader) -> None:
    with pytest.raises(InputError, match="empty"):
        reader.answers("  ", [ANSWER])
    with pytest.raises(InputTooLarge, match="leaves no room"):
        reader.answers("word " * 500, [ANSWER])


def test_damaged_and_other_weights_are_refused(tmp_path: Path) -> None:
    shutil.copytree(weights_folder("reader"), tmp_path / "reader")
    file = tmp_path / "reader" / WEIGHTS
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(CorruptStore, match="damaged"):
        BundledReader(str(tmp_path / "reader"))
    with pytest.raises(NotFound, match="kind encoder"):
        BundledReader("late-interaction")


@given(st.integers(2, 3000), st.integers(2 * OVERLAP, POSITIONS))
def test_windows_cover_every_token(length: int, room: int) -> None:
    ids = np.arange(1, length + 3, dtype=np.int32)
    parts = list(windows(ids, room))
    assert all(len(part) <= room and part[0] == ids[0] and part[-1] == ids[-1] for part in parts)
    assert set(np.concatenate([part[1:-1] for part in parts])) == set(ids[1:-1])
    assert all(set(a[1:-1]) & set(b[1:-1]) for a, b in pairwise(parts))
