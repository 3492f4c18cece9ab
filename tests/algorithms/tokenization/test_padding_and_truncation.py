from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import BertTokenizer

from algorithms.registry import load
from algorithms.tokenization.padding_and_truncation import padding_and_truncation
from core.errors import InputError

TEXTS = st.lists(
    st.lists(st.sampled_from(["hello", "world", "!"]), min_size=1, max_size=6).map(" ".join), min_size=1, max_size=4
)


def test_hello_world() -> None:
    output = load("padding-and-truncation").run()
    assert output["shape"] == [1, 128]
    assert (output["real_tokens"], output["padding_tokens"]) == ([5], [123])
    assert output["input_ids"][0][0] == 101
    assert output["input_ids"][0][4:6] == [102, 0]
    assert sum(output["attention_mask"][0]) == 5
    assert output["waste"] == pytest.approx(123 / 128)


@given(TEXTS, st.integers(3, 10), st.sampled_from(["max_length", "longest"]), st.sampled_from(["right", "left"]))
def test_masks_equal_the_bert_tokenizer(texts: list[str], max_length: int, padding: str, side: str) -> None:
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "hello", "world", "!"]
    tokenizer = BertTokenizer(vocab={name: i for i, name in enumerate(names)}, padding_side=side)
    expected = tokenizer(texts, padding=padding, max_length=max_length, truncation=True)
    output = padding_and_truncation(texts, max_length, padding, side)  # type: ignore[arg-type]
    assert output["attention_mask"].tolist() == expected["attention_mask"]
    assert output["shape"] == (len(texts), len(expected["input_ids"][0]))
    for row, ids in zip(output["tokens"], expected["input_ids"], strict=True):
        assert row == [t for t in tokenizer.convert_ids_to_tokens(ids) if t != "[PAD]"]


def test_truncation_leaves_room_for_special_tokens() -> None:
    output = padding_and_truncation(["a b c d e", "a"], max_length=4, padding="longest")
    assert output["tokens"] == [["[CLS]", "a", "b", "[SEP]"], ["[CLS]", "a", "[SEP]"]]
    assert output["truncated"] == [3, 0]
    assert output["input_ids"].tolist() == [[101, 1000, 1001, 102], [101, 1000, 102, 0]]
    left = padding_and_truncation(["a b c d e", "a"], max_length=4, padding="longest", side="left")
    assert np.array_equal(left["attention_mask"], [[1, 1, 1, 1], [0, 1, 1, 1]])


@pytest.mark.parametrize("bad", [{"texts": []}, {"max_length": 2}, {"padding": "none"}, {"texts": [""]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("padding-and-truncation").run(bad)
