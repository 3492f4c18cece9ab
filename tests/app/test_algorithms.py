from __future__ import annotations

import hashlib

import pytest
from fastapi.testclient import TestClient


def test_the_library_is_listed_by_family_and_by_question(client: TestClient) -> None:
    everything = client.get("/v1/algorithms").json()
    family = client.get("/v1/algorithms?family=activations").json()
    assert {entry["id"] for entry in family} < {entry["id"] for entry in everything}
    assert {entry["family"] for entry in family} == {"activations"}
    found = client.get("/v1/algorithms", params={"query": "softmax with temperature"}).json()
    assert [entry["id"] for entry in found] == ["softmax"]
    assert set(family[0]) == {
        *("id", "family", "name", "aliases", "summary", "inputs_schema", "example_inputs", "path"),
    }


def test_one_algorithm_comes_with_its_article_and_code(client: TestClient) -> None:
    entry = client.get("/v1/algorithms/softmax").json()
    assert entry["article"]
    assert hashlib.sha256(entry["code"].encode()).hexdigest() == entry["sha256"]


def test_a_run_takes_inputs_and_fills_in_the_rest(client: TestClient) -> None:
    run = client.post("/v1/algorithms/softmax/run", json={"inputs": {"logits": [0, 0]}}).json()
    assert run["output"] == {"probabilities": [0.5, 0.5]}
    assert run["inputs_from"] == "request"
    assert run["ok"] is True
    example = client.post("/v1/algorithms/softmax/run").json()
    assert example["inputs_from"] == "example"


@pytest.mark.parametrize("body", [{"inputs": {"logits": "many"}}, {"inputs": {"nope": 1}}, {"input": {}}])
def test_bad_inputs_are_refused_with_a_fix(client: TestClient, body: dict[str, object]) -> None:
    response = client.post("/v1/algorithms/softmax/run", json=body)
    assert response.status_code == 422
    assert response.json()["fix"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/algorithms/softmaxx"),
        ("POST", "/v1/algorithms/softmaxx/run"),
        ("GET", "/v1/algorithms?family=none"),
        ("GET", f"/v1/figures/{'0' * 64}"),
        ("GET", "/v1/figures/..%2f..%2fkeys.json"),
        ("GET", "/v1/figures/handbook/redis"),
        ("GET", "/v1/figures/handbook/..%2f..%2fhandbook"),
    ],
)
def test_what_is_not_there_is_not_found(client: TestClient, method: str, path: str) -> None:
    response = client.request(method, path)
    assert response.status_code == 404
    assert response.json()["fix"]


def test_a_handbook_figure_is_served_as_a_picture_that_runs_nothing(client: TestClient) -> None:
    response = client.get("/v1/figures/handbook/focal-loss")
    assert response.status_code == 200
    assert response.headers["content-type"] == "image/svg+xml"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert b"<svg" in response.content
    assert b"<script" not in response.content
