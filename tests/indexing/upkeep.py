"""A small collection made with the hash encoder, and what a search of it gives."""

from __future__ import annotations

import json
from pathlib import Path

from core.settings import IngestSettings, RetrievalSettings
from indexing.chunking.outline_chunker import OutlineChunker
from indexing.pipeline import Ingest
from indexing.sources.item import SourceItem
from indexing.stores.embedded import EmbeddedStore
from retrieval.pipeline import Cascade
from tests.indexing.hash_encoder import HashEncoder

ANIMALS = ("otter", "heron", "badger", "vole", "lynx", "ibex", "newt", "crane")


def chunker_for(encoder: HashEncoder, tokens: int = 32) -> OutlineChunker:
    return OutlineChunker(encoder.token_offsets, tokens)


def open_with(folder: Path, encoder: HashEncoder, tokens: int = 32, name: str = "default") -> EmbeddedStore:
    return EmbeddedStore(
        name,
        folder,
        encoder_fingerprint=encoder.fingerprint,
        chunker_fingerprint=chunker_for(encoder, tokens).fingerprint,
        token_dimension=encoder.token_dimension,
        wait_seconds=5,
    )


def article(animal: str) -> str:
    parts = [f"# The {animal}\n"]
    for number in range(4):
        parts.append(f"## Part {number}\n\nThe {animal} sleeps {number} hours by the river and eats fish {number}.\n")
    return "\n".join(parts)


def add(store: EmbeddedStore, encoder: HashEncoder, animals: tuple[str, ...] = ANIMALS, tokens: int = 32) -> None:
    ingest = Ingest(store, encoder, chunker_for(encoder, tokens), IngestSettings())
    for animal in animals:  # one commit each, so that there are several segments
        name = f"{animal}.md"
        ingest.run_items([SourceItem(name, "/zoo", name, load=article(animal).encode)])


def spans(texts: list[str]) -> list[list[tuple[str, int, int]]]:
    """What was found where, without scores, whose last digits depend on how vectors are blocked."""
    return [[(h["source"], h["start"], h["end"]) for h in json.loads(text)["hits"]] for text in texts]


def answers(store: EmbeddedStore, encoder: HashEncoder) -> list[str]:
    """Hits of some queries, as the JSON that a client gets, without timings."""
    cascade = Cascade(encoder, None, RetrievalSettings())
    queries = ("how long does the lynx sleep", "fish by the river", "newt 3")
    return [
        cascade.search(store.snapshot(), query, 10).model_copy(update={"timings_ms": {}}).model_dump_json()
        for query in queries
    ]
