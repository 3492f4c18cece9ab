"""What the edge does to check: gather documents, run the proofs, time-limit the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from algorithms.registry import load
from app.application import Application
from checking.check import DEFAULT_CONFIDENCE, check_documents
from checking.draft import Prove
from checking.ledger import Ledger, checker_fingerprint
from checking.reading import read_document
from core.errors import InputError, UnreadableDocument, VouchError
from core.protocols import Progress
from core.types import CheckReport, Document, Execution
from indexing.collections import CHECKS as FOLDER
from indexing.collections import CHECKS_SUFFIX as SUFFIX
from indexing.sources.expand import expand


@dataclass(frozen=True)
class Checked:
    """A report, the documents it is about, and what could not be read with the reason."""

    report: CheckReport
    documents: tuple[Document, ...]
    refused: tuple[tuple[str, str], ...] = ()


def prover(application: Application) -> Prove:
    """Runs algorithms for proofs; one that fails proves nothing."""

    def prove(id: str, inputs: Mapping[str, Any] | None) -> Execution | None:
        try:
            entry = load(id)
        except VouchError:
            return None
        execution = application.executor.execute(
            entry, inputs, "example" if inputs is None else "request", figure=False
        )
        return execution if execution.ok else None

    return prove


def check_sources(
    application: Application,
    sources: Sequence[str],
    collection: str | None = None,
    *,
    minimum_confidence: float | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Checked:
    """Check files, folders, archives, URLs and a collection, which need not be indexed or may be.

    Raises
    ------
    InputError
        If neither is named.
    NotFound
        If a path or the collection does not exist.
    """
    if not sources and collection is None:
        raise InputError("nothing to check", fix="name files or folders, or --collection")
    refused: list[tuple[str, str]] = []
    documents = list(_read(application, sources, refused)) if sources else []
    if collection is not None:
        documents.extend(collection_documents(application, collection))
    ledger = collection_ledger(application, collection) if collection is not None and not sources else None
    report = run_check(application, documents, minimum_confidence, progress, cancelled, ledger)
    if ledger is not None:
        ledger.keep_only(documents)
    return Checked(report, tuple(documents), tuple(refused))


def _read(application: Application, sources: Sequence[str], refused: list[tuple[str, str]]) -> Iterator[Document]:
    for item in expand(sources, application.settings.ingest):
        try:
            yield read_document(item)
        except UnreadableDocument as error:
            refused.append((item.source, error.reason))


def collection_documents(application: Application, collection: str) -> Iterator[Document]:
    """All documents of a collection."""
    snapshot = application.collections.open(collection).snapshot()
    for summary in snapshot.documents():
        document = snapshot.document(summary.id)
        if document is not None:
            yield document


def collection_ledger(application: Application, collection: str) -> Ledger:
    """Where the checks of a collection are kept."""
    fingerprint = f"{checker_fingerprint()} {application.encoder.fingerprint}"
    return Ledger(application.home / FOLDER / f"{collection}{SUFFIX}", fingerprint, _digest)


def _digest(algorithm: str) -> str | None:
    try:
        return load(algorithm).sha256
    except VouchError:
        return None


def run_check(
    application: Application,
    documents: Sequence[Document],
    minimum_confidence: float | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    ledger: Ledger | None = None,
) -> CheckReport:
    """Check documents with the library's runs as proofs; what the ledger holds is not checked again."""
    return check_documents(
        documents,
        prover(application),
        book=application.errata,
        ledger=ledger,
        minimum_confidence=DEFAULT_CONFIDENCE if minimum_confidence is None else minimum_confidence,
        progress=progress,
        cancelled=cancelled,
    )
