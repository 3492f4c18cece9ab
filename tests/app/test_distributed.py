from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from core.errors import BackendUnavailable
from tests.app.conftest import Build

pytest.importorskip("ray")
pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.enable_socket]
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.long
def test_documents_are_encoded_by_actors_with_the_bundled_model(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import ray

    for name, value in (("RAY_USAGE_STATS_ENABLED", "0"), ("RAY_AUTH_MODE", "disabled"), ("HF_HUB_OFFLINE", "1")):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setattr(sys, "path", [str(ROOT), *sys.path])
    monkeypatch.setenv("OMP_NUM_THREADS", os.environ.get("OMP_NUM_THREADS", "1"))
    ray.shutdown()
    ray.init("local", num_cpus=2, object_store_memory=80 * 2**20, include_dashboard=False, log_to_driver=False)
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "gears.md").write_text("# Gears\n\nA gear is a wheel with teeth.\n")
    (notes / "belts.md").write_text("# Belts\n\nA belt couples two pulleys.\n")
    application = build(tmp_path, distributed__address="auto", distributed__parsers=1, distributed__encoders=1)
    try:
        report = application.index([str(notes)])
        assert {d.source: d.state for d in report.documents} == {
            "notes/gears.md": "indexed",
            "notes/belts.md": "indexed",
        }
        assert "couples two pulleys" in application.search("What is a belt?", 1, collection="default").hits[0].text
    finally:
        application.close()
        ray.shutdown()


def test_a_cluster_that_is_not_there_is_named(build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import ray

    def unreachable(**options: object) -> None:
        raise ConnectionError("timed out")  # after most of a minute, when Ray itself finds out

    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    monkeypatch.setattr(ray, "init", unreachable)
    application = build(tmp_path, distributed__address="127.0.0.1:1")
    with pytest.raises(BackendUnavailable, match=r"distributed\.address"):
        application.index([str(tmp_path)])
    application.close()
