"""Ingest on a Ray cluster: parsing and encoding on many machines, one writer.

The process that runs the ingest reads the sources, hands documents to parsers, their chunks to encoders, and commits what
comes back; nothing that the workers hold is missed when one of them dies, because only a commit makes a document exist.

- *Back-pressure*: at most `DistributedSettings.in_flight` documents are anywhere between their source and the store.
- *Exactly once*: a document is skipped while the store has its content hash, and a generation is committed whole.
- *Retries*: an actor works on one document at a time. When it dies, with its node or by the document, the document is given
  to another one, and after `attempts` deaths it is refused as the cause; every other document is unharmed.

How others do it: Ray Data retries a task of a map over blocks and fails the whole job with a poisoned row, or drops errored
blocks whole (`max_errored_blocks`); here the unit is the document.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.errors import BackendUnavailable, InputError, MissingDependency, UnreadableDocument, VouchError
from core.protocols import Chunker, Encoder, Encoding, Progress
from core.settings import DistributedSettings, IngestSettings
from core.types import Document
from indexing.parsing.base import parse
from indexing.pipeline import Ingest, Outcome, as_document, digest_of, report
from indexing.sources.item import SourceItem
from indexing.stores.base import NewDocument, Store
from indexing.stores.database import encoder_input
from indexing.stores.names import chunk_names

MakeEncoder = Callable[[], Encoder]
MakeChunker = Callable[[Encoder], Chunker]
CHUNKS_A_COMMIT = 512
START_SECONDS = 300.0
"""For which nothing runs and no worker starts before an ingest gives up."""


@dataclass(frozen=True)
class Refusal:
    """Why a document was not indexed."""

    reason: str


@dataclass(eq=False)
class Unit:
    """A document on its way."""

    item: SourceItem
    data: bytes
    digest: str
    prepared: NewDocument | None = None
    deaths: int = 0


class Parser:
    """Actor that turns bytes into a document and its chunks."""

    def __init__(self, make_encoder: MakeEncoder, make_chunker: MakeChunker) -> None:
        self._chunker = make_chunker(make_encoder())

    def started(self) -> None:
        """Answers once the actor has been placed and made."""

    def work(self, collection: str, item: SourceItem, data: bytes, digest: str) -> NewDocument | Refusal:
        """The document without encodings."""
        try:
            parsed = parse(item.name, data)
            document: Document = as_document(collection, item, parsed)
            chunks = self._chunker.chunk(document)
        except UnreadableDocument as error:
            return Refusal(error.reason)
        except VouchError as error:
            return Refusal(error.message)
        names = chunk_names(document, (*parsed.aliases, *item.aliases), chunks)
        return NewDocument(document, digest, chunks, [], names)


class TextEncoder:
    """Actor that holds an encoder."""

    def __init__(self, make_encoder: MakeEncoder) -> None:
        self._encoder = make_encoder()

    def started(self) -> None:
        """Answers once the actor has been placed and made."""

    def work(self, texts: Sequence[str]) -> list[Encoding] | Refusal:
        """Encodings of the chunks of one document."""
        try:
            return self._encoder.encode_documents(texts)
        except VouchError as error:
            return Refusal(error.message)


@dataclass
class Pool:
    """Actors of one kind, each with at most one document.

    `starting` are those a cluster has no room for yet, by the call that answers when it has: a document given to one would
    wait for as long, forever where nodes are gone for good.
    """

    kind: Any
    arguments: tuple[Any, ...]
    starting: dict[Any, Any] = field(default_factory=dict)
    idle: list[Any] = field(default_factory=list)
    alive: list[Any] = field(default_factory=list)

    def grow(self, number: int = 1) -> None:
        """Start actors wherever there is room."""
        for _ in range(number):
            actor = self.kind.remote(*self.arguments)
            self.starting[actor.started.remote()] = actor
            self.alive.append(actor)


class DistributedIngest(Ingest):
    """Indexes sources into one store with the help of a Ray cluster, which is connected to already.

    Parameters
    ----------
    store, settings
        As for `Ingest`.
    encoder, chunker
        Those whose fingerprints the store carries; the actors make their own.
    make_encoder, make_chunker : callable
        Called in each actor; sent there by Ray, so functions of a module or partials of them.
    distribution : DistributedSettings
        Numbers of actors, limits.

    Raises
    ------
    MissingDependency
        If Ray is not installed.
    InputError
        If Ray is not connected to.
    """

    def __init__(
        self,
        store: Store,
        encoder: Encoder,
        chunker: Chunker,
        settings: IngestSettings,
        *,
        make_encoder: MakeEncoder,
        make_chunker: MakeChunker,
        distribution: DistributedSettings,
    ) -> None:
        super().__init__(store, encoder, chunker, settings)
        try:
            import ray
        except ImportError as error:
            raise MissingDependency("ray is not installed", fix="pip install 'vouch[cluster]'") from error
        if not ray.is_initialized():
            raise InputError("no Ray cluster is connected to", fix="set `distributed.address`, or call ray.init")
        self._ray = ray
        self._distribution = distribution
        self._make = (make_encoder, make_chunker)

    def _pools(self) -> tuple[Pool, Pool]:
        d = self._distribution
        # Ray neither restarts an actor nor repeats a call: it would repeat the document that killed it, and calls to an
        # actor that is being restarted fail at once, which would count against documents that did nothing
        options: dict[str, Any] = {"max_restarts": 0, "max_task_retries": 0, "scheduling_strategy": "SPREAD"}
        parser = self._ray.remote(num_cpus=d.parser_cpus, **options)(Parser)
        encoder = self._ray.remote(num_cpus=d.encoder_cpus, num_gpus=d.encoder_gpus, **options)(TextEncoder)
        pools = Pool(parser, self._make), Pool(encoder, self._make[:1])
        pools[0].grow(d.parsers)
        pools[1].grow(d.encoders)
        return pools

    def _work(
        self,
        items: Sequence[SourceItem],
        known: dict[str, dict[str, tuple[str, str]]],
        outcome: Outcome,
        progress: Progress | None,
        cancelled: Callable[[], bool],
    ) -> list[NewDocument]:
        """Read here, parse and encode there, commit here."""
        new = self._new_units(items, known, outcome)
        first = next(new, None)
        if first is None:
            return []
        parsers, encoders = self._pools()
        to_parse, to_encode = deque([first]), deque[Unit]()
        running: dict[Any, tuple[Pool, Any, Unit]] = {}
        ready: list[NewDocument] = []
        done, moved = 0, time.monotonic()
        try:
            while not cancelled():
                while len(to_parse) + len(to_encode) + len(running) + len(ready) < self._distribution.in_flight:
                    unit = next(new, None)
                    if unit is None:
                        break
                    to_parse.append(unit)
                self._dispatch(encoders, to_encode, running)
                self._dispatch(parsers, to_parse, running)
                if not running and not to_parse and not to_encode:
                    break
                pending = [*running, *parsers.starting, *encoders.starting]
                finished, _ = self._ray.wait(pending, num_returns=1, timeout=1.0)
                moved = time.monotonic() if finished or running else moved
                if time.monotonic() - moved > START_SECONDS:
                    raise BackendUnavailable(
                        f"the cluster had no room for a worker for {START_SECONDS:.0f} seconds",
                        fix="start nodes, or ask for less: `distributed.parser_cpus`, `distributed.encoder_cpus`",
                    )
                for reference in finished:
                    if reference not in running:
                        self._begin(parsers if reference in parsers.starting else encoders, reference)
                        continue
                    pool, actor, unit = running.pop(reference)
                    whole = self._take_back(reference, pool, actor, unit, (to_parse, to_encode), outcome)
                    if whole is not None:
                        ready.append(whole)
                    done += unit not in to_parse and unit not in to_encode
                    if progress is not None:
                        progress(done, len(items), unit.item.source)
                if (
                    sum(len(item.chunks) for item in ready) >= CHUNKS_A_COMMIT
                    or len(ready) >= self._distribution.in_flight
                ):
                    self._write(ready, [], outcome)
                    ready = []
        finally:
            for actor in (*parsers.alive, *encoders.alive):
                self._ray.kill(actor)
        return ready

    def _new_units(
        self, items: Sequence[SourceItem], known: dict[str, dict[str, tuple[str, str]]], outcome: Outcome
    ) -> Iterator[Unit]:
        """Items that are not in the store as they are, read one by one as they are asked for."""
        for item in items:
            try:
                data = item.read()
            except UnreadableDocument as error:
                outcome.reports.append(report(item, None, "refused", error.reason))
                continue
            except OSError as error:
                outcome.reports.append(report(item, None, "refused", f"not_permitted: {error.strerror}"))
                continue
            digest = digest_of(item, data)
            id, before = known[item.origin].get(item.source, (None, ""))
            if before == digest:
                outcome.reports.append(report(item, id, "unchanged"))
            else:
                yield Unit(replace(item, load=None), data, digest)

    def _dispatch(self, pool: Pool, waiting: deque[Unit], running: dict[Any, tuple[Pool, Any, Unit]]) -> None:
        """Give waiting documents to idle actors."""
        while pool.idle and waiting:
            unit, actor = waiting.popleft(), pool.idle.pop()
            if unit.prepared is None:
                reference = actor.work.remote(self._store.name, unit.item, unit.data, unit.digest)
            else:
                reference = actor.work.remote([encoder_input(chunk) for chunk in unit.prepared.chunks])
            running[reference] = (pool, actor, unit)

    def _take_back(
        self,
        reference: Any,
        pool: Pool,
        actor: Any,
        unit: Unit,
        queues: tuple[deque[Unit], deque[Unit]],
        outcome: Outcome,
    ) -> NewDocument | None:
        """What became of one call: the whole document, or None where it goes on, is tried again or was refused."""
        to_parse, to_encode = queues
        try:
            result: Any = self._ray.get(reference)
        except (self._ray.exceptions.ActorDiedError, self._ray.exceptions.ActorUnavailableError) as error:
            self._replace(pool, actor, error)
            unit.deaths += 1
            if unit.deaths < self._distribution.attempts:
                (to_parse if unit.prepared is None else to_encode).appendleft(unit)
            else:
                reason = f"internal_error: {unit.deaths} workers died over it"
                outcome.reports.append(report(unit.item, None, "refused", reason))
            return None
        except self._ray.exceptions.RayTaskError as error:
            pool.idle.append(actor)
            outcome.reports.append(report(unit.item, None, "refused", f"internal_error: {error.cause!r}"))
            return None
        pool.idle.append(actor)
        if isinstance(result, Refusal):
            outcome.reports.append(report(unit.item, None, "refused", result.reason))
            return None
        if unit.prepared is not None:
            return replace(unit.prepared, encodings=result)
        prepared: NewDocument = result
        unit.prepared, unit.data = prepared, b""
        if not prepared.chunks:
            return prepared
        to_encode.append(unit)
        return None

    def _begin(self, pool: Pool, reference: Any) -> None:
        """An actor was placed and made, or died on the way."""
        actor = pool.starting.pop(reference)
        try:
            self._ray.get(reference)
        except (self._ray.exceptions.ActorDiedError, self._ray.exceptions.ActorUnavailableError) as error:
            self._replace(pool, actor, error)
        else:
            pool.idle.append(actor)

    def _replace(self, pool: Pool, actor: Any, error: Any) -> None:
        """Start an actor in the place of a dead one.

        Raises
        ------
        BackendUnavailable
            If it died because it could not even start: so would the next.
        """
        if getattr(error, "actor_init_failed", False):
            raise BackendUnavailable(
                f"a worker could not start: {error}", fix="check that every node has the models and `vouch[cluster]`"
            ) from error
        self._ray.kill(actor)
        pool.alive.remove(actor)
        pool.grow()
