from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import BertTokenizer

from algorithms.registry import load
from algorithms.tokenization.special_tokens import special_tokens
from core.errors import InputError

SEGMENT = st.lists(st.sampled_from(["how", "old", "is", "it"]), min_size=1, max_size=6)


@given(SEGMENT, st.one_of(st.none(), SEGMENT), st.integers(0, 5))
def test_layout_equals_the_bert_tokenizer(first: list[str], second: list[str] | None, extra: int) -> None:
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "how", "old", "is", "it"]
    tokenizer = BertTokenizer(vocab={name: i for i, name in enumerate(names)})
    length = len(first) + (len(second) + 1 if second else 0) + 2 + extra
    expected = tokenizer(
        " ".join(first),
        " ".join(second) if second else None,
        padding="max_length",
        max_length=length,
        return_token_type_ids=True,
    )
    output = special_tokens(first, second, length=length)
    assert output["tokens"] == tokenizer.convert_ids_to_tokens(expected["input_ids"])
    assert output["segment_ids"] == expected["token_type_ids"]
    assert output["attention_mask"] == expected["attention_mask"]


def test_single_and_pair() -> None:
    assert special_tokens(["a", "b"])["tokens"] == ["[CLS]", "a", "b", "[SEP]"]
    pair = special_tokens(["a"], ["b", "c"])
    assert pair["tokens"] == ["[CLS]", "a", "[SEP]", "b", "c", "[SEP]"]
    assert pair["segment_ids"] == [0, 0, 0, 1, 1, 1]
    assert (special_tokens(["a"])["added"], pair["added"]) == (2, 3)
    ids = pair["special_ids"]
    assert (ids["[CLS]"], ids["[SEP]"], ids["[PAD]"]) == (101, 102, 0)


def test_gpt2_pads_with_its_end_token_and_masks_it() -> None:
    output = special_tokens(["a"], model="gpt-2", length=4)
    assert output["tokens"] == ["a"] + ["<|endoftext|>"] * 3
    assert output["attention_mask"] == [1, 1, 0, 0]
    assert output["special_ids"] == {"<|endoftext|>": 50256}


@pytest.mark.parametrize("bad", [{"first": []}, {"length": 5}, {"first": ["[SEP]"]}, {"model": "t5"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("special-tokens").run(bad)
