"""One Vouch in one process: the parts that `app.bootstrap` built, and what the edge does with them."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from algorithms.registry import Algorithm, catalog, load
from algorithms.worker import Worker
from answering.assistant import Assistant
from answering.condense import check_question
from answering.execute import Executor
from answering.requests import Event, Question
from app.built_once import built_once
from app.handbook import build_handbook, content_key, handbook_folder, handbook_items
from app.recorded import RecordedModel, with_exchanges
from checking.errata_book import errata
from checking.paraphrases import Paraphrases
from checking.recognise import Recogniser
from core.errors import InputError, NotFound, SettingsError
from core.protocols import Chunker, Encoder, LanguageModel, Progress, Reader, Reranker
from core.settings import Settings
from core.types import Answer, Execution, IngestReport, SearchResult
from indexing.cluster_collections import ClusterCollections
from indexing.collections import DEFAULT, HANDBOOK, Collections
from indexing.doctor import Finding, Repair, examine, repair
from indexing.migrate import Migrated, migrate
from indexing.pipeline import Ingest
from indexing.sources.item import SourceItem
from indexing.stores.base import Snapshot
from indexing.stores.embedded import EmbeddedStore
from retrieval.filtered import Filters, filtered
from retrieval.pipeline import Cascade, check_stages
from retrieval.rank_texts import rank_texts
from retrieval.topics import NO_TOPICS, TOPIC_HITS, Topics, topics_of

if TYPE_CHECKING:
    from indexing.stores.qdrant.collection import QdrantCollections
    from indexing.stores.qdrant.store import QdrantStore


class Application:
    """The parts of one Vouch, each built when it is first needed.

    Parameters
    ----------
    settings : Settings
        Effective settings.
    home : Path
        ``$VOUCH_HOME``.
    encoder, chunker, reranker, reader, language_model : callable
        Build the parts.
    """

    def __init__(
        self,
        settings: Settings,
        home: Path,
        *,
        encoder: Callable[[], Encoder],
        chunker: Callable[[Encoder], Chunker],
        reranker: Callable[[], Reranker | None],
        reader: Callable[[], Reader],
        language_model: Callable[[], LanguageModel | None],
    ) -> None:
        self.settings = settings
        self.home = home
        self._build_encoder = encoder
        self._build_chunker = chunker
        self._build_reranker = reranker
        self._build_reader = reader
        self._build_language_model = language_model
        self.build_lock = threading.RLock()

    @built_once
    def encoder(self) -> Encoder:
        """The bi-encoder."""
        return self._build_encoder()

    @built_once
    def chunker(self) -> Chunker:
        """The chunker, cut to the encoder."""
        return self._build_chunker(self.encoder)

    @built_once
    def language_model(self) -> LanguageModel | None:
        """The language model, None for purely extractive answers."""
        model = self._build_language_model()
        return None if model is None else RecordedModel(model)

    @built_once
    def reranker(self) -> Reranker | None:
        """The cross-encoder, None where the profile has none."""
        return self._build_reranker()

    @built_once
    def reader(self) -> Reader:
        """Judges whether a passage answers."""
        return self._build_reader()

    @built_once
    def worker(self) -> Worker:
        """The sandbox of the algorithms."""
        return Worker()

    @built_once
    def executor(self) -> Executor:
        """Runs algorithms and keeps their figures."""
        return Executor(self.worker, self.home / "runs")

    @built_once
    def cascade(self) -> Cascade:
        """The read path."""
        return Cascade(self.encoder, self.reranker, self.settings.retrieval, self.settings.reranker.candidates)

    @built_once
    def handbook_path(self) -> Path:
        """Folder of the handbook's index for this content and encoder."""
        return handbook_folder(self.encoder.fingerprint, self.chunker.fingerprint, content_key(handbook_items()))

    @built_once
    def collections(self) -> Collections:
        """All collections."""
        if self.settings.store.backend == "qdrant":
            return ClusterCollections(self.home, self._open_store, self.handbook_path, self.cluster, self._open_shared)
        return Collections(self.home, self._open_store, self.handbook_path)

    @built_once
    def errata(self) -> Recogniser:
        """Recognises known wrong claims, by wording and by vectors that are kept beside the handbook's index."""
        return Recogniser(errata(), Paraphrases(errata(), self.encoder, self.handbook_path.parent))

    @built_once
    def cluster(self) -> QdrantCollections:
        """Collections in Qdrant, whichever engine the settings name for searching.

        Raises
        ------
        SettingsError
            If the settings name no place that outlives this process.
        """
        from indexing.stores.qdrant.client import connect
        from indexing.stores.qdrant.collection import QdrantCollections

        settings = self.settings.store.qdrant
        if not settings.url and settings.path == ":memory:":
            raise SettingsError(
                "no Qdrant server is named",
                fix="set `store.qdrant.url` (VOUCH_STORE__QDRANT__URL), or `store.qdrant.path`",
            )
        return QdrantCollections(connect(settings), settings)

    def _open_shared(self, name: str, folder: Path) -> QdrantStore:
        return self.cluster.open(name, self.encoder, self.chunker, folder)

    @built_once
    def assistant(self) -> Assistant:
        """The answer path."""
        return Assistant(
            self.cascade,
            self.encoder,
            catalog(),
            self.executor,
            lambda: self.language_model,
            self.snapshot_or_none,
            self.settings,
            self.errata,
            self.reader,
        )

    def _open_store(self, name: str, folder: Path, readonly: bool) -> EmbeddedStore:
        return EmbeddedStore(
            name,
            folder,
            encoder_fingerprint=self.encoder.fingerprint,
            chunker_fingerprint=self.chunker.fingerprint,
            token_dimension=self.encoder.token_dimension,
            readonly=readonly,
            dense_index=self.settings.retrieval.dense_index,
        )

    def build_handbook(self, progress: Progress | None = None) -> None:
        """Build the handbook's index and the vectors of the errata where they are missing."""
        build_handbook(self.handbook_path, handbook_items(), self.encoder, self.chunker, progress)
        self.errata.prepare()

    def snapshot_or_none(self, name: str) -> Snapshot | None:
        """Newest snapshot of a collection; None where ``default`` or the handbook does not exist yet.

        Raises
        ------
        NotFound
            If another collection is named that does not exist.
        """
        if name in {DEFAULT, HANDBOOK} and not self.collections.exists(name):
            return None
        return self.collections.open(name).snapshot()

    def search(
        self,
        query: str,
        k: int = 10,
        stages: Sequence[str] | None = None,
        collection: str = DEFAULT,
        filters: Filters | None = None,
    ) -> SearchResult:
        """Hits of a collection; ``default`` falls back to the handbook while it is empty.

        With `filters` only the documents that they let through are searched, at every stage.

        Raises
        ------
        NotFound
            If there is nothing to search.
        """
        snapshot = self.snapshot_or_none(collection)
        if collection == DEFAULT and (snapshot is None or not len(snapshot)):
            collection, snapshot = HANDBOOK, self.snapshot_or_none(HANDBOOK)
        if snapshot is None:
            raise NotFound(
                f"nothing is indexed in {self.home.absolute()}", fix="run `vouch index FILE` or `make setup`"
            )
        topics = self.topics(query) if stages is None and collection != HANDBOOK else NO_TOPICS
        return self.cascade.search(filtered(snapshot, filters), query, k, stages, topics)

    def topics(self, query: str) -> Topics:
        """What a query is about, in the handbook's words; nothing where there is no handbook."""
        handbook = self.snapshot_or_none(HANDBOOK)
        if handbook is None or not query.strip() or not self.settings.retrieval.topics:
            return NO_TOPICS
        return topics_of(self.cascade.search(handbook, query, TOPIC_HITS).hits, self.settings.retrieval.topics)

    def rank_texts(self, query: str, texts: Sequence[str]) -> list[float]:
        """Relevance of texts that are not indexed, by the cross-encoder or late interaction."""
        return rank_texts(self.encoder, self.reranker, query, texts)

    def ask(self, question: Question) -> Answer:
        """One answer."""
        *_, last = self.events(question)
        answer: Answer = last.data
        return answer

    def checked_key(self, question: Question) -> str:
        """Digest that is the same while the same question would get the same answer, at temperature 0.

        Raises
        ------
        InputError, NotFound
            If the question has no word, a stage makes no sense or the collection does not exist: what can be said at once.
        """
        check_question(question.question)
        check_stages(question.stages)
        found = (self.snapshot_or_none(name) for name in (question.collection, HANDBOOK))
        generations = [snapshot.generation if snapshot is not None else None for snapshot in found]
        key = [generations, self.settings.model_dump(mode="json"), question.model_dump(mode="json")]
        return hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:16]

    def events(self, question: Question, stop: Callable[[], bool] | None = None) -> Iterator[Event]:
        """One answer, step by step."""
        return with_exchanges(lambda: self.assistant.events(question, stop))

    def index(
        self,
        sources: Sequence[str],
        collection: str = DEFAULT,
        *,
        allow_empty: bool = False,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> IngestReport:
        """Index files, folders, archives and URLs."""
        return self._ingest(collection).run(sources, allow_empty=allow_empty, progress=progress, cancelled=cancelled)

    def index_items(
        self,
        items: Sequence[SourceItem],
        collection: str = DEFAULT,
        *,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> IngestReport:
        """Index items that are already at hand (uploads); nothing else is removed."""
        return self._ingest(collection).run_items(items, progress=progress, cancelled=cancelled)

    def _ingest(self, collection: str) -> Ingest:
        store = self.collections.open_or_create(collection)
        if self.settings.distributed.address:
            from app.distributed import distributed_ingest

            return distributed_ingest(store, self.encoder, self.chunker, self.settings)
        others = partial(self.collections.made_by, store.encoder_fingerprint)
        return Ingest(store, self.encoder, self.chunker, self.settings.ingest, others)

    def migrate(
        self, collection: str = DEFAULT, progress: Progress | None = None, cancelled: Callable[[], bool] = lambda: False
    ) -> Migrated:
        """Rebuild a collection for the encoder and chunker in force and switch to it.

        Raises
        ------
        NotFound, InputError
            If there is no such collection, or it is the handbook.
        """
        folder = self.collections.folder_to_migrate(collection)
        return migrate(collection, folder, self.encoder, self.chunker, progress=progress, cancelled=cancelled)

    def examine(self, collection: str = DEFAULT, progress: Progress | None = None) -> list[Finding]:
        """What is wrong with a collection, in whichever engine it lies."""
        store: Any = self.collections.open(collection)
        if isinstance(store, EmbeddedStore):
            return examine(store, self.encoder)
        from indexing import doctor_cluster

        return doctor_cluster.examine(store, self.encoder, progress)

    def repair(self, collection: str, findings: Sequence[Finding], progress: Progress | None = None) -> Repair:
        """Mend from the texts what they allow to mend.

        Raises
        ------
        CorruptStore
            If the texts themselves are damaged.
        """
        store: Any = self.collections.open(collection)
        if isinstance(store, EmbeddedStore):
            return repair(store, self.encoder, findings, progress)
        from indexing import doctor_cluster

        return doctor_cluster.repair(store, self.encoder, self.chunker, findings, progress)

    def remove(self, names: Sequence[str], collection: str = DEFAULT) -> list[str]:
        """Remove documents by id or source and return their ids.

        Raises
        ------
        NotFound
            If a name fits no document; nothing is removed then.
        InputError
            If it is the handbook, which is read-only.
        """
        if collection == HANDBOOK:
            raise InputError("the handbook is read-only", fix="name another collection")
        store = self.collections.open(collection)
        documents = store.snapshot().documents()
        gone: list[str] = []
        for name in names:
            found = [d.id for d in documents if name in {d.id, d.source}]
            if not found:
                raise NotFound(
                    f"no document {name!r} in collection {collection!r}", fix="`vouch list` shows ids and sources"
                )
            gone.extend(found)
        store.commit([], gone)
        return gone

    def algorithms(self, family: str | None = None, query: str | None = None) -> list[Algorithm]:
        """Algorithms of a family, or those that a query is about, best first.

        Raises
        ------
        NotFound
            If there is no such family.
        """
        entries = list(catalog().values())
        if family is not None:
            families = sorted({entry.family for entry in entries})
            if family not in families:
                raise NotFound(f"no family {family!r}", fix=f"the families are {', '.join(families)}")
            entries = [entry for entry in entries if entry.family == family]
        if query is None:
            return entries
        allowed = {entry.id for entry in entries}
        hits = self.search(query, k=50, collection=HANDBOOK).hits
        ids = [hit.source.rsplit("/", 1)[-1] for hit in hits if hit.source.startswith("handbook/algorithms/")]
        return [load(id) for id in dict.fromkeys(ids) if id in allowed]

    def run_algorithm(self, id: str, inputs: Mapping[str, Any] | None = None) -> Execution:
        """Run one algorithm in the worker; invalid inputs and failures raise.

        Raises
        ------
        NotFound, InputError
            If there is no such algorithm, or it refuses the inputs.
        """
        entry = load(id)
        entry.validate(inputs or {})
        given = "example" if not inputs else "request" if set(inputs) >= required(entry) else "mixed"
        return self.executor.execute(entry, inputs or None, given)  # type: ignore[arg-type]

    def close(self) -> None:
        """Stop the worker and close the stores."""
        if "worker" in self.__dict__:
            self.worker.close()
        if "collections" in self.__dict__:
            self.collections.close()
        if "cluster" in self.__dict__:
            self.cluster.close()


def required(entry: Algorithm) -> set[str]:
    """Inputs without a default.

    Examples
    --------
    >>> required(load("softmax"))
    {'logits'}
    """
    return {name for name, field in entry.inputs_model.model_fields.items() if field.is_required()}


def describe_algorithm(entry: Algorithm) -> dict[str, Any]:
    """The entry of the list of algorithms."""
    return {
        "id": entry.id,
        "family": entry.family,
        "name": entry.name,
        "aliases": list(entry.aliases),
        "summary": entry.summary,
        "inputs_schema": entry.inputs_schema,
        "example_inputs": dict(entry.example),
        "path": entry.path,
    }
