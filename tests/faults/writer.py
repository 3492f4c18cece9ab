"""A writer to be traced or hit: commits, replacements, removals and maintenance, each announced and acknowledged.

Lines of the file ``acks`` are ``[number, {source: text of its chunks}]`` for what the collection is about to hold, and
``[number]`` once a call has returned. `python -m tests.faults.writer FOLDER STEPS SEED`.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import sys
from pathlib import Path

from core.errors import VouchError
from indexing.stores import compaction
from tests.contracts.store_contract import new_document
from tests.contracts.test_embedded_store import open_store

FAILED = (OSError, sqlite3.Error, VouchError)


def main(folder: Path, steps: int, seed: int) -> None:
    compaction.SEGMENTS_KEPT = 3  # so that a short run merges
    rng = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    acks = os.open(folder / "acks", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def say(*line: object) -> None:
        os.write(acks, json.dumps(line).encode() + b"\n")

    say(-1, {})
    store = open_store(folder)
    say(-1)
    state: dict[str, list[str]] = {}
    for number in range(steps):
        wanted = dict(state)
        action = rng.random()
        if number % 4 == 3:
            call = store.maintain
        elif action < 0.2 and state:
            gone = rng.choice(sorted(state))
            del wanted[gone]
            ids = [d.id for d in store.snapshot().documents() if d.source == gone]
            call = lambda ids=ids: store.commit([], ids)  # noqa: E731
        else:
            names = rng.sample(["a", "b", "c", "d", "e"], rng.randint(1, 2))
            for name in names:
                wanted[name] = [f"{name} {number} {part}" for part in range(rng.randint(1, 3))]
            items = [new_document(name, *wanted[name], seed=number * 10 + i) for i, name in enumerate(names)]
            call = lambda items=items: store.commit(items, [])  # noqa: E731
        say(number, wanted)
        try:
            call()
        except FAILED as error:
            say(number, None, f"{type(error).__name__}: {error}")
            # it may have got in before it failed: what is visible now counts, and must be one or the other
            state = seen(store)
            assert state in (wanted, state)
            continue
        say(number)
        state = wanted


def seen(store) -> dict[str, list[str]]:  # type: ignore[no-untyped-def]
    """Texts of the chunks of each visible document."""
    snapshot = store.snapshot()
    found = snapshot.chunks(range(len(snapshot)))
    texts: dict[str, list[str]] = {document.source: [] for document in snapshot.documents()}
    for row in sorted(found):
        texts[found[row].source].append(found[row].text)
    return texts


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
