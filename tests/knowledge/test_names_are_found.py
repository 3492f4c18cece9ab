"""Asking the handbook what something is finds its reference implementation, by whatever name it is called."""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path

import pytest

from algorithms.registry import AMBIGUOUS, catalog
from app.application import Application
from app.bootstrap import build
from app.configuration import configure
from app.handbook import ALGORITHMS_PREFIX
from indexing.collections import HANDBOOK
from indexing.stores.embedded import DATABASE

NAMES = sorted({(name, entry.id) for entry in catalog().values() for name in (entry.name, *entry.aliases)})
SAMPLE = random.Random(0).sample(NAMES, 160)
BAR = 0.95


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Application:
    home: Path = tmp_path_factory.mktemp("home")
    application = build(configure({"llm.backend": "none"}, environment={"VOUCH_HOME": str(home)}, folder=home))
    if not (application.handbook_path / DATABASE).exists():
        pytest.skip("the handbook's index is not built: run `make setup`")
    return application


def found(application: Application, name: str) -> str | None:
    hits = application.search(f"what is {name}", 10, collection=HANDBOOK).hits
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    sources = (hit.source for hit in hits if hit.source.startswith(ALGORITHMS_PREFIX))
    return next((source.rsplit("/", 1)[-1] for source in sources), None)


def share_found(application: Application, names: list[tuple[str, str]]) -> tuple[float, list[tuple[str, str]]]:
    owners: dict[str, set[str]] = defaultdict(set)
    for name, id in NAMES:
        owners[name.casefold()].add(id)
    assert {name for name, ids in owners.items() if len(ids) > 1} <= AMBIGUOUS
    missed = [(name, id) for name, id in names if found(application, name) not in owners[name.casefold()]]
    return 1 - len(missed) / len(names), missed


def test_a_sample_of_all_names_is_found(application: Application) -> None:
    share, missed = share_found(application, SAMPLE)
    assert share >= BAR, missed


@pytest.mark.long
def test_all_names_are_found(application: Application) -> None:
    share, missed = share_found(application, NAMES)
    assert share >= BAR, missed
