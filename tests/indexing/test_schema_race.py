"""Several connections may meet a new database at once."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest

from core.errors import CorruptStore
from indexing.stores.database import SCHEMA_VERSION, connect, create_tables, current_generation


@pytest.mark.parametrize("attempt", range(10))
def test_all_who_open_a_new_database_at_once_can_use_it(tmp_path: Path, attempt: int) -> None:
    start = Barrier(6)

    def open_it(_: int) -> int:
        start.wait()
        connection = connect(tmp_path / "db.sqlite")
        try:
            return current_generation(connection)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(open_it, range(6))) == [0] * 6


def test_one_who_comes_second_makes_nothing(tmp_path: Path) -> None:
    first, second = (sqlite3.connect(tmp_path / "db.sqlite", isolation_level=None) for _ in range(2))
    assert create_tables(first) == create_tables(second) == SCHEMA_VERSION
    assert not second.in_transaction
    first.close()
    second.close()


def test_a_failed_opening_leaves_no_lock(tmp_path: Path) -> None:
    file = tmp_path / "db.sqlite"
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("CREATE TABLE meta (x)")
    with pytest.raises(CorruptStore):
        connect(file)
    other.execute("BEGIN IMMEDIATE")
    other.execute("COMMIT")
    other.close()


def test_a_reader_waits_for_the_tables_that_another_is_making(tmp_path: Path) -> None:
    path = tmp_path / "vouch.sqlite"
    with closing(sqlite3.connect(path, check_same_thread=False, isolation_level=None)) as maker:
        maker.execute("PRAGMA journal_mode = WAL")
        timer = threading.Timer(0.3, create_tables, [maker])
        timer.start()
        with closing(connect(path, readonly=True)) as reader:
            assert current_generation(reader) == 0
        timer.join()


def test_a_reader_does_not_wait_for_a_database_of_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "vouch.sqlite"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE theirs (a)")
    monkeypatch.setattr("indexing.stores.database.time.sleep", lambda _: pytest.fail("it waited"))
    with pytest.raises(CorruptStore, match="schema 0"):
        connect(path, readonly=True)
