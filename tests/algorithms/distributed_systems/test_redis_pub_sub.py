from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.distributed_systems.redis_pub_sub import redis_pub_sub
from algorithms.registry import load
from core.errors import InputError

EVENTS = st.lists(
    st.tuples(st.sampled_from(["subscribe", "unsubscribe", "publish"]), st.sampled_from("xy"), st.sampled_from("abc")),
    min_size=1,
    max_size=25,
)


@given(EVENTS)
def test_each_message_reaches_exactly_the_clients_subscribed_then(events: list[tuple[str, str, str]]) -> None:
    expected: dict[str, list[str]] = {}
    for i, (command, channel, argument) in enumerate(events):
        if command == "publish":
            for client in "abc":
                past = [c for c, name, who in events[:i] if (name, who) == (channel, client) and c != "publish"]
                if past and past[-1] == "subscribe":
                    expected.setdefault(client, []).append(f"{channel}: {argument}")
    r = redis_pub_sub(events)
    assert {c: m for c, m in r["inbox"].items() if m} == expected
    assert r["deliveries"] == sum(map(len, expected.values())) == sum(r["receivers"])


def test_a_late_subscriber_misses_earlier_messages_and_keys_are_kept() -> None:
    r = load("redis-pub-sub").run()
    assert r["inbox"] == {"ann": ["news: first", "news: second"], "bob": ["news: second", "news: third"]}
    assert r["receivers"] == [1, 2, 1] and r["lost"] == 0
    assert r["reads"] == ["color = blue"] and r["store"] == {"color": "blue"}


def test_reads() -> None:
    r = redis_pub_sub(
        [("get", "k", "a"), ("set", "k", "1"), ("set", "k", "2"), ("get", "k", "a"), ("publish", "k", "m")]
    )
    assert r["reads"] == [None, "k = 2"] and r["lost"] == 1


@pytest.mark.parametrize("bad", [{"events": []}, {"events": [["delete", "a", "b"]]}, {"events": [["set", "a"]]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("redis-pub-sub").run(bad)
