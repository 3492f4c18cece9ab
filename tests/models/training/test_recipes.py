from __future__ import annotations

import itertools
import json
import random
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sentence_transformers import SentenceTransformer

from core.errors import Conflict, InputError
from models.encoders.backbone import load_backbone
from models.encoders.merging import merge_differences
from models.training.checkpoint import load_checkpoint
from models.training.export import export
from models.training.gain import Gain, compare, mean_gain, randomisation_p_value, reciprocal_ranks
from models.training.late_interaction import LateInteractionSettings
from models.training.optimizer import MasterWeights, rate_factor
from models.training.pairs import Pair, PairCollection, is_held_out
from models.training.recipes import Tools, adapt, train_late_interaction
from models.weights.bundle import load_weights
from retrieval.bm25_texts import Bm25Texts
from tests.models.tiny import WORDS, tiny_backbone

SETTINGS = LateInteractionSettings(steps=70, queries=12, negatives=2, rate=4e-3, hold=0.0, distil=0.0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_backbone(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def tools(folder: Path) -> Tools:
    return Tools(folder, Bm25Texts, device="cpu", precision="fp32")


def synonyms(related: bool, count: int = 240) -> PairCollection:
    """Queries in other words than their passages: word n + 20 asks for word n, or for nothing where not `related`."""
    chance = random.Random(5)
    texts, pairs = [], []
    for n in range(count):
        said = chance.sample(range(20), 3)
        asked = [20 + word for word in said] if related else chance.sample(range(20, 40), 3)
        texts.append(" ".join(WORDS[word] for word in said))
        pairs.append(Pair(" ".join(WORDS[word] for word in asked), n, is_held_out(f"d{n}", 0.25)))
    return PairCollection("own", tuple(texts), tuple(pairs))


def test_adaptation_that_helps_is_kept_and_loads(folder: Path, tools: Tools, tmp_path: Path) -> None:
    outcome = adapt([synonyms(related=True)], [], SETTINGS, tools, tmp_path / "mine")
    assert outcome.manifest is not None
    assert outcome.gains["all own pairs"].difference > 0.05
    manifest, tensors = load_weights(tmp_path / "mine", folder / "model.safetensors", "encoder")
    assert manifest.settings["share"] == outcome.share
    assert {name.split(".")[2] for name in tensors} == {"1", "2"}  # the lowest layer is as it was
    assert sorted(file.name for file in (tmp_path / "mine").iterdir()) == [
        "curve.json",
        "curve.png",
        "manifest.json",
        "weights.safetensors",
    ]
    again = reciprocal_ranks(
        synonyms(related=True), load_backbone(folder), tensors, Bm25Texts, longest=64, device="cpu", dtype=torch.float32
    )
    plain = reciprocal_ranks(
        synonyms(related=True), load_backbone(folder), None, Bm25Texts, longest=64, device="cpu", dtype=torch.float32
    )
    assert again.mean() > plain.mean() + 0.05


def test_adaptation_without_gain_is_refused(tools: Tools, tmp_path: Path) -> None:
    outcome = adapt([synonyms(related=False)], [], SETTINGS, tools, tmp_path / "mine")
    assert outcome.manifest is None
    assert outcome.gains["all own pairs"].pairs > 20
    assert not list((tmp_path / "mine").iterdir())


def test_adaptation_that_harms_a_control_is_refused(tools: Tools, tmp_path: Path) -> None:
    own = synonyms(related=True)
    swapped = tuple(Pair(p.query, p.positive, held_out=True) for p in own.pairs[:120])
    shifted = [" ".join(WORDS[(int(w[4:]) + 7) % 20] for w in text.split()) for text in own.texts]
    control = PairCollection("control", tuple(shifted), swapped)  # here the same queries ask for other words
    outcome = adapt([own], [control], SETTINGS, tools, tmp_path / "mine")
    kept = outcome.manifest is not None
    harmed = outcome.gains["control"].difference < -0.01
    assert outcome.gains["all own pairs"].difference > 0.05
    assert kept != harmed


def test_too_few_held_out_pairs_are_an_error(tools: Tools, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="held-out"):
        adapt([synonyms(related=True, count=12)], [], SETTINGS, tools, tmp_path)


def test_training_writes_weights_with_its_metrics(tools: Tools, tmp_path: Path) -> None:
    outcome = train_late_interaction([synonyms(related=True)], SETTINGS, tools, tmp_path / "mine")
    assert outcome.manifest is not None
    measured = json.loads((tmp_path / "mine" / "manifest.json").read_text(encoding="utf-8"))["metrics"]
    own = measured["held_out_reciprocal_rank"]["own"]
    assert own["after"] > own["before"]


def test_a_stopped_run_keeps_its_checkpoint(folder: Path, tmp_path: Path) -> None:
    stopped = Tools(folder, Bm25Texts, device="cpu", precision="fp32", stop=lambda: True)
    with pytest.raises(KeyboardInterrupt):
        train_late_interaction([synonyms(related=True)], SETTINGS, stopped, tmp_path / "mine")
    assert (tmp_path / "mine" / "work" / "checkpoint.pt").exists()
    assert load_checkpoint(tmp_path / "none.pt", {}) is None


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=9))
def test_p_value_equals_the_enumeration(differences: list[int]) -> None:
    values = np.array(differences, dtype=float)
    patterns = list(itertools.product([-1, 1], repeat=len(values)))
    extreme = sum(abs(float(np.dot(p, values))) >= abs(values.sum()) - 1e-9 for p in patterns)
    assert randomisation_p_value(np.zeros(len(values)), values) == pytest.approx(extreme / len(patterns))


def test_p_value_by_sampling_is_close_to_scipy() -> None:
    from scipy.stats import permutation_test

    values = np.random.default_rng(1).normal(0.2, 1, size=60)
    wanted = permutation_test(
        (values,), np.mean, permutation_type="samples", n_resamples=20_000, rng=np.random.default_rng(2)
    ).pvalue
    assert randomisation_p_value(np.zeros(60), values) == pytest.approx(wanted, abs=0.02)


def test_gains_are_differences_of_means() -> None:
    gain = compare(np.array([0.5, 1.0]), np.array([1.0, 1.0]))
    assert gain == Gain(0.75, 1.0, 1.0, 2)
    assert mean_gain([gain, Gain(0.5, 0.25, 1.0, 9)]) == 0.0


def test_perfect_rankings_have_rank_one(folder: Path) -> None:
    texts = tuple(f"{WORDS[2 * n]} {WORDS[2 * n + 1]}" for n in range(20))
    pairs = tuple(Pair(text, n, held_out=True) for n, text in enumerate(texts))
    ranks = reciprocal_ranks(
        PairCollection("x", texts, pairs),
        load_backbone(folder),
        None,
        Bm25Texts,
        longest=64,
        device="cpu",
        dtype=torch.float32,
    )
    assert ranks.tolist() == [1.0] * 20


def test_master_weights_keep_what_bf16_would_lose() -> None:
    live = torch.ones(1, dtype=torch.bfloat16, requires_grad=True)
    weights = MasterWeights({"w": live}, rate=1e-4)
    for _ in range(60):
        live.grad = torch.ones(1, dtype=torch.bfloat16)
        weights.step(1.0)
    assert float(live.detach()) == pytest.approx(0.994, abs=0.004)  # a step of 1e-4 alone rounds away at 1


def test_the_pull_leads_back_to_the_start() -> None:
    live = torch.zeros(1, requires_grad=True)
    weights = MasterWeights({"w": live}, rate=0.1, pull=5.0)
    live.grad = torch.tensor([-1.0])
    weights.step(1.0)
    away = float(live.detach())
    for _ in range(80):
        live.grad = torch.zeros(1)
        weights.step(1.0)
    assert away > 0.01
    assert abs(float(live.detach())) < 0.3 * away


def test_the_rate_warms_up_and_ends_low() -> None:
    factors = [rate_factor(done / 100) for done in range(101)]
    peak = int(np.argmax(factors))
    assert factors[peak] == 1.0
    assert all(a <= b for a, b in itertools.pairwise(factors[: peak + 1]))
    assert all(a >= b for a, b in itertools.pairwise(factors[peak:]))


def test_export_gives_the_merged_model(folder: Path, tools: Tools, tmp_path: Path) -> None:
    train_late_interaction([synonyms(related=True)], SETTINGS, tools, tmp_path / "mine")
    export(str(tmp_path / "mine"), folder, tmp_path / "exported")
    backbone = load_backbone(folder)
    merge_differences(backbone.model, load_weights(tmp_path / "mine", folder / "model.safetensors", "encoder")[1])
    ids = torch.tensor([backbone.tokenizer.encode("word1 word2").ids])
    hidden = backbone.model(input_ids=ids).last_hidden_state[0].mean(0)
    wanted = torch.nn.functional.normalize(hidden, dim=0).detach()
    found = SentenceTransformer(str(tmp_path / "exported"), device="cpu").encode("word1 word2")
    np.testing.assert_allclose(found, wanted, atol=1e-5)
    with pytest.raises(Conflict, match="not empty"):
        export("none", folder, tmp_path / "exported")
