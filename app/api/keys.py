"""API keys: made, listed and revoked on the command line, kept as digests in ``$VOUCH_HOME/keys.json``.

A key is 256 random bits, so a plain SHA-256 of it cannot be searched and needs no slow hash. The server reads the file
again when it changes, so that a revoked key is refused from the next request on.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from pydantic import TypeAdapter, ValidationError

from core.errors import InputError, NotFound, SettingsError
from core.types import Frozen

Scope = Literal["ask", "ingest", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
PATTERN = re.compile(r"vouch_([0-9a-f]{8})_[A-Za-z0-9_-]{43}")


class ApiKey(Frozen):
    """What is kept of a key: not the key itself, but its digest."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    created: str
    sha256: str

    def allows(self, scope: Scope) -> bool:
        """Whether the key may do what needs `scope`; admin may do everything.

        Examples
        --------
        >>> ApiKey(id="", name="", scopes=("admin",), created="", sha256="").allows("ask")
        True
        """
        return scope in self.scopes or "admin" in self.scopes


STORED = TypeAdapter(list[ApiKey])


class KeyFile:
    """The keys of one Vouch.

    Parameters
    ----------
    home : Path
        ``$VOUCH_HOME``.
    """

    def __init__(self, home: Path) -> None:
        self._path = home / "keys.json"
        self._lock = threading.Lock()
        self._read_at: tuple[int, int] | None = None
        self._keys: dict[str, ApiKey] = {}

    def create(self, scopes: Sequence[str], name: str = "") -> tuple[ApiKey, str]:
        """Make a key; its text is returned here and can never be had again.

        Raises
        ------
        InputError
            If a scope is unknown, or there is none.
        """
        unknown = next((scope for scope in scopes if scope not in SCOPES), None)
        if unknown is not None or not scopes:
            raise InputError(f"no scope {unknown or ''!r}", fix=f"the scopes are {', '.join(SCOPES)}")
        id = secrets.token_hex(4)
        text = f"vouch_{id}_{secrets.token_urlsafe(32)}"
        key = ApiKey(
            id=id,
            name=name,
            scopes=tuple(scope for scope in SCOPES if scope in scopes),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            sha256=hashlib.sha256(text.encode()).hexdigest(),
        )
        self._write([*self.all(), key])
        return key, text

    def all(self) -> list[ApiKey]:
        """All keys in force, oldest first.

        Raises
        ------
        SettingsError
            If the file is damaged; no key is accepted then.
        """
        with self._lock:
            try:
                status = self._path.stat()
            except FileNotFoundError:
                self._keys, self._read_at = {}, None
                return []
            version = (status.st_mtime_ns, status.st_ino)
            if version != self._read_at:
                try:
                    stored = STORED.validate_json(self._path.read_bytes())
                except ValidationError as error:
                    raise SettingsError(f"{self._path} is damaged", fix="delete it and create new keys") from error
                self._keys, self._read_at = {key.id: key for key in stored}, version
            return list(self._keys.values())

    def revoke(self, id: str) -> None:
        """Take a key out of force.

        Raises
        ------
        NotFound
            If there is none of this id.
        """
        keys = self.all()
        if all(key.id != id for key in keys):
            raise NotFound(f"no key {id!r}", fix="`vouch keys list` shows the ids")
        self._write([key for key in keys if key.id != id])

    def find(self, text: str) -> ApiKey | None:
        """The key in force of this text, None where there is none."""
        match = PATTERN.fullmatch(text)
        key = next((k for k in self.all() if match is not None and k.id == match[1]), None)
        if key is None or not hmac.compare_digest(hashlib.sha256(text.encode()).hexdigest(), key.sha256):
            return None
        return key

    def _write(self, keys: Sequence[ApiKey]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        scratch = self._path.with_suffix(".part")
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            json.dump([key.model_dump(mode="json") for key in keys], file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(self._path)


class RateLimit:
    """A token bucket for each key: `per_minute` requests, that many at once after a pause.

    Examples
    --------
    >>> limit = RateLimit(2, clock=lambda: 0.0)
    >>> limit.wait_seconds("a"), limit.wait_seconds("a"), limit.wait_seconds("a"), limit.wait_seconds("b")
    (0.0, 0.0, 30.0, 0.0)
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._capacity = float(per_minute)
        self._rate = per_minute / 60
        self._clock = clock
        self._levels: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def wait_seconds(self, key: str) -> float:
        """Take one request off the bucket: 0 where there was one, else seconds until there is."""
        with self._lock:
            now = self._clock()
            level, then = self._levels.get(key, (self._capacity, now))
            level = min(self._capacity, level + (now - then) * self._rate)
            granted = level >= 1
            self._levels[key] = (level - 1 if granted else level, now)
        return 0.0 if granted else (1 - level) / self._rate
