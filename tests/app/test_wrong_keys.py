"""Guessing API keys: who has tried too many waits, and learns nothing meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from app.api.backoff import FREE_TRIES, LONGEST_SECONDS, MOST_ADDRESSES, Backoff
from app.api.keys import KeyFile
from app.api.server import create_app
from tests.app.conftest import BASE, Build
from tests.app.test_access import bearer


class Clock:
    """Time that only moves when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def guarded(build: Build, tmp_path: Path) -> Iterator[tuple[TestClient, Clock, KeyFile]]:
    application = build(tmp_path, server__keys="required")
    app = create_app(application, page=False)
    clock = Clock()
    app.state.service.backoff = Backoff(clock)
    with TestClient(app, base_url=BASE, client=("203.0.113.9", 4000)) as client:
        yield client, clock, KeyFile(tmp_path)


def wrong(number: int) -> str:
    return f"vouch_{number:08x}_" + "A" * 43


def test_after_a_few_wrong_keys_an_address_waits_and_even_a_right_key_is_not_looked_at(
    guarded: tuple[TestClient, Clock, KeyFile],
) -> None:
    client, clock, keys = guarded
    for number in range(FREE_TRIES + 1):
        assert client.get("/v1/models", headers=bearer(wrong(number))).status_code == 401
    right = keys.create(["ask"])[1]
    for text in (wrong(99), right):
        refused = client.get("/v1/models", headers=bearer(text))
        assert refused.status_code == 429
        assert refused.headers["retry-after"] == "1"
        assert refused.json()["error"]["code"] == "too_many_requests"
    assert client.get("/v1/models").status_code == 401  # no key is no try, and no secret is told
    clock.now += 1
    assert client.get("/v1/models", headers=bearer(right)).status_code == 200
    assert client.get("/v1/models", headers=bearer(wrong(100))).status_code == 401
    assert client.get("/v1/models", headers=bearer(wrong(101))).headers["retry-after"] == "2"


def test_a_key_that_was_used_before_goes_on_working(guarded: tuple[TestClient, Clock, KeyFile]) -> None:
    client, _, keys = guarded
    key, right = keys.create(["ask"])
    assert client.get("/v1/models", headers=bearer(right)).status_code == 200
    for number in range(FREE_TRIES + 1):
        client.get("/v1/models", headers=bearer(wrong(number)))
    assert client.get("/v1/models", headers=bearer(right)).status_code == 200
    assert client.get("/v1/models", headers=bearer(wrong(9))).status_code == 429
    keys.revoke(key.id)
    assert client.get("/v1/models", headers=bearer(right)).status_code == 401


def test_the_form_and_the_header_share_the_count(guarded: tuple[TestClient, Clock, KeyFile]) -> None:
    client, clock, keys = guarded
    for number in range(FREE_TRIES):
        client.get("/v1/models", headers=bearer(wrong(number)))
    assert client.post("/signin", data={"key": wrong(50)}).status_code == 401
    refused = client.post("/signin", data={"key": keys.create(["ask"])[1]})
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert "set-cookie" not in refused.headers
    assert "Try again in 1 s" in refused.text
    clock.now += 1
    assert client.post("/signin", data={"key": keys.create(["ask"])[1]}, follow_redirects=False).status_code == 303


def test_other_addresses_do_not_wait(guarded: tuple[TestClient, Clock, KeyFile]) -> None:
    client, _, keys = guarded
    for number in range(FREE_TRIES + 1):
        client.get("/v1/models", headers=bearer(wrong(number)))
    other = TestClient(client.app, base_url=BASE, client=("203.0.113.10", 4000))
    assert other.get("/v1/models", headers=bearer(keys.create(["ask"])[1])).status_code == 200


def test_an_ipv6_host_cannot_roam_in_its_network() -> None:
    backoff = Backoff(Clock())
    for number in range(FREE_TRIES + 1):
        backoff.failed(f"2001:db8:0:1::{number:x}")
    assert backoff.wait_seconds("2001:db8:0:1:ffff::1", "key") > 0
    assert backoff.wait_seconds("2001:db8:0:2::1", "key") == 0
    for _ in range(FREE_TRIES + 1):
        backoff.failed("::ffff:198.51.100.7")
    assert backoff.wait_seconds("198.51.100.7", "key") > 0


def test_waits_double_up_to_a_limit_and_are_forgotten() -> None:
    clock = Clock()
    backoff = Backoff(clock)
    waits = []
    for _ in range(FREE_TRIES + 60):
        backoff.failed("a")
        waits.append(backoff.wait_seconds("a", "key"))
    assert waits[: FREE_TRIES + 4] == [0.0] * FREE_TRIES + [1.0, 2.0, 4.0, 8.0]
    assert waits[-1] == LONGEST_SECONDS
    clock.now += 3601
    backoff.failed("a")
    assert backoff.wait_seconds("a", "key") == 0


def test_a_crowd_of_addresses_does_not_fill_the_memory() -> None:
    backoff = Backoff(Clock())
    for number in range(MOST_ADDRESSES + 50):
        backoff.failed(str(number))
    assert len(backoff._tries) == MOST_ADDRESSES


@given(st.lists(st.sampled_from(["wrong", "right", "wait"]), max_size=60))
def test_a_right_key_of_ones_own_buys_no_free_tries(moves: list[str]) -> None:
    clock = Clock()
    backoff, alone = Backoff(clock), Backoff(clock)
    for move in moves:
        if move == "wrong":
            backoff.failed("a")
            alone.failed("a")
        elif move == "right":
            backoff.accepted("a", "own")
        else:
            clock.now += 7
        assert backoff.wait_seconds("a", "guess") == alone.wait_seconds("a", "guess")
        assert backoff.wait_seconds("a", "own") in {0.0, alone.wait_seconds("a", "own")}
