"""Findings kept between processes, so that a document that was checked is not checked again until it or the checker changes."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from checking.contradictions import Claim
from core.types import Document, DocumentSummary, Execution, Finding

SCHEMA = "CREATE TABLE IF NOT EXISTS checked (key TEXT PRIMARY KEY, findings TEXT NOT NULL, claims TEXT NOT NULL)"
BUSY_SECONDS = 10.0
Listed = Document | DocumentSummary


@dataclass(frozen=True)
class Kept:
    """What a check of one document came to: its findings by itself, and its claims, which are compared with other documents."""

    findings: tuple[Finding, ...]
    claims: tuple[Claim, ...]


class Ledger:
    """Kept checks of one collection.

    Parameters
    ----------
    path : Path
        An SQLite file, made when something is first kept.
    checker : str
        Fingerprint of what found the findings; those of another are not seen.
    digest_of : callable
        SHA-256 of an algorithm's code by id, None where there is none: a proof by other code counts no more.
    """

    def __init__(self, path: Path, checker: str, digest_of: Callable[[str], str | None]) -> None:
        self._path = path
        self._checker = checker
        self._digest_of = digest_of

    def key(self, document: Listed) -> str:
        """What a check depends on; a row of the list of documents says as much of it as the document."""
        return self._key(document.source, document.media_type, document.sha256, document.title)

    def _key(self, *parts: str) -> str:
        return hashlib.sha256("\0".join((self._checker, *parts)).encode()).hexdigest()

    def get(self, document: Document) -> Kept | None:
        """What was kept of a document; None where it was not checked, or by another checker."""
        if not self._path.exists():
            return None
        with self._connected() as connection:
            row = connection.execute(
                "SELECT findings, claims FROM checked WHERE key = ?", (self.key(document),)
            ).fetchone()
        if row is None:
            return None
        findings = tuple(Finding.model_validate(found) for found in json.loads(row[0]))
        if any(
            isinstance(f.proof, Execution) and f.proof.sha256 != self._digest_of(f.proof.algorithm) for f in findings
        ):
            return None
        return Kept(findings, tuple(_claim(found) for found in json.loads(row[1])))

    def put(self, document: Document, kept: Kept) -> None:
        """Keep a check; one of the same document is replaced."""
        findings = json.dumps([finding.model_dump(mode="json") for finding in kept.findings])
        claims = json.dumps([_plain(claim) for claim in kept.claims])
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._connected() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO checked VALUES (?, ?, ?)", (self.key(document), findings, claims)
            )

    def keys(self) -> frozenset[str]:
        """Keys of all that is kept."""
        if not self._path.exists():
            return frozenset()
        with self._connected() as connection:
            return frozenset(key for (key,) in connection.execute("SELECT key FROM checked"))

    def keep_only(self, documents: Iterable[Listed]) -> None:
        """Forget all others: what was removed from the collection must not be quoted from here."""
        old = self.keys() - {self.key(document) for document in documents}
        if not old:
            return
        with self._connected() as connection:
            connection.executemany("DELETE FROM checked WHERE key = ?", [(key,) for key in old])

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=BUSY_SECONDS)) as connection, connection:
            connection.execute(SCHEMA)
            yield connection


def _plain(claim: Claim) -> dict[str, Any]:
    return {
        **asdict(claim),
        "context": sorted(claim.context),
        "low": str(claim.low),
        "high": str(claim.high),
    }


def _claim(found: dict[str, Any]) -> Claim:
    exact = {name: Fraction(found[name]) for name in ("low", "high")}
    return Claim(**{**found, **exact, "context": frozenset(found["context"])})


@cache
def checker_fingerprint() -> str:
    """Hash of the checker's code, its book and its weights."""
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.toml")]):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
