from __future__ import annotations

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from core.errors import InputError, InputTooLarge, SettingsError
from core.settings import EncoderSettings
from models.encoders.base import batches
from models.encoders.bundled import bundled_folder
from models.encoders.precision import pick_device
from models.encoders.sentence_transformer import SentenceTransformerEncoder
from tests.bundled import encoder

TEXTS = ["A cat sat on the mat.", "Gradients vanish in deep networks with sigmoid units.", "x", "größer 😀 naïve"]


def test_sentence_vectors_equal_sentence_transformers() -> None:
    oracle = SentenceTransformer(str(bundled_folder()), device="cpu").encode(TEXTS, normalize_embeddings=True)
    ours = np.stack([e.sentence for e in encoder().encode_documents(TEXTS)])
    np.testing.assert_allclose(ours, oracle, atol=1e-5)


def test_both_backends_agree_on_the_same_weights() -> None:
    settings = EncoderSettings(
        backend="sentence-transformers", model=str(bundled_folder()), device="cpu", precision="fp32"
    )
    other = SentenceTransformerEncoder(settings)
    for ours, theirs in zip(encoder().encode_documents(TEXTS), other.encode_documents(TEXTS), strict=True):
        np.testing.assert_allclose(ours.sentence, theirs.sentence, atol=1e-5)
        np.testing.assert_allclose(ours.tokens, theirs.tokens, atol=1e-4)


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
