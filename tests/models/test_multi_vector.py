"""Late-interaction checkpoints in three formats, made here from a tiny BERT, against the library's own encoding."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError, InputTooLarge
from core.settings import EncoderSettings
from models.encoders import get_encoder
from models.encoders.multi_vector import MultiVectorEncoder, spans_of
from models.encoders.precision import threads_for
from tests.models.tiny import tiny_backbone

TEXT = "word1 word2 word3 word2"


def bert_with_tokenizer(folder: Path) -> Path:
    from transformers import PreTrainedTokenizerFast

    tiny_backbone(folder)
    PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"),
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="word119",
        model_max_length=64,
    ).save_pretrained(str(folder))
    return folder


@pytest.fixture(scope="module")
def native(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A native save: backbone, a projection to 16 dimensions, a mask."""
    from sentence_transformers import MultiVectorEncoder as Library

    base = bert_with_tokenizer(tmp_path_factory.mktemp("base"))
    model = Library(str(base), device="cpu")
    folder = tmp_path_factory.mktemp("native")
    model.save_pretrained(str(folder))
    return folder


@pytest.fixture(scope="module")
def stanford(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stanford's layout: a BERT whose weights carry ``linear.weight``, and ``artifact.metadata``."""
    import torch
    from safetensors.torch import load_file, save_file

    folder = bert_with_tokenizer(tmp_path_factory.mktemp("stanford"))
    weights = {f"bert.{name}": tensor for name, tensor in load_file(str(folder / "model.safetensors")).items()}
    weights["linear.weight"] = torch.randn(8, 32, generator=torch.Generator().manual_seed(3))
    save_file(weights, str(folder / "model.safetensors"), metadata={"format": "pt"})
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "architectures": ["HF_ColBERT"]}))
    metadata = {
        "query_token_id": "word117",
        "doc_token_id": "word118",
        "query_token": "word117",
        "doc_token": "word118",
        "dim": 8,
        "query_maxlen": 16,
        "doc_maxlen": 40,
        "mask_punctuation": False,
        "attend_to_mask_tokens": False,
    }
    (folder / "artifact.metadata").write_text(json.dumps(metadata))
    return folder


def settings(folder: Path) -> EncoderSettings:
    return EncoderSettings(backend="colbert", model=str(folder), device="cpu", precision="fp32")


@pytest.mark.parametrize("kind", ["native", "stanford"])
def test_token_vectors_are_the_librarys(kind: str, request: pytest.FixtureRequest) -> None:
    from sentence_transformers import MultiVectorEncoder as Library

    folder = request.getfixturevalue(kind)
    ours = get_encoder(settings(folder))
    assert isinstance(ours, MultiVectorEncoder)
    theirs = Library(str(folder), device="cpu")
    for text, found in zip([TEXT, "word9"], ours.encode_documents([TEXT, "word9"]), strict=True):
        expected = theirs.encode_document([text], convert_to_numpy=True, normalize_embeddings=True)[0]
        np.testing.assert_allclose(found.tokens, expected, atol=1e-5)
        assert len(found.tokens) == len(found.token_ids) == len(found.token_spans)
        mean = expected.mean(axis=0)
        np.testing.assert_allclose(found.sentence, mean / np.linalg.norm(mean), atol=1e-5)
    query = ours.encode_query("word4 word5")
    expected = theirs.encode_query(["word4 word5"], convert_to_numpy=True, normalize_embeddings=True)[0]
    np.testing.assert_allclose(query.tokens, expected, atol=1e-5)
    assert query.tokens.shape[1] == ours.token_dimension == ours.dimension


def test_stanfords_projection_and_lengths_are_read(stanford: Path) -> None:
    ours = MultiVectorEncoder(settings(stanford))
    assert ours.token_dimension == 8
    assert ours.max_tokens <= 64
    assert ours.fingerprint.endswith(":late-interaction")


def test_spans_are_the_texts_own(native: Path) -> None:
    found = MultiVectorEncoder(settings(native)).encode_documents([TEXT])[0]
    words = [TEXT[start:end] for start, end in found.token_spans.tolist() if end]
    assert words == TEXT.split()
    assert spans_of(np.array([5], dtype=np.int32), [5], [(0, 1)]) is not None


def test_nothing_is_cut(native: Path) -> None:
    ours = MultiVectorEncoder(settings(native))
    long = " ".join(["word5"] * (ours.max_tokens + 5))
    with pytest.raises(InputTooLarge, match="chunk_tokens"):
        ours.encode_documents([long])
    with pytest.raises(InputError, match="empty"):
        ours.encode_query(" ")
    assert ours.count_tokens([TEXT])[0] == 4 + ours.count_tokens([""])[0]


def test_a_query_runs_on_one_thread_and_gives_the_others_back() -> None:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with threads_for(10, "cpu"):
            assert torch.get_num_threads() == 1
        assert torch.get_num_threads() == 2
        with threads_for(5000, "cpu"):
            assert torch.get_num_threads() == 2
        with pytest.raises(RuntimeError), threads_for(10, "cpu"):
            raise RuntimeError
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
