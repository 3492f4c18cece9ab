"""Thirty-two users at once for five minutes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.long
def test_a_crowd_is_served_or_turned_away_and_memory_stays(tmp_path: Path) -> None:
    command = [sys.executable, "scripts/load.py", "--users", "32", "--seconds", "300", "--home", str(tmp_path)]
    done = subprocess.run(command, stdout=subprocess.PIPE, timeout=1500, check=True)
    found = json.loads(done.stdout)
    assert set(found["whole"]["statuses"]) <= {"200", "429", "503"}
    assert found["whole"]["statuses"]["200"] > 0
    assert found["last_to_first"]["memory_percent"] < 10
