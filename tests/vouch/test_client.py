"""The typed client against a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.app.conftest import NOTES, Build, Serve
from tests.app.conftest import build as build
from tests.app.conftest import encoder as encoder
from tests.app.conftest import handbook_cache as handbook_cache
from tests.app.conftest import reader as reader
from tests.app.conftest import serve as serve
from vouch import Client
from vouch.client import RequestRefused

QUESTION = "How many units of flux does a zorb store?"


@pytest.fixture(scope="module")
def client(build: Build, serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("client")
    (folder / "zorbs.md").write_text(NOTES)
    with serve(build(folder / "home")) as address, Client(address) as made:
        job = made.wait(made.upload(folder / "zorbs.md"))
        assert [report.state for report in job.documents] == ["indexed"]
        yield made


def test_a_stream_has_the_typed_parts_of_the_whole_answer(client: Client) -> None:
    *parts, last = client.stream(QUESTION)
    answer = last.data
    assert answer.answer == client.ask(QUESTION).answer
    assert "".join(part.data for part in parts if part.kind == "token") == answer.answer
    assert tuple(part.data for part in parts if part.kind == "citation") == answer.citations
    assert len({event.id for event in (*parts, last)}) == len(parts) + 1


def test_a_broken_stream_goes_on_where_it_ended(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = list(client.stream(QUESTION))
    real, broken = client._events, []

    def breaking(body: dict[str, object], last: str) -> Iterator[object]:
        for number, event in enumerate(real(body, last)):
            if not broken and number == 1:
                broken.append(last)
                raise httpx.ReadError("cable cut")
            yield event

    monkeypatch.setattr(client, "_events", breaking)
    resumed = list(client.stream(QUESTION))
    assert broken == [""]
    assert [event.id for event in resumed] == [event.id for event in whole]
    assert [event.data for event in resumed[:-1]] == [event.data for event in whole[:-1]]


def test_documents_are_listed_read_checked_and_removed(client: Client, tmp_path: Path) -> None:
    (tmp_path / "wrong.md").write_text("# Flanges\n\nA flange has 3 × 4 = 13 bolts.\n")
    client.wait(client.upload(tmp_path / "wrong.md", collection="flanges"))
    assert "flanges" in client.collections()
    (document,) = client.documents("flanges")
    assert "13 bolts" in client.text(document.id)
    (finding,) = client.check(document_id=document.id).findings
    assert "12" in finding.correct
    client.remove(document.id)
    assert list(client.documents("flanges")) == []


def test_algorithms_are_found_and_run(client: Client) -> None:
    assert {entry.family for entry in client.algorithms("activations")} == {"activations"}
    assert "softmax" in client.algorithm("softmax").code
    assert client.run("softmax", {"logits": [0, 0]}).output == {"probabilities": [0.5, 0.5]}
    client.rate(client.ask(QUESTION), 1)


def test_what_is_refused_names_its_fix(client: Client) -> None:
    with pytest.raises(RequestRefused) as refused:
        client.job("none")
    assert refused.value.status == 404
    assert refused.value.fix
    with pytest.raises(RequestRefused):
        list(client.stream(" "))
