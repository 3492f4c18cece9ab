from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.errors import InputError
from models.encoders.backbone import load_backbone
from models.rerankers.reading_network import ReadingNetwork
from models.training.pairs import is_held_out
from models.training.reader import ReaderSettings, ReaderTrainer, layer_weights, position
from models.training.reading_examples import Question, ReadingExample, questions, token_span, tokenized
from retrieval.bm25_texts import Bm25Texts
from tests.models.tiny import WORDS, tiny_backbone

SETTINGS = ReaderSettings(steps=30, batch=8, rate=5e-3, rank=8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_backbone(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def examples(folder: Path) -> list[ReadingExample]:
    """The word asked for stands in the passage, which answers, or does not."""
    chance, asked = random.Random(0), []
    for n in range(120):
        words = chance.sample(WORDS[:20], 8)
        asked.append(
            Question(words[0], " ".join(sorted(words[:6])), (words[0],), "answered")
            if n % 2
            else Question(words[7], " ".join(sorted(words[:6])), (), "impossible")
        )
    return tokenized(asked, load_backbone(folder))


def test_spans_point_at_the_answer(folder: Path, examples: list[ReadingExample]) -> None:
    backbone = load_backbone(folder)
    for example in examples:
        if example.answered:
            assert example.start == example.end > 0
            assert example.passage[example.start] == example.question[1]
        else:
            assert (example.start, example.end) == (0, 0)
    assert backbone.tokenizer.id_to_token(int(examples[1].question[1])).startswith("word")


def test_only_the_passage_and_the_first_token_can_be_marked(folder: Path, examples: list[ReadingExample]) -> None:
    network = ReadingNetwork(load_backbone(folder))
    with torch.no_grad():
        span, answers = network.forward(
            [e.question for e in examples[:3]],
            [e.passage[: 4 + i] for i, e in enumerate(examples[:3])],
            "cpu",
            torch.float32,
        )
    question = len(examples[0].question)
    assert torch.isfinite(span[:, 0]).all()
    assert torch.isinf(span[:, 1:question]).all()
    assert torch.isfinite(span[0, question : question + 3]).all()
    assert torch.isinf(span[0, question + 3 :]).all()  # padding of the shortest
    assert answers.shape == (3,)
    assert position(examples[1], examples[1].start) == question + examples[1].start - 1


def test_it_learns_and_what_is_kept_says_the_same(folder: Path, examples: list[ReadingExample], tmp_path: Path) -> None:
    backbone = load_backbone(folder)
    base = layer_weights(backbone)
    trainer = ReaderTrainer(backbone, examples, SETTINGS, tmp_path)
    trainer.train()
    curve = trainer.curve
    first, last = (float(np.mean([row["place"] for row in rows])) for rows in (curve[:5], curve[-5:]))
    assert last < 0.8 * first
    kept = trainer.kept(base)
    full = {n: t for n, t in trainer.trained().items() if n.startswith("encoder.")}
    for name, tensor in full.items():
        if tensor.ndim == 2:
            stem = name.removesuffix(".weight")
            product = kept[f"{stem}.lora_b"] @ kept[f"{stem}.lora_a"]
            whole = tensor - base[name]
            assert torch.linalg.matrix_norm(whole - product) < torch.linalg.matrix_norm(whole)
            assert torch.linalg.matrix_rank(product) <= SETTINGS.rank
        else:
            torch.testing.assert_close(kept[f"{name}.difference"], tensor - base[name])


def test_an_interrupted_run_ends_where_a_whole_one_does(
    folder: Path, examples: list[ReadingExample], tmp_path: Path
) -> None:
    settings = replace(SETTINGS, steps=6)
    whole = ReaderTrainer(load_backbone(folder), examples, settings, tmp_path / "whole").train()
    first = ReaderTrainer(load_backbone(folder), examples, settings, tmp_path / "parts")
    first.train(stop=lambda: len(first.curve) >= 3)
    again = ReaderTrainer(load_backbone(folder), examples, settings, tmp_path / "parts").train()
    for name, tensor in whole.items():
        torch.testing.assert_close(again[name], tensor)


def test_each_example_is_drawn_once_an_epoch(folder: Path, examples: list[ReadingExample], tmp_path: Path) -> None:
    trainer = ReaderTrainer(load_backbone(folder), examples[:64], SETTINGS, tmp_path)
    drawn = [id(e) for step in range(8) for e in trainer.draw(step)]
    assert sorted(drawn) == sorted(id(e) for e in examples[:64])
    assert [id(e) for e in trainer.draw(3)] == [id(e) for e in trainer.draw(3)]
    with pytest.raises(InputError, match="too few"):
        ReaderTrainer(load_backbone(folder), examples[:63], SETTINGS, tmp_path)


def test_questions_of_a_folder_know_what_does_not_answer_them(tmp_path: Path) -> None:
    names = [n for n in ("Alpha", "Beta", "Gamma", "Delta", "Kappa") if not is_held_out(f"{n}#0")]
    corpus, queries, qrels = [], [], ["query-id\tcorpus-id\tscore"]
    for name in names:
        corpus += [
            {"_id": f"{name}#0", "text": f"{name} was founded in 1820. It lies by a lake. Its mill burned down."},
            {"_id": f"{name}#1", "text": f"The bridge of {name} is old. Many cross it."},
            {"_id": f"{name}#2", "text": f"{name} has a market. It is held on Mondays."},
        ]
        queries += [
            {
                "_id": f"{name}a",
                "text": f"When was {name} founded?",
                "metadata": {"answers": ["1820"], "is_impossible": False},
            },
            {
                "_id": f"{name}b",
                "text": f"Who founded {name}?",
                "metadata": {"answers": [], "is_impossible": True, "passage": f"{name}#0"},
            },
        ]
        qrels.append(f"{name}a\t{name}#0\t1")
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "train.tsv").write_text("\n".join(qrels) + "\n")
    for file, rows in (("corpus.jsonl", corpus), ("queries.jsonl", queries)):
        (tmp_path / file).write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = [q for seed in range(8) for q in questions(tmp_path, Bm25Texts, random.Random(seed))]
    assert {q.kind for q in found} == {"answered", "impossible", "shortened", "neighbour"}
    for question in found:
        assert ("1820" in question.passage) == (question.kind in {"answered", "impossible"})
        assert bool(question.answers) == (question.kind == "answered")
    assert not list(questions(tmp_path, Bm25Texts, random.Random(0), held_out=True))


def test_token_spans_by_hand() -> None:
    offsets = [(0, 0), (0, 2), (2, 5), (6, 9), (0, 0)]
    assert token_span(offsets, 0, 5) == (1, 2)
    assert token_span(offsets, 5, 6) == (-1, -1)  # a blank
