"""Any ColBERT-like model by name or folder: Stanford, PyLate and native checkpoints, as sentence-transformers reads them.

Such a model has token vectors only. Its sentence vector is their mean, normalised: good enough to find candidates, which late
interaction then ranks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BackendUnavailable, InputError, InputTooLarge
from core.protocols import Encoding, Floats, Progress
from core.settings import EncoderSettings
from models.encoders.base import batches
from models.encoders.precision import pick_device, pick_precision, threads_for


class MultiVectorEncoder:
    """A late-interaction model of the sentence-transformers library.

    Parameters
    ----------
    settings : EncoderSettings
        Model name or folder, device, precision and batch size.

    Raises
    ------
    BackendUnavailable
        If the model is neither a folder nor in the local cache, and cannot be fetched.
    """

    def __init__(self, settings: EncoderSettings) -> None:
        import torch
        from sentence_transformers import MultiVectorEncoder as Library

        self._torch = torch
        self._device = pick_device(settings.device)
        self._batch_tokens = settings.batch_tokens
        dtype = getattr(torch, pick_precision(settings.precision, self._device))
        try:
            model = Library(settings.model, device=self._device, model_kwargs={"torch_dtype": dtype})
        except OSError as error:
            raise BackendUnavailable(
                f"late-interaction model {settings.model!r} cannot be loaded: {error}",
                fix="name a folder, or a model of the hub while it can be reached",
            ) from error
        self._model: Any = model.eval()
        self._tokenizer: Any = model.tokenizer
        self._dimension = int(model.get_embedding_dimension() or 0)
        weights = hashlib.sha256()
        for name, tensor in sorted(model.state_dict().items()):
            weights.update(f"{name}{tuple(tensor.shape)}{float(tensor.double().sum()):.6e}".encode())
        self._fingerprint = f"{settings.model}:{weights.hexdigest()[:12]}:late-interaction"
        self._added = len(self._features("a", "document")[0]) - 1

    @property
    def fingerprint(self) -> str:
        """Name and a digest of the weights."""
        return self._fingerprint

    @property
    def dimension(self) -> int:
        """That of a token vector, of which the sentence vector is a mean."""
        return self._dimension

    @property
    def token_dimension(self) -> int:
        """Length of a token vector."""
        return self._dimension

    @property
    def max_tokens(self) -> int:
        """The model's limit for documents, special tokens and prefix included."""
        probe, _ = self._features("a " * 20_000, "document")
        return len(probe)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text with what the model adds to a document."""
        return [len(self.token_offsets(text)) + self._added for text in texts]

    def token_ids(self, texts: Sequence[str]) -> list[NDArray[np.int32]]:
        """Vocabulary ids of what a document's token vectors stand for: punctuation that the model skips is left out."""
        return [encoding.token_ids for encoding in self.encode_documents(texts)]

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        """Character span of each token, special tokens left out, without a limit on length."""
        found = self._tokenizer(
            text, add_special_tokens=False, truncation=False, return_offsets_mapping=True, verbose=False
        )
        return [(int(start), int(end)) for start, end in found["offset_mapping"]]

    def encode_query(self, text: str) -> Encoding:
        """Encode a query as the model wants it, expansion tokens included where it was trained with them.

        Raises
        ------
        InputError
            If the query is blank.
        InputTooLarge
            If the model would cut it.
        """
        if not text.strip():
            raise InputError("the query is empty", fix="ask something")
        return self._encode([text], "query")[0]

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> list[Encoding]:
        """Encode documents, in the order given.

        Raises
        ------
        InputTooLarge
            If the model would cut one.
        """
        lengths = self.count_tokens(texts)
        found: dict[int, Encoding] = {}
        for group in batches(lengths, self._batch_tokens):
            encodings = self._encode([texts[i] for i in group], "document")
            found.update(zip(group, encodings, strict=True))
            if progress is not None:
                progress(len(found), len(texts), "encoding")
        return [found[i] for i in range(len(texts))]

    def _features(self, text: str, task: str) -> tuple[list[int], Any]:
        features = self._outputs([text], task)[0]
        return features["input_ids"].tolist(), features

    def _outputs(self, texts: Sequence[str], task: str) -> list[dict[str, Any]]:
        # not `encode`: only these add the model's own prompt or prefix token
        encode = self._model.encode_query if task == "query" else self._model.encode_document
        found: list[dict[str, Any]] = encode(
            list(texts), batch_size=len(texts), output_value=None, show_progress_bar=False
        )
        return found

    def _encode(self, texts: Sequence[str], task: str) -> list[Encoding]:
        size = sum(self.count_tokens(texts))
        with threads_for(size, self._device):
            outputs = self._outputs(texts, task)
        return [self._encoding(text, output, task) for text, output in zip(texts, outputs, strict=True)]

    def _encoding(self, text: str, output: dict[str, Any], task: str) -> Encoding:
        ids = output["input_ids"].cpu().numpy().astype(np.int32)  # (t,)
        spans = spans_of(ids, self._plain_ids(text), self.token_offsets(text))
        if spans is None:
            raise InputTooLarge(
                f"a {task} of {len(self._plain_ids(text))} tokens is longer than {self._fingerprint.split(':')[0]} reads",
                fix="shorten the question" if task == "query" else "lower `ingest.chunk_tokens`",
            )
        keep = output["attention_mask"].bool().cpu().numpy()  # (t,) what is scored
        vectors = self._torch.nn.functional.normalize(output["token_embeddings"].float(), dim=-1)  # (t, m)
        tokens: Floats = vectors.cpu().numpy()[keep]
        mean = tokens.mean(axis=0) if len(tokens) else np.zeros(self._dimension, dtype=np.float32)
        length = float(np.linalg.norm(mean)) or 1.0
        return Encoding(np.asarray(mean / length, dtype=np.float32), tokens, ids[keep], spans[keep])

    def _plain_ids(self, text: str) -> list[int]:
        found = self._tokenizer(text, add_special_tokens=False, truncation=False, verbose=False)
        return [int(id) for id in found["input_ids"]]


def spans_of(
    ids: NDArray[np.int32], plain: Sequence[int], offsets: Sequence[tuple[int, int]]
) -> NDArray[np.int32] | None:
    """Character span of each id; (0, 0) for what the model added. None where the text's own ids are not all there in a row.

    Examples
    --------
    >>> spans_of(np.array([1, 7, 8, 2], dtype=np.int32), [7, 8], [(0, 3), (4, 6)]).tolist()
    [[0, 0], [0, 3], [4, 6], [0, 0]]
    >>> spans_of(np.array([1, 7, 2], dtype=np.int32), [7, 8], [(0, 3), (4, 6)]) is None
    True
    """
    spans = np.zeros((len(ids), 2), dtype=np.int32)
    listed = ids.tolist()
    for start in range(len(ids) - len(plain) + 1):
        if listed[start : start + len(plain)] == list(plain):
            spans[start : start + len(plain)] = np.asarray(offsets, dtype=np.int32).reshape(-1, 2)
            return spans
    return None
