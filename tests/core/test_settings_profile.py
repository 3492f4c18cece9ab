from __future__ import annotations

import pytest

from core.settings import Settings


@pytest.mark.parametrize(
    ("values", "backend"),
    [
        ({}, "embedded"),
        ({"profile": "cluster"}, "qdrant"),
        ({"profile": "cluster", "store": {"backend": "embedded"}}, "embedded"),
        ({"profile": "cluster", "store": {"qdrant": {"url": "http://q:6333"}}}, "qdrant"),
        ({"profile": "gpu"}, "embedded"),
    ],
)
def test_the_cluster_profile_chooses_the_engine_unless_told_otherwise(values: dict[str, object], backend: str) -> None:
    settings = Settings.model_validate(values)
    assert settings.store.backend == backend
    assert settings.store.qdrant.url == ("http://q:6333" if "qdrant" in str(values.get("store")) else "")


@pytest.mark.parametrize(
    ("given", "expected"),
    [("", ()), ("a.example", ("a.example",)), (" a.example, b.example,", ("a.example", "b.example")), (["c"], ("c",))],
)
def test_host_names_come_from_one_variable(given: object, expected: tuple[str, ...]) -> None:
    assert Settings.model_validate({"server": {"allowed_hosts": given}}).server.allowed_hosts == expected
