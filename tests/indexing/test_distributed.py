"""Ingest on real Ray nodes: nothing lost, nothing doubled, whatever dies."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import BackendUnavailable, InputError, NotFound
from core.protocols import Encoder
from core.settings import DistributedSettings, IngestSettings
from core.types import IngestReport
from indexing.distributed import DistributedIngest
from indexing.pipeline import Ingest
from indexing.stores.embedded import EmbeddedStore
from indexing.stores.transfer import checksum
from tests.indexing.hashing_encoder import BROKEN, DEADLY, make_chunker, make_encoder, make_slow_encoder

pytest.importorskip("ray")
pytestmark = [
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.enable_socket,
]  # Ray's own warnings at import and shutdown
ROOT = Path(__file__).resolve().parents[2]
OBJECT_BYTES = 80 * 2**20


@pytest.fixture(scope="module")
def quiet() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_AUTH_MODE", "disabled")
        patch.setenv("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        patch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]))
        patch.setattr(sys, "path", [str(ROOT), *sys.path])
        yield


@pytest.fixture(scope="module")
def node(quiet: None) -> Iterator[None]:
    """One local node, shared by the short tests."""
    import ray

    # not the cluster that RAY_ADDRESS or a test that was killed left a note of
    ray.init("local", num_cpus=1, object_store_memory=OBJECT_BYTES, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


def open_store(folder: Path) -> EmbeddedStore:
    encoder = make_encoder()
    return EmbeddedStore(
        "default",
        folder,
        encoder_fingerprint=encoder.fingerprint,
        chunker_fingerprint=make_chunker(encoder).fingerprint,
        token_dimension=encoder.token_dimension,
    )


def ingest(store: EmbeddedStore, make: Callable[[], Encoder] = make_encoder, **options: Any) -> DistributedIngest:
    settings = DistributedSettings(parser_cpus=0, encoder_cpus=0, parsers=1, encoders=1).model_copy(update=options)
    return DistributedIngest(
        store,
        make_encoder(),
        make_chunker(make_encoder()),
        IngestSettings(),
        make_encoder=make,
        make_chunker=make_chunker,
        distribution=settings,
    )


def write_notes(folder: Path, number: int) -> Path:
    folder.mkdir()
    for n in range(number):
        (folder / f"{n:03d}.md").write_text(f"# Note {n}\n\nThe {n}th gear turns.\n\n## Teeth\n\nIt has {n} teeth.\n")
    return folder


def states(report: IngestReport) -> Counter[str]:
    return Counter(document.state for document in report.documents)


def test_without_a_cluster_the_fix_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"distributed\.address"):
        ingest(open_store(tmp_path / "store"))


def test_the_same_as_on_one_machine_poison_isolated_and_only_once(node: None, tmp_path: Path) -> None:
    notes = write_notes(tmp_path / "notes", 12)
    alone, together = open_store(tmp_path / "alone"), open_store(tmp_path / "together")
    Ingest(alone, make_encoder(), make_chunker(make_encoder()), IngestSettings()).run([str(notes)])
    (notes / "deadly.md").write_text(f"# Deadly\n\nPlease {DEADLY} now.\n")
    (notes / "broken.md").write_text(f"# Broken\n\nPlease {BROKEN} now.\n")
    (notes / "binary.bin").write_bytes(bytes(range(256)) * 20)
    report = ingest(together, attempts=2, in_flight=3).run([str(notes)])
    assert states(report) == {"indexed": 12, "refused": 3}
    reasons = {d.source: d.reason or "" for d in report.documents if d.state == "refused"}
    assert "2 workers died over it" in reasons["notes/deadly.md"]
    assert "ZeroDivisionError" in reasons["notes/broken.md"]
    assert not reasons["notes/binary.bin"].startswith("internal_error")
    assert checksum(together.snapshot()) == checksum(alone.snapshot())
    for name in ("deadly.md", "broken.md", "binary.bin", "000.md"):
        (notes / name).unlink()
    again = ingest(together).run([str(notes)])
    assert states(again) == {"unchanged": 11, "removed": 1}
    assert len(together.snapshot().documents()) == 11


def test_back_pressure_reads_no_more_than_what_is_in_flight(
    node: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indexing.sources.item import SourceItem

    store = open_store(tmp_path / "store")
    read: list[int] = []
    committed: list[int] = []
    commit = store.commit

    def counted(*arguments: Any) -> int:
        committed.append(len(arguments[0]))
        assert len(read) - sum(committed[:-1]) <= 4
        return commit(*arguments)

    def load(n: int) -> bytes:
        read.append(n)
        assert len(read) - sum(committed) <= 4
        return f"# N{n}\n\nText {n}.\n".encode()

    monkeypatch.setattr(store, "commit", counted)
    items = [SourceItem(f"{n}.md", "upload:", f"{n}.md", load=lambda n=n: load(n)) for n in range(11)]
    assert states(ingest(store, in_flight=4).run_items(items)) == {"indexed": 11}
    assert sum(committed) == 11


def test_cancelling_keeps_what_was_committed(node: None, tmp_path: Path) -> None:
    notes = write_notes(tmp_path / "notes", 8)
    store = open_store(tmp_path / "store")
    calls: list[int] = []
    report = ingest(store, in_flight=2).run(
        [str(notes)],
        progress=lambda done, total, what: calls.append(done),
        cancelled=lambda: len(calls) > 6,
    )
    done = states(report)["indexed"]
    assert 0 < done < 8
    assert len(store.snapshot().documents()) == done
    rest = ingest(store).run([str(notes)])
    assert states(rest) == {"unchanged": done, "indexed": 8 - done}


def unable() -> Encoder:
    raise NotFound("no model here", fix="copy it")


def test_workers_that_cannot_start_are_an_error_not_a_refusal(node: None, tmp_path: Path) -> None:
    notes = write_notes(tmp_path / "notes", 2)
    with pytest.raises(BackendUnavailable, match="could not start"):
        ingest(open_store(tmp_path / "store"), make=unable).run([str(notes)])


def test_what_the_cluster_has_no_room_for_keeps_no_document(node: None, tmp_path: Path) -> None:
    notes = write_notes(tmp_path / "notes", 6)
    store = open_store(tmp_path / "store")
    # one core: one of four encoders is ever placed, as on a cluster whose other nodes are gone for good
    report = ingest(store, encoders=4, encoder_cpus=1.0, in_flight=4).run([str(notes)])
    assert states(report) == {"indexed": 6}


def test_a_cluster_without_room_for_any_worker_is_an_error(
    node: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexing.distributed.START_SECONDS", 1.0)
    notes = write_notes(tmp_path / "notes", 2)
    with pytest.raises(BackendUnavailable, match="no room"):
        ingest(open_store(tmp_path / "store"), parser_cpus=8.0).run([str(notes)])


@pytest.mark.long
def test_a_node_killed_in_the_middle_loses_and_doubles_nothing(quiet: None, tmp_path: Path) -> None:
    import ray
    from ray.cluster_utils import Cluster

    ray.shutdown()  # the short tests' node, where they ran before
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "object_store_memory": OBJECT_BYTES})
    nodes = [cluster.add_node(num_cpus=2, object_store_memory=OBJECT_BYTES) for _ in range(3)]
    cluster.wait_for_nodes()
    ray.init(address=cluster.address, log_to_driver=False)
    killed = threading.Event()
    begun = time.monotonic()

    def log(text: str) -> None:
        sys.stdout.write(f"{time.monotonic() - begun:6.2f} s  {text}\n")  # `pytest -m long -s -k killed` shows it

    def kill() -> None:
        time.sleep(1.0)
        cluster.remove_node(nodes[0], allow_graceful=False)
        killed.set()
        log("node 1 of 3 killed")

    seen: list[int] = []

    def progress(done: int, total: int, what: str) -> None:
        seen.append(done)
        if done != max(seen[:-1], default=0) and done % 8 == 0:
            log(f"{done} of {total} documents")
        if len(seen) == 8:
            threading.Thread(target=kill).start()

    try:
        notes = write_notes(tmp_path / "notes", 48)
        store, alone = open_store(tmp_path / "store"), open_store(tmp_path / "alone")
        working = ingest(
            store, make_slow_encoder, parsers=2, encoders=3, parser_cpus=0.5, encoder_cpus=1.0, in_flight=12, attempts=3
        )
        replaced: list[Any] = []
        replace = working._replace

        def noted(pool: Any, actor: Any, error: Any) -> None:
            replaced.append(actor)
            replace(pool, actor, error)
            log(f"{pool.kind.__ray_metadata__.class_name} died with its node; its document is given to another")

        working._replace = noted  # type: ignore[method-assign]
        log("3 nodes, 48 documents, 2 parsers, 3 encoders")
        report = working.run([str(notes)], progress=progress)
        log(f"{dict(states(report))}, {len(store.snapshot())} chunks in generation {report.generation}")
        assert killed.is_set()
        assert replaced  # the node took somebody's work with it
        assert states(report) == {"indexed": 48}
        Ingest(alone, make_encoder(), make_chunker(make_encoder()), IngestSettings()).run([str(notes)])
        assert checksum(store.snapshot()) == checksum(alone.snapshot())
        rows = np.arange(len(store.snapshot()))
        log("checksum of documents, chunks and vectors: that of one machine alone")
        assert len({chunk.id for chunk in store.snapshot().chunks(rows.tolist()).values()}) == len(rows)
    finally:
        ray.shutdown()
        cluster.shutdown()
