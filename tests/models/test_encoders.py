from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer

from core.errors import CorruptStore, InputError, InputTooLarge, SettingsError
from core.settings import EncoderSettings
from models.encoders.base import batches
from models.encoders.bundled import BundledEncoder, bundled_folder
from models.encoders.precision import pick_device
from models.encoders.sentence_transformer import SentenceTransformerEncoder
from models.weights.bundle import save_weights
from tests.bundled import encoder, untrained

TEXTS = ["A cat sat on the mat.", "Gradients vanish in deep networks with sigmoid units.", "x", "größer 😀 naïve"]


def test_sentence_vectors_equal_sentence_transformers() -> None:
    oracle = SentenceTransformer(str(bundled_folder()), device="cpu").encode(TEXTS, normalize_embeddings=True)
    ours = np.stack([e.sentence for e in untrained().encode_documents(TEXTS)])
    np.testing.assert_allclose(ours, oracle, atol=1e-5)


def test_both_backends_agree_on_the_same_weights() -> None:
    settings = EncoderSettings(
        backend="sentence-transformers", model=str(bundled_folder()), device="cpu", precision="fp32"
    )
    other = SentenceTransformerEncoder(settings)
    for ours, theirs in zip(untrained().encode_documents(TEXTS), other.encode_documents(TEXTS), strict=True):
        np.testing.assert_allclose(ours.sentence, theirs.sentence, atol=1e-5)
        np.testing.assert_allclose(ours.tokens, theirs.tokens, atol=1e-4)


def test_trained_weights_are_merged_and_named_in_the_fingerprint(tmp_path: Path) -> None:
    name = "encoder.layer.5.output.LayerNorm.bias"
    shift = {name: torch.linspace(-0.5, 0.5, 384)}
    file = bundled_folder() / "model.safetensors"
    manifest = save_weights(tmp_path / "shift", shift, file, name="shift", kind="encoder", settings={})
    settings = EncoderSettings(device="cpu", precision="fp32", weights=str(tmp_path / "shift"))
    changed = BundledEncoder(settings)
    assert changed.fingerprint == f"{untrained().fingerprint}:shift:{manifest.sha256[:12]}"
    ours, plain = (e.encode_documents(TEXTS[:1])[0].sentence for e in (changed, untrained()))
    model = SentenceTransformer(str(bundled_folder()), device="cpu")
    with torch.no_grad():
        dict(model[0].auto_model.named_parameters())[name].add_(shift[name])
    np.testing.assert_allclose(ours, model.encode(TEXTS[:1], normalize_embeddings=True)[0], atol=1e-3)
    assert float(ours @ plain) < 0.999


def test_damaged_weights_stop_the_encoder(tmp_path: Path) -> None:
    file = bundled_folder() / "model.safetensors"
    save_weights(tmp_path / "w", {"x": torch.zeros(1)}, file, name="w", kind="encoder", settings={})
    with (tmp_path / "w" / "weights.safetensors").open("ab") as stream:
        stream.write(b"!")
    with pytest.raises(CorruptStore, match="damaged"):
        BundledEncoder(EncoderSettings(device="cpu", weights=str(tmp_path / "w")))


def test_batching_and_order_change_nothing() -> None:
    together = encoder().encode_documents(TEXTS)
    for text, encoding in zip(TEXTS, together, strict=True):
        alone = encoder().encode_documents([text])[0]
        np.testing.assert_allclose(alone.sentence, encoding.sentence, atol=1e-5)
        assert alone.token_ids.tolist() == encoding.token_ids.tolist()


def test_tokens_are_unit_vectors_with_exact_spans() -> None:
    encoding = encoder().encode_query("Gradients vanish")
    np.testing.assert_allclose(np.linalg.norm(encoding.tokens, axis=1), 1, atol=1e-5)
    words = ["Gradients vanish"[a:b] for a, b in encoding.token_spans]
    assert "".join(words) == "Gradientsvanish"  # the special tokens are gone


def test_nothing_is_cut() -> None:
    with pytest.raises(InputTooLarge, match="longer than"):
        encoder().encode_documents(["word " * 600])
    with pytest.raises(InputError, match="empty"):
        encoder().encode_query("  ")
    assert encoder().encode_documents([]) == []


def test_missing_cuda_is_said() -> None:
    import torch

    if torch.cuda.is_available():
        assert pick_device("cuda") == "cuda"
    else:
        with pytest.raises(SettingsError, match="cuda"):
            pick_device("cuda")


def test_batches_hold_the_limit_and_everything() -> None:
    lengths = [5, 1, 9, 3, 3, 7]
    groups = list(batches(lengths, 12))
    assert sorted(i for g in groups for i in g) == list(range(6))
    assert all(max(lengths[i] for i in g) * len(g) <= 12 or len(g) == 1 for g in groups)
