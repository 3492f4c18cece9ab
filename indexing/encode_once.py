"""No text is encoded twice: equal texts of one ingest share a pass, and vectors of earlier ones are taken over.

What an encoder reads is named by a hash in every collection's database, so the collections themselves are the cache: nothing
is stored for it, and what garbage collection deletes is gone from it too.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

import numpy as np

from core.errors import CorruptStore
from core.protocols import Encoder, Encoding, Progress
from indexing.stores.base import Store
from indexing.stores.database import input_hash

log = logging.getLogger(__name__)
TEXTS_A_PASS = 1024
"""Token vectors of no more texts are in memory before they are compressed (about 200 MB at 128 tokens of 384 dimensions)."""


def encode_once(
    texts: Sequence[str], encoder: Encoder, store: Store, others: Iterable[Store] = (), progress: Progress | None = None
) -> list[Encoding]:
    """Encodings of texts in order, compressed as `store` keeps them; equal texts share one object.

    Parameters
    ----------
    texts : sequence of str
        What the encoder reads.
    encoder : Encoder
        Encodes those that are new.
    store : Store
        Where they are going; asked for earlier encodings first.
    others : iterable of Store
        Made by the same encoder and codec; asked next.
    progress : Progress, optional
        Told about the texts that are encoded.
    """
    hashes = [input_hash(text) for text in texts]
    text_of = dict(zip(hashes, texts, strict=True))
    known = found_before(text_of, encoder, [store, *(other for other in others if other is not store)])
    new = [key for key in text_of if key not in known]
    for start in range(0, len(new), TEXTS_A_PASS):
        part = new[start : start + TEXTS_A_PASS]
        report = None if progress is None else shifted(progress, start, len(new))
        encoded = store.compress(encoder.encode_documents([text_of[key] for key in part], report))
        known.update(zip(part, encoded, strict=True))
    return [known[key] for key in hashes]


def found_before(text_of: dict[bytes, str], encoder: Encoder, stores: Sequence[Store]) -> dict[bytes, Encoding]:
    """Encodings of the texts that some store has."""
    known: dict[bytes, Encoding] = {}
    for store in stores:
        missing = [key for key in text_of if key not in known]
        try:
            found = store.find_encodings(missing) if missing else {}
        except CorruptStore as error:
            # damage elsewhere must not keep this collection from being written; the doctor of the other names it
            log.warning("nothing is taken over from collection %r: %s", store.name, error)
            continue
        ids = encoder.token_ids([text_of[key] for key in found]) if found else []
        for (key, (sentence, codes)), vocabulary in zip(found.items(), ids, strict=True):
            # a text that was cut or half written is encoded again rather than taken over
            if len(codes) in {0, len(vocabulary)} and np.isfinite(sentence).all():
                kept = vocabulary[: len(codes)]
                known[key] = Encoding(sentence, codes, kept, np.zeros((len(kept), 2), dtype=np.int32))
    return known


def shifted(progress: Progress, before: int, everything: int) -> Progress:
    """The same report, counted over all passes."""

    def report(done: int, total: int, what: str) -> None:
        progress(before + done, everything, what)

    return report
