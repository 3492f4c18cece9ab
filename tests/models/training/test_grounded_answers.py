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
from models.llm.base import messages
from models.llm.grounded_prompt import NO_ANSWER
from models.llm.xllamacpp_model import XllamacppModel, bundled_gguf
from models.training.gguf_adapter import ALIGNMENT, NAMES, adapter_tensors, interleave_heads, write_adapter
from models.training.gguf_model import parted_halves, transformers_name
from models.training.grounded_answers import (
    IGNORED,
    GroundedAnswerTrainer,
    GroundedSettings,
    add_llama_adapters,
    encoded,
    load_llama,
)
from models.training.grounded_examples import GroundedExample, mixed, read_examples, section_examples, shortened

SETTINGS = GroundedSettings(steps=25, examples=6, rank=4, alpha=8, maps=tuple(NAMES), rate=1e-2)


class SpellingTokenizer:
    """A token a character, and chat marks of three tokens; stands for a tokenizer's chat template."""

    def apply_chat_template(
        self, messages: list[dict[str, str]], *, tokenize: bool, return_dict: bool, add_generation_prompt: bool = False
    ) -> list[int]:
        roles = {"system": 1, "user": 1, "assistant": 2}
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
        max_position_embeddings=512,
    )
    return LlamaForCausalLM(config)


def examples() -> list[tuple[list[int], list[int]]]:
    made = [
        GroundedExample((f"{word} is seen.",), "what?", word)
        for word in ("ab", "cd", "ef", "gh", "ij", "kl", "mn", "op")
    ]
    found = [encoded(example, SpellingTokenizer(), 512) for example in made]
    return [row for row in found if row is not None]


def test_only_the_reply_counts() -> None:
    found = encoded(GroundedExample(("xy",), "z", "ab"), SpellingTokenizer(), 512)
    assert found is not None
    ids, labels = found
    counted = [i for i, label in zip(ids, labels, strict=True) if label != IGNORED]
    assert counted == [4 + ord("a") % 60, 4 + ord("b") % 60, 3]  # the reply and the mark that ends it
    assert [label for label in labels if label != IGNORED] == counted
    assert encoded(GroundedExample(("xy",), "z", "ab"), SpellingTokenizer(), 5) is None


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


def write_folder(folder: Path, passages: dict[str, tuple[str, str]], rows: list[dict[str, Any]]) -> None:
    corpus = [{"_id": key, "title": title, "text": text} for key, (title, text) in passages.items()]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in corpus))
    (folder / "queries.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


BRIDGE = "The bridge was built in 1910. It spans the wide river. In 1911 it was painted in red."


def test_answers_become_statements_about_the_fact_that_holds_them(tmp_path: Path) -> None:
    rows = [
        ("When was the bridge built?", {"answers": ["1910"]}),
        ("Where is the paint?", {"answers": ["it"]}),  # stands in two sentences: it is not known which one answers
        ("Who painted the tower?", {"answers": [], "is_impossible": True}),
    ]
    queries = [
        {"_id": str(i), "text": text, "metadata": {**about, "passage": "Alpha#0"}}
        for i, (text, about) in enumerate(rows)
    ]
    write_folder(tmp_path, {"Alpha#0": ("Old bridge", BRIDGE)}, queries)
    told, refused = read_examples(tmp_path)
    assert told.reply == "The bridge was built in 1910."
    assert "The bridge was built in 1910." in told.facts
    assert refused.reply == NO_ANSWER and len(refused.facts) == 3
    assert refused.facts[1] == "Old bridge: It spans the wide river."  # the heading names what "it" is


def test_a_reply_that_its_fact_does_not_bear_out_is_left_out(tmp_path: Path) -> None:
    query = {"_id": "1", "text": "When was the bridge built?", "metadata": {"answers": ["1910"], "passage": "Alpha#0"}}
    write_folder(tmp_path, {"Alpha#0": ("Old bridge", BRIDGE)}, [query])
    asked: list[tuple[str, str]] = []

    def judge(reply: str, fact: str) -> bool:
        asked.append((reply, fact))
        return False

    assert list(read_examples(tmp_path, judge)) == []
    assert asked == [("The bridge was built in 1910.", "The bridge was built in 1910.")]


def test_articles_give_their_first_sentence_shortened() -> None:
    text = "Dropout sets units (neurons) to zero at random, which keeps them from adapting to each other. It is cheap to do."
    (found,) = section_examples([("What is dropout?", "Dropout", text)])
    assert found.reply == "Dropout sets units to zero at random."
    assert list(section_examples([("Is it good?", "Dropout", text)])) == []  # its answer need not open the section


def test_shortening_keeps_whole_clauses() -> None:
    assert shortened("Dropout", "It is a layer that drops units at random, such as neurons or maps.") == (
        "Dropout is a layer that drops units at random."
    )
    assert shortened("X", "A method in which units are dropped at random in every training step.") is None
    assert shortened("", "This is a layer that drops units at random, such as neurons or maps.") is None


def test_refusals_are_a_share_of_all() -> None:
    told = [GroundedExample(("f",), f"q{i}", "r.") for i in range(90)]
    silent = [GroundedExample(("f",), f"s{i}", NO_ANSWER) for i in range(50)]
    rows = mixed([*told, *told, *silent], 0.1, 0)
    assert len(rows) == 100 and sum(row.reply == NO_ANSWER for row in rows) == 10
    assert rows == mixed([*told, *told, *silent], 0.1, 0)


def test_heads_are_permuted_as_the_library_undoes_it() -> None:
    from transformers.modeling_gguf_pytorch_utils import LlamaTensorProcessor

    weights = np.random.default_rng(0).normal(size=(24, 5)).astype(np.float32)
    undo = LlamaTensorProcessor(config={})._reverse_permute_weights
    np.testing.assert_array_equal(undo(interleave_heads(weights, 3), 3, 3), weights)
    np.testing.assert_array_equal(parted_halves(interleave_heads(weights, 3), 3), weights)
    assert transformers_name("blk.11.ffn_down.weight") == "model.layers.11.mlp.down_proj.weight"
    tensors = adapter_tensors({f"layers.0.self_attn.{n}_proj.lora_b": weights for n in "qkv"}, heads=6, key_heads=2)
    np.testing.assert_array_equal(tensors["blk.0.attn_q.weight.lora_b"], interleave_heads(weights, 6))
    np.testing.assert_array_equal(tensors["blk.0.attn_k.weight.lora_b"], interleave_heads(weights, 2))
    np.testing.assert_array_equal(tensors["blk.0.attn_v.weight.lora_b"], weights)


def test_tensors_are_aligned_where_the_index_says(tmp_path: Path) -> None:
    first, second = (
        np.arange(6, dtype=np.float32).reshape(2, 3),
        np.full((1, 2), 7, dtype=np.float32),
    )  # exact in halves
    write_adapter(tmp_path / "a.gguf", {"x": first, "y": second}, alpha=4.0)
    data = (tmp_path / "a.gguf").read_bytes()
    assert struct.unpack("<IQQ", data[4:24]) == (3, 2, 4)
    start = len(data) - 2 * ALIGNMENT
    assert np.frombuffer(data[start : start + 12], "<f2").tolist() == [0, 1, 2, 3, 4, 5]
    assert np.frombuffer(data[start + ALIGNMENT : start + ALIGNMENT + 4], "<f2").tolist() == [7, 7]
    index = data[data.index(b"\x01\0\0\0\0\0\0\0x") :]
    assert struct.unpack("<IQQIQ", index[9:41]) == (2, 3, 2, 1, 0)  # fastest axis first


@pytest.mark.long
def test_an_adapter_says_in_llama_cpp_what_it_says_in_torch(tmp_path: Path) -> None:
    pytest.importorskip("gguf", reason="reads the packaged model")
    tokenizer, model = load_llama(bundled_gguf())
    parameters = add_llama_adapters(model, 4, 8.0, seed=1, maps=("self_attn.q_proj", "self_attn.k_proj", "mlp.up_proj"))
    chance = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, parameter in parameters.items():
            if name.endswith("lora_b"):
                parameter.copy_(0.04 * torch.randn(parameter.shape, generator=chance))
    trained = {name: parameter.detach().numpy() for name, parameter in parameters.items()}
    write_adapter(tmp_path / "a.gguf", adapter_tensors(trained, 9, 3), alpha=8.0)
    prompt = Prompt("Reply briefly.", "Name three colours.")
    ids = tokenizer.apply_chat_template(
        messages(prompt), add_generation_prompt=True, return_tensors="pt", return_dict=True
    )["input_ids"]
    with torch.inference_mode():
        made = model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=12, do_sample=False)
    expected = tokenizer.decode(made[0, ids.shape[1] :], skip_special_tokens=True)

    def reply(adapter: str) -> str:
        backend = XllamacppModel(LLMSettings(context_tokens=256, adapter=adapter))
        return backend.complete(prompt, max_tokens=12)

    # activations are quantised there, so late tokens of a stronger adapter may differ; that it matters is the next test's
    assert reply(str(tmp_path / "a.gguf")).split()[:4] == expected.split()[:4]


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
