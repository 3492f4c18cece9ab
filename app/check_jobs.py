"""Check what was indexed, in the background: after each ingest, and at the start whatever was left unchecked before.

Nothing has to be written down for that: the ledgers say what was checked, the collections what there is.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import sys
import threading

from app.application import Application
from app.checking import collection_ledger, run_check
from checking.ledger import Ledger
from core.errors import VouchError
from core.types import Document
from indexing.collections import CHECKS, CHECKS_SUFFIX, HANDBOOK

NICENESS = 10
"""Requests go first."""
log = logging.getLogger(__name__)


class CheckJobs:
    """One thread that checks documents of which no ledger knows.

    Parameters
    ----------
    application : Application
        Has the collections.
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin with what is unchecked."""
        self._wake.set()
        self._thread = threading.Thread(target=self._work, name="checks", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Something may have been indexed."""
        self._wake.set()

    def stop(self, seconds: float = 10.0) -> None:
        """End within the paragraph; what was not checked is at the next start."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def _work(self) -> None:
        if sys.platform == "linux":  # elsewhere a thread has no priority of its own, or not by its number
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
        while True:
            self._wake.wait()
            self._wake.clear()
            if self._stopping.is_set():
                return
            try:
                self.check_all()
            except (
                VouchError,
                OSError,
                sqlite3.Error,
            ):  # a collection was deleted meanwhile, the disk is full, or the like
                log.exception("documents are not checked; the next job tries again")

    def check_all(self) -> int:
        """Check what is unchecked, document by document, and forget what is no longer indexed; how many were checked."""
        done = 0
        names = self._application.collections.names()
        for path in (self._application.home / CHECKS).glob(f"*{CHECKS_SUFFIX}"):
            if path.stem not in names:
                path.unlink(missing_ok=True)
        for name in names:
            if name == HANDBOOK:
                continue
            ledger = collection_ledger(self._application, name)
            snapshot = self._application.collections.open(name).snapshot()
            documents = snapshot.documents()
            known = ledger.keys()
            for summary in documents:
                if self._stopping.is_set():
                    return done
                if ledger.key(summary) in known:
                    continue
                document = snapshot.document(summary.id)
                if document is not None:
                    done += self._checked(document, ledger)
            ledger.keep_only(documents)
        return done

    def _checked(self, document: Document, ledger: Ledger) -> int:
        """1 where a document was checked; one that the checker fails on must not keep those behind it from their turn."""
        try:
            return run_check(self._application, [document], cancelled=self._stopping.is_set, ledger=ledger).checked
        except (OSError, sqlite3.Error):
            raise  # it is not the document's fault
        except Exception:
            log.exception("%s is not checked", document.source)
            return 0
