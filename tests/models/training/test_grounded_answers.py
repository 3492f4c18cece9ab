from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core.protocols import Prompt
from core.settings import LLMSettings
from models.llm.xllamacpp_model import XllamacppModel
from models.training.gguf_adapter import ALIGNMENT, adapter_tensors, interleave_heads, write_adapter
from models.training.grounded_answers import (
    IGNORED,
    REFUSAL,
    GroundedAnswerTrainer,
    GroundedExample,
    GroundedSettings,
    encoded,
    read_examples,
)

SETTINGS = GroundedSettings(steps=25, examples=6, rank=4, alpha=8, rate=1e-2)


class SpellingTokenizer:
    """A token a character, and chat marks of three tokens; stands for a tokenizer's chat template."""

    def apply_chat_template(
        self, messages: list[dict[str, str]], *, tokenize: bool, return_dict: bool, add_generation_prompt: bool = False
    ) -> list[int]:
        roles = {"user": 1, "assistant": 2}
        ids = [i for m in messages for i in (roles[m["role"]], *(4 + ord(c) % 60 for c in m["content"]), 3)]
        return [*ids, 2] if add_generation_prompt else ids


def tiny_llama() -> Any:
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=64,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=128,
    )
    return LlamaForCausalLM(config)


def examples() -> list[tuple[list[int], list[int]]]:
    made = [
        GroundedExample(f"{word} is seen.", "what?", word) for word in ("ab", "cd", "ef", "gh", "ij", "kl", "mn", "op")
    ]
    found = [encoded(example, SpellingTokenizer(), 128) for example in made]
    return [row for row in found if row is not None]


def test_only_the_reply_counts() -> None:
    found = encoded(GroundedExample("xy", "z", "ab"), SpellingTokenizer(), 128)
    assert found is not None
    ids, labels = found
    counted = [i for i, label in zip(ids, labels, strict=True) if label != IGNORED]
    assert counted == [4 + ord("a") % 60, 4 + ord("b") % 60, 3]  # the reply and the mark that ends it
    assert [label for label in labels if label != IGNORED] == counted
    assert encoded(GroundedExample("xy", "z", "ab"), SpellingTokenizer(), 5) is None


def test_loss_falls_and_the_models_own_weights_stay(tmp_path: Path) -> None:
    model = tiny_llama()
    before = {name: p.clone() for name, p in model.named_parameters()}
    trainer = GroundedAnswerTrainer(model, examples(), SETTINGS, tmp_path)
    file = trainer.train()
    assert np.mean([row["reply"] for row in trainer.curve[-3:]]) < trainer.curve[0]["reply"] - 0.2
    assert file.read_bytes()[:4] == b"GGUF"
    for name, parameter in model.named_parameters():
        plain = name.replace(".base.", ".")
        if plain in before:
            assert torch.equal(parameter, before[plain])


def test_a_resumed_run_writes_the_same_adapter(tmp_path: Path) -> None:
    whole = GroundedAnswerTrainer(tiny_llama(), examples(), SETTINGS, tmp_path / "whole").train().read_bytes()
    first = GroundedAnswerTrainer(tiny_llama(), examples(), SETTINGS, tmp_path / "cut")
    first.train(stop=lambda: len(first.curve) >= 7)
    assert GroundedAnswerTrainer(tiny_llama(), examples(), SETTINGS, tmp_path / "cut").train().read_bytes() == whole


def test_unanswerable_questions_are_refused_and_unclear_ones_left_out(tmp_path: Path) -> None:
    text = "The bridge was built in 1910. It spans the river. In 1910 it was painted."
    (tmp_path / "corpus.jsonl").write_text(json.dumps({"_id": "Alpha#0", "text": text}) + "\n")
    rows = [
        {"answers": ["the river"], "is_impossible": False},
        {"answers": ["1910"], "is_impossible": False},
        {"answers": [], "is_impossible": True},
    ]
    lines = [{"_id": str(i), "text": f"q{i}", "metadata": {**row, "passage": "Alpha#0"}} for i, row in enumerate(rows)]
    (tmp_path / "queries.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert [(e.question, e.reply) for e in read_examples(tmp_path)] == [("q0", "It spans the river."), ("q2", REFUSAL)]


def test_heads_are_permuted_as_the_library_undoes_it() -> None:
    from transformers.modeling_gguf_pytorch_utils import LlamaTensorProcessor

    weights = np.random.default_rng(0).normal(size=(24, 5)).astype(np.float32)
    undo = LlamaTensorProcessor(config={})._reverse_permute_weights
    np.testing.assert_array_equal(undo(interleave_heads(weights, 3), 3, 3), weights)
    tensors = adapter_tensors({f"layers.0.self_attn.{n}_proj.lora_b": weights for n in "qkv"}, heads=6, key_heads=2)
    np.testing.assert_array_equal(tensors["blk.0.attn_q.weight.lora_b"], interleave_heads(weights, 6))
    np.testing.assert_array_equal(tensors["blk.0.attn_k.weight.lora_b"], interleave_heads(weights, 2))
    np.testing.assert_array_equal(tensors["blk.0.attn_v.weight.lora_b"], weights)


def test_tensors_are_aligned_where_the_index_says(tmp_path: Path) -> None:
    first, second = np.arange(6, dtype=np.float32).reshape(2, 3), np.full((1, 2), 7, dtype=np.float32)
    write_adapter(tmp_path / "a.gguf", {"x": first, "y": second}, alpha=4.0)
    data = (tmp_path / "a.gguf").read_bytes()
    assert struct.unpack("<IQQ", data[4:24]) == (3, 2, 4)
    start = len(data) - 2 * ALIGNMENT
    assert np.frombuffer(data[start : start + 24], "<f4").tolist() == [0, 1, 2, 3, 4, 5]
    assert np.frombuffer(data[start + ALIGNMENT : start + ALIGNMENT + 8], "<f4").tolist() == [7, 7]
    index = data[data.index(b"\x01\0\0\0\0\0\0\0x") :]
    assert struct.unpack("<IQQIQ", index[9:41]) == (2, 3, 2, 0, 0)  # fastest axis first


@pytest.mark.long
def test_llama_cpp_loads_the_adapter_and_it_matters(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)

    def reply(strength: float | None) -> str:
        adapter = ""
        if strength is not None:
            adapter = str(tmp_path / f"{strength}.gguf")
            a = chance.normal(size=(4, 576)).astype(np.float32)
            b = strength * chance.normal(size=(576, 4)).astype(np.float32)
            sides = {"lora_a": a, "lora_b": b}
            tensors = {f"blk.{i}.attn_output.weight.{side}": t for i in range(30) for side, t in sides.items()}
            write_adapter(Path(adapter), tensors, alpha=8.0)
        model = XllamacppModel(LLMSettings(context_tokens=256, adapter=adapter))
        return "".join(model.stream(Prompt("Reply in one word.", "Name a colour."), max_tokens=8, temperature=0))

    assert reply(0.0) == reply(None)
    assert reply(1.0) != reply(None)
