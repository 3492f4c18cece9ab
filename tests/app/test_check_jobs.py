"""What is indexed is checked in the background, and after a restart whatever was left."""

from __future__ import annotations

import pytest

from app.check_jobs import CheckJobs
from app.checking import collection_documents, collection_ledger
from indexing.sources.upload import from_upload
from tests.app.conftest import Build, client_of, upload, wait_until

WRONG = b"# Notes\n\nSo 3 x 4 = 13 of them.\n"


@pytest.fixture
def application(build: Build, tmp_path):
    made = build(tmp_path / "home")
    yield made
    made.close()


def test_an_upload_is_checked_without_being_asked(build: Build, tmp_path) -> None:
    application = build(tmp_path / "home")
    with client_of(application) as client:
        upload(client, ("wrong.md", WRONG))
        (document,) = collection_documents(application, "default")
        ledger = collection_ledger(application, "default")
        wait_until(lambda: ledger.get(document) is not None, 120)
        kept = ledger.get(document)
        assert kept is not None and [f.quote for f in kept.findings] == ["3 x 4 = 13"]
        asked = client.post("/v1/check", json={"collection": "default"}).json()
        assert asked["findings"] == [f.model_dump(mode="json") for f in kept.findings]


def test_what_was_left_is_checked_at_the_next_start_and_once_only(application) -> None:
    application.index_items([from_upload("a.md", WRONG), from_upload("b.md", b"2 + 2 = 4\n")], "default")
    assert CheckJobs(application).check_all() == 2
    assert CheckJobs(application).check_all() == 0
    application.index_items([from_upload("b.md", b"2 + 2 = 5\n")], "default")
    assert CheckJobs(application).check_all() == 1


def test_a_removed_document_is_quoted_from_nowhere(application) -> None:
    application.index_items([from_upload("a.md", WRONG)], "default")
    (document,) = collection_documents(application, "default")
    ledger = collection_ledger(application, "default")
    assert CheckJobs(application).check_all() == 1 and ledger.get(document) is not None
    application.remove([document.id])
    CheckJobs(application).check_all()
    assert ledger.get(document) is None


def test_a_deleted_collection_leaves_nothing(application) -> None:
    application.index_items([from_upload("a.md", WRONG)], "other")
    CheckJobs(application).check_all()
    assert len(list((application.home / "checks").iterdir())) == 1
    application.collections.delete("other")
    assert list((application.home / "checks").iterdir()) == []


def test_it_ends_when_it_is_told(application) -> None:
    application.index_items([from_upload("a.md", WRONG)], "default")
    jobs = CheckJobs(application)
    jobs.stop()
    assert jobs.check_all() == 0


def test_it_can_be_turned_off(build: Build, tmp_path) -> None:
    from app.api.service import Service

    off, on = build(tmp_path / "a", ingest__check=False), build(tmp_path / "b")
    assert Service(off).checks is None and Service(on).checks is not None


def test_a_document_that_the_checker_fails_on_keeps_no_other_from_its_turn(application, monkeypatch, caplog) -> None:
    from app import check_jobs

    def failing(application, documents, *arguments, **named):
        if documents[0].source == "a.md":
            raise ValueError("no such thing was thought of")
        return run_check(application, documents, *arguments, **named)

    run_check = check_jobs.run_check
    application.index_items([from_upload("a.md", WRONG), from_upload("b.md", b"2 + 2 = 5\n")], "default")
    monkeypatch.setattr("app.check_jobs.run_check", failing)
    assert CheckJobs(application).check_all() == 1
    assert "a.md is not checked" in caplog.text
    monkeypatch.undo()
    assert CheckJobs(application).check_all() == 1
