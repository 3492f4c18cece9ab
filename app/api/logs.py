"""Logs as one JSON object a line, and the audit log: who did what when, without what was asked, uploaded or answered."""

from __future__ import annotations

import json
import logging
import logging.handlers
import os
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

REQUEST: ContextVar[str] = ContextVar("request", default="")
"""Id of the request that is being worked on."""
AUDIT = logging.getLogger("vouch.audit")
AUDIT_BYTES = 10 * 2**20
AUDIT_FILES = 5


class JsonLines(logging.Formatter):
    """A record as one JSON object; fields of `extra` under ``fields`` stand beside the message.

    Examples
    --------
    >>> record = logging.LogRecord("vouch", logging.INFO, "", 0, "%d done", (3,), None)
    >>> json.loads(JsonLines().format(record))["message"]
    '3 done'
    """

    def format(self, record: logging.LogRecord) -> str:
        """The object as text."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        request = REQUEST.get()
        if request:
            line["request_id"] = request
        line.update(getattr(record, "fields", {}))
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class PrivateFile(logging.handlers.RotatingFileHandler):
    """A rotating file that only its owner can read."""

    def _open(self) -> Any:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return open(descriptor, "a", encoding="utf-8")


def log_to_stderr() -> None:
    """Have all logs leave as JSON lines on standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


def audit_to(home: Path) -> logging.Handler:
    """Keep the audit log in ``audit.jsonl`` of `home`, five files of 10 MiB at most."""
    home.mkdir(parents=True, exist_ok=True)
    handler = PrivateFile(home / "audit.jsonl", maxBytes=AUDIT_BYTES, backupCount=AUDIT_FILES, encoding="utf-8")
    handler.setFormatter(JsonLines())
    AUDIT.setLevel(logging.INFO)
    AUDIT.propagate = False  # it is kept apart from what the terminal shows
    AUDIT.addHandler(handler)
    return handler


def audit(action: str, status: int, key: str | None, subject: dict[str, str]) -> None:
    """Note one action.

    Parameters
    ----------
    action : str
        Method and template of the route.
    status : int
        Of the response.
    key : str or None
        Id of the API key.
    subject : dict
        Path parameters (ids and names of collections, never content), and the address that it came from.
    """
    AUDIT.info("%s", action, extra={"fields": {"status": status, "key": key, **subject}})
