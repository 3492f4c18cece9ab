"""Several connections may meet a new database at once."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
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
